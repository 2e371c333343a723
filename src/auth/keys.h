/* The keys that tokens are verified with, from wherever the configuration says: all kinds may be there at once.
 *
 * HS256 has the secret. All others have the key set of SUPABASE_JWKS_FILE or, without that, the one that is published
 * at SUPABASE_URL. */
#ifndef EVENTFLOW_AUTH_KEYS_H
#define EVENTFLOW_AUTH_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/key.h"
#include "core/config.h"
#include "core/text.h"

struct keys;

/* The keys that the configuration names, which must outlive them. NULL, with one line that names the setting in
 * message, if there are none, or if a file holds what it must not. What is published is not fetched yet. */
struct keys *keys_new(const struct config *config, char message[CONFIG_MESSAGE_MAX]);

/* Takes NULL. Waits for a fetch that is under way, for 3 s at most. */
void keys_free(struct keys *keys);

/* Starts the thread that fetches what is published, if anything is to be fetched, and keeps it fresh. Called once.
 * False when no thread can be started. */
bool keys_start(struct keys *keys) __attribute__((warn_unused_result));

/* In place of keys_start, for a program that ends soon: fetches once, if anything is to be fetched, and waits for it, 3
 * s at most. False, with the reason in message, if that failed. */
bool keys_fetch(struct keys *keys, char message[CONFIG_MESSAGE_MAX]);

/* Looks for the key that a token's `alg` and `kid` mean. HS256 has one key, whatever `kid` says; all others are found
 * by it. For KEY_FOUND *key is the caller's (key_release); else it is NULL. An unknown `kid` has a published set
 * fetched anew, at most once in 30 s; nobody waits for it. */
enum key_search keys_find(struct keys *keys, enum token_algorithm algorithm, struct text id, struct key **key);

/* How many keys of an algorithm are at hand. */
size_t keys_count(struct keys *keys, enum token_algorithm algorithm);

/* A larger number whenever other keys are there: what was verified before counts no more. */
int64_t keys_generation(const struct keys *keys);

/* Whether keys are at hand: the published ones or, if it is known that these cannot be had, the secret. */
bool keys_are_ready(struct keys *keys);

/* Drops the published keys, and fetches them anew at once. */
void keys_purge(struct keys *keys);

#endif
