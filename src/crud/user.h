/* SQL: users and their passwords. */
#ifndef EVENTFLOW_CRUD_USER_H
#define EVENTFLOW_CRUD_USER_H

#include "core/uuid.h"
#include "db/batch.h"
#include "models/page.h"

/* Rows of USER_COLUMNS: the user, and those with whom the user shares an event; all users for NULL. */
int user_list_queue(struct database *database, const struct uuid *companion_id, const struct page *page);

/* One row of USER_COLUMNS and the password's hash (NULL: no password), or none; letter case plays no part. */
int user_by_email_queue(struct database *database, const char *email);

/* A row if any user has the password hash of the sample data (sql/seed.sql), or none. */
int user_sample_password_queue(struct database *database);

/* One row of USER_COLUMNS and USER_TYPE_COLUMNS, or none. */
int profile_queue(struct database *database, const struct uuid *user_id);

/* A user to whom a task may be given: one row of (is_active), USER_RIGHTS_COLUMNS, whether the user is a member of the
 * task's event, and whether the user's type is mapped to the task's type; or none. */
int assignee_queue(struct database *database, const struct uuid *user_id, const struct uuid *task_id);

#endif
