#include "crud/session.h"

#include "models/session.h"

/* How long a refresh token may be used, and so how long a session lives without it. */
#define LIFETIME "interval '30 days'"

static const struct statement session_create = {
    "session_create",
    "WITH session AS (INSERT INTO eventflow.sessions (id, user_id, expires_at)"
    " VALUES ($1::uuid, $2::uuid, now() + " LIFETIME ") RETURNING id, expires_at)"
    " INSERT INTO eventflow.refresh_tokens (token_hash, session_id, expires_at)"
    " SELECT $3::bytea, session.id, session.expires_at FROM session",
    3,
};

void session_create_queue(struct database *database, const struct uuid *id, const struct uuid *user_id,
			  const char *token_hash)
{
	const char *parameters[] = {id->text, user_id->text, token_hash};
	batch_add(database, &session_create, parameters);
}

static const struct statement session_lock = {
    "session_lock",
    "SELECT FROM eventflow.sessions s WHERE s.id ="
    " (SELECT t.session_id FROM eventflow.refresh_tokens t WHERE t.token_hash = $1::bytea) FOR UPDATE",
    1,
};

void session_lock_queue(struct database *database, const char *token_hash)
{
	const char *parameters[] = {token_hash};
	batch_add(database, &session_lock, parameters);
}

static const struct statement session_read = {
    "session_read",
    "SELECT " SESSION_COLUMNS " FROM eventflow.refresh_tokens t JOIN eventflow.sessions s ON s.id = t.session_id"
    " JOIN eventflow.users u ON u.id = s.user_id WHERE t.token_hash = $1::bytea",
    1,
};

int session_read_queue(struct database *database, const char *token_hash)
{
	const char *parameters[] = {token_hash};
	return batch_add(database, &session_read, parameters);
}

static const struct statement refresh_token_spend = {
    "refresh_token_spend",
    "UPDATE eventflow.refresh_tokens SET spent_at = now() WHERE token_hash = $1::bytea",
    1,
};

static const struct statement refresh_token_create = {
    "refresh_token_create",
    "WITH session AS (UPDATE eventflow.sessions SET expires_at = now() + " LIFETIME
    " WHERE id = $1::uuid RETURNING id, expires_at)"
    " INSERT INTO eventflow.refresh_tokens (token_hash, session_id, expires_at)"
    " SELECT $2::bytea, session.id, session.expires_at FROM session",
    2,
};

static const struct statement refresh_token_delete_expired = {
    "refresh_token_delete_expired",
    "DELETE FROM eventflow.refresh_tokens WHERE session_id = $1::uuid AND expires_at <= now()",
    1,
};

void session_rotate_queue(struct database *database, const struct uuid *id, const char *token_hash,
			  const char *new_token_hash)
{
	const char *spent[] = {token_hash};
	const char *created[] = {id->text, new_token_hash};
	const char *expired[] = {id->text};
	batch_add(database, &refresh_token_spend, spent);
	batch_add(database, &refresh_token_create, created);
	batch_add(database, &refresh_token_delete_expired, expired);
}

static const struct statement session_delete = {
    "session_delete",
    "DELETE FROM eventflow.sessions WHERE id = $1::uuid",
    1,
};

void session_delete_queue(struct database *database, const struct uuid *id)
{
	const char *parameters[] = {id->text};
	batch_add(database, &session_delete, parameters);
}

static const struct statement session_delete_by_token = {
    "session_delete_by_token",
    "DELETE FROM eventflow.sessions WHERE user_id = $1::uuid AND id ="
    " (SELECT t.session_id FROM eventflow.refresh_tokens t WHERE t.token_hash = $2::bytea)",
    2,
};

void session_delete_by_token_queue(struct database *database, const struct uuid *user_id, const char *token_hash)
{
	const char *parameters[] = {user_id->text, token_hash};
	batch_add(database, &session_delete_by_token, parameters);
}

/* In one order: two who log out everywhere at once must not wait for each other. */
static const struct statement session_delete_all = {
    "session_delete_all",
    "DELETE FROM eventflow.sessions WHERE id IN"
    " (SELECT s.id FROM eventflow.sessions s WHERE s.user_id = $1::uuid ORDER BY s.id FOR UPDATE)",
    1,
};

void session_delete_all_queue(struct database *database, const struct uuid *user_id)
{
	const char *parameters[] = {user_id->text};
	batch_add(database, &session_delete_all, parameters);
}

static const struct statement session_delete_expired = {
    "session_delete_expired",
    "DELETE FROM eventflow.sessions WHERE id IN (SELECT s.id FROM eventflow.sessions s"
    " WHERE s.user_id = $1::uuid AND s.expires_at <= now() ORDER BY s.id FOR UPDATE SKIP LOCKED)",
    1,
};

void session_delete_expired_queue(struct database *database, const struct uuid *user_id)
{
	const char *parameters[] = {user_id->text};
	batch_add(database, &session_delete_expired, parameters);
}
