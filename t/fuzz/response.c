#include "response.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "fuzz.h"
#include "reference.h"

static const char *const NAMES[] = {
    "Status",
    "Content-Type",
    "Content-Length",
    "X-Request-Id",
    "Cache-Control",
    "Vary",
    "ETag",
    "Link",
    "Allow",
    "Retry-After",
    "WWW-Authenticate",
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Max-Age",
    "Access-Control-Expose-Headers",
    "X-Content-Type-Options",
    "Content-Security-Policy",
    "Referrer-Policy",
};

enum { NAME_COUNT = sizeof(NAMES) / sizeof(*NAMES) };

struct head {
	struct text values[NAME_COUNT]; /* data == NULL: not sent */
};

static struct text value_of(const struct head *head, const char *name)
{
	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (strcmp(NAMES[i], name) == 0)
			return head->values[i];
	}
	return (struct text){0};
}

static void read_line(struct head *head, struct text line)
{
	struct text value = line;
	struct text name = fuzz_take(&value, ':');
	HOLDS(value.length > 1 && value.data[0] == ' ', "the line %.*s has a value", (int)line.length, line.data);
	value = (struct text){value.data + 1, value.length - 1};
	for (size_t i = 0; i < value.length; i++)
		HOLDS((unsigned char)value.data[i] >= ' ' && value.data[i] != 0x7F, "%.*s has no control character",
		      (int)name.length, name.data);
	size_t index = 0;
	while (index < NAME_COUNT && !text_is(name, NAMES[index]))
		index++;
	HOLDS(index < NAME_COUNT, "%.*s is a header of ours", (int)name.length, name.data);
	HOLDS(!head->values[index].data, "%s comes once", NAMES[index]);
	head->values[index] = value;
}

/* Returns the body. */
static struct text read_head(struct text output, struct head *head)
{
	for (;;) {
		const char *end = memmem(output.data, output.length, "\r\n", 2);
		HOLDS(end, "the head has an end");
		struct text line = {output.data, (size_t)(end - output.data)};
		output = (struct text){end + 2, output.length - line.length - 2};
		if (line.length == 0)
			return output;
		read_line(head, line);
	}
}

static long number_of(struct text digits)
{
	char copy[16] = "";
	HOLDS(digits.length > 0 && digits.length < sizeof(copy), "%.*s is a number", (int)digits.length, digits.data);
	memcpy(copy, digits.data, digits.length);
	char *end;
	long number = strtol(copy, &end, 10);
	HOLDS(*end == '\0', "%s is a number", copy);
	return number;
}

static bool is_string(const struct reference *object, const char *name)
{
	const struct reference *member = reference_member(object, name);
	return member && reference_type(member) == REFERENCE_STRING && reference_string(member).length > 0;
}

static void check_failure(const struct reference *envelope, long status, struct text request_id)
{
	HOLDS(is_string(envelope, "error") && is_string(envelope, "code") && is_string(envelope, "request_id"),
	      "a failure has error, code and request_id");
	HOLDS(text_equal(reference_string(reference_member(envelope, "request_id")), request_id),
	      "the request id is that of the head");
	struct text code = reference_string(reference_member(envelope, "code"));
	bool is_known = false;
	for (int error = ERROR_NONE + 1; error < ERROR__MAX; error++) {
		const struct error_entry *entry = error_entry((enum error)error);
		is_known |= text_is(code, entry->code) && entry->status == status;
	}
	HOLDS(is_known, "%.*s is a code of status %ld", (int)code.length, code.data, status);
}

static void check_envelope(struct text body, long status, struct text request_id)
{
	struct reference *envelope = reference_parse(body);
	HOLDS(envelope && reference_type(envelope) == REFERENCE_OBJECT, "the body is a JSON object");
	const struct reference *ok = reference_member(envelope, "ok");
	HOLDS(ok && reference_type(ok) == REFERENCE_BOOLEAN && reference_boolean(ok) == (status == 200),
	      "ok fits the status %ld", status);
	if (status == 200)
		HOLDS(reference_member(envelope, "data"), "a success has data");
	else
		check_failure(envelope, status, request_id);
	reference_free(envelope);
}

void response_check(struct text output)
{
	struct head head = {0};
	HOLDS(text_starts_with(output, "Status: "), "the status comes first");
	struct text body = read_head(output, &head);
	struct text status_line = value_of(&head, "Status");
	long status = number_of(fuzz_take(&status_line, ' '));
	HOLDS(status >= 200 && status < 600 && status_line.length > 0, "%ld is a status, with its reason", status);
	HOLDS(status != 500, "nothing goes wrong on our side");
	HOLDS(value_of(&head, "X-Request-Id").data && value_of(&head, "Cache-Control").data &&
		  value_of(&head, "Vary").data && value_of(&head, "Content-Security-Policy").data,
	      "what every response has is there");
	HOLDS(!value_of(&head, "WWW-Authenticate").data == (status != 401), "who is not known is asked for a token");
	HOLDS(!value_of(&head, "Retry-After").data || status == 429 || status == 503 || status == 409,
	      "%ld is worth another attempt", status);
	HOLDS(value_of(&head, "Allow").data || status != 405, "a wrong method is told the right ones");
	if (!value_of(&head, "Content-Type").data) {
		HOLDS(body.length == 0 && (status == 204 || status == 304), "only 204 and 304 have no body");
		return;
	}
	HOLDS(body.length == 0 || (size_t)number_of(value_of(&head, "Content-Length")) == body.length,
	      "the body is as long as it is said to be");
	if (body.length > 0)
		check_envelope(body, status, value_of(&head, "X-Request-Id"));
}
