/* The records of a request: however a peer cuts them, the request is the same; what is not whole is none. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fcgi/record_reader.h"

enum { REQUEST_ID = 0x0102, OTHER_ID = 9, INPUT_MAX = 4096 };

static struct arena *arena;
static struct record_reader reader;
static int peer;       /* the web server's end of the connection */
static int connection; /* ours */
static char *const *environment;

static uint8_t input[INPUT_MAX];
static size_t input_length;

static void set_up(void)
{
	int ends[2];
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	peer = ends[0];
	connection = ends[1];
	arena = arena_new(16 * 1024 * 1024);
	cr_assert(arena);
	input_length = 0;
}

static void tear_down(void)
{
	close(peer);
	close(connection);
	arena_free(arena);
}

TestSuite(record_reader, .init = set_up, .fini = tear_down, .timeout = 5);

static void add(const void *bytes, size_t length)
{
	cr_assert_leq(input_length + length, sizeof(input));
	if (length > 0)
		memcpy(input + input_length, bytes, length);
	input_length += length;
}

static void add_record(enum record_type type, int request_id, const void *content, size_t length, int padding)
{
	static const char zeros[255];
	const uint8_t header[8] = {1,
				   (uint8_t)type,
				   (uint8_t)(request_id >> 8),
				   (uint8_t)request_id,
				   (uint8_t)(length >> 8),
				   (uint8_t)length,
				   (uint8_t)padding};
	add(header, sizeof(header));
	add(content, length);
	add(zeros, (size_t)padding);
}

static void add_begin(int request_id, int role, int flags)
{
	const uint8_t content[8] = {0, (uint8_t)role, (uint8_t)flags};
	add_record(RECORD_BEGIN_REQUEST, request_id, content, sizeof(content), 0);
}

static void add_text(enum record_type type, const char *content, int padding)
{
	add_record(type, REQUEST_ID, content, strlen(content), padding);
}

static void send_input(void)
{
	cr_assert_eq(send(peer, input, input_length, 0), (ssize_t)input_length);
	input_length = 0;
}

static bool begins(void)
{
	send_input();
	return record_reader_begin(&reader, connection, arena, &environment);
}

static void check_body(const char *expected)
{
	char body[100] = "";
	cr_expect_eq(record_reader_body(&reader, body, sizeof(body)), strlen(expected));
	cr_expect_str_eq(body, expected);
}

static void check_request(void)
{
	cr_assert(environment);
	cr_assert(environment[0] && environment[1] && environment[2]);
	cr_expect_str_eq(environment[0], "A=b");
	cr_expect_str_eq(environment[1], "EMPTY=");
	cr_expect_str_eq(environment[2], "REQUEST_METHOD=GET");
	cr_expect_null(environment[3]);
	check_body("body");
	cr_expect(record_reader_drain(&reader, 100));
	cr_expect(reader.keeps_connection && reader.request_id == REQUEST_ID);
}

#define PAIRS            \
	"\1\1"           \
	"Ab"             \
	"\5\0"           \
	"EMPTY"          \
	"\x80\0\0\x0e\3" \
	"REQUEST_METHODGET"

/* The parameters and the body in records of this size at most. */
static void add_request(size_t most, int padding)
{
	static const char pairs[] = PAIRS;
	static const char body[] = "body";
	add_begin(REQUEST_ID, ROLE_RESPONDER, 1);
	for (size_t at = 0; at < sizeof(pairs) - 1; at += most)
		add_record(RECORD_PARAMS, REQUEST_ID, pairs + at,
			   sizeof(pairs) - 1 - at < most ? sizeof(pairs) - 1 - at : most, padding);
	add_text(RECORD_PARAMS, "", padding);
	for (size_t at = 0; at < strlen(body); at += most)
		add_record(RECORD_STDIN, REQUEST_ID, body + at, strlen(body) - at < most ? strlen(body) - at : most,
			   padding);
	add_text(RECORD_STDIN, "", padding);
}

Test(record_reader, records_of_any_size)
{
	for (size_t most = 1; most < 50; most++) {
		add_request(most, (int)most % 8);
		cr_assert(begins(), "%zu", most);
		check_request();
		arena_reset(arena);
	}
}

Test(record_reader, what_the_connection_says_besides_is_answered)
{
	static const uint8_t answers[] = "\1\x0a\0\0\0\0\0\0"
					 "\1\x0b\0\0\0\x8\0\0\x63\0\0\0\0\0\0\0"
					 "\1\3\0\x9\0\x8\0\0\0\0\0\0\1\0\0";
	uint8_t bytes[100];
	add_record(RECORD_GET_VALUES, 0, "\x0e\0FCGI_MAX_CONNS", 16, 0);
	add_record(99, 0, "?", 1, 7);
	add_record(RECORD_STDIN, OTHER_ID, "of a request that was never begun", 33, 0);
	add_begin(REQUEST_ID, ROLE_RESPONDER, 1);
	add_begin(OTHER_ID, ROLE_RESPONDER, 1);
	add_record(RECORD_PARAMS, OTHER_ID, "\1\1Zz", 4, 0);
	add_record(RECORD_PARAMS, REQUEST_ID, PAIRS, sizeof(PAIRS) - 1, 0);
	add_text(RECORD_PARAMS, "", 0);
	add_text(RECORD_STDIN, "body", 0);
	add_text(RECORD_STDIN, "", 0);
	cr_assert(begins());
	check_request();
	cr_expect_eq(recv(peer, bytes, sizeof(bytes), 0), (ssize_t)sizeof(answers));
	cr_expect_arr_eq(bytes, answers, sizeof(answers));
}

