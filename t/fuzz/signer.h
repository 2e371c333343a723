/* Who signs the tokens of a target: a secret, and a key of each other algorithm, made anew for each run. */
#ifndef EVENTFLOW_FUZZ_SIGNER_H
#define EVENTFLOW_FUZZ_SIGNER_H

#include "auth/key.h"
#include "core/arena.h"
#include "core/text.h"

#define SIGNER_SECRET "a secret of the fuzz target, of more than 32 bytes"

/* Makes the keys. */
void signer_set_up(void);

/* The public keys as a JWK Set; each has its algorithm's name as `kid`. */
struct text signer_document(struct arena *arena);

/* The signature over the message, in base64url. */
struct text signer_sign(struct arena *arena, enum token_algorithm algorithm, struct text message);

#endif
