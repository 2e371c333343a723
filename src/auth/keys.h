/* The keys that tokens are verified with, from wherever the configuration says: all kinds may be there at once. */
#ifndef EVENTFLOW_AUTH_KEYS_H
#define EVENTFLOW_AUTH_KEYS_H

#include "auth/key.h"
#include "core/config.h"
#include "core/text.h"

struct keys;

enum key_search { KEY_FOUND, KEY_UNKNOWN };

/* The keys that the configuration names, which must outlive them. NULL, with one line that names the setting in
 * message, if there are none, or if a file holds what it must not. */
struct keys *keys_new(const struct config *config, char message[CONFIG_MESSAGE_MAX]);

/* Takes NULL. */
void keys_free(struct keys *keys);

/* Looks for the key that a token's `alg` and `kid` mean. HS256 has one key, whatever `kid` says; all others are found
 * by it. For KEY_FOUND *key is the caller's (key_release); else it is NULL. */
enum key_search keys_find(struct keys *keys, enum token_algorithm algorithm, struct text id, struct key **key);

/* How many keys of an algorithm are at hand. */
size_t keys_count(struct keys *keys, enum token_algorithm algorithm);

#endif
