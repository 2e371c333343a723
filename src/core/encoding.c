#include "core/encoding.h"

#include <gnutls/crypto.h>

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The six bits of a character, or -1. */
static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	return c == '_' ? 63 : -1;
}

bool base64url_decode_into(char *bytes, size_t *length, struct text encoded)
{
	uint32_t pending = 0; /* its lowest bits have not been given out */
	unsigned int bits = 0;
	size_t filled = 0;
	if (encoded.length % 4 == 1)
		return false;
	for (size_t i = 0; i < encoded.length; i++) {
		int value = sextet(encoded.data[i]);
		if (value < 0)
			return false;
		pending = pending << 6 | (uint32_t)value;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			bytes[filled++] = (char)(pending >> bits & 0xFF);
		}
	}
	*length = filled;
	return (pending & ((1U << bits) - 1)) == 0;
}

struct text base64url_decode(struct arena *arena, struct text encoded)
{
	size_t length;
	char *bytes = arena_alloc(arena, encoded.length / 4 * 3 + 3);
	if (!bytes || !base64url_decode_into(bytes, &length, encoded))
		return (struct text){NULL, 0};
	return (struct text){bytes, length};
}

struct text base64url_encode(struct arena *arena, struct text bytes)
{
	if (bytes.length > SIZE_MAX / 2)
		return (struct text){NULL, 0};
	size_t length = bytes.length / 3 * 4 + (bytes.length % 3 > 0 ? bytes.length % 3 + 1 : 0);
	char *encoded = arena_alloc(arena, length + 1);
	if (!encoded)
		return (struct text){NULL, 0};

	uint32_t pending = 0;
	unsigned int bits = 0;
	size_t filled = 0;
	for (size_t i = 0; i < bytes.length; i++) {
		pending = pending << 8 | (unsigned char)bytes.data[i];
		for (bits += 8; bits >= 6; bits -= 6)
			encoded[filled++] = ALPHABET[pending >> (bits - 6) & 63];
	}
	if (bits > 0)
		encoded[filled++] = ALPHABET[pending << (6 - bits) & 63];
	return (struct text){encoded, filled};
}

void hex_encode(const uint8_t *bytes, size_t size, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < size; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * size] = '\0';
}

bool sha256(struct text bytes, uint8_t digest[SHA256_SIZE])
{
	return gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes.length > 0 ? bytes.data : "", bytes.length, digest) == 0;
}
