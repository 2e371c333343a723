/* The records of a response: what a peer reads is the response, whatever its size; a peer that has gone or is stuck
 * holds nobody. */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/http.h"
#include "fcgi/headers.h"
#include "fcgi/records.h"

enum { REQUEST_ID = 0x1234, STDOUT = 6, END_REQUEST = 3 };

struct peer {
	int socket;
	char *output; /* the content of STDOUT, one record after the other */
	size_t length;
	size_t capacity;
	int ends; /* empty STDOUT records */
	bool finished;
	bool sound;
};

static bool read_exactly(int socket, void *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t count = read(socket, (char *)bytes + done, size - done);
		if (count <= 0)
			return false;
		done += (size_t)count;
	}
	return true;
}

static bool read_record(struct peer *peer)
{
	uint8_t header[8];
	char padding[255];
	if (!read_exactly(peer->socket, header, sizeof(header)))
		return false;
	size_t length = (size_t)header[4] << 8 | header[5];
	peer->sound = peer->sound && header[0] == 1 && (header[2] << 8 | header[3]) == REQUEST_ID && header[7] == 0 &&
		      (length + header[6]) % 8 == 0;
	if (peer->length + length > peer->capacity ||
	    !read_exactly(peer->socket, peer->output + peer->length, length) ||
	    !read_exactly(peer->socket, padding, header[6]))
		return false;
	if (header[1] == END_REQUEST) {
		static const char complete[8];
		peer->finished =
		    length == sizeof(complete) && memcmp(peer->output + peer->length, complete, length) == 0;
		return false;
	}
	peer->sound = peer->sound && header[1] == STDOUT && peer->ends == 0;
	peer->ends += length == 0;
	peer->length += length;
	return true;
}

static void *read_all(void *argument)
{
	while (read_record(argument))
		;
	return NULL;
}

/* Sends head and body of these lengths to a peer that reads them, and compares. */
static void check(size_t head_length, size_t body_length)
{
	int sockets[2];
	pthread_t thread;
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	char *bytes = malloc(head_length + body_length + 1);
	struct peer peer = {.socket = sockets[1], .sound = true, .capacity = head_length + body_length + 8};
	peer.output = malloc(peer.capacity);
	cr_assert(bytes && peer.output);
	for (size_t i = 0; i < head_length + body_length; i++)
		bytes[i] = (char)(i * 2654435761u >> 13);
	cr_assert_eq(pthread_create(&thread, NULL, read_all, &peer), 0);
	cr_expect(records_send(sockets[0], REQUEST_ID, (struct text){bytes, head_length},
			       (struct text){bytes + head_length, body_length}));
	close(sockets[0]);
	pthread_join(thread, NULL);
	cr_expect(peer.sound && peer.finished && peer.ends == 1, "records of %zu + %zu", head_length, body_length);
	cr_expect_eq(peer.length, head_length + body_length);
	cr_expect_arr_eq(peer.output, bytes, head_length + body_length);
	close(sockets[1]);
	free(bytes);
	free(peer.output);
}

Test(records, the_peer_reads_what_was_sent)
{
	static const size_t bodies[] = {0, 1, 7, 8, 65028, 65029, 65528, 65535, 65536, 131072, 1000000};
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
		check(500, bodies[i]);
	check(HEADERS_SIZE, HTTP_RESPONSE_MAX);
}

Test(records, a_request_without_an_answer_ends_too)
{
	check(0, 0);
}

Test(records, a_peer_that_has_gone_is_told)
{
	int sockets[2];
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	close(sockets[1]);
	signal(SIGPIPE, SIG_DFL); /* nor may it end the process */
	cr_expect_not(records_send(sockets[0], REQUEST_ID, TEXT("Status: 200 OK\r\n\r\n"), TEXT("{}")));
}

Test(records, a_peer_that_is_stuck_holds_nobody_for_long, .timeout = 5)
{
	static char body[1024 * 1024];
	struct timeval timeout = {.tv_usec = 50000};
	int sockets[2];
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	cr_assert_eq(setsockopt(sockets[0], SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)), 0);
	cr_expect_not(
	    records_send(sockets[0], REQUEST_ID, TEXT("Status: 200 OK\r\n\r\n"), (struct text){body, sizeof(body)}));
}

Test(records, more_than_a_response_may_hold_is_refused)
{
	cr_expect_not(records_send(-1, REQUEST_ID, (struct text){"", HEADERS_SIZE + 1}, TEXT("")));
	cr_expect_not(records_send(-1, REQUEST_ID, TEXT(""), (struct text){"", HTTP_RESPONSE_MAX + 1}));
}
