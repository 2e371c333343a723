/* The JSON scanner and reader against jansson: what is accepted is accepted there too, and is the same tree; what is
 * refused is refused there too, nesting apart. */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "core/json_reader.h"
#include "fuzz.h"
#include "reference.h"

/* Trees are no deeper than JSON_DEPTH_MAX, so that the recursion is bounded. */
static bool is_same(struct json_object *ours, const struct reference *theirs);

static bool is_same_object(struct json_object *ours, const struct reference *theirs)
{
	if ((size_t)json_object_object_length(ours) != reference_count(theirs))
		return false;
	json_object_object_foreach(ours, name, value)
	{
		const struct reference *member = reference_member(theirs, name);
		if (!member || !is_same(value, member))
			return false;
	}
	return true;
}

static bool is_same_array(struct json_object *ours, const struct reference *theirs)
{
	size_t length = json_object_array_length(ours);
	if (length != reference_count(theirs))
		return false;
	for (size_t i = 0; i < length; i++) {
		if (!is_same(json_object_array_get_idx(ours, i), reference_element(theirs, i)))
			return false;
	}
	return true;
}

static bool is_same_string(struct json_object *ours, const struct reference *theirs)
{
	struct text text = {json_object_get_string(ours), (size_t)json_object_get_string_len(ours)};
	return text_equal(text, reference_string(theirs));
}

/* Bit for bit: both are what strtod makes of the same text. */
static bool is_same_double(struct json_object *ours, const struct reference *theirs)
{
	double left = json_object_get_double(ours);
	double right = reference_real(theirs);
	return memcmp(&left, &right, sizeof(left)) == 0;
}

static bool is_same(struct json_object *ours, const struct reference *theirs)
{
	enum reference_type type = reference_type(theirs);
	switch (json_object_get_type(ours)) {
	case json_type_null:
		return type == REFERENCE_NULL;
	case json_type_boolean:
		return type == REFERENCE_BOOLEAN && json_object_get_boolean(ours) == reference_boolean(theirs);
	case json_type_int:
		return type == REFERENCE_INTEGER && json_object_get_int64(ours) == reference_integer(theirs);
	case json_type_double:
		return type == REFERENCE_REAL && is_same_double(ours, theirs);
	case json_type_string:
		return type == REFERENCE_STRING && is_same_string(ours, theirs);
	case json_type_array:
		return type == REFERENCE_ARRAY && is_same_array(ours, theirs);
	case json_type_object:
		return type == REFERENCE_OBJECT && is_same_object(ours, theirs);
	}
	return false;
}

/* What the reference takes and we refuse: deep nesting, and a NUL, which it takes for the end of the text. */
static bool is_laxer(struct text json, enum json_fault fault, size_t position)
{
	return fault == JSON_DEPTH || (position < json.length && json.data[position] == '\0');
}

void fuzz_set_up(void)
{
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text json = fuzz_exact_copy((struct text){(const char *)data, size});
	struct json_object *ours;
	size_t position;
	enum json_fault fault = json_read(json, &ours, &position);
	HOLDS(position <= size, "the fault stands in the text, not at %zu", position);
	HOLDS(fault != JSON_MEMORY, "memory suffices");

	struct reference *theirs = reference_parse(json);
	if (fault == JSON_OK) {
		HOLDS(theirs, "what is accepted the reference accepts too");
		HOLDS(is_same(ours, theirs), "both have read the same");
	} else {
		HOLDS(!ours, "nothing is read of what is refused");
		HOLDS(!theirs || is_laxer(json, fault, position), "the reference refuses too: %s (at byte %zu)",
		      json_fault_message(fault), position);
	}
	reference_free(theirs);
	json_object_put(ours);
	free((char *)json.data);
	return 0;
}
