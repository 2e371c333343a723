/* core/encoding: base64url, hexadecimal digits, SHA-256. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/encoding.h"

static struct arena *arena;

static void open_arena(void)
{
	arena = arena_new(1024 * 1024);
	cr_assert_not_null(arena, "an arena");
}

static void close_arena(void)
{
	arena_free(arena);
}

TestSuite(encoding, .init = open_arena, .fini = close_arena);

/* RFC 4648, section 10, and the two characters that differ from plain base64. */
static const struct {
	const char *plain;
	const char *encoded;
} PAIRS[] = {
    {"", ""},
    {"f", "Zg"},
    {"fo", "Zm8"},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg"},
    {"fooba", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy"},
    {"\xFB\xEF\xBE", "----"},
    {"\xFF\xFF\xFF", "____"},
};

Test(encoding, base64url_vectors)
{
	for (size_t i = 0; i < sizeof(PAIRS) / sizeof(*PAIRS); i++) {
		struct text encoded = base64url_encode(arena, text_from_string(PAIRS[i].plain));
		cr_expect(text_is(encoded, PAIRS[i].encoded), "encode to %s", PAIRS[i].encoded);
		cr_expect_eq(encoded.data[encoded.length], '\0', "NUL behind %s", PAIRS[i].encoded);
		struct text plain = base64url_decode(arena, text_from_string(PAIRS[i].encoded));
		cr_expect_not_null(plain.data, "decode %s", PAIRS[i].encoded);
		cr_expect(text_is(plain, PAIRS[i].plain), "decode %s", PAIRS[i].encoded);
	}
}

Test(encoding, base64url_round_trip_of_all_bytes)
{
	char bytes[256];
	for (int i = 0; i < 256; i++)
		bytes[i] = (char)i;
	for (size_t length = 0; length <= sizeof(bytes); length++) {
		struct text original = {bytes, length};
		struct text decoded = base64url_decode(arena, base64url_encode(arena, original));
		cr_assert(decoded.data && text_equal(decoded, original), "%zu bytes", length);
	}
}

Test(encoding, base64url_refuses)
{
	static const char *const bad[] = {
	    "A",     "AAAAA",                      /* a length of 4n+1 */
	    "Zg==",  "Zm8=",     "=",    "Zg=",    /* padding */
	    "Zh",    "Zm9",      "AB",   "AAB",    /* bits behind the last byte */
	    "Zm+v",  "Zm/v",     "Zm 9", "Zm9v\n", /* foreign characters */
	    "Zm9v.", "\xC3\xA4", "Zg\t", "Zm9v!AAA",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_null(base64url_decode(arena, text_from_string(bad[i])).data, "\"%s\"", bad[i]);
	cr_expect_null(base64url_decode(arena, (struct text){"Zm\0v", 4}).data, "a NUL byte");
}

Test(encoding, base64url_without_memory)
{
	struct arena *tiny = arena_new(0);
	cr_assert_null(base64url_encode(tiny, TEXT("foo")).data, "encode");
	cr_assert_null(base64url_decode(tiny, TEXT("Zm9v")).data, "decode");
	cr_assert_null(base64url_encode(arena, (struct text){"", SIZE_MAX}).data, "a length that overflows");
	arena_free(tiny);
}

Test(encoding, hex)
{
	const uint8_t bytes[] = {0x00, 0x0F, 0xF0, 0xAB, 0xFF};
	char hex[2 * sizeof(bytes) + 1];
	hex_encode(bytes, sizeof(bytes), hex);
	cr_assert_str_eq(hex, "000ff0abff", "digits");
	hex_encode(bytes, 0, hex);
	cr_assert_str_eq(hex, "", "no bytes");
}

Test(encoding, sha256_vectors)
{
	uint8_t digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	cr_assert(sha256(TEXT("abc"), digest), "GnuTLS");
	hex_encode(digest, sizeof(digest), hex);
	cr_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "abc");
	cr_assert(sha256((struct text){NULL, 0}, digest), "GnuTLS");
	hex_encode(digest, sizeof(digest), hex);
	cr_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "nothing");
}
