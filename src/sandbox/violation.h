/* What happens at a system call that the sandbox refuses. */
#ifndef EVENTFLOW_SANDBOX_VIOLATION_H
#define EVENTFLOW_SANDBOX_VIOLATION_H

#include <stdbool.h>

/* From here on SIGSYS writes a line that tells the call, its name and its first arguments, and then ends the process by
 * that signal. False, with errno set, if the signal cannot be caught. */
bool violation_watch(void);

#endif
