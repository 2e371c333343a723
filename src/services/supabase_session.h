/* Sessions that Supabase Auth keeps: EventFlow asks it on the caller's behalf, and passes its tokens on. At most one
 * request at a time for each four threads is under way (ERROR_LOGIN_BUSY), so that a slow Supabase does not stall the
 * rest. */
#ifndef EVENTFLOW_SERVICES_SUPABASE_SESSION_H
#define EVENTFLOW_SERVICES_SUPABASE_SESSION_H

#include "core/context.h"
#include "core/error.h"
#include "models/login.h"

/* The password grant. The token is verified as any other, and its user must have an active profile here:
 * ERROR_INVALID_CREDENTIALS, ERROR_EMAIL_NOT_CONFIRMED, ERROR_PROFILE_NOT_FOUND, ERROR_PROFILE_INACTIVE,
 * ERROR_RATE_LIMITED, ERROR_LOGIN_UNAVAILABLE. */
enum error supabase_session_begin(struct context *context, struct text email, struct text password,
				  struct login *login);

/* The refresh grant; ERROR_INVALID_REFRESH_TOKEN, and the others. */
enum error supabase_session_refresh(struct context *context, struct text refresh_token, struct login *login);

/* Ends the session of the access token that the caller came with, or all sessions of the caller. */
enum error supabase_session_end(struct context *context, bool is_everywhere);

#endif
