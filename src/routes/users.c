/* Routes of the tag "users". */
#include "models/user.h"
#include "routes/list.h"
#include "schemas/operations.h"
#include "services/user.h"

enum error route_user_list(struct context *context, const struct user_list_input *input)
{
	struct row_page page;
	struct list list;
	struct row row;
	enum error error = user_list(context, input, &page);
	if (error != ERROR_NONE)
		return error;
	list_begin(&list, context, &page.page, page.rows);
	while (list_next(&list, &row)) {
		struct user user = user_from_row(&row);
		user_write(list.json, &user);
		list_keep(&list, &row, user.created_at, 0, &user.id);
	}
	return list_finish(&list);
}
