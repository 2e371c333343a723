/* The envelope of success: {"ok":true,"data":…}, its headers, entity tags and 304. */
#ifndef EVENTFLOW_ROUTES_ANSWER_H
#define EVENTFLOW_ROUTES_ANSWER_H

#include <stdbool.h>

#include "core/context.h"
#include "core/error.h"
#include "core/json_writer.h"

/* Begins the envelope; the data's value follows. */
struct json_writer *answer_begin(struct context *context);

/* Ends the envelope, and says 200. ERROR_OUT_OF_MEMORY if the body did not fit. */
enum error answer_end(struct context *context);

/* Says 200 for a body that is finished already. */
enum error answer_finished(struct context *context);

/* Says 204: all went well, and there is nothing to tell. */
enum error answer_nothing(struct context *context);

/* Gives the answer its entity tag (NULL is ERROR_OUT_OF_MEMORY), so that the client may keep it and ask again. */
enum error answer_tag(struct context *context, const char *tag);

/* Whether the client has just this answer, by If-None-Match (RFC 9110, section 13.1.2); then it says 304, without a
 * body. */
bool answer_is_known(struct context *context);

#endif
