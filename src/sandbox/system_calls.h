/* The system calls that a running worker may still make (seccomp). */
#ifndef EVENTFLOW_SANDBOX_SYSTEM_CALLS_H
#define EVENTFLOW_SANDBOX_SYSTEM_CALLS_H

/* From here on a call that is not on the list writes a line to the log and ends the process by SIGSYS; this holds for
 * all of its threads. Returns 0, or the negative errno for which nothing is enforced. */
int system_calls_restrict(void);

#endif
