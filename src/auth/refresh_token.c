#include "auth/refresh_token.h"

#include <sys/random.h>

#include "core/encoding.h"

enum { TOKEN_SIZE = 32 /* bytes */ };

struct text refresh_token_generate(struct arena *arena)
{
	char bytes[TOKEN_SIZE];
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return (struct text){NULL, 0};
	return base64url_encode(arena, (struct text){bytes, sizeof(bytes)});
}

const char *refresh_token_hash(struct arena *arena, struct text token)
{
	uint8_t digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	if (!sha256(token, digest))
		return NULL;
	hex_encode(digest, sizeof(digest), hex);
	return arena_format(arena, "\\x%s", hex);
}
