/* The connections that a process has accepted and not closed: all of them are known, so that none is forgotten when the
 * process ends. */
#ifndef EVENTFLOW_FCGI_CONNECTIONS_H
#define EVENTFLOW_FCGI_CONNECTIONS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct connection {
	int descriptor;
	bool is_served;        /* a thread has it: reads a request, answers, or closes it */
	int64_t waiting_since; /* a request was seen that no thread has taken, by clock_milliseconds; 0: none was */
	struct connection *previous;
	struct connection *next;
};

struct connections {
	int listen_socket;
	pthread_mutex_t mutex; /* for what follows, and for what becomes of each connection */
	bool is_refusing;      /* none is accepted any more */
	bool is_leaving;       /* each is to be closed as soon as it is idle */
	int count;
	int served; /* of them, by a thread each */
	struct connection *first;
};

/* listen_socket must not block. False when memory is short. */
bool connections_init(struct connections *connections, int listen_socket) __attribute__((warn_unused_result));

/* Once none is left. */
void connections_destroy(struct connections *connections);

/* The next connection that waits to be accepted. NULL with errno, which is EAGAIN where nobody waits, or none is
 * accepted any more; a connection that cannot be accepted waits on. */
struct connection *connections_accept(struct connections *connections);

/* Around all that a thread does with one; the second where it is kept, the third once its descriptor is closed. The
 * first returns when its request was seen to wait for a thread, by clock_milliseconds; else the present moment. */
int64_t connections_begin(struct connections *connections, struct connection *connection);
void connections_end(struct connections *connections, struct connection *connection);
void connections_remove(struct connections *connections, struct connection *connection);

/* From the return on none is accepted; those that were are all counted. They stay with the socket, and so to the other
 * processes that share it, or the next one. */
void connections_refuse(struct connections *connections);
bool connections_are_refused(struct connections *connections);

/* Those that were accepted and not removed; those of them that a thread has. */
int connections_count(struct connections *connections);
int connections_served(struct connections *connections);

/* While no thread is free to see it: notes which of the others have a request that waits. */
void connections_look(struct connections *connections);

/* From now on the peers can send nothing more over connections that are idle: their end can be read from them, behind
 * what had come before that. Those that a thread has follow at connections_end. */
void connections_leave(struct connections *connections);

#endif
