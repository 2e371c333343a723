/* Safe repeats: a request with an Idempotency-Key is done once, and a repeat of it is given the same answer. */
#ifndef EVENTFLOW_SERVICES_REPEAT_H
#define EVENTFLOW_SERVICES_REPEAT_H

#include <stdbool.h>

#include "core/context.h"
#include "core/error.h"

struct repeat {
	const char *key;         /* NULL: the request has none, and nothing below does anything */
	const char *fingerprint; /* of method, path, If-Match and body */
	bool is_in_flight;       /* another request with the key is being answered */
	int result;
	bool is_known; /* an answer is kept under the key */
	bool is_same;  /* that of this very request */
	struct text answer;
};

/* Takes the key from the request. ERROR_INVALID_IDEMPOTENCY_KEY for anything but 1 to 128 printable ASCII characters.
 */
enum error repeat_read(struct context *context, struct repeat *repeat);

/* Takes the key in the database, which fails with ERROR_REQUEST_IN_FLIGHT if another transaction has it, and looks for
 * what is kept under it. Nothing where it is known that another has it. */
void repeat_queue(struct context *context, struct repeat *repeat);

/* Takes what was found from the results. */
enum error repeat_take(struct context *context, struct repeat *repeat);

/* Gives the answer that is kept for this very request. */
enum error repeat_answer(struct context *context, const struct repeat *repeat);

/* Refuses a key under which another request's answer is kept, or which another request has at this moment. */
enum error repeat_require_new(struct context *context, const struct repeat *repeat);

/* Queues the keeping of the answer that was written. */
enum error repeat_keep_queue(struct context *context, const struct repeat *repeat);

#endif
