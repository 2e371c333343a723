#include "services/session.h"

#include "auth/issuer.h"
#include "auth/refresh_token.h"
#include "core/clock.h"
#include "core/log.h"
#include "crud/session.h"
#include "models/session.h"
#include "services/caller.h"
#include "services/transaction.h"

static enum error sign(struct context *context, const struct uuid *session_id, int64_t began_at, struct login *login)
{
	const struct config *config = &context->application->config;
	int64_t now = clock_unix_seconds();
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

/* A session that is to be made. */
struct beginning {
	struct login *login;
	struct uuid id;
	const char *hash;
};

static enum error write_session(struct transaction *transaction, void *work)
{
	const struct beginning *beginning = work;
	struct database *database = transaction->context->database;
	const struct proof proof = {
	    PROOF_REFRESH_TOKEN, {beginning->id.text, beginning->hash}, beginning->id.text, true};
	batch_add_begin(database);
	proof_hold_queue(database, beginning->id.text);
	session_delete_expired_queue(database, &beginning->login->user.id);
	session_create_queue(database, &beginning->id, &beginning->login->user.id, beginning->hash);
	return transaction_commit(transaction, &proof);
}

enum error session_begin(struct context *context, struct login *login)
{
	struct beginning beginning = {.login = login};
	if (!uuid_generate(&beginning.id))
		return context_fail(context, ERROR_INTERNAL, NULL);
	enum error error = make_refresh_token(context, login, &beginning.hash);
	if (error == ERROR_NONE)
		error = sign(context, &beginning.id, clock_unix_seconds(), login);
	return error == ERROR_NONE ? transaction_run(context, write_session, &beginning, NULL) : error;
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
static enum error revoke(struct transaction *transaction, const struct session *session)
{
	struct context *context = transaction->context;
	log_write(LOG_WARNING, "auth",
		  "user=%s session=%s a spent refresh token was used, and the session ends; request_id=%s",
		  session->user.id.text, session->id.text, context->response->request_id);
	session_delete_queue(context->database, &session->id);
	enum error error = transaction_commit(transaction, NULL);
	return error == ERROR_NONE ? context_fail(context, ERROR_INVALID_REFRESH_TOKEN, NULL) : error;
}

/* A refresh token that is used. */
struct refresh {
	struct login *login;
	const char *hash;
};

static enum error rotate(struct transaction *transaction, const struct session *session, struct refresh *refresh)
{
	struct context *context = transaction->context;
	const char *new_hash;
	refresh->login->user = session->user;
	enum error error = make_refresh_token(context, refresh->login, &new_hash);
	if (error == ERROR_NONE)
		error = sign(context, &session->id, session->began_at, refresh->login);
	if (error != ERROR_NONE)
		return error;
	const struct proof proof = {PROOF_REFRESH_TOKEN, {session->id.text, new_hash}, NULL, false};
	session_rotate_queue(context->database, &session->id, refresh->hash, new_hash);
	return transaction_commit(transaction, &proof);
}

static enum error use_refresh_token(struct transaction *transaction, void *work)
{
	struct refresh *refresh = work;
	struct context *context = transaction->context;
	struct session session = {0};
	enum error error = lock_and_read(context, refresh->hash, &session);
	if (error != ERROR_NONE)
		return error;
	if (session.is_spent)
		return revoke(transaction, &session);
	if (session.is_expired)
		return context_fail(context, ERROR_INVALID_REFRESH_TOKEN, NULL);
	if (!session.user.is_active)
		return context_fail(context, ERROR_PROFILE_INACTIVE, NULL);
	return rotate(transaction, &session, refresh);
}

enum error session_refresh(struct context *context, struct text refresh_token, struct login *login)
{
	struct refresh refresh = {.login = login, .hash = refresh_token_hash(context->arena, refresh_token)};
	if (!refresh.hash)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	return transaction_run(context, use_refresh_token, &refresh, NULL);
}

/* A session that is to end, or all of a user's. */
struct ending {
	struct caller caller;
	const char *hash; /* NULL: all */
};

static enum error delete_sessions(struct transaction *transaction, void *work)
{
	const struct ending *ending = work;
	struct database *database = transaction->context->database;
	batch_add_begin(database);
	if (ending->hash)
		session_delete_by_token_queue(database, &ending->caller.id, ending->hash);
	else
		session_delete_all_queue(database, &ending->caller.id);
	return transaction_commit(transaction, NULL);
}

enum error session_end(struct context *context, struct text refresh_token)
{
	struct ending ending = {0};
	enum error error = caller_read(context, NULL, &ending.caller);
	if (error != ERROR_NONE)
		return error;
	if (refresh_token.data && !(ending.hash = refresh_token_hash(context->arena, refresh_token)))
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	return transaction_run(context, delete_sessions, &ending, NULL);
}
