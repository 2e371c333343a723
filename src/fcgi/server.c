#include "fcgi/server.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "auth/keys.h"
#include "core/clock.h"
#include "core/log.h"
#include "fcgi/connections.h"
#include "fcgi/exchange.h"
#include "fcgi/signals.h"
#include "fcgi/supervisor.h"
#include "fcgi/worker.h"

/* One of the threads, with all that it will need: once it runs it lacks nothing. */
struct thread {
	struct server *server;
	struct worker *worker;
	pthread_t id;
};

struct server {
	struct application *application;
	struct connections connections;
	int listen_socket;
	int epoll;
	int finished;                    /* an eventfd: readable once the threads are to end */
	int rest;                        /* a timerfd: readable once the listening socket is to be watched again */
	atomic_int_fast64_t quiet_until; /* nothing more is said of what is short until then, by clock_milliseconds */
	struct thread threads[CONFIG_THREADS_MAX];
	int thread_count;
	int started;
};

/* An event's owner is a connection, or the member of the server that holds the descriptor. */
static bool watch(struct server *server, int operation, int descriptor, uint32_t events, void *owner)
{
	struct epoll_event event = {.events = events, .data.ptr = owner};
	return epoll_ctl(server->epoll, operation, descriptor, &event) == 0;
}

static bool watch_listen_socket(struct server *server)
{
	return watch(server, EPOLL_CTL_ADD, server->listen_socket, EPOLLIN | EPOLLEXCLUSIVE, &server->listen_socket);
}

static void ignore_listen_socket(struct server *server)
{
	epoll_ctl(server->epoll, EPOLL_CTL_DEL, server->listen_socket, NULL);
}

/* What a connection is watched for: a request, or its end. */
enum { CONNECTION_EVENTS = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT };

/* One that this thread has: see connections_begin. */
static void close_connection(struct server *server, struct connection *connection)
{
	close(connection->descriptor);
	connections_remove(&server->connections, connection);
}

/* One that can be watched no more, and so would never be heard again. */
static void give_up(struct server *server, struct connection *connection)
{
	log_write(LOG_ERROR, "fcgi", "cannot watch a connection: %s", strerror(errno));
	connections_begin(&server->connections, connection);
	close_connection(server, connection);
}

static bool set_timeout(int connection, int option, int seconds)
{
	struct timeval timeout = {.tv_sec = seconds};
	return setsockopt(connection, SOL_SOCKET, option, &timeout, sizeof(timeout)) == 0;
}

/* Looks away from the listening socket for a while: descriptors or memory are short, and a socket that stays readable
 * would keep every thread busy with nothing. Those who wait there wait on, or come to another process. */
static void rest(struct server *server, int error)
{
	static const struct itimerspec pause = {.it_value.tv_nsec = SERVER_REST * 1000000L};
	int64_t now = clock_milliseconds();
	ignore_listen_socket(server);
	(void)timerfd_settime(server->rest, 0, &pause, NULL); /* it fails for wrong arguments alone */
	if (now < atomic_load(&server->quiet_until))
		return;
	atomic_store(&server->quiet_until, now + SERVER_QUIET);
	log_write(LOG_ERROR, "fcgi", "cannot accept a connection: %s; it waits, or another process takes it",
		  strerror(error));
}

/* One thread takes the timer's end. A server that drains has refused first and looked away then, so that whichever
 * comes last here, nobody watches. */
static void end_rest(struct server *server)
{
	uint64_t ends;
	if (read(server->rest, &ends, sizeof(ends)) != (ssize_t)sizeof(ends))
		return;
	if (!watch_listen_socket(server) && errno != EEXIST)
		rest(server, errno);
	if (connections_are_refused(&server->connections))
		ignore_listen_socket(server);
}

/* Accepts until nobody is waiting: the socket is shared with other processes, and another one may have been faster. */
static void accept_all(struct server *server)
{
	for (;;) {
		struct connection *connection = connections_accept(&server->connections);
		if (!connection) {
			if (errno == EINTR || errno == ECONNABORTED)
				continue;
			if (errno != EAGAIN)
				rest(server, errno);
			return;
		}
		if (!set_timeout(connection->descriptor, SO_RCVTIMEO, SERVER_RECEIVE_TIMEOUT) ||
		    !set_timeout(connection->descriptor, SO_SNDTIMEO, SERVER_SEND_TIMEOUT) ||
		    !watch(server, EPOLL_CTL_ADD, connection->descriptor, CONNECTION_EVENTS, connection)) {
			give_up(server, connection);
		}
	}
}

/* Whether the peer has gone and left nothing to be read. */
static bool is_over(int connection, uint32_t events)
{
	char byte;
	if (!(events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)))
		return false;
	return recv(connection, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
}

/* One request of a connection that is readable, or its end. Once it is watched again, it is another thread's. */
static void serve(struct server *server, struct worker *worker, struct connection *connection, uint32_t events)
{
	int64_t since = connections_begin(&server->connections, connection);
	int descriptor = connection->descriptor;
	if (is_over(descriptor, events) || !exchange_run(worker, descriptor, since)) {
		close_connection(server, connection);
		return;
	}
	connections_end(&server->connections, connection);
	if (!watch(server, EPOLL_CTL_MOD, descriptor, CONNECTION_EVENTS, connection))
		give_up(server, connection);
}

