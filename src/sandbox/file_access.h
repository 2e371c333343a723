/* The files that a running worker may still read (Landlock). */
#ifndef EVENTFLOW_SANDBOX_FILE_ACCESS_H
#define EVENTFLOW_SANDBOX_FILE_ACCESS_H

#include "core/config.h"

/* From here on this thread, and those that it starts, read only what connecting to the database and to web services
 * takes, and write, make, remove and execute no file, and offer no TCP port; descriptors that are open stay usable.
 * Returns the version of Landlock that enforces it, or the negative errno for which nothing is enforced. */
int file_access_restrict(const struct config *config);

#endif
