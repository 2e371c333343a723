/* What must not be in the database of a production system. */
#ifndef EVENTFLOW_SERVICES_PRODUCTION_H
#define EVENTFLOW_SERVICES_PRODUCTION_H

#include <stdbool.h>

#include "core/config.h"

/* Whether a user of the database can still log in with the password of the sample data: with a sentence about it in
 * message. Asked at the start, where ENVIRONMENT=production and EventFlow is its own issuer; false in all other cases,
 * and when the database cannot be reached, for then the start must not wait for it. */
bool production_has_sample_passwords(const struct config *config, char message[CONFIG_MESSAGE_MAX]);

#endif
