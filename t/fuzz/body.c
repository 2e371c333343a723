/* The bodies of requests through their validators: a line names the operation, the rest is the body. Taken is
 * exactly what the schema takes by another reading, and the struct holds nothing that the schema does not allow. */
#include <stdlib.h>
#include <string.h>

#include "core/json_reader.h"
#include "fuzz.h"
#include "oracle.h"
#include "request_context.h"
#include "schemas/operation.h"
#include "schemas/validator.h"

enum { OPERATIONS_MAX = 64 };

static const struct operation *with_body[OPERATIONS_MAX];
static size_t with_body_count;

void fuzz_set_up(void)
{
	for (size_t i = 0; i < operation_count && with_body_count < OPERATIONS_MAX; i++) {
		if (operations[i].schema->has_body)
			with_body[with_body_count++] = &operations[i];
	}
}

/* The operation of that name; another one for another name. */
static const struct operation *choose_operation(struct text name)
{
	for (size_t i = 0; i < with_body_count; i++) {
		if (text_is(name, with_body[i]->id))
			return with_body[i];
	}
	return with_body[name.length % with_body_count];
}

static bool is_taken_by_oracle(const struct input_schema *schema, struct text body)
{
	size_t position;
	if (body.length == 0)
		return !schema->body_is_required;
	if (json_scan(body, &position) != JSON_OK) /* json.c is its judge */
		return false;
	struct reference *json = reference_parse(body);
	bool is_taken = json && reference_type(json) == REFERENCE_OBJECT && oracle_takes_object(schema->body, json);
	reference_free(json);
	return is_taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text rest = {(const char *)data, size};
	const struct operation *operation = choose_operation(fuzz_take(&rest, '\n'));
	struct text body = fuzz_exact_copy(rest);
	struct http_request request = {.content_type = TEXT("application/json"), .body = body};
	struct operation_match match = {.operation = operation};
	for (size_t i = 0; i < operation->schema->path->field_count; i++)
		match.path_values[i] = TEXT("0d5c4a1e-9f3b-4c2d-8e7f-0123456789ab");

	struct context *context = request_context(&request);
	const void *input;
	enum error error = input_read(context, &match, &input);
	HOLDS((error == ERROR_NONE) == is_taken_by_oracle(operation->schema, body), "%s: both agree on the body",
	      operation->id);
	free((char *)body.data); /* the struct must not point into it */
	if (error != ERROR_NONE)
		request_context_check_failure(context, error);
	else if (body.length > 0)
		oracle_check_struct(operation->schema->body, input);
	return 0;
}
