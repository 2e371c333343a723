#include "services/session.h"

#include <time.h>

#include "auth/issuer.h"
#include "auth/refresh_token.h"
#include "core/log.h"
#include "crud/session.h"
#include "models/session.h"
#include "services/caller.h"

static enum error sign(struct context *context, const struct uuid *session_id, int64_t began_at, struct login *login)
{
	const struct config *config = &context->application->config;
	int64_t now = time(NULL);
	const struct issuer_subject subject = {&login->user.id, login->user.email, session_id, began_at};
	login->access_token = issuer_sign(config, context->arena, &subject, now);
	login->expires_in = config->token_lifetime;
	login->expires_at = now + config->token_lifetime;
	return login->access_token.data ? ERROR_NONE : context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
}

/* A new refresh token, and what it is stored as. */
static enum error make_refresh_token(struct context *context, struct login *login, const char **hash)
{
	login->refresh_token = refresh_token_generate(context->arena);
	*hash = login->refresh_token.data ? refresh_token_hash(context->arena, login->refresh_token) : NULL;
	return *hash ? ERROR_NONE : context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
}

static enum error commit(struct context *context)
{
	batch_add_commit(context->database);
	enum error error = batch_run(context->database);
	return error == ERROR_NONE ? ERROR_NONE : context_fail(context, error, NULL);
}

enum error session_begin(struct context *context, struct login *login)
{
	struct uuid id;
	const char *hash;
	if (!uuid_generate(&id))
		return context_fail(context, ERROR_INTERNAL, NULL);
	enum error error = make_refresh_token(context, login, &hash);
	if (error == ERROR_NONE)
		error = sign(context, &id, time(NULL), login);
	if (error != ERROR_NONE)
		return error;
	batch_add_begin(context->database);
	session_delete_expired_queue(context->database, &login->user.id);
	session_create_queue(context->database, &id, &login->user.id, hash);
	return commit(context);
}

/* The session stays locked until the transaction ends. */
static enum error lock_and_read(struct context *context, const char *hash, struct session *session)
{
	batch_add_begin(context->database);
	session_lock_queue(context->database, hash);
	int result = session_read_queue(context->database, hash);
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	struct rows rows = batch_rows(context->database, result);
	if (rows.count == 0)
		return context_fail(context, ERROR_INVALID_REFRESH_TOKEN, NULL);
	struct row row = row_of(rows, 0);
	*session = session_from_row(&row);
	context->user_id = session->user.id;
	return row.failed ? context_fail(context, ERROR_INTERNAL, NULL) : ERROR_NONE;
}

/* Whoever shows a spent token may have stolen it, or the one before may have been stolen: the session ends for both. */
static enum error revoke(struct context *context, const struct session *session)
{
	log_write(LOG_WARNING, "auth",
		  "user=%s session=%s a spent refresh token was used, and the session ends; request_id=%s",
		  session->user.id.text, session->id.text, context->response->request_id);
	session_delete_queue(context->database, &session->id);
	enum error error = commit(context);
	return error == ERROR_NONE ? context_fail(context, ERROR_INVALID_REFRESH_TOKEN, NULL) : error;
}

enum error session_refresh(struct context *context, struct text refresh_token, struct login *login)
{
	struct session session = {0};
	const char *new_hash;
	const char *hash = refresh_token_hash(context->arena, refresh_token);
	if (!hash)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	enum error error = lock_and_read(context, hash, &session);
	if (error != ERROR_NONE)
		return error;
	if (session.is_spent)
		return revoke(context, &session);
	if (session.is_expired)
		return context_fail(context, ERROR_INVALID_REFRESH_TOKEN, NULL);
	if (!session.user.is_active)
		return context_fail(context, ERROR_PROFILE_INACTIVE, NULL);
	login->user = session.user;
	error = make_refresh_token(context, login, &new_hash);
	if (error == ERROR_NONE)
		error = sign(context, &session.id, session.began_at, login);
	if (error != ERROR_NONE)
		return error;
	session_rotate_queue(context->database, &session.id, hash, new_hash);
	return commit(context);
}

enum error session_end(struct context *context, struct text refresh_token)
{
	struct caller caller;
	const char *hash = NULL;
	enum error error = caller_read(context, NULL, &caller);
	if (error != ERROR_NONE)
		return error;
	if (refresh_token.data && !(hash = refresh_token_hash(context->arena, refresh_token)))
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	batch_add_begin(context->database);
	if (hash)
		session_delete_by_token_queue(context->database, &caller.id, hash);
	else
		session_delete_all_queue(context->database, &caller.id);
	return commit(context);
}
