#include "auth/token_memory.h"

#include <string.h>

#include "core/encoding.h"

bool token_recall(struct cache *memory, struct text token, int64_t generation, int64_t now, struct token_claims *claims)
{
	uint8_t digest[SHA256_SIZE];
	if (!sha256(token, digest))
		return false;
	const struct cache_entry *entry =
	    cache_acquire(memory, (struct text){(const char *)digest, sizeof(digest)}, generation);
	if (!entry)
		return false;
	memcpy(claims, entry->value.data, sizeof(*claims));
	cache_release(memory, entry);
	return claims->expires_at > now - TOKEN_LEEWAY;
}

void token_remember(struct cache *memory, struct text token, int64_t generation, const struct token_claims *claims)
{
	uint8_t digest[SHA256_SIZE];
	if (sha256(token, digest))
		cache_store(memory, (struct text){(const char *)digest, sizeof(digest)}, generation,
			    (struct text){(const char *)claims, sizeof(*claims)});
}
