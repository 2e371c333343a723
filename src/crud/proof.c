#include "crud/proof.h"

#include <stddef.h>

static const struct statement proof_hold = {
    "proof_hold",
    "SELECT FROM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1::text, 0))",
    1,
};

void proof_hold_queue(struct database *database, const char *id)
{
	const char *parameters[] = {id};
	batch_add(database, &proof_hold, parameters);
}

/* A task that is new can be waited for only by its event, which every change raises as its last step. */
static const struct statement task_lock = {
    "proof_task_lock",
    "SELECT FROM eventflow.tasks t WHERE t.event_id = $1::uuid AND t.id = $2::uuid FOR NO KEY UPDATE",
    2,
};

static const struct statement event_lock = {
    "proof_event_lock",
    "SELECT FROM eventflow.events e WHERE e.id = $1::uuid FOR NO KEY UPDATE",
    1,
};

static const struct statement transition_find = {
    "proof_transition_find",
    "SELECT FROM eventflow.task_transitions a WHERE a.event_id = $1::uuid AND a.task_id = $2::uuid"
    " AND a.number = $3::integer AND a.created_at = $4::timestamptz",
    4,
};

static const struct statement workflow_lock = {
    "proof_workflow_lock",
    "SELECT FROM eventflow.workflow_templates w WHERE w.id = $1::uuid FOR NO KEY UPDATE",
    1,
};

static const struct statement workflow_version_find = {
    "proof_workflow_version_find",
    "SELECT FROM eventflow.workflow_template_versions v WHERE v.workflow_id = $1::uuid AND v.version = $2::integer"
    " AND v.created_at = $3::timestamptz",
    3,
};

static const struct statement session_lock = {
    "proof_session_lock",
    "SELECT FROM eventflow.sessions s WHERE s.id = $1::uuid FOR NO KEY UPDATE",
    1,
};

static const struct statement refresh_token_find = {
    "proof_refresh_token_find",
    "SELECT FROM eventflow.refresh_tokens t WHERE t.session_id = $1::uuid AND t.token_hash = $2::bytea",
    2,
};

/* By enum proof_kind. */
static const struct {
	const struct statement *locks[2];
	const struct statement *find;
} steps[PROOF__MAX] = {
    [PROOF_TRANSITION] = {{&task_lock, &event_lock}, &transition_find},
    [PROOF_WORKFLOW_VERSION] = {{&workflow_lock}, &workflow_version_find},
    [PROOF_REFRESH_TOKEN] = {{&session_lock}, &refresh_token_find},
};

int proof_queue(struct database *database, const struct proof *proof)
{
	if (proof->held)
		proof_hold_queue(database, proof->held);
	for (int i = 0; i < 2 && steps[proof->kind].locks[i]; i++)
		batch_add(database, steps[proof->kind].locks[i], proof->key);
	return batch_add(database, steps[proof->kind].find, proof->key);
}
