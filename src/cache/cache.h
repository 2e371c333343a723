/* What a worker process remembers: byte strings under a key, with a version, a time to live and a bound; the least
 * recently used goes first. Safe for all threads of the process. */
#ifndef EVENTFLOW_CACHE_CACHE_H
#define EVENTFLOW_CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"

struct cache;

/* One remembered value; it stays as it is until it is released, even when the cache drops it meanwhile. */
struct cache_entry {
	struct text value;
	int64_t version;
};

/* ttl in seconds (CLOCK_MONOTONIC). NULL when memory is short. */
struct cache *cache_new(size_t entries_max, int ttl);

/* Bounds the bytes of keys and values, besides their number; no single one may take more than a quarter. Called before
 * the cache is shared. */
void cache_limit_bytes(struct cache *cache, size_t bytes_max);

/* Takes NULL. No entry may be held. */
void cache_free(struct cache *cache);

/* The entry under the key if it is not older than version and its time is not over; else NULL. The caller
 * releases it. */
const struct cache_entry *cache_acquire(struct cache *cache, struct text key, int64_t version);

/* Takes NULL. */
void cache_release(struct cache *cache, const struct cache_entry *entry);

/* Remembers a copy of value, in place of what was there, unless that is of a later version. A shortage of memory only
 * means that it is not remembered. */
void cache_store(struct cache *cache, struct text key, int64_t version, struct text value);

/* The same for a value that stands in two places. */
void cache_store_joined(struct cache *cache, struct text key, int64_t version, struct text first, struct text second);

/* Forgets every entry whose key is the resource, or begins with the resource and a '?'. */
void cache_invalidate(struct cache *cache, struct text resource);

void cache_invalidate_all(struct cache *cache);

#endif
