/* auth/https_client: against a server of the test's own on this machine, which answers whatever it is told. TLS is
 * tried with the stand-in of Supabase Auth (t/supabase). */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "auth/https_client.h"

enum { ANSWER_MAX = 1000, TIMEOUT = 400 /* milliseconds */ };

/* What the server says to the one request that it takes. */
struct script {
	const char *start;
	const char *rest;  /* NULL: nothing more */
	bool is_endless;   /* says the rest again and again */
	useconds_t pause;  /* before each time, in microseconds */
	bool keeps_silent; /* holds the connection for a second at the end */
};

static struct script script;
static int listener;
static char url[64];
static char received[4096];
static pthread_t server;

static bool say(int connection, const char *bytes)
{
	return send(connection, bytes, strlen(bytes), MSG_NOSIGNAL) == (ssize_t)strlen(bytes);
}

static void *serve(void *argument)
{
	(void)argument;
	int connection = accept(listener, NULL, NULL);
	ssize_t length = recv(connection, received, sizeof(received) - 1, 0);
	received[length > 0 ? length : 0] = '\0';
	bool heard = say(connection, script.start);
	while (heard && script.rest) {
		usleep(script.pause);
		heard = say(connection, script.rest) && script.is_endless;
	}
	if (script.keeps_silent)
		sleep(1);
	close(connection);
	return NULL;
}

static void prepare(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	cr_assert(https_client_start(), "libcurl");
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_eq(bind(listener, (struct sockaddr *)&address, size), 0, "an address");
	cr_assert_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0, "its port");
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/auth/v1/token?grant_type=password", ntohs(address.sin_port));
}

TestSuite(https_client, .init = prepare, .timeout = 20);

static enum https_fault ask(const struct script *answers, const struct https_request *details,
			    struct https_answer *answer)
{
	struct https_request request = {.url = url, .timeout_ms = TIMEOUT, .answer_max = ANSWER_MAX};
	script = *answers;
	if (details) {
		request.headers = details->headers;
		request.body = details->body;
	}
	cr_assert_eq(listen(listener, 1), 0, "listening");
	cr_assert_eq(pthread_create(&server, NULL, serve, NULL), 0, "a server");
	enum https_fault fault = https_fetch(&request, answer);
	cr_assert_eq(pthread_join(server, NULL), 0, "the server's end");
	return fault;
}

static void expect_fault(const struct script *answers, enum https_fault expected)
{
	struct https_answer answer;
	enum https_fault fault = ask(answers, NULL, &answer);
	cr_expect_eq(fault, expected, "%s: %s", answers->start, https_fault_message(fault));
	cr_expect_null(answer.body.data, "nothing is left to free");
	cr_expect_eq(answer.status, 0, "no status");
}

Test(https_client, a_get)
{
	struct https_answer answer;
	struct script answers = {"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone", NULL, false, 0, false};
	cr_assert_eq(ask(&answers, NULL, &answer), HTTPS_OK, "an answer");
	cr_expect_eq(answer.status, 404, "its status");
	cr_expect(text_is(answer.body, "none"), "its body");
	cr_expect_eq(answer.body.data[4], '\0', "NUL-terminated");
	cr_expect_eq(strncmp(received, "GET /auth/v1/token?grant_type=password HTTP/1.1\r\n", 49), 0, "%s", received);
	https_answer_free(&answer);
	cr_expect_null(answer.body.data, "freed");
}

Test(https_client, a_post)
{
	const char *const headers[] = {"Content-Type: application/json", "apikey: abc", NULL};
	const struct https_request details = {.headers = headers, .body = TEXT("{\"a\":1}")};
	struct https_answer answer;
	struct script answers = {"HTTP/1.1 204 No Content\r\n\r\n", NULL, false, 0, false};
	cr_assert_eq(ask(&answers, &details, &answer), HTTPS_OK, "an answer");
	cr_expect_eq(answer.status, 204, "its status");
	cr_expect_eq(answer.body.length, 0, "no body");
	cr_expect_eq(strncmp(received, "POST ", 5), 0, "%s", received);
	cr_expect_not_null(strstr(received, "\r\nContent-Type: application/json\r\n"), "%s", received);
	cr_expect_not_null(strstr(received, "\r\napikey: abc\r\n"), "%s", received);
	cr_expect_not_null(strstr(received, "\r\n\r\n{\"a\":1}"), "%s", received);
	https_answer_free(&answer);
}

Test(https_client, a_redirect_is_not_followed)
{
	struct https_answer answer;
	struct script answers = {"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", NULL, false,
				 0, false};
	cr_assert_eq(ask(&answers, NULL, &answer), HTTPS_OK, "an answer");
	cr_expect_eq(answer.status, 302, "as it is");
	https_answer_free(&answer);
}

