/* What all threads of the worker process share, from the settings to the caches: made and released whole. */
#ifndef EVENTFLOW_APPLICATION_H
#define EVENTFLOW_APPLICATION_H

#include <stdbool.h>

#include "core/context.h"

/* False, with the reason in message, if the settings are not right or memory is short; it must then be closed too. */
bool application_open(struct application *application, char message[CONFIG_MESSAGE_MAX])
    __attribute__((warn_unused_result));

/* Takes one that was never opened but zeroed. */
void application_close(struct application *application);

#endif
