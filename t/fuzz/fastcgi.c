/* Records of FastCGI on a connection, through libfcgi into the worker and back. The input is what a peer sends; "NEXT"
 * in it is where the peer waits for the answer. Whatever is sent, what comes back are whole records, and in them
 * responses that a client may be given.
 *
 * Two crashes of libfcgi that only a web server could cause are masked, for only a web server reaches the socket (mode
 * 0660): FCGI_GET_VALUES overflows a buffer, and lengths of parameters add up to a size that no memory has. */
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
	BEGIN_REQUEST = 1,
	END_REQUEST = 3,
	PARAMS = 4,
	STDOUT = 6,
	GET_VALUES = 9,
	UNKNOWN_TYPE = 11,
	RECORD_SIZE = 8,
	INPUT_MAX = 8000, /* libfcgi reads it with one call: what it takes for a record is what is masked */
	OUTPUT_SIZE = 256 * 1024,
};

static int web_server; /* the peer's end */
static int connection; /* the worker's end */

void fuzz_set_up(void)
{
	served_worker();
	/* a connection that is closed from our side is not waited for */
	HOLDS(setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "0", 1) == 0 && FCGX_Init() == 0, "libfcgi works");
}

/* The sanitizer's name. libfcgi forgets what it allocates for a management record, which only a web server could send.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfcgi.so\n";
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

/* The position in a name-value pair: lengths of one or four bytes, then the bytes (section 3.4 of the specification).
 */
struct pairs {
	size_t lengths[2];
	int known;          /* of the two lengths */
	int digits;         /* bytes of the length that are still to come */
	size_t bytes_ahead; /* of name and value */
};

static void mask_pair_byte(struct pairs *pairs, uint8_t *byte)
{
	if (pairs->bytes_ahead > 0) {
		pairs->bytes_ahead--;
		return;
	}
	size_t *length = &pairs->lengths[pairs->known];
	if (pairs->digits == 0) {
		bool is_long = *byte >= 0x80;
		*byte = is_long ? 0x80 : *byte; /* less than 2^24 */
		*length = is_long ? 0 : *byte;
		pairs->digits = is_long ? 3 : 0;
	} else {
		if (pairs->digits == 3)
			*byte &= 0x03; /* less than 2^18 */
		*length = *length << 8 | *byte;
		pairs->digits--;
	}
	if (pairs->digits == 0 && ++pairs->known == 2) {
		pairs->bytes_ahead = pairs->lengths[0] + pairs->lengths[1];
		pairs->known = 0;
	}
}

/* Walks over the records as libfcgi does, and takes the sting out of them. libfcgi forgets the padding of the records
 * after which it reads another kind, BEGIN_REQUEST and the end of PARAMS, and takes what a management record holds for
 * parameters. */
static void mask(uint8_t *data, size_t size)
{
	struct pairs pairs = {0};
	int request = 0;
	while (size >= RECORD_SIZE) {
		int id = data[2] << 8 | data[3];
		size_t length = (size_t)(data[4] << 8 | data[5]);
		size_t step = RECORD_SIZE + length + data[6];
		if (data[1] == GET_VALUES)
			data[1] = UNKNOWN_TYPE;
		if (data[1] == BEGIN_REQUEST && request == 0) {
			request = id;
			step = RECORD_SIZE + length;
		} else if (id == 0 || (data[1] == PARAMS && id == request)) {
			for (size_t i = RECORD_SIZE; i < RECORD_SIZE + length && i < size; i++)
				mask_pair_byte(&pairs, &data[i]);
			if (length == 0 && id != 0)
				step = RECORD_SIZE;
		}
		if (step > size)
			return;
		data += step;
		size -= step;
	}
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
		HOLDS(at[1] == STDOUT || at[1] == END_REQUEST || at[1] == UNKNOWN_TYPE, "type %d is one of ours",
		      at[1]);
		if (at[1] == STDOUT) {
			memcpy(response + length, at + RECORD_SIZE, content);
			length += content;
		} else if (at[1] == END_REQUEST && length > 0) {
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
	uint8_t masked[INPUT_MAX];
	memcpy(masked, sent.data, sent.length);
	mask(masked, sent.length);
	if (sent.length == 0)
		return true; /* the server runs an exchange only when there is something to read */
	HOLDS(send(web_server, masked, sent.length, MSG_NOSIGNAL) == (ssize_t)sent.length, "the socket takes it");
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
	if (is_kept)
		close(connection);
	close(web_server);
	return 0;
}
