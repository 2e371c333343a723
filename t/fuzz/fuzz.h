/* What every fuzz target stands on. A target is one function that libFuzzer calls with each input; it states
 * properties, and a property that does not hold ends the run as a crash does. */
#ifndef EVENTFLOW_FUZZ_FUZZ_H
#define EVENTFLOW_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/text.h"

/* Both are libFuzzer's names. */
int LLVMFuzzerInitialize(int *argument_count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a target prepares once, before its first input. */
void fuzz_set_up(void);

/* No message is written from now on. */
void fuzz_silence_log(void);

/* Ends the run if the condition does not hold; the rest is what to say then, as for printf. */
#define HOLDS(condition, ...)                                                  \
	do {                                                                   \
		if (!(condition))                                              \
			fuzz_property_broken(__FILE__, __LINE__, __VA_ARGS__); \
	} while (0)

__attribute__((format(printf, 3, 4), noreturn)) void fuzz_property_broken(const char *file, int line,
									  const char *format, ...);

/* Takes what stands before the next separator off the front of rest; all of it if there is none. */
struct text fuzz_take(struct text *rest, char separator);

/* Takes one byte off the front; 0 at the end. */
uint8_t fuzz_take_byte(struct text *rest);

/* A copy that ends where its memory ends, so that the sanitizer sees a byte read beyond it; the caller's to free. */
struct text fuzz_exact_copy(struct text text);

/* The arena of the run, of the size that a request has; empty again with each call. */
struct arena *fuzz_arena(void);

#endif
