/* auth/refresh_token: tokens that nobody guesses, and what is stored of them. */
#include <criterion/criterion.h>
#include <string.h>

#include "auth/refresh_token.h"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new(64 * 1024);
	cr_assert_not_null(arena, "an arena");
}

static void tear_down(void)
{
	arena_free(arena);
}

TestSuite(refresh_token, .init = set_up, .fini = tear_down);

Test(refresh_token, is_256_bits_of_base64url)
{
	struct text token = refresh_token_generate(arena);
	cr_assert_not_null(token.data, "a token");
	cr_expect_eq(token.length, (size_t)43, "32 bytes");
	cr_expect_eq(strspn(token.data, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), (size_t)43,
		     "base64url: %s", token.data);
}

Test(refresh_token, is_never_the_same)
{
	struct text before = refresh_token_generate(arena);
	for (int i = 0; i < 100; i++) {
		struct text token = refresh_token_generate(arena);
		cr_assert_not(text_equal(token, before), "twice");
		before = token;
	}
}

/* The digest of FIPS 180-4, example B.1. */
Test(refresh_token, is_stored_by_its_sha_256)
{
	cr_expect_str_eq(refresh_token_hash(arena, TEXT("abc")),
			 "\\xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "bytea");
	cr_expect_str_neq(refresh_token_hash(arena, TEXT("abd")), refresh_token_hash(arena, TEXT("abc")), "another");
}

Test(refresh_token, short_memory)
{
	struct arena *small = arena_new(0);
	cr_expect_null(refresh_token_generate(small).data, "no token");
	cr_expect_null(refresh_token_hash(small, TEXT("abc")), "no hash");
	arena_free(small);
}
