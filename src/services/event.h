/* Events and their members. */
#ifndef EVENTFLOW_SERVICES_EVENT_H
#define EVENTFLOW_SERVICES_EVENT_H

#include "core/context.h"
#include "core/error.h"
#include "schemas/operations.h"
#include "services/page.h"

/* The caller's events; all for an admin. Rows of EVENT_COLUMNS. */
enum error event_list(struct context *context, const struct event_list_input *input, struct row_page *page);

/* Rows of MEMBER_COLUMNS. */
enum error member_list(struct context *context, const struct member_list_input *input, struct row_page *page);

#endif
