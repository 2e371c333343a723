/* Supabase Auth as the issuer: a client of the three requests that logging in, staying so and logging out take. */
#ifndef EVENTFLOW_AUTH_SUPABASE_AUTH_H
#define EVENTFLOW_AUTH_SUPABASE_AUTH_H

#include "auth/supabase_answer.h"
#include "core/config.h"

enum {
	SUPABASE_TIMEOUT = 3000, /* milliseconds, the most for one request */
	SUPABASE_LEAST = 500, /* milliseconds, without which none is worth to be begun: what it changes would be lost */
	SUPABASE_REASON_MAX = 128,
};

/* For whom Supabase is asked. What is made lies in the arena. */
struct supabase_client {
	const struct config *config;
	struct arena *arena;
	struct text remote_address; /* limits count for it, not for us; left out where it is no IP address */
	const char *request_id;     /* for the log */
	long timeout_ms;            /* SUPABASE_TIMEOUT, or what is left of the time of our own request */
};

/* Each makes one request and waits for its answer, timeout_ms at most. Errors are those of supabase_answer_read,
 * and ERROR_LOGIN_UNAVAILABLE where no answer could be had; the log then says why. Nothing of what is sent or answered
 * is ever logged but for an error's code. */
enum error supabase_password_grant(const struct supabase_client *client, struct text email, struct text password,
				   struct supabase_grant *grant);
enum error supabase_refresh_grant(const struct supabase_client *client, struct text refresh_token,
				  struct supabase_grant *grant);

/* authorization: "Bearer" and the access token, of which all sessions of the user end, or its own alone. */
enum error supabase_logout(const struct supabase_client *client, struct text authorization, bool is_everywhere);

/* For an operator who asks: whether Supabase Auth answers to the key that it is asked with; else why not, as the end of
 * a sentence. */
bool supabase_is_usable(const struct supabase_client *client, char reason[SUPABASE_REASON_MAX]);

#endif