Test(record_reader, lengths_that_lead_beyond_the_end)
{
	const struct text pairs[] = {
	    TEXT("\1"),
	    TEXT("\1\2ab"),
	    TEXT("\x80\0\0"),
	    TEXT("\1\1ab\1"),
	    TEXT("\xff\xff\xff\xff\xff\xff\xff\xff"),
	    TEXT("\1\xff\xff\xff\xff a"),
	};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		add_begin(REQUEST_ID, ROLE_RESPONDER, 1);
		add_record(RECORD_PARAMS, REQUEST_ID, pairs[i].data, pairs[i].length, 0);
		add_text(RECORD_PARAMS, "", 0);
		cr_expect_not(begins(), "%zu", i);
		cr_expect(reader.is_broken && !record_reader_drain(&reader, 100));
	}
}

static void *send_parameters_without_end(void *unused)
{
	static char content[INPUT_MAX - 8];
	(void)unused;
	input_length = 0;
	add_record(RECORD_PARAMS, REQUEST_ID, content, sizeof(content), 0);
	for (int sent = 0; sent <= 2 * RECORD_PARAMETERS_MAX; sent += INPUT_MAX) {
		if (send(peer, input, input_length, MSG_NOSIGNAL) < 0)
			break;
	}
	return NULL;
}

Test(record_reader, parameters_without_end)
{
	pthread_t thread;
	cr_assert(fcntl(peer, F_SETFL, 0) == 0 && fcntl(connection, F_SETFL, 0) == 0);
	add_begin(REQUEST_ID, ROLE_RESPONDER, 1);
	send_input();
	cr_assert_eq(pthread_create(&thread, NULL, send_parameters_without_end, NULL), 0);
	cr_expect_not(record_reader_begin(&reader, connection, arena, &environment));
	shutdown(connection, SHUT_RDWR);
	cr_assert_eq(pthread_join(thread, NULL), 0);
	cr_expect_neq(recv(connection, input, 1, 0), 0, "there was more");
}

Test(record_reader, a_request_that_is_given_up_is_none)
{
	add_begin(REQUEST_ID, ROLE_RESPONDER, 1);
	add_text(RECORD_ABORT_REQUEST, "", 0);
	cr_expect_not(begins());
	cr_expect_eq(reader.request_id, REQUEST_ID);
	add_request(100, 0);
	input_length -= 8; /* the end of the body */
	add_text(RECORD_ABORT_REQUEST, "", 0);
	cr_expect(begins());
	check_body("body");
	cr_expect(reader.is_broken);
	cr_expect_not(record_reader_drain(&reader, 100));
}

Test(record_reader, a_peer_that_goes_away)
{
	add_request(100, 3);
	size_t whole = input_length - 3; /* the padding of the last record, too, must have come */
	for (size_t cut = 0; cut <= whole; cut++) {
		tear_down();
		set_up();
		add_request(100, 3);
		input_length = cut;
		char body[100];
		bool is_whole = begins() && record_reader_body(&reader, body, sizeof(body)) == strlen("body") &&
				record_reader_drain(&reader, 100);
		cr_expect_not(is_whole, "%zu bytes", cut);
	}
}

Test(record_reader, records_out_of_their_order)
{
	static const enum record_type types[] = {RECORD_BEGIN_REQUEST, RECORD_STDIN, RECORD_STDOUT, 99};
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		add_begin(REQUEST_ID, ROLE_RESPONDER, 1);
		add_record(types[i], REQUEST_ID, "12345678", 8, 0);
		cr_expect_not(begins(), "type %d", (int)types[i]);
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (types[i] == RECORD_STDIN)
			continue;
		add_begin(REQUEST_ID, ROLE_RESPONDER, 1);
		add_text(RECORD_PARAMS, "", 0);
		add_record(types[i], REQUEST_ID, "12345678", 8, 0);
		cr_expect(begins());
		check_body("");
		cr_expect(reader.is_broken, "type %d", (int)types[i]);
	}
}

Test(record_reader, another_version_and_another_role)
{
	uint8_t bytes[100];
	add_request(100, 0);
	input[0] = 2;
	cr_expect_not(begins());
	add_begin(REQUEST_ID, 2, 1);
	cr_expect_not(begins());
	cr_expect_eq(reader.request_id, 0, "it has its answer");
	cr_assert_eq(recv(peer, bytes, sizeof(bytes), 0), 16);
	cr_expect_eq(bytes[1], RECORD_END_REQUEST);
	cr_expect_eq(bytes[12], UNKNOWN_ROLE);
}

Test(record_reader, a_body_that_nobody_has_read)
{
	add_request(2, 1);
	cr_assert(begins());
	cr_expect(record_reader_drain(&reader, 4));
	add_request(2, 1);
	cr_assert(begins());
	cr_expect_not(record_reader_drain(&reader, 1), "it is longer");
}

/* What stands behind the request on the connection is not awaited by anybody: the peer sends it too early. */
Test(record_reader, a_request_behind_the_request)
{
	add_request(100, 0);
	add_begin(REQUEST_ID, ROLE_RESPONDER, 1);
	cr_assert(begins());
	check_body("body");
	cr_expect_not(record_reader_drain(&reader, 100));
}

Test(record_reader, a_connection_that_is_not_kept)
{
	add_begin(REQUEST_ID, ROLE_RESPONDER, 0);
	add_text(RECORD_PARAMS, "", 0);
	add_text(RECORD_STDIN, "", 0);
	cr_assert(begins());
	cr_expect(environment && !environment[0]);
	cr_expect(record_reader_drain(&reader, 100));
	cr_expect_not(reader.keeps_connection);
}

Test(record_reader, without_memory)
{
	arena_free(arena);
	arena = arena_new(1);
	cr_assert(arena);
	add_request(100, 0);
	cr_expect(begins(), "the request is there");
	cr_expect_null(environment);
}
