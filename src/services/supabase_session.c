#include "services/supabase_session.h"

#include "auth/password.h"
#include "auth/supabase_auth.h"
#include "auth/token.h"
#include "core/clock.h"
#include "core/log.h"
#include "crud/caller.h"
#include "crud/user.h"
#include "services/caller.h"

/* Makes the client, of one request that ends within the time of our own. */
static enum error enter(struct context *context, struct supabase_client *client)
{
	int left = batch_time_left(context->database);
	*client = (struct supabase_client){.config = &context->application->config,
					   .arena = context->arena,
					   .remote_address = context->request->remote_address,
					   .request_id = context->response->request_id,
					   .timeout_ms = left < SUPABASE_TIMEOUT ? left : SUPABASE_TIMEOUT};
	if (left < SUPABASE_LEAST)
		return context_fail(context, ERROR_LOGIN_UNAVAILABLE, NULL);
	return login_gate_enter(context->application->login_gate) ? ERROR_NONE
								  : context_fail(context, ERROR_LOGIN_BUSY, NULL);
}

/* error, recorded if it is one. */
static enum error leave(struct context *context, enum error error)
{
	login_gate_leave(context->application->login_gate);
	return error == ERROR_NONE ? ERROR_NONE : context_fail(context, error, NULL);
}

/* Nothing is believed of a token because it came from where tokens come from. */
static enum error verify(struct context *context, struct text token, int64_t now, struct token_claims *claims)
{
	const struct application *application = context->application;
	enum token_fault fault =
	    token_verify(&application->config, application->keys, context->arena, token, now, claims);
	if (fault == TOKEN_OK)
		return ERROR_NONE;
	if (fault == TOKEN_MEMORY || fault == TOKEN_NO_KEYS_YET)
		return context_fail(context, token_fault_error(fault), NULL);
	log_write(LOG_ERROR, "auth", "request_id=%s the token that Supabase Auth gave is refused: %s",
		  context->response->request_id, token_fault_message(fault));
	return context_fail(context, ERROR_LOGIN_UNAVAILABLE, NULL);
}

/* The user of the token, whose profile must be active. */
static enum error read_user(struct context *context, struct user *user)
{
	struct caller caller;
	int caller_result = caller_queue(context->database, &context->subject, NULL);
	int profile = profile_queue(context->database, &context->subject);
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	error = caller_take(context, caller_result, &caller);
	if (error != ERROR_NONE)
		return error;
	struct rows rows = batch_rows(context->database, profile);
	if (rows.count == 0)
		return context_fail(context, ERROR_PROFILE_NOT_FOUND, NULL);
	struct row row = row_of(rows, 0);
	*user = user_from_row(&row);
	return row.failed ? context_fail(context, ERROR_INTERNAL, NULL) : ERROR_NONE;
}

static enum error take_grant(struct context *context, const struct supabase_grant *grant, struct login *login)
{
	struct token_claims claims;
	int64_t now = clock_unix_seconds();
	enum error error = verify(context, grant->access_token, now, &claims);
	if (error != ERROR_NONE)
		return error;
	context->subject = claims.subject;
	login->access_token = grant->access_token;
	login->refresh_token = grant->refresh_token;
	login->expires_in = claims.expires_at - now;
	login->expires_at = claims.expires_at;
	return read_user(context, &login->user);
}

enum error supabase_session_begin(struct context *context, struct text email, struct text password, struct login *login)
{
	struct supabase_client client;
	struct supabase_grant grant;
	enum error error = enter(context, &client);
	if (error == ERROR_NONE)
		error = leave(context, supabase_password_grant(&client, email, password, &grant));
	return error == ERROR_NONE ? take_grant(context, &grant, login) : error;
}

enum error supabase_session_refresh(struct context *context, struct text refresh_token, struct login *login)
{
	struct supabase_client client;
	struct supabase_grant grant;
	enum error error = enter(context, &client);
	if (error == ERROR_NONE)
		error = leave(context, supabase_refresh_grant(&client, refresh_token, &grant));
	return error == ERROR_NONE ? take_grant(context, &grant, login) : error;
}

enum error supabase_session_end(struct context *context, bool is_everywhere)
{
	struct supabase_client client;
	struct caller caller;
	enum error error = caller_read(context, NULL, &caller);
	if (error == ERROR_NONE)
		error = enter(context, &client);
	if (error == ERROR_NONE)
		error = leave(context, supabase_logout(&client, context->request->authorization, is_everywhere));
	return error;
}
