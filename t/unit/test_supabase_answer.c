/* auth/supabase_answer: the answers of Supabase Auth, sound and unsound, and what they are to our clients. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "auth/supabase_answer.h"

static struct arena *arena;
static struct supabase_grant grant;
static char code[SUPABASE_CODE_MAX];

static void set_up(void)
{
	arena = arena_new(1024 * 1024);
	cr_assert_not_null(arena, "an arena");
}

static void tear_down(void)
{
	arena_free(arena);
}

TestSuite(supabase_answer, .init = set_up, .fini = tear_down);

static enum error read_answer(enum supabase_operation operation, long status, const char *body)
{
	const struct https_answer answer = {status, text_from_string(body)};
	return supabase_answer_read(operation, &answer, arena, &grant, code);
}

Test(supabase_answer, a_grant)
{
	static const char body[] = "{\"access_token\":\"a.b.c\",\"token_type\":\"bearer\",\"expires_in\":3600,"
				   "\"refresh_token\":\"r\\u0031\",\"user\":{\"id\":\"x\"},\"weak_password\":null}";
	cr_assert_eq(read_answer(SUPABASE_PASSWORD_GRANT, 200, body), ERROR_NONE, "taken");
	cr_expect(text_is(grant.access_token, "a.b.c"), "access token");
	cr_expect(text_is(grant.refresh_token, "r1"), "refresh token");
	cr_expect_eq(strlen(grant.access_token.data), grant.access_token.length, "NUL-terminated");
	cr_expect_eq(read_answer(SUPABASE_REFRESH_GRANT, 200, body), ERROR_NONE, "taken");
}

Test(supabase_answer, no_grant)
{
	static const char *const bodies[] = {
	    "",
	    "null",
	    "[]",
	    "\"a\"",
	    "{}",
	    "<html>",
	    "{\"access_token\":\"a\"",
	    "{\"access_token\":\"a\",\"refresh_token\":\"b\"}x",
	    "{\"access_token\":\"a\",\"access_token\":\"a\",\"refresh_token\":\"b\"}",
	    "{\"access_token\":\"a\"}",
	    "{\"refresh_token\":\"b\"}",
	    "{\"access_token\":\"\",\"refresh_token\":\"b\"}",
	    "{\"access_token\":\"a\",\"refresh_token\":\"\"}",
	    "{\"access_token\":null,\"refresh_token\":\"b\"}",
	    "{\"access_token\":\"a\",\"refresh_token\":7}",
	    "{\"access_token\":[\"a\"],\"refresh_token\":\"b\"}",
	    "{\"access_token\":\"a\\u0000\",\"refresh_token\":\"b\"}",
	    "{\"access_token\":\"\xff\",\"refresh_token\":\"b\"}",
	};
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
		cr_expect_eq(read_answer(SUPABASE_PASSWORD_GRANT, 200, bodies[i]), ERROR_LOGIN_UNAVAILABLE, "%s",
			     bodies[i]);
}

static enum error read_long_tokens(size_t access_length, size_t refresh_length)
{
	static char body[16384];
	static char access[10000];
	static char refresh[2000];
	memset(access, 'a', access_length);
	access[access_length] = '\0';
	memset(refresh, 'r', refresh_length);
	refresh[refresh_length] = '\0';
	snprintf(body, sizeof(body), "{\"access_token\":\"%s\",\"refresh_token\":\"%s\"}", access, refresh);
	return read_answer(SUPABASE_PASSWORD_GRANT, 200, body);
}

Test(supabase_answer, the_length_of_tokens)
{
	cr_expect_eq(read_long_tokens(8192, 1024), ERROR_NONE, "at the limits");
	cr_expect_eq(read_long_tokens(8193, 1024), ERROR_LOGIN_UNAVAILABLE, "an access token that is too long");
	cr_expect_eq(read_long_tokens(8192, 1025), ERROR_LOGIN_UNAVAILABLE, "a refresh token that is too long");
}

Test(supabase_answer, success_is_200_alone)
{
	static const char body[] = "{\"access_token\":\"a\",\"refresh_token\":\"b\"}";
	static const long statuses[] = {0, 100, 199, 201, 204, 206, 299, 300, 302, 307, 404, 418, 500, 503};
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		cr_expect_eq(read_answer(SUPABASE_PASSWORD_GRANT, statuses[i], body), ERROR_LOGIN_UNAVAILABLE, "%ld",
			     statuses[i]);
}

static const struct refusal_case {
	enum supabase_operation operation;
	long status;
	const char *code;
	enum error error;
} CASES[] = {
    {SUPABASE_PASSWORD_GRANT, 400, "invalid_credentials", ERROR_INVALID_CREDENTIALS},
    {SUPABASE_PASSWORD_GRANT, 400, "user_banned", ERROR_INVALID_CREDENTIALS},
    {SUPABASE_PASSWORD_GRANT, 403, "user_banned", ERROR_INVALID_CREDENTIALS},
    {SUPABASE_PASSWORD_GRANT, 400, "email_not_confirmed", ERROR_EMAIL_NOT_CONFIRMED},
    {SUPABASE_PASSWORD_GRANT, 400, "validation_failed", ERROR_LOGIN_UNAVAILABLE},
    {SUPABASE_PASSWORD_GRANT, 400, "captcha_failed", ERROR_LOGIN_UNAVAILABLE},
    {SUPABASE_PASSWORD_GRANT, 400, "refresh_token_not_found", ERROR_LOGIN_UNAVAILABLE},
    {SUPABASE_PASSWORD_GRANT, 401, "no_authorization", ERROR_LOGIN_UNAVAILABLE},
    {SUPABASE_PASSWORD_GRANT, 422, "email_provider_disabled", ERROR_LOGIN_UNAVAILABLE},
    {SUPABASE_PASSWORD_GRANT, 429, "over_request_rate_limit", ERROR_RATE_LIMITED},
    {SUPABASE_PASSWORD_GRANT, 500, "invalid_credentials", ERROR_LOGIN_UNAVAILABLE},
    {SUPABASE_PASSWORD_GRANT, 504, "request_timeout", ERROR_LOGIN_UNAVAILABLE},
    {SUPABASE_REFRESH_GRANT, 400, "refresh_token_not_found", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_REFRESH_GRANT, 400, "refresh_token_already_used", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_REFRESH_GRANT, 400, "session_not_found", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_REFRESH_GRANT, 400, "session_expired", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_REFRESH_GRANT, 400, "user_banned", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_REFRESH_GRANT, 400, "validation_failed", ERROR_INVALID_REFRESH_TOKEN},
    {SUPABASE_REFRESH_GRANT, 400, "invalid_credentials", ERROR_LOGIN_UNAVAILABLE},
    {SUPABASE_REFRESH_GRANT, 409, "conflict", ERROR_LOGIN_UNAVAILABLE},
    {SUPABASE_REFRESH_GRANT, 429, "over_request_rate_limit", ERROR_RATE_LIMITED},
    {SUPABASE_LOGOUT, 403, "session_not_found", ERROR_NONE},
    {SUPABASE_LOGOUT, 404, "user_not_found", ERROR_NONE},
    {SUPABASE_LOGOUT, 403, "bad_jwt", ERROR_INVALID_TOKEN},
    {SUPABASE_LOGOUT, 401, "no_authorization", ERROR_LOGIN_UNAVAILABLE},
    {SUPABASE_LOGOUT, 500, "unexpected_failure", ERROR_LOGIN_UNAVAILABLE},
};

/* Each in both shapes: that of API version 2024-01-01, and the first. */
Test(supabase_answer, refusals)
{
	for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
		const struct refusal_case *refusal = &CASES[i];
		char body[200];
		snprintf(body, sizeof(body), "{\"code\":\"%s\",\"message\":\"no\"}", refusal->code);
		cr_expect_eq(read_answer(refusal->operation, refusal->status, body), refusal->error, "%s", body);
		cr_expect_str_eq(code, refusal->code, "the code");
		snprintf(body, sizeof(body), "{\"code\":%ld,\"error_code\":\"%s\",\"msg\":\"no\"}", refusal->status,
			 refusal->code);
		cr_expect_eq(read_answer(refusal->operation, refusal->status, body), refusal->error, "%s", body);
		cr_expect_str_eq(code, refusal->code, "the code");
	}
}

