/* Entity tags, and lists of them as If-None-Match gives them (RFC 9110, sections 8.8.3 and 13.1.2). */
#ifndef EVENTFLOW_CORE_ENTITY_TAG_H
#define EVENTFLOW_CORE_ENTITY_TAG_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/text.h"

/* Whether the list names the tag, by the weak comparison, or is or holds a "*". */
bool entity_tag_is_listed(struct text list, struct text tag);

/* "<mark><version>-<hash>", with the quotes; the hash is of whatever else decides the answer. NULL when memory is
 * short. */
const char *entity_tag_write(struct arena *arena, struct text mark, int64_t version, struct text decides)
    __attribute__((warn_unused_result));

#endif
