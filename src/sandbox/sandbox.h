/* The sandbox: what a worker can no longer do once it serves, whoever steers it. */
#ifndef EVENTFLOW_SANDBOX_SANDBOX_H
#define EVENTFLOW_SANDBOX_SANDBOX_H

#include "core/config.h"

/* Shuts this process in for good: it gains no privilege and dumps no memory, reads the few files that a running worker
 * needs and writes none (Landlock), and makes those system calls alone that serving takes (seccomp). Any other call
 * writes one line to the log and ends the process by SIGSYS. Logs one line that says what this kernel enforces; where
 * it has neither, the worker serves without. The setting SANDBOX=off leaves all of it out.
 *
 * Called once, when everything is open that only the start needs, and before threads are started: Landlock holds for
 * the calling thread and those that it starts. */
void sandbox_enter(const struct config *config);

#endif
