#include "core/error.h"

#include <stddef.h>
#include <string.h>

static const struct error_entry ENTRIES[ERROR__MAX] = {
#define ERROR(symbol, status, code, message) [ERROR_##symbol] = {status, code, message},
#define VIOLATION(name, symbol)
#include "core/error.def"
#undef ERROR
#undef VIOLATION
};

static const struct violation {
	const char *name;
	enum error error;
} VIOLATIONS[] = {
#define ERROR(symbol, status, code, message)
#define VIOLATION(name, symbol) {name, ERROR_##symbol},
#include "core/error.def"
#undef ERROR
#undef VIOLATION
    {NULL, ERROR_INTERNAL},
};

const struct error_entry *error_entry(enum error error)
{
	if (error <= ERROR_NONE || error >= ERROR__MAX)
		return &ENTRIES[ERROR_INTERNAL];
	return &ENTRIES[error];
}

static const struct violation *find_violation(const char *name)
{
	const struct violation *violation = VIOLATIONS;
	while (violation->name && strcmp(violation->name, name) != 0)
		violation++;
	return violation;
}

/* "08*" stands for every SQLSTATE of class 08. */
static const struct violation *find_class(const char *sqlstate)
{
	const struct violation *violation = VIOLATIONS;
	for (; violation->name; violation++) {
		const char *star = strchr(violation->name, '*');
		if (star && strncmp(violation->name, sqlstate, (size_t)(star - violation->name)) == 0)
			break;
	}
	return violation;
}

enum error error_from_violation(const char *constraint, const char *sqlstate)
{
	const struct violation *violation = find_violation(constraint ? constraint : "");
	if (!violation->name)
		violation = find_violation(sqlstate ? sqlstate : "");
	if (!violation->name)
		violation = find_class(sqlstate ? sqlstate : "");
	return violation->error;
}
