/* fcgi/headers: the head of a response. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "fcgi/headers.h"

/* nginx makes a status line without one, and without the space before it, which not every client reads. */
Test(headers, every_status_of_the_catalogue_has_a_reason)
{
	for (int error = ERROR_NONE + 1; error < ERROR__MAX; error++) {
		struct http_response response = {.status = error_entry((enum error)error)->status};
		char headers[HEADERS_SIZE], expected[32];
		size_t length = headers_format(&response, headers);
		snprintf(expected, sizeof(expected), "Status: %d ", response.status);
		cr_assert_gt(length, strlen(expected));
		cr_expect_eq(memcmp(headers, expected, strlen(expected)), 0, "%d", response.status);
	}
}
