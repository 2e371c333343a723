/* Users: whom the caller may see. */
#ifndef EVENTFLOW_SERVICES_USER_H
#define EVENTFLOW_SERVICES_USER_H

#include "core/context.h"
#include "core/error.h"
#include "schemas/operations.h"
#include "services/page.h"

/* An admin sees all; others see themselves and those with whom they share an event. Rows of USER_COLUMNS. */
enum error user_list(struct context *context, const struct user_list_input *input, struct row_page *page);

#endif