Test(supabase_answer, refusals_of_old_versions)
{
	static const char body[] = "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid login credentials\"}";
	cr_expect_eq(read_answer(SUPABASE_PASSWORD_GRANT, 400, body), ERROR_INVALID_CREDENTIALS, "password");
	cr_expect_eq(read_answer(SUPABASE_REFRESH_GRANT, 400, body), ERROR_INVALID_REFRESH_TOKEN, "refresh");
}

/* What a gateway says, or anybody: never a refusal of what the client sent, and nothing of it gets into the log. */
Test(supabase_answer, refusals_without_a_code)
{
	static const char *const bodies[] = {
	    "",
	    "{}",
	    "[]",
	    "<html>",
	    "{\"message\":\"Invalid API key\"}",
	    "{\"code\":400,\"msg\":\"no\"}",
	    "{\"code\":\"\"}",
	    "{\"code\":\"in valid\"}",
	    "{\"code\":\"a\\nb\"}",
	    "{\"code\":\"x123456789x123456789x123456789x123456789x12345678\"}",
	    "{\"code\":{\"code\":\"invalid_credentials\"}}",
	};
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		cr_expect_eq(read_answer(SUPABASE_PASSWORD_GRANT, 400, bodies[i]), ERROR_LOGIN_UNAVAILABLE, "%s",
			     bodies[i]);
		cr_expect_str_eq(code, "-", "%s", bodies[i]);
		cr_expect_eq(read_answer(SUPABASE_PASSWORD_GRANT, 429, bodies[i]), ERROR_RATE_LIMITED, "%s", bodies[i]);
	}
}

Test(supabase_answer, a_logout)
{
	cr_expect_eq(read_answer(SUPABASE_LOGOUT, 204, ""), ERROR_NONE, "204");
	cr_expect_eq(read_answer(SUPABASE_LOGOUT, 200, "{}"), ERROR_LOGIN_UNAVAILABLE, "200 is somebody else's answer");
	cr_expect_eq(read_answer(SUPABASE_LOGOUT, 302, ""), ERROR_LOGIN_UNAVAILABLE, "a redirect");
}

Test(supabase_answer, short_memory)
{
	struct arena *small = arena_new(0);
	const struct https_answer answer = {200, TEXT("{\"access_token\":\"a\",\"refresh_token\":\"b\"}")};
	cr_expect_eq(supabase_answer_read(SUPABASE_PASSWORD_GRANT, &answer, small, &grant, code), ERROR_OUT_OF_MEMORY,
		     "no room for the tokens");
	arena_free(small);
}
