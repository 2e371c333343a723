/* core/error: the catalogue is in order, and the database's refusals are found in it. */
#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>

#include "core/error.h"

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;
	for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
		count++;
	return count;
}

Test(error, every_entry_is_in_order)
{
	for (int error = ERROR_NONE + 1; error < ERROR__MAX; error++) {
		const struct error_entry *entry = error_entry((enum error)error);
		cr_expect(entry->status >= 400 && entry->status <= 599, "status of %s", entry->code);
		cr_expect_leq(count_of(entry->message, "%"), 1, "message of %s has more than one %%", entry->code);
		cr_expect_eq(count_of(entry->message, "%"), count_of(entry->message, "%s"), "message of %s",
			     entry->code);
		cr_expect_eq(entry->message[strlen(entry->message) - 1], '.', "message of %s is a sentence",
			     entry->code);
		for (const char *at = entry->code; *at; at++)
			cr_expect(islower((unsigned char)*at) || *at == '_', "code %s is snake_case", entry->code);
	}
}

Test(error, every_code_is_unique)
{
	for (int a = ERROR_NONE + 1; a < ERROR__MAX; a++) {
		for (int b = ERROR_NONE + 1; b < a; b++)
			cr_expect_str_neq(error_entry((enum error)a)->code, error_entry((enum error)b)->code,
					  "%d and %d", a, b);
	}
}

Test(error, what_is_no_error_is_an_internal_one)
{
	cr_expect_str_eq(error_entry(ERROR_NONE)->code, "internal_error", "none");
	cr_expect_str_eq(error_entry(ERROR__MAX)->code, "internal_error", "beyond the last");
}

static const struct {
	const char *name;
	enum error error;
} VIOLATIONS[] = {
#define ERROR(symbol, status, code, message)
#define VIOLATION(name, symbol) {name, ERROR_##symbol},
#include "core/error.def"
#undef ERROR
#undef VIOLATION
    {NULL, ERROR_NONE},
};

Test(error, every_violation_is_found)
{
	for (size_t i = 0; VIOLATIONS[i].name; i++) {
		char name[128] = "";
		strncat(name, VIOLATIONS[i].name, sizeof(name) - 1);
		char *star = strchr(name, '*');
		if (star) { /* a SQLSTATE of that class which has no line of its own */
			memset(star, 'Z', (size_t)(name + 5 - star));
			name[5] = '\0';
		}
		cr_expect_eq(error_from_violation(NULL, name), VIOLATIONS[i].error, "SQLSTATE %s", name);
		if (!star)
			cr_expect_eq(error_from_violation(name, "XX000"), VIOLATIONS[i].error, "constraint %s", name);
		for (size_t k = 0; k < i; k++)
			cr_expect_str_neq(VIOLATIONS[k].name, VIOLATIONS[i].name, "given twice");
	}
}

Test(error, unknown_violations_are_internal)
{
	cr_expect_eq(error_from_violation(NULL, NULL), ERROR_INTERNAL, "nothing");
	cr_expect_eq(error_from_violation("", ""), ERROR_INTERNAL, "empty");
	cr_expect_eq(error_from_violation("no_such_constraint", "ZZZZZ"), ERROR_INTERNAL, "unknown");
	cr_expect_eq(error_from_violation(NULL, "0"), ERROR_INTERNAL, "too short");
}
