#include "core/entity_tag.h"

/* The next entity tag of a list, without W/ and white space; moves *list behind it. */
static struct text next_tag(struct text *list)
{
	size_t end = 0;
	while (end < list->length && list->data[end] != ',')
		end++;
	struct text tag = text_trim((struct text){list->data, end});
	size_t step = end < list->length ? end + 1 : end;
	list->data += step;
	list->length -= step;
	if (text_starts_with(tag, "W/"))
		tag = (struct text){tag.data + 2, tag.length - 2};
	return tag;
}

bool entity_tag_is_listed(struct text list, struct text tag)
{
	while (list.length > 0) {
		struct text listed = next_tag(&list);
		if (text_equal(listed, tag) || text_is(listed, "*"))
			return true;
	}
	return false;
}
