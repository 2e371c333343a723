/* openapi-compile SPECIFICATION DIRECTORY: makes the operation table and the request validators' tables of a
 * specification. */
#include <stdio.h>

#include "openapi/specification.h"

int main(int argument_count, char **arguments)
{
	static struct specification specification;
	if (argument_count != 3) {
		fprintf(stderr, "usage: openapi-compile SPECIFICATION DIRECTORY\n");
		return 2;
	}
	struct json_object *document = json_object_from_file(arguments[1]);
	if (!document)
		fail(arguments[1], "%s", json_util_get_last_err());
	read_specification(&specification, document);
	write_specification(&specification, arguments[2]);
	json_object_put(document);
	return 0;
}
