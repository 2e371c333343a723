/* The error catalogue of error.def as types and look-ups. */
#ifndef EVENTFLOW_CORE_ERROR_H
#define EVENTFLOW_CORE_ERROR_H

struct arena;

enum error {
	ERROR_NONE,
#define ERROR(symbol, status, code, message) ERROR_##symbol,
#define VIOLATION(name, symbol)
#include "core/error.def"
#undef ERROR
#undef VIOLATION
	ERROR__MAX,
};

/* One line of the catalogue. */
struct error_entry {
	int status;
	const char *code;
	const char *message;
};

/* Never NULL; error must not be ERROR_NONE. */
const struct error_entry *error_entry(enum error error);

/* The catalogue's sentence with the subject in it (NULL: "in the request"); in the arena where it has one. NULL when
 * the arena is exhausted. */
const char *error_message(struct arena *arena, enum error error, const char *subject);

/* The error that a constraint's name or a SQLSTATE stands for; ERROR_INTERNAL for anything that is not in the
 * catalogue. Either argument may be NULL or empty. A constraint's name goes before its SQLSTATE. */
enum error error_from_violation(const char *constraint, const char *sqlstate);

#endif
