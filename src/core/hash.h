/* A keyed hash: for tables whose keys come from outside, nobody can choose keys that collide. */
#ifndef EVENTFLOW_CORE_HASH_H
#define EVENTFLOW_CORE_HASH_H

#include <stdint.h>

#include "core/text.h"

/* SipHash-1-3 (Aumasson and Bernstein, 2012) under a key that the process draws at random once. The values mean nothing
 * to another process. */
uint64_t hash_text(struct text text);

/* The same under a key that everybody knows: for names that all processes must agree on, where a collision that
 * somebody chooses harms nobody else. */
uint64_t hash_text_alike(struct text text);

#endif
