/* cache/cache: versions, time to live, the bound, invalidation, and threads. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cache/cache.h"

static void wait_milliseconds(long milliseconds)
{
	struct timespec duration = {milliseconds / 1000, milliseconds % 1000 * 1000000};
	nanosleep(&duration, NULL);
}

static bool has(struct cache *cache, struct text key, int64_t version)
{
	const struct cache_entry *entry = cache_acquire(cache, key, version);
	cache_release(cache, entry);
	return entry != NULL;
}

Test(cache, gives_back_a_copy)
{
	struct cache *cache = cache_new(10, 60);
	char key[] = "key";
	char value[] = "va\0ue";
	cache_store(cache, (struct text){key, 3}, 7, (struct text){value, 5});
	memset(key, 'x', 3);
	memset(value, 'x', 5);
	const struct cache_entry *entry = cache_acquire(cache, TEXT("key"), 7);
	cr_assert_not_null(entry, "it is remembered");
	cr_expect(text_equal(entry->value, TEXT("va\0ue")), "every byte of it");
	cr_expect_eq(entry->version, 7, "version");
	cache_release(cache, entry);
	cr_expect_not(has(cache, TEXT("ke"), 0), "another key");
	cr_expect_not(has(cache, TEXT("xxx"), 0), "the key that was overwritten");
	cache_free(cache);
}

Test(cache, empty_keys_and_values)
{
	struct cache *cache = cache_new(10, 60);
	cache_store(cache, TEXT(""), 1, (struct text){NULL, 0});
	const struct cache_entry *entry = cache_acquire(cache, (struct text){NULL, 0}, 1);
	cr_assert_not_null(entry, "it is remembered");
	cr_expect_eq(entry->value.length, 0, "empty");
	cache_release(cache, entry);
	cache_release(cache, NULL);
	cache_free(cache);
	cache_free(NULL);
}

Test(cache, versions)
{
	struct cache *cache = cache_new(10, 60);
	cache_store(cache, TEXT("k"), 5, TEXT("five"));
	cr_expect(has(cache, TEXT("k"), 4), "an entry that is newer than asked for");
	cr_expect(has(cache, TEXT("k"), 5), "the same");
	cr_expect_not(has(cache, TEXT("k"), 6), "an entry that is older than asked for");
	cache_store(cache, TEXT("k"), 4, TEXT("four"));
	cr_expect(has(cache, TEXT("k"), 5), "a late writer takes nothing back");
	cache_store(cache, TEXT("k"), 6, TEXT("six"));
	cr_expect(has(cache, TEXT("k"), 6), "a newer version takes its place");
	cache_store(cache, TEXT("k"), 6, TEXT("again"));
	const struct cache_entry *entry = cache_acquire(cache, TEXT("k"), 6);
	cr_assert_not_null(entry, "the same version takes its place");
	cr_expect(text_is(entry->value, "again"), "the same version takes its place");
	cache_release(cache, entry);
	cache_free(cache);
}

Test(cache, time_to_live)
{
	struct cache *cache = cache_new(10, 1);
	cache_store(cache, TEXT("k"), 9, TEXT("v"));
	wait_milliseconds(600);
	cr_expect(has(cache, TEXT("k"), 0), "after 0.6 s of 1 s");
	wait_milliseconds(600);
	cr_expect_not(has(cache, TEXT("k"), 0), "after 1.2 s: to be used does not prolong it");
	cache_store(cache, TEXT("k"), 3, TEXT("w"));
	cr_expect(has(cache, TEXT("k"), 3),
		  "an entry whose time is over does not stand in the way of an older version");
	cache_free(cache);
}

Test(cache, least_recently_used_goes_first)
{
	struct cache *cache = cache_new(3, 60);
	cache_store(cache, TEXT("a"), 1, TEXT("1"));
	cache_store(cache, TEXT("b"), 1, TEXT("2"));
	cache_store(cache, TEXT("c"), 1, TEXT("3"));
	cr_expect(has(cache, TEXT("a"), 1), "a is used");
	cache_store(cache, TEXT("b"), 2, TEXT("22"));
	cache_store(cache, TEXT("d"), 1, TEXT("4"));
	cr_expect_not(has(cache, TEXT("c"), 1), "c was used longest ago");
	cr_expect(has(cache, TEXT("a"), 1), "a is kept");
	cr_expect(has(cache, TEXT("b"), 2), "b is kept");
	cr_expect(has(cache, TEXT("d"), 1), "d is kept");
	cache_free(cache);
}

Test(cache, bound_of_one_and_of_none)
{
	struct cache *one = cache_new(1, 60);
	cache_store(one, TEXT("a"), 1, TEXT("1"));
	cache_store(one, TEXT("b"), 1, TEXT("2"));
	cr_expect_not(has(one, TEXT("a"), 1), "the first went");
	cr_expect(has(one, TEXT("b"), 1), "the second is there");
	cache_free(one);
	struct cache *none = cache_new(0, 60);
	cache_store(none, TEXT("a"), 1, TEXT("1"));
	cr_expect_not(has(none, TEXT("a"), 1), "nothing is kept");
	cache_free(none);
}

Test(cache, bound_of_bytes)
{
	static char value[2000];
	struct cache *cache = cache_new(1000, 60);
	cache_limit_bytes(cache, 16000);
	for (int i = 0; i < 100; i++) {
		char key[8];
		int length = snprintf(key, sizeof(key), "%d", i);
		cache_store(cache, (struct text){key, (size_t)length}, 1, (struct text){value, sizeof(value)});
	}
	int count = 0;
	for (int i = 0; i < 100; i++) {
		char key[8];
		int length = snprintf(key, sizeof(key), "%d", i);
		count += has(cache, (struct text){key, (size_t)length}, 1);
	}
	cr_expect(count >= 6 && count <= 8, "as many as fit: %d", count);
	cr_expect(has(cache, TEXT("99"), 1), "the newest");
	cache_store(cache, TEXT("small"), 1, TEXT("value"));
	static char large[5000];
	cache_store(cache, TEXT("large"), 1, (struct text){large, sizeof(large)});
	cr_expect_not(has(cache, TEXT("large"), 1), "more than a quarter");
	cr_expect(has(cache, TEXT("small"), 1), "it drives nothing out");
	for (int i = 0; i < 100; i++) /* the same key again and again takes its room once */
		cache_store(cache, TEXT("99"), i, (struct text){value, sizeof(value)});
	cr_expect(has(cache, TEXT("small"), 1), "nor does a new version");
	cache_free(cache);
}

