/* Whether a JSON number has a value that int64_t or double can hold. */
#ifndef EVENTFLOW_CORE_JSON_NUMBER_H
#define EVENTFLOW_CORE_JSON_NUMBER_H

#include <stdbool.h>

#include "core/text.h"

/* The text must follow the grammar of RFC 8259, section 6. Without fraction and exponent it must fit int64_t; with one
 * of them it must not round to infinity (too small a magnitude is fine: it is zero). */
bool json_number_fits(struct text number);

#endif
