/* What the supervisor that has started this process is told (sd_notify(3)); nothing where there is none. */
#ifndef EVENTFLOW_FCGI_SUPERVISOR_H
#define EVENTFLOW_FCGI_SUPERVISOR_H

/* Sends one assignment, as "READY=1", to the socket that NOTIFY_SOCKET names. One that cannot be reached is logged. */
void supervisor_notify(const char *assignment);

#endif
