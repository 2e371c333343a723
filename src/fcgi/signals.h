/* The signals that steer the process. They are held from its first moment on, so that none ends it before it can act on
 * them, and none is lost; the main thread takes them one by one. */
#ifndef EVENTFLOW_FCGI_SIGNALS_H
#define EVENTFLOW_FCGI_SIGNALS_H

/* Holds SIGTERM, SIGINT, SIGQUIT, SIGUSR1 and SIGHUP, for this thread and those that it starts. */
void signals_hold(void);

/* They do again what they do by default: for a process of one call. */
void signals_release(void);

/* Waits for the next one, and returns its number; 0 where none has come in that time (less than 1000). */
int signals_take(int milliseconds);

#endif
