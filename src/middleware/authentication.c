#include "middleware/authentication.h"

#include <string.h>

#include "auth/token.h"
#include "auth/token_memory.h"
#include "core/clock.h"
#include "services/caller.h"

/* The token behind "Bearer " (in any case); data == NULL if the header says anything else. Two headers that a web
 * server has joined hold a comma or a second space, and are refused. */
static struct text bearer_token(struct text authorization)
{
	enum { SCHEME_LENGTH = 6 };
	if (authorization.length <= SCHEME_LENGTH + 1 || authorization.data[SCHEME_LENGTH] != ' ' ||
	    !text_is_ignoring_case((struct text){authorization.data, SCHEME_LENGTH}, "bearer"))
		return (struct text){0};
	struct text token = {authorization.data + SCHEME_LENGTH + 1, authorization.length - SCHEME_LENGTH - 1};
	if (memchr(token.data, ' ', token.length) || memchr(token.data, ',', token.length))
		return (struct text){0};
	return token;
}

/* A token is verified once, and then known again for as long as the keys are the same. */
static enum error verify(struct context *context, struct text token, struct token_claims *claims)
{
	const struct application *application = context->application;
	int64_t now = clock_unix_seconds();
	int64_t generation = keys_generation(application->keys); /* asked first: keys may change at any time */
	if (token_recall(application->tokens, token, generation, now, claims))
		return ERROR_NONE;
	enum token_fault fault =
	    token_verify(&application->config, application->keys, context->arena, token, now, claims);
	if (fault != TOKEN_OK)
		return context_fail(context, token_fault_error(fault), NULL);
	token_remember(application->tokens, token, generation, claims);
	return ERROR_NONE;
}

enum error authentication_check(struct context *context)
{
	struct text token = bearer_token(context->request->authorization);
	struct token_claims claims;
	if (!token.data)
		return context_fail(context, ERROR_MISSING_TOKEN, NULL);
	enum error error = verify(context, token, &claims);
	if (error == ERROR_NONE)
		context->subject = claims.subject;
	return error;
}

enum error authentication_require_profile(struct context *context)
{
	struct caller caller;
	return caller_read(context, NULL, &caller);
}