Test(cache, a_value_in_two_places)
{
	struct cache *cache = cache_new(10, 60);
	cache_store_joined(cache, TEXT("k"), 1, TEXT("one"), TEXT("two"));
	const struct cache_entry *entry = cache_acquire(cache, TEXT("k"), 1);
	cr_assert(entry && text_equal(entry->value, TEXT("onetwo")));
	cache_release(cache, entry);
	cache_free(cache);
}

Test(cache, an_entry_outlives_its_place)
{
	struct cache *cache = cache_new(1, 60);
	cache_store(cache, TEXT("k"), 1, TEXT("first"));
	const struct cache_entry *first = cache_acquire(cache, TEXT("k"), 1);
	const struct cache_entry *also_first = cache_acquire(cache, TEXT("k"), 1);
	cache_store(cache, TEXT("k"), 2, TEXT("second"));
	cache_store(cache, TEXT("other"), 2, TEXT("third"));
	cache_invalidate_all(cache);
	cr_expect(text_is(first->value, "first"), "replaced, pushed out and invalidated");
	cache_release(cache, first);
	cr_expect(text_is(also_first->value, "first"), "held by another");
	cache_release(cache, also_first);
	cache_free(cache);
}

Test(cache, invalidate_a_resource)
{
	struct cache *cache = cache_new(10, 60);
	static const char *const keys[] = {"users", "users?limit=1", "users?", "users2", "user", "tasks?users"};
	for (size_t i = 0; i < 6; i++)
		cache_store(cache, text_from_string(keys[i]), 1, TEXT("v"));
	cache_invalidate(cache, TEXT("users"));
	for (size_t i = 0; i < 6; i++)
		cr_expect_eq(has(cache, text_from_string(keys[i]), 1), i >= 3, "%s", keys[i]);
	cache_invalidate_all(cache);
	for (size_t i = 0; i < 6; i++)
		cr_expect_not(has(cache, text_from_string(keys[i]), 1), "%s", keys[i]);
	cache_free(cache);
}

Test(cache, many_entries)
{
	struct cache *cache = cache_new(1000, 60);
	char key[16];
	for (int i = 0; i < 3000; i++) {
		snprintf(key, sizeof(key), "key%d", i);
		cache_store(cache, text_from_string(key), i, text_from_string(key));
	}
	int kept = 0;
	for (int i = 0; i < 3000; i++) {
		snprintf(key, sizeof(key), "key%d", i);
		bool found = has(cache, text_from_string(key), i);
		cr_expect_eq(found, i >= 2000, "%s", key);
		kept += found;
	}
	cr_expect_eq(kept, 1000, "the bound");
	cache_free(cache);
}

enum { THREADS = 8, ROUNDS = 20000 };

/* Each value repeats its version: a torn or mixed-up entry would show. */
static void *hammer(void *shared)
{
	struct cache *cache = shared;
	unsigned int seed = (unsigned int)(uintptr_t)&seed;
	long torn = 0;
	for (int i = 0; i < ROUNDS; i++) {
		char key[16];
		char value[32];
		int64_t version = rand_r(&seed) % 100;
		snprintf(key, sizeof(key), "k%d", rand_r(&seed) % 50);
		snprintf(value, sizeof(value), "%s:%d", key, (int)version);
		if (i % 1000 == 0)
			cache_invalidate_all(cache);
		if (i % 4 == 0)
			cache_store(cache, text_from_string(key), version, text_from_string(value));
		const struct cache_entry *entry = cache_acquire(cache, text_from_string(key), version);
		if (entry) {
			snprintf(value, sizeof(value), "%s:%d", key, (int)entry->version);
			torn += entry->version < version || !text_is(entry->value, value);
		}
		cache_release(cache, entry);
	}
	return (void *)torn;
}

Test(cache, threads)
{
	struct cache *cache = cache_new(20, 60);
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, hammer, cache), 0, "thread %d", i);
	for (int i = 0; i < THREADS; i++) {
		void *torn;
		pthread_join(threads[i], &torn);
		cr_expect_null(torn, "thread %d saw %ld wrong entries", i, (long)torn);
	}
	cache_free(cache);
}
