/* PostgreSQL array literals ("{a,b}"), as parameters of set-wise statements. */
#ifndef EVENTFLOW_DB_ARRAY_H
#define EVENTFLOW_DB_ARRAY_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/text.h"
#include "core/uuid.h"

struct array;

/* An array whose literal stands in the arena. It never fails in the middle: the end asks once. */
struct array *array_new(struct arena *arena);

void array_add_text(struct array *array, struct text text); /* data == NULL is SQL's NULL; no NUL inside */
void array_add_uuid(struct array *array, const struct uuid *uuid);
void array_add_integer(struct array *array, int64_t value);

/* The finished literal; NULL when the arena was exhausted at any point. array may be NULL. */
const char *array_literal(struct array *array);

#endif
