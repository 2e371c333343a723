#include "crud/user.h"

#include <stddef.h>

#include "models/user.h"
#include "models/user_type.h"

#define USER_PAGE " AND (u.created_at, u.id) > ($2::timestamptz, $3::uuid) ORDER BY u.created_at, u.id LIMIT $4::bigint"

static const struct statement user_list_all = {
    "user_list_all",
    "SELECT " USER_COLUMNS " FROM eventflow.users u WHERE $1::uuid IS NULL" USER_PAGE,
    4,
};

static const struct statement user_list_companions = {
    "user_list_companions",
    "SELECT " USER_COLUMNS " FROM eventflow.users u WHERE u.id IN (SELECT $1::uuid UNION SELECT theirs.user_id"
    " FROM eventflow.event_members mine JOIN eventflow.event_members theirs ON theirs.event_id = mine.event_id"
    " WHERE mine.user_id = $1::uuid)" USER_PAGE,
    4,
};

int user_list_queue(struct database *database, const struct uuid *companion_id, const struct page *page)
{
	const char *parameters[] = {companion_id ? companion_id->text : NULL, page->created_at, page->id, page->fetch};
	return batch_add(database, companion_id ? &user_list_companions : &user_list_all, parameters);
}

static const struct statement user_by_email = {
    "user_by_email",
    "SELECT " USER_COLUMNS ", p.password_hash FROM eventflow.users u"
    " LEFT JOIN eventflow.user_passwords p ON p.user_id = u.id WHERE lower(u.email) = lower($1)",
    1,
};

int user_by_email_queue(struct database *database, const char *email)
{
	const char *parameters[] = {email};
	return batch_add(database, &user_by_email, parameters);
}

/* The hash of sql/seed.sql: a password that is hashed once more, with a salt of its own, is refused at the login. */
static const struct statement user_sample_password = {
    "user_sample_password",
    "SELECT 1 FROM eventflow.user_passwords"
    " WHERE password_hash = '$2b$10$EventFlowSampleDataSa.2X2FkZZjL2u7t.V.zCePimwZ7xE5oxS' LIMIT 1",
    0,
};

int user_sample_password_queue(struct database *database)
{
	return batch_add(database, &user_sample_password, NULL);
}

static const struct statement profile_read = {
    "profile_read",
    "SELECT " USER_COLUMNS ", " USER_TYPE_COLUMNS " FROM eventflow.users u"
    " JOIN eventflow.user_types y ON y.id = u.user_type_id WHERE u.id = $1::uuid",
    1,
};

int profile_queue(struct database *database, const struct uuid *user_id)
{
	const char *parameters[] = {user_id->text};
	return batch_add(database, &profile_read, parameters);
}

static const struct statement assignee_read = {
    "assignee_read",
    "SELECT u.is_active, " USER_RIGHTS_COLUMNS ","
    " (t.event_id" IN_EVENTS_OF_USER ") IS TRUE,"
    " EXISTS (SELECT FROM eventflow.eligibility_mappings g"
    " WHERE g.user_type_id = u.user_type_id AND g.task_type_id = t.task_type_id)"
    " FROM eventflow.users u LEFT JOIN eventflow.tasks t ON t.id = $2::uuid WHERE u.id = $1::uuid",
    2,
};

int assignee_queue(struct database *database, const struct uuid *user_id, const struct uuid *task_id)
{
	const char *parameters[] = {user_id->text, task_id->text};
	return batch_add(database, &assignee_read, parameters);
}
