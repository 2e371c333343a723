#include "fcgi/server.h"

#include <errno.h>
#include <fcgiapp.h>
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
#include <time.h>
#include <unistd.h>

#include "auth/keys.h"
#include "core/log.h"
#include "fcgi/exchange.h"
#include "fcgi/supervisor.h"
#include "fcgi/worker.h"

struct server {
	struct application *application;
	int listen_socket;
	int epoll;
	int finished; /* an eventfd: readable once the threads are to end */
	atomic_int connections;
};

static bool watch(struct server *server, int operation, int descriptor, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.fd = descriptor};
	return epoll_ctl(server->epoll, operation, descriptor, &event) == 0;
}

static void close_connection(struct server *server, int connection)
{
	if (connection >= 0)
		close(connection);
	atomic_fetch_sub(&server->connections, 1);
}

/* What a connection is watched for: a request, or its end. */
enum { CONNECTION_EVENTS = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT };

static bool set_timeout(int connection, int option, int seconds)
{
	struct timeval timeout = {.tv_sec = seconds};
	return setsockopt(connection, SOL_SOCKET, option, &timeout, sizeof(timeout)) == 0;
}

/* Accepts until nobody is waiting: the socket is shared with other processes, and another one may have been faster. */
static void accept_all(struct server *server)
{
	for (;;) {
		int connection = accept4(server->listen_socket, NULL, NULL, SOCK_CLOEXEC);
		if (connection < 0)
			return;
		atomic_fetch_add(&server->connections, 1);
		if (!set_timeout(connection, SO_RCVTIMEO, SERVER_RECEIVE_TIMEOUT) ||
		    !set_timeout(connection, SO_SNDTIMEO, SERVER_SEND_TIMEOUT) ||
		    !watch(server, EPOLL_CTL_ADD, connection, CONNECTION_EVENTS)) {
			log_write(LOG_ERROR, "fcgi", "cannot watch a connection: %s", strerror(errno));
			close_connection(server, connection);
		}
	}
}

/* Whether the peer has gone and left nothing to be read. */
static bool is_over(const struct epoll_event *event)
{
	char byte;
	if (!(event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)))
		return false;
	return recv(event->data.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
}

/* One request of a connection that is readable, or its end. */
static void serve(struct server *server, struct worker *worker, const struct epoll_event *event)
{
	int connection = event->data.fd;
	if (is_over(event)) {
		close_connection(server, connection);
		return;
	}
	if (!exchange_run(worker, connection)) {
		atomic_fetch_sub(&server->connections, 1); /* the exchange has closed it */
		return;
	}
	if (!watch(server, EPOLL_CTL_MOD, connection, CONNECTION_EVENTS))
		close_connection(server, connection);
}

static void *run_thread(void *argument)
{
	struct server *server = argument;
	struct worker *worker = worker_new(server->application);
	struct epoll_event event;
	if (!worker) {
		log_write(LOG_ERROR, "fcgi", "cannot start a thread: out of memory");
		return NULL;
	}
	for (;;) {
		if (epoll_wait(server->epoll, &event, 1, -1) != 1)
			continue;
		if (event.data.fd == server->finished)
			break;
		if (event.data.fd == server->listen_socket)
			accept_all(server);
		else
			serve(server, worker, &event);
	}
	worker_free(worker);
	return NULL;
}

static bool open_server(struct server *server)
{
	int flags = fcntl(server->listen_socket, F_GETFL);
	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	server->finished = eventfd(0, EFD_CLOEXEC);
	return flags >= 0 && fcntl(server->listen_socket, F_SETFL, flags | O_NONBLOCK) == 0 && server->epoll >= 0 &&
	       server->finished >= 0 && watch(server, EPOLL_CTL_ADD, server->finished, EPOLLIN) &&
	       watch(server, EPOLL_CTL_ADD, server->listen_socket, EPOLLIN | EPOLLEXCLUSIVE);
}

static int start_threads(struct server *server, pthread_t *threads, int count)
{
	pthread_attr_t attributes;
	int started = 0;
	if (pthread_attr_init(&attributes) != 0)
		return 0;
	if (pthread_attr_setstacksize(&attributes, SERVER_STACK_SIZE) == 0) {
		while (started < count && pthread_create(&threads[started], &attributes, run_thread, server) == 0)
			started++;
	}
	pthread_attr_destroy(&attributes);
	return started;
}

/* Takes no new connections, and serves the kept ones until the web server lets go of them: to close one first could
 * lose a request that is on its way. */
static void drain(struct server *server)
{
	static const struct timespec pause = {.tv_nsec = 20000000};
	epoll_ctl(server->epoll, EPOLL_CTL_DEL, server->listen_socket, NULL);
	for (int i = 0; i < SERVER_DRAIN_MAX * 50 && atomic_load(&server->connections) > 0; i++)
		nanosleep(&pause, NULL);
}

static void finish(struct server *server, pthread_t *threads, int count)
{
	if (eventfd_write(server->finished, 1) != 0)
		_exit(1);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
}

/* SIGHUP comes from an operator who has revoked a key: the published keys are fetched anew. */
static void wait_for_end(struct server *server, const sigset_t *signals)
{
	for (;;) {
		int signal_number;
		if (sigwait(signals, &signal_number) != 0)
			continue;
		if (signal_number != SIGHUP)
			break;
		keys_purge(server->application->keys);
	}
}

int server_run(struct application *application, int listen_socket)
{
	struct server server = {.application = application, .listen_socket = listen_socket};
	int count = application->config.threads;
	pthread_t threads[CONFIG_THREADS_MAX];
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGQUIT); /* sent by multiwatch, whichever signal it is told to send */
	sigaddset(&signals, SIGUSR1);
	if (FCGX_Init() != 0 || pthread_sigmask(SIG_BLOCK, &signals, NULL) != 0 || !open_server(&server)) {
		log_write(LOG_ERROR, "fcgi", "cannot start: %s", strerror(errno));
		return 1;
	}
	(void)signal(SIGPIPE, SIG_IGN); /* it fails for a signal that does not exist */
	int started = start_threads(&server, threads, count);
	if (started < count) {
		log_write(LOG_ERROR, "fcgi", "only %d of %d threads could be started", started, count);
		finish(&server, threads, started);
		return 1;
	}
	log_write(LOG_INFO, "fcgi", "serving with %d threads", count);
	supervisor_notify("READY=1");
	wait_for_end(&server, &signals);
	log_write(LOG_INFO, "fcgi", "stopping");
	supervisor_notify("STOPPING=1");
	drain(&server);
	finish(&server, threads, started);
	close(server.epoll);
	close(server.finished);
	return 0;
}
