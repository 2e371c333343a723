/* A worker as it serves, but that its database cannot be reached. */
#ifndef EVENTFLOW_FUZZ_SERVED_H
#define EVENTFLOW_FUZZ_SERVED_H

#include "fcgi/worker.h"

/* Stands for a token that is good, wherever an input has it; a target puts served_token() in its place. */
#define SERVED_TOKEN_NAME "TOKEN"

/* Made by the first call. */
struct worker *served_worker(void);

/* A token that the worker accepts, for ever. */
const char *served_token(void);

#endif
