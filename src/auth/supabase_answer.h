/* What Supabase Auth (GoTrue) has answered, in its words and in ours. */
#ifndef EVENTFLOW_AUTH_SUPABASE_ANSWER_H
#define EVENTFLOW_AUTH_SUPABASE_ANSWER_H

#include "auth/https_client.h"
#include "core/arena.h"
#include "core/error.h"

enum supabase_operation { SUPABASE_PASSWORD_GRANT, SUPABASE_REFRESH_GRANT, SUPABASE_LOGOUT };

/* The tokens of a grant, in the arena. The access token is not verified yet. */
struct supabase_grant {
	struct text access_token;
	struct text refresh_token;
};

enum { SUPABASE_CODE_MAX = 48 };

/* Reads an answer. ERROR_NONE, with the grant filled where the operation gives one; or the error that the refusal is to
 * our client: ERROR_LOGIN_UNAVAILABLE for whatever is neither a success nor a refusal of what the client has sent.
 * code: what Supabase calls it, for the log; printable ASCII, and "-" if it says nothing. */
enum error supabase_answer_read(enum supabase_operation operation, const struct https_answer *answer,
				struct arena *arena, struct supabase_grant *grant, char code[SUPABASE_CODE_MAX]);

#endif