static void *run_thread(void *argument)
{
	const struct thread *thread = argument;
	struct server *server = thread->server;
	struct epoll_event event;
	for (;;) {
		if (epoll_wait(server->epoll, &event, 1, -1) != 1)
			continue;
		if (event.data.ptr == &server->finished)
			return NULL;
		if (event.data.ptr == &server->listen_socket)
			accept_all(server);
		else if (event.data.ptr == &server->rest)
			end_rest(server);
		else
			serve(server, thread->worker, event.data.ptr, event.events);
	}
}

static bool open_server(struct server *server)
{
	int flags = fcntl(server->listen_socket, F_GETFL);
	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	server->finished = eventfd(0, EFD_CLOEXEC);
	server->rest = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return flags >= 0 && fcntl(server->listen_socket, F_SETFL, flags | O_NONBLOCK) == 0 && server->epoll >= 0 &&
	       server->finished >= 0 && server->rest >= 0 &&
	       watch(server, EPOLL_CTL_ADD, server->finished, EPOLLIN, &server->finished) &&
	       watch(server, EPOLL_CTL_ADD, server->rest, EPOLLIN, &server->rest);
}

static void close_server(struct server *server)
{
	for (int i = 0; i < server->thread_count; i++)
		worker_free(server->threads[i].worker);
	connections_destroy(&server->connections);
	close(server->rest);
	close(server->finished);
	close(server->epoll);
}

/* What every thread needs is there before the first one runs. */
static bool make_threads(struct server *server)
{
	for (int i = 0; i < server->thread_count; i++) {
		struct worker *worker = worker_new(server->application);
		if (!worker)
			return false;
		server->threads[i] = (struct thread){.server = server, .worker = worker};
	}
	return true;
}

static bool start_threads(struct server *server)
{
	pthread_attr_t attributes;
	if (pthread_attr_init(&attributes) != 0)
		return false;
	if (pthread_attr_setstacksize(&attributes, SERVER_STACK_SIZE) == 0) {
		while (server->started < server->thread_count) {
			struct thread *thread = &server->threads[server->started];
			if (pthread_create(&thread->id, &attributes, run_thread, thread) != 0)
				break;
			server->started++;
		}
	}
	pthread_attr_destroy(&attributes);
	return server->started == server->thread_count;
}

/* While every thread has a request nobody sees who else comes; but the time of a request runs from there, whatever the
 * others wait for. */
static void look_for_waiting(struct server *server)
{
	if (connections_served(&server->connections) < server->thread_count)
		return;
	accept_all(server);
	connections_look(&server->connections);
}

/* Whether all connections have ended within the time. */
static bool connections_have_ended(struct server *server, int seconds)
{
	static const struct timespec pause = {.tv_nsec = 20000000};
	int64_t deadline = clock_milliseconds() + seconds * INT64_C(1000);
	while (connections_count(&server->connections) > 0) {
		if (clock_milliseconds() >= deadline)
			return false;
		nanosleep(&pause, NULL);
		look_for_waiting(server);
	}
	return true;
}

/* Takes no new connections, and serves the kept ones until the web server lets go of them: to close one first could
 * lose a request that is on its way. From one that it never lets go of, the last request is taken. */
static void drain(struct server *server)
{
	connections_refuse(&server->connections);
	ignore_listen_socket(server);
	if (connections_have_ended(server, SERVER_DRAIN_MAX))
		return;
	connections_leave(&server->connections);
	if (!connections_have_ended(server, SERVER_LEAVE_MAX))
		log_write(LOG_WARNING, "fcgi", "%d connections are still open",
			  connections_count(&server->connections));
}

static void finish(struct server *server)
{
	if (eventfd_write(server->finished, 1) != 0)
		_exit(1);
	for (int i = 0; i < server->started; i++)
		pthread_join(server->threads[i].id, NULL);
}

/* The main thread's work. SIGHUP comes from an operator who has revoked a key: the published keys are fetched anew. */
static void wait_for_end(struct server *server)
{
	for (;;) {
		int signal_number = signals_take(SERVER_LOOK);
		if (signal_number == SIGHUP)
			keys_purge(server->application->keys);
		else if (signal_number != 0)
			return;
		look_for_waiting(server);
	}
}

static int run(struct server *server)
{
	if (!open_server(server) || !make_threads(server)) {
		log_write(LOG_ERROR, "fcgi", "cannot start: %s", strerror(errno));
		return 1;
	}
	(void)signal(SIGPIPE, SIG_IGN); /* it fails for a signal that does not exist */
	if (!start_threads(server)) {
		log_write(LOG_ERROR, "fcgi", "cannot start: only %d of %d threads", server->started,
			  server->thread_count);
		finish(server);
		return 1;
	}
	if (!watch_listen_socket(server)) {
		log_write(LOG_ERROR, "fcgi", "cannot watch the socket: %s", strerror(errno));
		finish(server);
		return 1;
	}
	log_write(LOG_INFO, "fcgi", "serving with %d threads", server->thread_count);
	supervisor_notify("READY=1");
	wait_for_end(server);
	log_write(LOG_INFO, "fcgi", "stopping");
	supervisor_notify("STOPPING=1");
	drain(server);
	finish(server);
	return 0;
}

int server_run(struct application *application, int listen_socket)
{
	static struct server server = {.epoll = -1, .finished = -1, .rest = -1};
	server.application = application;
	server.listen_socket = listen_socket;
	server.thread_count = application->config.threads;
	if (!connections_init(&server.connections, listen_socket)) {
		log_write(LOG_ERROR, "fcgi", "cannot start: out of memory");
		return 1;
	}
	int status = run(&server);
	close_server(&server);
	return status;
}
