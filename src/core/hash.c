#include "core/hash.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

struct state {
	uint64_t v0, v1, v2, v3;
};

static pthread_once_t drawn = PTHREAD_ONCE_INIT;
static uint64_t drawn_key[2];

/* A system that has no random bytes yet still gives a key that is hard to guess from outside. */
static void draw_key(void)
{
	if (getrandom(drawn_key, sizeof(drawn_key), GRND_NONBLOCK) == (ssize_t)sizeof(drawn_key))
		return;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	drawn_key[0] = (uint64_t)now.tv_nsec * 0x9E3779B97F4A7C15U;
	drawn_key[1] = (uint64_t)(uintptr_t)&now ^ (uint64_t)now.tv_sec;
}

static uint64_t rotate(uint64_t value, unsigned int bits)
{
	return value << bits | value >> (64 - bits);
}

static void mix(struct state *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

static void absorb(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	mix(s);
	s->v0 ^= word;
}

static uint64_t hash(struct text text, const uint64_t key[2])
{
	struct state s = {key[0] ^ 0x736F6D6570736575U, key[1] ^ 0x646F72616E646F6DU, key[0] ^ 0x6C7967656E657261U,
			  key[1] ^ 0x7465646279746573U};
	size_t i = 0;
	for (; i + 8 <= text.length; i += 8) {
		uint64_t word;
		memcpy(&word, text.data + i, sizeof(word));
		absorb(&s, word);
	}
	uint64_t last = (uint64_t)text.length << 56;
	for (unsigned int shift = 0; i < text.length; i++, shift += 8)
		last |= (uint64_t)(unsigned char)text.data[i] << shift;
	absorb(&s, last);

	s.v2 ^= 0xFF;
	for (int round = 0; round < 3; round++)
		mix(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

uint64_t hash_text(struct text text)
{
	pthread_once(&drawn, draw_key);
	return hash(text, drawn_key);
}

uint64_t hash_text_alike(struct text text)
{
	static const uint64_t known_key[2] = {0};
	return hash(text, known_key);
}
