/* base64url without padding (RFC 4648, section 5), hexadecimal digits, and SHA-256. */
#ifndef EVENTFLOW_CORE_ENCODING_H
#define EVENTFLOW_CORE_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/text.h"

enum { SHA256_SIZE = 32 };

/* Decodes into bytes, which has room for three quarters of encoded.length. False for a foreign character, padding, a
 * length of 4n+1, or non-zero bits behind the last byte. */
bool base64url_decode_into(char *bytes, size_t *length, struct text encoded) __attribute__((warn_unused_result));

/* The bytes, NUL-terminated, in the arena; {NULL, 0} for what base64url_decode_into refuses, or an exhausted arena. */
struct text base64url_decode(struct arena *arena, struct text encoded);

/* The characters, NUL-terminated, in the arena; {NULL, 0} when it is exhausted. */
struct text base64url_encode(struct arena *arena, struct text bytes);

/* Lower-case digits of size bytes, and a NUL, into hex[2 * size + 1]. */
void hex_encode(const uint8_t *bytes, size_t size, char *hex);

/* False only if GnuTLS fails. */
bool sha256(struct text bytes, uint8_t digest[SHA256_SIZE]) __attribute__((warn_unused_result));

#endif
