#include "crud/idempotency.h"

#define LIFETIME "interval '24 hours'"

static const struct statement idempotency_take = {
    "idempotency_take",
    "SELECT eventflow.take_idempotency_key($1::uuid, $2)",
    2,
};

void idempotency_take_queue(struct database *database, const struct uuid *user_id, const char *key)
{
	const char *parameters[] = {user_id->text, key};
	batch_add(database, &idempotency_take, parameters);
}

static const struct statement idempotency_find = {
    "idempotency_find",
    "SELECT k.fingerprint = $3::bytea, k.answer FROM eventflow.idempotency_keys k"
    " WHERE k.user_id = $1::uuid AND k.key = $2 AND k.created_at > now() - " LIFETIME,
    3,
};

int idempotency_find_queue(struct database *database, const struct uuid *user_id, const char *key,
			   const char *fingerprint)
{
	const char *parameters[] = {user_id->text, key, fingerprint};
	return batch_add(database, &idempotency_find, parameters);
}

/* Those that another request of the user is about to delete, too, are left to it. */
static const struct statement idempotency_delete_expired = {
    "idempotency_delete_expired",
    "DELETE FROM eventflow.idempotency_keys WHERE user_id = $1::uuid AND key IN (SELECT k.key"
    " FROM eventflow.idempotency_keys k WHERE k.user_id = $1::uuid AND k.created_at <= now() - " LIFETIME
    " AND k.key <> $2 FOR UPDATE SKIP LOCKED)",
    2,
};

/* What is there already has expired. */
static const struct statement idempotency_create = {
    "idempotency_create",
    "INSERT INTO eventflow.idempotency_keys (user_id, key, fingerprint, answer) VALUES ($1::uuid, $2, $3::bytea, $4)"
    " ON CONFLICT (user_id, key) DO UPDATE"
    " SET fingerprint = excluded.fingerprint, answer = excluded.answer, created_at = now()",
    4,
};

void idempotency_keep_queue(struct database *database, const struct uuid *user_id, const char *key,
			    const char *fingerprint, const char *answer)
{
	const char *expired[] = {user_id->text, key};
	const char *created[] = {user_id->text, key, fingerprint, answer};
	batch_add(database, &idempotency_delete_expired, expired);
	batch_add(database, &idempotency_create, created);
}
