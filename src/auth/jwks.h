/* A set of public keys: a JWK Set document (RFC 7517, section 5). It never changes once it was read. */
#ifndef EVENTFLOW_AUTH_JWKS_H
#define EVENTFLOW_AUTH_JWKS_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/jwk.h"
#include "auth/key.h"
#include "core/text.h"

enum { JWKS_SIZE_MAX = 64 * 1024 /* bytes of a document */ };

enum jwks_fault { JWKS_OK, JWKS_TOO_LARGE, JWKS_JSON, JWKS_SHAPE, JWKS_MEMORY };

/* A JWK of the document that is left out. */
struct jwks_refusal {
	size_t position; /* 1 is the first */
	enum jwk_fault fault;
};

struct jwks {
	struct key **keys;
	size_t count;
	struct jwks_refusal *refusals;
	size_t refusal_count;
};

/* Reads a document. A JWK that is of no use is left out, and does not spoil the others. *jwks is the caller's; NULL
 * after a fault. */
enum jwks_fault jwks_read(struct text document, struct jwks **jwks);

/* Takes NULL. Keys that somebody holds live on. */
void jwks_free(struct jwks *jwks);

/* The set's own key of that algorithm and `kid`; NULL if there is none. */
struct key *jwks_find(const struct jwks *jwks, enum token_algorithm algorithm, struct text id);

/* How many keys of that algorithm the set has. */
size_t jwks_count(const struct jwks *jwks, enum token_algorithm algorithm);

/* Whether there was a JWK that the fault applies to. */
bool jwks_refused(const struct jwks *jwks, enum jwk_fault fault);

/* Writes a line to the log for each of the first JWKs that are left out. source is what the document is called in it.
 */
void jwks_log_refusals(const struct jwks *jwks, const char *source);

/* What a fault means, as the end of a sentence: "it is no sound JSON". */
const char *jwks_fault_message(enum jwks_fault fault);

#endif
