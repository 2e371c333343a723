/* Remembered tokens: the very same bytes only, and never beyond their end or that of the keys. */
#include <criterion/criterion.h>

#include "auth/token_memory.h"

static const struct token_claims CLAIMS = {.subject = {"0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab"}, .expires_at = 1000};

Test(token_memory, knows_the_same_token_again)
{
	struct cache *memory = cache_new(10, 60);
	struct token_claims claims;
	cr_assert_not(token_recall(memory, TEXT("a.b.c"), 3, 500, &claims));
	token_remember(memory, TEXT("a.b.c"), 3, &CLAIMS);
	cr_assert(token_recall(memory, TEXT("a.b.c"), 3, 500, &claims));
	cr_assert(uuid_equal(&claims.subject, &CLAIMS.subject));
	cr_assert_eq(claims.expires_at, 1000);
	cr_assert_not(token_recall(memory, TEXT("a.b.d"), 3, 500, &claims));
	cr_assert_not(token_recall(memory, TEXT("a.b.c."), 3, 500, &claims));
	cache_free(memory);
}

Test(token_memory, ends_with_the_token)
{
	struct cache *memory = cache_new(10, 60);
	struct token_claims claims;
	token_remember(memory, TEXT("a.b.c"), 3, &CLAIMS);
	cr_assert(token_recall(memory, TEXT("a.b.c"), 3, 1000 + TOKEN_LEEWAY - 1, &claims));
	cr_assert_not(token_recall(memory, TEXT("a.b.c"), 3, 1000 + TOKEN_LEEWAY, &claims));
	cache_free(memory);
}

Test(token_memory, dies_with_the_keys)
{
	struct cache *memory = cache_new(10, 60);
	struct token_claims claims;
	token_remember(memory, TEXT("a.b.c"), 3, &CLAIMS);
	cr_assert(token_recall(memory, TEXT("a.b.c"), 3, 500, &claims));
	cr_assert_not(token_recall(memory, TEXT("a.b.c"), 4, 500, &claims));
	token_remember(memory, TEXT("a.b.c"), 4, &CLAIMS);
	cr_assert(token_recall(memory, TEXT("a.b.c"), 4, 500, &claims));
	cache_free(memory);
}
