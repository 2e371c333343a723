/* Lists of entity tags, as If-None-Match gives them (RFC 9110, sections 8.8.3 and 13.1.2). */
#ifndef EVENTFLOW_CORE_ENTITY_TAG_H
#define EVENTFLOW_CORE_ENTITY_TAG_H

#include <stdbool.h>

#include "core/text.h"

/* Whether the list names the tag, by the weak comparison, or is or holds a "*". */
bool entity_tag_is_listed(struct text list, struct text tag);

#endif
