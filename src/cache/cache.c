#include "cache/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/hash.h"

/* An entry belongs to those who hold it and, while it is linked, to the cache: references counts them all. */
struct node {
	struct cache_entry entry; /* first: what callers hold is a node */
	struct node *next;        /* of the same bucket */
	struct node *newer;       /* by use */
	struct node *older;
	uint64_t hash;
	int64_t expires_at; /* by clock_milliseconds */
	size_t references;
	struct text key;
	char bytes[]; /* the key, then the value */
};

struct cache {
	pthread_mutex_t mutex;
	size_t entries_max;
	size_t count;
	size_t bytes_max;
	size_t bytes; /* of the nodes that are linked */
	int64_t ttl;  /* milliseconds */
	struct node *newest;
	struct node *oldest;
	size_t bucket_mask;
	struct node *buckets[];
};

struct cache *cache_new(size_t entries_max, int ttl)
{
	size_t buckets = 16;
	while (buckets < entries_max && buckets <= SIZE_MAX / 4 / sizeof(struct node *))
		buckets *= 2;
	struct cache *cache = calloc(1, sizeof(*cache) + buckets * sizeof(*cache->buckets));
	if (!cache)
		return NULL;
	if (pthread_mutex_init(&cache->mutex, NULL) != 0) {
		free(cache);
		return NULL;
	}
	cache->entries_max = entries_max;
	cache->bytes_max = SIZE_MAX;
	cache->ttl = (int64_t)ttl * 1000;
	cache->bucket_mask = buckets - 1;
	return cache;
}

void cache_limit_bytes(struct cache *cache, size_t bytes_max)
{
	cache->bytes_max = bytes_max;
}

static size_t size_of(const struct node *node)
{
	return sizeof(*node) + node->key.length + node->entry.value.length;
}

static void drop_reference(struct node *node)
{
	if (--node->references == 0)
		free(node);
}

/* The place that points to the key's node, or to NULL at the end of its bucket. */
static struct node **find(struct cache *cache, struct text key, uint64_t hash)
{
	struct node **place = &cache->buckets[hash & cache->bucket_mask];
	while (*place && ((*place)->hash != hash || !text_equal((*place)->key, key)))
		place = &(*place)->next;
	return place;
}

static void unlink_from_uses(struct cache *cache, struct node *node)
{
	*(node->newer ? &node->newer->older : &cache->newest) = node->older;
	*(node->older ? &node->older->newer : &cache->oldest) = node->newer;
}

static void link_as_newest(struct cache *cache, struct node *node)
{
	node->newer = NULL;
	node->older = cache->newest;
	*(cache->newest ? &cache->newest->newer : &cache->oldest) = node;
	cache->newest = node;
}

static void forget(struct cache *cache, struct node **place)
{
	struct node *node = *place;
	*place = node->next;
	unlink_from_uses(cache, node);
	cache->count--;
	cache->bytes -= size_of(node);
	drop_reference(node);
}

static void forget_node(struct cache *cache, struct node *node)
{
	struct node **place = find(cache, node->key, node->hash);
	if (*place)
		forget(cache, place);
}

static void remember(struct cache *cache, struct node *node)
{
	struct node **bucket = &cache->buckets[node->hash & cache->bucket_mask];
	node->next = *bucket;
	*bucket = node;
	link_as_newest(cache, node);
	cache->count++;
	cache->bytes += size_of(node);
}

void cache_free(struct cache *cache)
{
	if (!cache)
		return;
	cache_invalidate_all(cache);
	pthread_mutex_destroy(&cache->mutex);
	free(cache);
}

/* The node under the key if it is good at this moment; one whose time is over is forgotten. */
static struct node *find_live(struct cache *cache, struct text key, uint64_t hash)
{
	struct node **place = find(cache, key, hash);
	struct node *node = *place;
	if (!node || node->expires_at > clock_milliseconds())
		return node;
	forget(cache, place);
	return NULL;
}

const struct cache_entry *cache_acquire(struct cache *cache, struct text key, int64_t version)
{
	uint64_t hash = hash_text(key);
	pthread_mutex_lock(&cache->mutex);
	struct node *node = find_live(cache, key, hash);
	if (node && node->entry.version < version)
		node = NULL;
	if (node) {
		unlink_from_uses(cache, node);
		link_as_newest(cache, node);
		node->references++;
	}
	pthread_mutex_unlock(&cache->mutex);
	return node ? &node->entry : NULL;
}

void cache_release(struct cache *cache, const struct cache_entry *entry)
{
	if (!entry)
		return;
	pthread_mutex_lock(&cache->mutex);
	drop_reference((struct node *)(uintptr_t)entry);
	pthread_mutex_unlock(&cache->mutex);
}

static char *append(char *end, struct text text)
{
	if (text.length > 0)
		memcpy(end, text.data, text.length);
	return end + text.length;
}

static struct node *new_node(struct text key, int64_t version, struct text first, struct text second)
{
	size_t length = first.length + second.length;
	struct node *node = malloc(sizeof(*node) + key.length + length);
	if (!node)
		return NULL;
	char *value = append(node->bytes, key);
	append(append(value, first), second);
	node->entry = (struct cache_entry){{value, length}, version};
	node->key = (struct text){node->bytes, key.length};
	node->hash = hash_text(key);
	node->references = 1;
	return node;
}

/* A value that would drive out most others is not worth it. */
static bool fits(const struct cache *cache, const struct node *node)
{
	return cache->entries_max > 0 && size_of(node) <= cache->bytes_max / 4;
}

static void make_room(struct cache *cache, size_t size)
{
	while (cache->oldest && (cache->count == cache->entries_max || cache->bytes > cache->bytes_max - size))
		forget_node(cache, cache->oldest);
}

void cache_store(struct cache *cache, struct text key, int64_t version, struct text value)
{
	cache_store_joined(cache, key, version, value, (struct text){0});
}

void cache_store_joined(struct cache *cache, struct text key, int64_t version, struct text first, struct text second)
{
	struct node *node = new_node(key, version, first, second);
	if (!node)
		return;
	pthread_mutex_lock(&cache->mutex);
	struct node *present = find_live(cache, key, node->hash);
	if (!fits(cache, node) || (present && present->entry.version > version)) {
		free(node);
	} else {
		if (present)
			forget_node(cache, present);
		make_room(cache, size_of(node));
		node->expires_at = clock_milliseconds() + cache->ttl;
		remember(cache, node);
	}
	pthread_mutex_unlock(&cache->mutex);
}

static bool is_of_resource(struct text key, struct text resource)
{
	if (key.length > resource.length && key.data[resource.length] != '?')
		return false;
	return key.length >= resource.length && text_equal((struct text){key.data, resource.length}, resource);
}

void cache_invalidate(struct cache *cache, struct text resource)
{
	pthread_mutex_lock(&cache->mutex);
	struct node *older;
	for (struct node *node = cache->newest; node; node = older) {
		older = node->older;
		if (is_of_resource(node->key, resource))
			forget_node(cache, node);
	}
	pthread_mutex_unlock(&cache->mutex);
}

void cache_invalidate_all(struct cache *cache)
{
	pthread_mutex_lock(&cache->mutex);
	while (cache->newest)
		forget_node(cache, cache->newest);
	pthread_mutex_unlock(&cache->mutex);
}
