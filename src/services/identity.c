#include "services/identity.h"

#include "auth/password.h"
#include "crud/caller.h"
#include "crud/member.h"
#include "crud/reference.h"
#include "crud/user.h"
#include "services/caller.h"
#include "services/session.h"
#include "services/supabase_session.h"

static enum error read_user(struct context *context, const struct auth_login_input *input, struct user *user,
			    const char **hash)
{
	const char *email = arena_copy(context->arena, input->email);
	*hash = NULL;
	if (!email)
		return context_fail(context, ERROR_OUT_OF_MEMORY, NULL);
	int result = user_by_email_queue(context->database, email);
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	struct rows rows = batch_rows(context->database, result);
	if (rows.count == 0)
		return ERROR_NONE;
	struct row row = row_of(rows, 0);
	*user = user_from_row(&row);
	*hash = row_text(&row).data;
	return row.failed ? context_fail(context, ERROR_INTERNAL, NULL) : ERROR_NONE;
}

/* The sample users' password is in the README: in production it opens nothing. */
static bool is_sample_password(const struct config *config, struct text password)
{
	return config->environment == ENVIRONMENT_PRODUCTION && text_is(password, "eventflow-dev");
}

/* The local issuer's login. */
static enum error check_password(struct context *context, const struct auth_login_input *input, struct login *login)
{
	struct login_gate *gate = context->application->login_gate;
	const char *hash;
	enum error error = read_user(context, input, &login->user, &hash);
	if (error != ERROR_NONE)
		return error;
	if (!login_gate_enter(gate))
		return context_fail(context, ERROR_LOGIN_BUSY, NULL);
	bool matches = password_matches(input->password, hash);
	login_gate_leave(gate);
	if (!matches || is_sample_password(&context->application->config, input->password))
		return context_fail(context, ERROR_INVALID_CREDENTIALS, NULL);
	if (!login->user.is_active)
		return context_fail(context, ERROR_PROFILE_INACTIVE, NULL);
	context->user_id = login->user.id;
	return session_begin(context, login);
}

static bool has_supabase(const struct context *context)
{
	return context->application->config.supabase_url != NULL;
}

/* With public keys alone nobody here can sign a token. */
static bool may_sign(const struct context *context)
{
	return context->application->config.jwt_secret.data != NULL;
}

enum error identity_login(struct context *context, const struct auth_login_input *input, struct login *login)
{
	if (!has_supabase(context))
		return may_sign(context) ? check_password(context, input, login)
					 : context_fail(context, ERROR_LOGIN_UNAVAILABLE, NULL);
	if (is_sample_password(&context->application->config, input->password))
		return context_fail(context, ERROR_INVALID_CREDENTIALS, NULL);
	return supabase_session_begin(context, input->email, input->password, login);
}

enum error identity_refresh(struct context *context, const struct auth_refresh_input *input, struct login *login)
{
	if (has_supabase(context))
		return supabase_session_refresh(context, input->refresh_token, login);
	return may_sign(context) ? session_refresh(context, input->refresh_token, login)
				 : context_fail(context, ERROR_LOGIN_UNAVAILABLE, NULL);
}

enum error identity_logout(struct context *context, const struct auth_logout_input *input)
{
	return has_supabase(context) ? supabase_session_end(context, input->refresh_token.data == NULL)
				     : session_end(context, input->refresh_token);
}

static enum error take_profile(struct context *context, int result, struct profile *profile)
{
	struct rows rows = batch_rows(context->database, result);
	if (rows.count == 0)
		return context_fail(context, ERROR_PROFILE_NOT_FOUND, NULL);
	struct row row = row_of(rows, 0);
	profile->user = user_from_row(&row);
	profile->type = user_type_from_row(&row);
	return row.failed ? context_fail(context, ERROR_INTERNAL, NULL) : ERROR_NONE;
}

enum error identity_profile(struct context *context, struct profile *profile)
{
	struct caller caller;
	int caller_result = caller_queue(context->database, &context->subject, NULL);
	int user = profile_queue(context->database, &context->subject);
	int all = task_type_all_queue(context->database);
	int eligible = task_type_eligible_queue(context->database, &context->subject);
	int memberships = membership_list_queue(context->database, &context->subject);
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE)
		return context_fail(context, error, NULL);
	error = caller_take(context, caller_result, &caller);
	if (error == ERROR_NONE)
		error = take_profile(context, user, profile);
	if (error != ERROR_NONE)
		return error;
	profile->task_types = batch_rows(context->database, caller.rights.is_admin ? all : eligible);
	profile->memberships = batch_rows(context->database, memberships);
	return ERROR_NONE;
}
