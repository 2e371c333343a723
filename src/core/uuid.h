/* A UUID in its canonical text form (RFC 9562, section 4): 36 characters, lower case. */
#ifndef EVENTFLOW_CORE_UUID_H
#define EVENTFLOW_CORE_UUID_H

#include <stdbool.h>

#include "core/text.h"

enum { UUID_LENGTH = 36 };

struct uuid {
	char text[UUID_LENGTH + 1];
};

/* A UUID that may be absent or null. */
struct optional_uuid {
	bool present;
	struct uuid value;
};

/* False if the text is not 8-4-4-4-12 hexadecimal digits. Upper case is folded. */
bool uuid_parse(struct text text, struct uuid *uuid) __attribute__((warn_unused_result));

/* A random UUID (version 4). False if the system gives no random bytes. */
bool uuid_generate(struct uuid *uuid) __attribute__((warn_unused_result));

bool uuid_equal(const struct uuid *a, const struct uuid *b);

#endif
