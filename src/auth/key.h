/* One key that tokens are verified with. It is bound to one algorithm: a token cannot choose another. */
#ifndef EVENTFLOW_AUTH_KEY_H
#define EVENTFLOW_AUTH_KEY_H

#include <gnutls/abstract.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

/* `alg` (RFC 7518, section 3.1; RFC 8037, section 3.1). */
enum token_algorithm { TOKEN_HS256, TOKEN_ES256, TOKEN_RS256, TOKEN_EDDSA, TOKEN_ALGORITHM__MAX };

/* A key stays as it is for as long as somebody holds it. Any number of threads may verify with it at once. */
struct key;

/* What a search for a key comes to. KEYS_UNAVAILABLE: the keys of that kind are not at hand at this moment. */
enum key_search { KEY_FOUND, KEY_UNKNOWN, KEYS_UNAVAILABLE };

enum signature_verdict { SIGNATURE_HOLDS, SIGNATURE_FAILS, SIGNATURE_MEMORY };

/* The name of an algorithm as it stands in a header. */
const char *token_algorithm_name(enum token_algorithm algorithm);

/* False if the name, whose case matters, is that of no algorithm. */
bool token_algorithm_parse(struct text name, enum token_algorithm *algorithm) __attribute__((warn_unused_result));

/* A key of HS256. The secret, which is not empty, must outlive it. NULL when memory is short. */
struct key *key_new_secret(struct text secret);

/* A key of another algorithm, which takes over the public key. signature_size is that of its signatures, in bytes. NULL
 * when memory is short; then the public key stays the caller's. */
struct key *key_new_public(enum token_algorithm algorithm, struct text id, gnutls_pubkey_t public_key,
			   size_t signature_size);

/* Returns the key; key_release must follow. */
struct key *key_hold(struct key *key);

/* Takes NULL. The last one frees it. */
void key_release(struct key *key);

enum token_algorithm key_algorithm(const struct key *key);

/* `kid`; empty for a secret. It lives as long as the key. */
struct text key_id(const struct key *key);

/* Whether the key has made the signature (the bytes of RFC 7518, section 3) over the message. */
enum signature_verdict key_verify(const struct key *key, struct text message, struct text signature);

#endif
