/* Records of FastCGI on a connection, into the worker and back. The input is what a peer sends; "NEXT" in it is where
 * the peer waits for the answer. Whatever is sent, what comes back are whole records, and in them responses that a
 * client may be given. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "fcgi/exchange.h"
#include "fuzz.h"
#include "response.h"
#include "served.h"

enum {
	RECORD_SIZE = sizeof(struct record_header),
	INPUT_MAX = 64 * 1024,
	OUTPUT_SIZE = 256 * 1024,
};

static int web_server; /* the peer's end */
static int connection; /* the worker's end */

void fuzz_set_up(void)
{
	served_worker();
}

/* A read that would wait fails at once, as it does for a peer that is silent for too long. */
static void open_connection(void)
{
	static const int size = OUTPUT_SIZE;
	int ends[2];
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0, "there are sockets");
	web_server = ends[0];
	connection = ends[1];
	setsockopt(connection, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

/* Everything that the worker has sent: each request's STDOUT up to its end is a response, or nothing after an abort. */
static void check_output(void)
{
	static uint8_t bytes[OUTPUT_SIZE];
	static char response[OUTPUT_SIZE];
	size_t length = 0;
	ssize_t count = recv(web_server, bytes, sizeof(bytes), MSG_DONTWAIT);
	for (uint8_t *at = bytes; count > 0;) {
		HOLDS(count >= RECORD_SIZE && at[0] == 1, "a record has a header of version 1");
		size_t content = (size_t)(at[4] << 8 | at[5]);
		size_t step = RECORD_SIZE + content + at[6];
		HOLDS((size_t)count >= step, "a record is whole");
		HOLDS(at[1] == RECORD_STDOUT || at[1] == RECORD_END_REQUEST || at[1] == RECORD_UNKNOWN_TYPE ||
			  at[1] == RECORD_GET_VALUES_RESULT,
		      "type %d is one of ours", at[1]);
		if (at[1] == RECORD_STDOUT) {
			memcpy(response + length, at + RECORD_SIZE, content);
			length += content;
		} else if (at[1] == RECORD_END_REQUEST && length > 0) {
			response_check((struct text){response, length});
			length = 0;
		}
		at += step;
		count -= (ssize_t)step;
	}
	HOLDS(length == 0, "a response that was begun is ended");
}

/* What the peer sends before it waits; false once the connection is closed. */
static bool exchange(struct text sent)
{
	if (sent.length == 0)
		return true; /* the server runs an exchange only when there is something to read */
	HOLDS(send(web_server, sent.data, sent.length, MSG_NOSIGNAL) == (ssize_t)sent.length, "the socket takes it");
	bool is_kept = exchange_run(served_worker(), connection, clock_milliseconds());
	check_output();
	return is_kept;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char next[] = "NEXT";
	struct text rest = {(const char *)data, size};
	bool is_kept = true;
	if (size > INPUT_MAX)
		return -1;
	open_connection();
	while (is_kept && rest.length > 0) {
		const char *end = memmem(rest.data, rest.length, next, strlen(next));
		struct text sent = {rest.data, end ? (size_t)(end - rest.data) : rest.length};
		is_kept = exchange(sent);
		size_t taken = sent.length + (end ? strlen(next) : 0);
		rest = (struct text){rest.data + taken, rest.length - taken};
	}
	close(connection);
	close(web_server);
	return 0;
}
