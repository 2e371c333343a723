/* Answers of Supabase Auth: a byte for the request that was made, one for the status, and the body. Only 200 gives a
 * grant, and its tokens are text of a bounded length; a refusal is one that the request can have; what is unsound is
 * never a refusal of what the client sent, nor does more of it than a plain word reach the log. */
#include <stdlib.h>
#include <string.h>

#include "auth/supabase_answer.h"
#include "auth/token.h"
#include "core/json_reader.h"
#include "fuzz.h"

static const long STATUSES[] = {200, 204, 301, 400, 401, 403, 404, 422, 429, 500};

enum { STATUS_COUNT = sizeof(STATUSES) / sizeof(*STATUSES), OPERATION_COUNT = SUPABASE_LOGOUT + 1 };

void fuzz_set_up(void)
{
}

static bool is_possible(enum supabase_operation operation, enum error error)
{
	switch (error) {
	case ERROR_NONE:
	case ERROR_LOGIN_UNAVAILABLE:
	case ERROR_RATE_LIMITED:
		return true;
	case ERROR_INVALID_CREDENTIALS:
	case ERROR_EMAIL_NOT_CONFIRMED:
		return operation == SUPABASE_PASSWORD_GRANT;
	case ERROR_INVALID_REFRESH_TOKEN:
		return operation == SUPABASE_REFRESH_GRANT;
	case ERROR_INVALID_TOKEN:
		return operation == SUPABASE_LOGOUT;
	default:
		return false;
	}
}

static bool is_token(struct text token, size_t longest)
{
	return token.data && token.length > 0 && token.length <= longest && strlen(token.data) == token.length &&
	       text_is_utf8(token);
}

static bool is_word(const char *code)
{
	size_t length = strnlen(code, SUPABASE_CODE_MAX);
	return length > 0 && length < SUPABASE_CODE_MAX &&
	       strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == length;
}

static void check_refusal(enum error error, long status, struct text body)
{
	size_t position;
	bool is_sound = json_scan(body, &position) == JSON_OK;
	HOLDS((status == 429) == (error == ERROR_RATE_LIMITED), "429 is a rate limit, whatever else it says");
	HOLDS(is_sound || error == ERROR_LOGIN_UNAVAILABLE || error == ERROR_RATE_LIMITED, "it is no sound JSON");
	HOLDS(status < 500 || error == ERROR_LOGIN_UNAVAILABLE, "a fault of the server refuses nobody");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text rest = {(const char *)data, size};
	enum supabase_operation operation = (enum supabase_operation)(fuzz_take_byte(&rest) % OPERATION_COUNT);
	long status = STATUSES[fuzz_take_byte(&rest) % STATUS_COUNT];
	struct text body = fuzz_exact_copy(rest);
	const struct https_answer answer = {status, body};
	struct supabase_grant grant = {0};
	char code[SUPABASE_CODE_MAX];
	enum error error = supabase_answer_read(operation, &answer, fuzz_arena(), &grant, code);
	HOLDS(is_possible(operation, error), "operation %d, error %d", (int)operation, (int)error);
	HOLDS(is_word(code), "the code is a plain word");
	bool is_granted = error == ERROR_NONE && operation != SUPABASE_LOGOUT;
	HOLDS(!is_granted || (status == 200 && is_token(grant.access_token, TOKEN_LENGTH_MAX) &&
			      is_token(grant.refresh_token, 1024)),
	      "a grant is a status of 200 and two tokens");
	if (error != ERROR_NONE)
		check_refusal(error, status, body);
	free((char *)body.data);
	return 0;
}
