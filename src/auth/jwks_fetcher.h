/* The public keys that an issuer publishes: fetched and kept by a thread of its own, so that no request ever waits. */
#ifndef EVENTFLOW_AUTH_JWKS_FETCHER_H
#define EVENTFLOW_AUTH_JWKS_FETCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/key.h"
#include "core/text.h"

enum { JWKS_FETCH_TIMEOUT = 3000 /* milliseconds */ };

struct jwks_fetcher;

/* Of the key set at url, an address that https_client.h takes. ca_file is as there, and must outlive the fetcher.
 * may_be_empty: a set without keys is good news too, as long as no keys were there before. NULL when memory is short.
 */
struct jwks_fetcher *jwks_fetcher_new(const char *url, const char *ca_file, bool may_be_empty);

/* Takes NULL. Ends the thread, and waits for a fetch that is under way. */
void jwks_fetcher_free(struct jwks_fetcher *fetcher);

/* Starts the thread, which fetches at once. */
bool jwks_fetcher_start(struct jwks_fetcher *fetcher) __attribute__((warn_unused_result));

/* Does what is due now (clock_milliseconds), which may take JWKS_FETCH_TIMEOUT, and returns when it is to be called
 * again. For the thread, and for a program that has none. */
int64_t jwks_fetcher_step(struct jwks_fetcher *fetcher, int64_t now);

/* As keys_find. An unknown `kid` has the set fetched anew, by and by. */
enum key_search jwks_fetcher_find(struct jwks_fetcher *fetcher, enum token_algorithm algorithm, struct text id,
				  struct key **key);

/* How many keys of an algorithm are at hand. */
size_t jwks_fetcher_count(struct jwks_fetcher *fetcher, enum token_algorithm algorithm);

/* Another number whenever other keys are there. */
int64_t jwks_fetcher_generation(const struct jwks_fetcher *fetcher);

/* Whether a set is at hand. */
bool jwks_fetcher_has_keys(struct jwks_fetcher *fetcher);

/* Whether the first fetch is over, with or without success. */
bool jwks_fetcher_has_tried(struct jwks_fetcher *fetcher);

/* Why the last fetch failed, with the address; "" if it did not. For a program without the thread. */
const char *jwks_fetcher_fault(const struct jwks_fetcher *fetcher);

/* Drops the keys, and fetches anew at once. */
void jwks_fetcher_purge(struct jwks_fetcher *fetcher);

#endif
