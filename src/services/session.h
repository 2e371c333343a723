/* Sessions of the local issuer: one begins with a login, lives on by refresh tokens that are used once each, and ends
 * by a logout, by 30 days of silence, or when a token that was used before is seen again. */
#ifndef EVENTFLOW_SERVICES_SESSION_H
#define EVENTFLOW_SERVICES_SESSION_H

#include "core/context.h"
#include "core/error.h"
#include "models/login.h"

/* Begins a session of login->user, who has proved who they are, and fills the rest of login. One round trip. */
enum error session_begin(struct context *context, struct login *login);

/* Two round trips. ERROR_INVALID_REFRESH_TOKEN for a token that is unknown, expired or spent (then its session has
 * ended); ERROR_PROFILE_INACTIVE. */
enum error session_refresh(struct context *context, struct text refresh_token, struct login *login);

/* Ends the session of the caller's refresh token, or all sessions of the caller without one (data == NULL). A token
 * that is unknown, or somebody else's, ends nothing and is no error. Two round trips. */
enum error session_end(struct context *context, struct text refresh_token);

#endif
