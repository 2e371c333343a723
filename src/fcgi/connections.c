#include "fcgi/connections.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "core/clock.h"

bool connections_init(struct connections *connections, int listen_socket)
{
	*connections = (struct connections){.listen_socket = listen_socket};
	return pthread_mutex_init(&connections->mutex, NULL) == 0;
}

void connections_destroy(struct connections *connections)
{
	pthread_mutex_destroy(&connections->mutex);
}

static void add(struct connections *connections, struct connection *connection)
{
	connection->next = connections->first;
	if (connections->first)
		connections->first->previous = connection;
	connections->first = connection;
	connections->count++;
}

/* Whether to accept and to refuse exclude one another: whoever has refused knows of every connection. */
struct connection *connections_accept(struct connections *connections)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	if (!connection)
		return NULL;
	errno = EAGAIN;
	pthread_mutex_lock(&connections->mutex);
	connection->descriptor =
	    connections->is_refusing ? -1 : accept4(connections->listen_socket, NULL, NULL, SOCK_CLOEXEC);
	if (connection->descriptor >= 0)
		add(connections, connection);
	pthread_mutex_unlock(&connections->mutex);
	if (connection->descriptor >= 0)
		return connection;
	int saved_errno = errno;
	free(connection);
	errno = saved_errno;
	return NULL;
}

int64_t connections_begin(struct connections *connections, struct connection *connection)
{
	pthread_mutex_lock(&connections->mutex);
	connection->is_served = true;
	connections->served++;
	int64_t since = connection->waiting_since;
	pthread_mutex_unlock(&connections->mutex);
	return since > 0 ? since : clock_milliseconds();
}

/* What the peer has sent stays readable, and what it sends from now on is an error on its side: it cannot take for sent
 * what nobody will read. */
static void stop_receiving(const struct connection *connection)
{
	(void)shutdown(connection->descriptor, SHUT_RD); /* it fails where the peer has gone: that is an end, too */
}

void connections_end(struct connections *connections, struct connection *connection)
{
	pthread_mutex_lock(&connections->mutex);
	connection->is_served = false;
	connection->waiting_since = 0;
	connections->served--;
	if (connections->is_leaving)
		stop_receiving(connection);
	pthread_mutex_unlock(&connections->mutex);
}

void connections_remove(struct connections *connections, struct connection *connection)
{
	pthread_mutex_lock(&connections->mutex);
	if (connection->previous)
		connection->previous->next = connection->next;
	else
		connections->first = connection->next;
	if (connection->next)
		connection->next->previous = connection->previous;
	connections->count--;
	connections->served--;
	pthread_mutex_unlock(&connections->mutex);
	free(connection);
}

void connections_refuse(struct connections *connections)
{
	pthread_mutex_lock(&connections->mutex);
	connections->is_refusing = true;
	pthread_mutex_unlock(&connections->mutex);
}

bool connections_are_refused(struct connections *connections)
{
	pthread_mutex_lock(&connections->mutex);
	bool is_refusing = connections->is_refusing;
	pthread_mutex_unlock(&connections->mutex);
	return is_refusing;
}

int connections_count(struct connections *connections)
{
	pthread_mutex_lock(&connections->mutex);
	int count = connections->count;
	pthread_mutex_unlock(&connections->mutex);
	return count;
}

int connections_served(struct connections *connections)
{
	pthread_mutex_lock(&connections->mutex);
	int served = connections->served;
	pthread_mutex_unlock(&connections->mutex);
	return served;
}

static bool has_bytes(const struct connection *connection)
{
	char byte;
	return recv(connection->descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void connections_look(struct connections *connections)
{
	int64_t now = clock_milliseconds();
	pthread_mutex_lock(&connections->mutex);
	for (struct connection *connection = connections->first; connection; connection = connection->next) {
		if (!connection->is_served && connection->waiting_since == 0 && has_bytes(connection))
			connection->waiting_since = now;
	}
	pthread_mutex_unlock(&connections->mutex);
}

/* A request that has begun to arrive must not be cut: it is being served, or its bytes are there to be seen. */
void connections_leave(struct connections *connections)
{
	pthread_mutex_lock(&connections->mutex);
	connections->is_leaving = true;
	for (struct connection *connection = connections->first; connection; connection = connection->next) {
		if (!connection->is_served && !has_bytes(connection))
			stop_receiving(connection);
	}
	pthread_mutex_unlock(&connections->mutex);
}