Test(https_client, an_answer_of_just_the_size)
{
	char start[ANSWER_MAX + 100] = "HTTP/1.1 200 OK\r\n\r\n";
	struct https_answer answer;
	struct script answers = {start, NULL, false, 0, false};
	size_t length = strlen(start);
	memset(start + length, 'x', ANSWER_MAX);
	cr_assert_eq(ask(&answers, NULL, &answer), HTTPS_OK, "an answer");
	cr_expect_eq(answer.body.length, (size_t)ANSWER_MAX, "all of it");
	https_answer_free(&answer);
}

Test(https_client, one_byte_more)
{
	char start[ANSWER_MAX + 100] = "HTTP/1.1 200 OK\r\n\r\n";
	size_t length = strlen(start);
	memset(start + length, 'x', ANSWER_MAX + 1);
	expect_fault(&(struct script){start, NULL, false, 0, false}, HTTPS_TOO_LARGE);
}

Test(https_client, an_endless_body)
{
	expect_fault(&(struct script){"HTTP/1.1 200 OK\r\n\r\n", "more and more", true, 0, false}, HTTPS_TOO_LARGE);
}

Test(https_client, endless_headers)
{
	static char more[1003]; /* long lines, so that there is time for 64 KiB of them */
	memset(more, 'x', 1000);
	memcpy(more, "X-More: ", 8);
	memcpy(more + 1000, "\r\n", 2);
	expect_fault(&(struct script){"HTTP/1.1 200 OK\r\n", more, true, 0, false}, HTTPS_TOO_LARGE);
}

Test(https_client, silence)
{
	expect_fault(&(struct script){"", NULL, false, 0, true}, HTTPS_TIMEOUT);
}

Test(https_client, a_dripping_body)
{
	struct timespec before, after;
	clock_gettime(CLOCK_MONOTONIC, &before);
	expect_fault(&(struct script){"HTTP/1.1 200 OK\r\n\r\n", "x", true, 50000, false}, HTTPS_TIMEOUT);
	clock_gettime(CLOCK_MONOTONIC, &after);
	cr_expect_leq(after.tv_sec - before.tv_sec, 2, "in time");
}

Test(https_client, dripping_headers)
{
	expect_fault(&(struct script){"HTTP/1.1 200 OK\r\n", "X: y\r\n", true, 50000, false}, HTTPS_TIMEOUT);
}

Test(https_client, broken_answers)
{
	static const char *const starts[] = {
	    "",
	    "SSH-2.0-OpenSSH_9.2\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!",
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
	};
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		expect_fault(&(struct script){starts[i], NULL, false, 0, false}, HTTPS_BROKEN);
}

Test(https_client, nobody_listens)
{
	struct https_request request = {.url = url, .timeout_ms = TIMEOUT, .answer_max = ANSWER_MAX};
	struct https_answer answer;
	close(listener);
	cr_expect_eq(https_fetch(&request, &answer), HTTPS_CONNECT, "refused");
	cr_expect_null(answer.body.data, "nothing to free");
}

Test(https_client, addresses_that_are_not_asked)
{
	static const char *const bad[] = {
	    "http://example.com/",    "http://192.0.2.1/", "http://127.0.0.1.example.com/",
	    "ftp://127.0.0.1/",       "file:///etc/hosts", "https://user:password@localhost/",
	    "https://localhost/a b?", "localhost",         "",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct https_request request = {.url = bad[i], .timeout_ms = TIMEOUT, .answer_max = ANSWER_MAX};
		struct https_answer answer;
		cr_expect_eq(https_fetch(&request, &answer), HTTPS_ADDRESS, "%s", bad[i]);
	}
}

Test(https_client, plain_http_is_no_tls)
{
	struct https_answer answer;
	char secure[80];
	struct https_request request = {.url = secure, .timeout_ms = TIMEOUT, .answer_max = ANSWER_MAX};
	script = (struct script){"HTTP/1.1 200 OK\r\n\r\n", NULL, false, 0, false};
	snprintf(secure, sizeof(secure), "https%s", url + strlen("http"));
	cr_assert_eq(listen(listener, 1), 0, "listening");
	cr_assert_eq(pthread_create(&server, NULL, serve, NULL), 0, "a server");
	cr_expect_eq(https_fetch(&request, &answer), HTTPS_TLS, "no certificate, no answer");
	pthread_join(server, NULL);
}

Test(https_client, every_fault_has_a_message)
{
	for (int fault = HTTPS_OK; fault < HTTPS_FAULT__MAX; fault++)
		cr_expect_not_null(https_fault_message((enum https_fault)fault), "%d", fault);
}
