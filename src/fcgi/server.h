/* The server: one epoll set for each process, shared by its threads, so that an idle kept connection costs nothing and
 * any free thread serves the next request. */
#ifndef EVENTFLOW_FCGI_SERVER_H
#define EVENTFLOW_FCGI_SERVER_H

#include "core/context.h"

enum {
	SERVER_ARENA_MAX = 24 * 1024 * 1024, /* bytes, for each request */
	SERVER_STACK_SIZE = 1024 * 1024,     /* bytes, for each thread */
	SERVER_RECEIVE_TIMEOUT = 10,         /* seconds without a byte of a request that has begun */
	SERVER_SEND_TIMEOUT = 10,            /* seconds in which the peer takes nothing of an answer */
	SERVER_DRAIN_MAX = 10,               /* seconds in which the web server lets go of connections after SIGTERM */
	SERVER_LEAVE_MAX = 3,                /* seconds more for what is on its way on those that it has kept */
	SERVER_LOOK = 200,                   /* milliseconds between two looks for requests that wait for a thread */
	SERVER_REST = 50,                    /* milliseconds after a connection that could not be accepted */
	SERVER_QUIET = 10000,                /* milliseconds between two messages about such */
};

/* Serves the listening socket until SIGTERM, SIGINT, SIGQUIT or SIGUSR1, and then what is in flight; SIGHUP has the
 * keys that were fetched dropped and fetched anew. The signals must be held (fcgi/signals.h). Returns the exit status.
 */
int server_run(struct application *application, int listen_socket);

#endif
