#include "auth/supabase_answer.h"

#include <string.h>

#include "auth/token.h"
#include "core/json_member.h"
#include "core/json_reader.h"

#define NO_CODE "-"

enum { REFRESH_TOKEN_MAX = 1024 /* bytes; what our own clients may send back */ };

/* What Supabase refuses on account of what our client sent. That a user is banned it says before it has looked at the
 * password, so to our client it is as any wrong password. `invalid_grant` is what versions before 2024 say. */
static const struct refusal {
	enum supabase_operation operation;
	const char *code;
	enum error error;
} REFUSALS[] = {
    {SUPABASE_PASSWORD_GRANT, "invalid_credentials", ERROR_INVALID_CREDENTIALS},
    {SUPABASE_PASSWORD_GRANT, "invalid_grant", ERROR_INVALID_CREDENTIALS},
    {SUPABASE_PASSWORD_GRANT, "user_banned", ERROR_INVALID_CREDENTIALS},
    {SUPABASE_PASSWORD_GRANT, "email_not_confirmed", ERROR_EMAIL_NOT_CONFIRMED},
    {SUPABASE_REFRESH_GRANT, "refresh_token_not_found", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_REFRESH_GRANT, "refresh_token_already_used", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_REFRESH_GRANT, "session_not_found", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_REFRESH_GRANT, "session_expired", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_REFRESH_GRANT, "user_not_found", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_REFRESH_GRANT, "user_banned", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_REFRESH_GRANT, "validation_failed", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_REFRESH_GRANT, "invalid_grant", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_LOGOUT, "session_not_found", ERROR_NONE}, /* it has ended already */
    {SUPABASE_LOGOUT, "user_not_found", ERROR_NONE},
    {SUPABASE_LOGOUT, "bad_jwt", ERROR_INVALID_TOKEN},
};

/* `code` of API version 2024-01-01, `error_code` of the first one, where `code` is the status, or `error` of OAuth. */
static void read_code(struct json_object *body, char code[SUPABASE_CODE_MAX])
{
	static const char *const members[] = {"code", "error_code", "error"};
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		struct text value = json_string_member(body, members[i]);
		if (value.length == 0 || value.length >= SUPABASE_CODE_MAX)
			continue;
		memcpy(code, value.data, value.length);
		code[value.length] = '\0';
		if (strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == value.length)
			return;
	}
	memcpy(code, NO_CODE, sizeof(NO_CODE));
}

static enum error refuse(enum supabase_operation operation, long status, const char *code)
{
	if (status == 429)
		return ERROR_RATE_LIMITED;
	if (status != 400 && status != 401 && status != 403 && status != 404)
		return ERROR_LOGIN_UNAVAILABLE;
	for (size_t i = 0; i < sizeof(REFUSALS) / sizeof(*REFUSALS); i++) {
		if (REFUSALS[i].operation == operation && strcmp(REFUSALS[i].code, code) == 0)
			return REFUSALS[i].error;
	}
	return ERROR_LOGIN_UNAVAILABLE;
}

static enum error copy_token(struct arena *arena, struct text token, size_t longest, struct text *copy)
{
	if (token.length == 0 || token.length > longest)
		return ERROR_LOGIN_UNAVAILABLE;
	*copy = (struct text){arena_copy(arena, token), token.length};
	return copy->data ? ERROR_NONE : ERROR_OUT_OF_MEMORY;
}

static enum error read_grant(struct json_object *body, struct arena *arena, struct supabase_grant *grant)
{
	enum error error =
	    copy_token(arena, json_string_member(body, "access_token"), TOKEN_LENGTH_MAX, &grant->access_token);
	if (error != ERROR_NONE)
		return error;
	return copy_token(arena, json_string_member(body, "refresh_token"), REFRESH_TOKEN_MAX, &grant->refresh_token);
}

enum error supabase_answer_read(enum supabase_operation operation, const struct https_answer *answer,
				struct arena *arena, struct supabase_grant *grant, char code[SUPABASE_CODE_MAX])
{
	struct json_object *body = NULL;
	size_t position;
	memcpy(code, NO_CODE, sizeof(NO_CODE));
	if (operation == SUPABASE_LOGOUT && answer->status == 204)
		return ERROR_NONE;
	enum json_fault fault = json_read(answer->body, &body, &position);
	if (fault == JSON_MEMORY)
		return ERROR_OUT_OF_MEMORY;
	enum error error;
	if (answer->status == 200 && operation != SUPABASE_LOGOUT) {
		error = read_grant(body, arena, grant);
	} else {
		read_code(body, code);
		error = refuse(operation, answer->status, code);
	}
	json_object_put(body);
	return error;
}
