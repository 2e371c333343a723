/* The transport limit: a FastCGI responder that does nothing but answer fixed bytes, as fast as it can be done behind
 * the same web server. It reads records only to find the end of a request, and parses nothing. usage: transport SOCKET
 * BODY-BYTES PROCESSES */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* FastCGI Specification 1.0, section 8. */
enum { FCGI_END_REQUEST = 3, FCGI_STDIN = 5, FCGI_STDOUT = 6, HEADER_SIZE = 8, CONTENT_MAX = 65528 };

enum { CONNECTIONS_MAX = 1024, EVENTS_MAX = 64 };

struct connection {
	unsigned char header[HEADER_SIZE];
	size_t header_length;
	size_t to_skip; /* content and padding of the record that is being read */
};

static unsigned char *response;
static size_t response_size;
static struct connection connections[CONNECTIONS_MAX];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static unsigned char *put_header(unsigned char *at, int type, size_t length)
{
	const unsigned char header[HEADER_SIZE] = {
	    1, (unsigned char)type, 0, 1, (unsigned char)(length >> 8), (unsigned char)length, 0, 0};
	memcpy(at, header, sizeof(header));
	return at + sizeof(header);
}

static void make_response(size_t body_size)
{
	char *text;
	int head = asprintf(&text,
			    "Status: 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %zu\r\n"
			    "Cache-Control: no-store\r\nX-Request-Id: 00000000-0000-4000-8000-000000000000\r\n\r\n",
			    body_size);
	if (head < 0)
		die("asprintf");
	size_t size = (size_t)head + body_size;
	text = realloc(text, size);
	response = malloc(size + (size / CONTENT_MAX + 3) * HEADER_SIZE + HEADER_SIZE);
	if (!text || !response)
		die("malloc");
	memset(text + head, 'x', body_size);
	unsigned char *at = response;
	for (size_t sent = 0; sent < size; sent += CONTENT_MAX) {
		size_t length = size - sent < CONTENT_MAX ? size - sent : CONTENT_MAX;
		at = put_header(at, FCGI_STDOUT, length);
		memcpy(at, text + sent, length);
		at += length;
	}
	at = put_header(at, FCGI_STDOUT, 0);
	at = put_header(at, FCGI_END_REQUEST, 8);
	memset(at, 0, 8);
	response_size = (size_t)(at + 8 - response);
	free(text);
}

static bool send_all(int descriptor)
{
	for (size_t sent = 0; sent < response_size;) {
		ssize_t count = send(descriptor, response + sent, response_size - sent, MSG_NOSIGNAL);
		if (count <= 0)
			return false;
		sent += (size_t)count;
	}
	return true;
}

/* Moves through the records; answers at an empty STDIN, which ends a request. */
static bool consume(int descriptor, const unsigned char *bytes, size_t length)
{
	struct connection *connection = &connections[descriptor];
	for (size_t at = 0; at < length;) {
		size_t rest = length - at;
		if (connection->to_skip > 0) {
			size_t step = rest < connection->to_skip ? rest : connection->to_skip;
			connection->to_skip -= step;
			at += step;
			continue;
		}
		connection->header[connection->header_length++] = bytes[at++];
		if (connection->header_length < HEADER_SIZE)
			continue;
		size_t content = (size_t)connection->header[4] << 8 | connection->header[5];
		connection->header_length = 0;
		connection->to_skip = content + connection->header[6];
		if (connection->header[1] == FCGI_STDIN && content == 0 && !send_all(descriptor))
			return false;
	}
	return true;
}

static void serve(int descriptor)
{
	static unsigned char bytes[65536];
	ssize_t count = recv(descriptor, bytes, sizeof(bytes), 0);
	if (count <= 0 || !consume(descriptor, bytes, (size_t)count))
		close(descriptor);
}

static void accept_one(int set, int listener)
{
	int descriptor = accept(listener, NULL, NULL);
	if (descriptor < 0)
		return;
	if (descriptor >= CONNECTIONS_MAX) {
		close(descriptor);
		return;
	}
	connections[descriptor] = (struct connection){0};
	struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
	if (epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event) != 0)
		die("epoll_ctl");
}

static _Noreturn void run(int listener)
{
	int set = epoll_create1(0);
	struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.fd = listener};
	if (set < 0 || epoll_ctl(set, EPOLL_CTL_ADD, listener, &event) != 0)
		die("epoll");
	for (;;) {
		struct epoll_event events[EVENTS_MAX];
		int count = epoll_wait(set, events, EVENTS_MAX, -1);
		if (count < 0 && errno != EINTR)
			die("epoll_wait");
		for (int i = 0; i < count; i++) {
			if (events[i].data.fd == listener)
				accept_one(set, listener);
			else
				serve(events[i].data.fd);
		}
	}
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address.sun_path)) {
		fprintf(stderr, "transport: the path of the socket is too long\n");
		exit(2);
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	unlink(path);
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    chmod(path, 0666) != 0 || listen(listener, 511) != 0)
		die(path);
	return listener;
}

int main(int argument_count, char **arguments)
{
	if (argument_count != 4) {
		fprintf(stderr, "usage: transport SOCKET BODY-BYTES PROCESSES\n");
		return 2;
	}
	int listener = listen_at(arguments[1]);
	make_response(strtoul(arguments[2], NULL, 10));
	for (unsigned long i = strtoul(arguments[3], NULL, 10); i > 0; i--) {
		pid_t child = fork();
		if (child < 0)
			die("fork");
		if (child == 0)
			run(listener);
	}
	while (wait(NULL) > 0)
		;
	return 1;
}
