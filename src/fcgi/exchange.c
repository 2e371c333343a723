#include "fcgi/exchange.h"

#include <poll.h>
#include <sys/socket.h>

#include "core/clock.h"
#include "fcgi/headers.h"
#include "fcgi/parameters.h"
#include "fcgi/records.h"

enum { LINGER = 2000 }; /* milliseconds */

/* The answer, or only the end of a request that nobody waits for any more. */
static bool send_response(struct worker *worker)
{
	const struct http_response *response = &worker->response;
	char headers[HEADERS_SIZE];
	struct text head = {headers, 0};
	struct text body = TEXT("");
	if (response->status != 0)
		head.length = headers_format(response, headers);
	if (!response->head && response->content_type.data)
		body = (struct text){response->body.data, response->body.length};
	return records_send(worker->reader.connection, worker->reader.request_id, head, body);
}

static void answer(struct worker *worker, char *const *environment, int64_t since)
{
	struct body_source body = {record_reader_body, &worker->reader};
	if (environment)
		parameters_read(environment, &body, worker->arena, &worker->request);
	else
		worker->request.fault = ERROR_OUT_OF_MEMORY;
	if (worker->reader.is_broken)
		return; /* given up: nobody waits for an answer, and nothing must be done */
	worker_handle(worker, since);
}

/* A peer that is still sending gets an error when the connection is closed, perhaps before it reads the answer. */
static void linger(int connection)
{
	char rest[4096];
	struct pollfd pollfd = {.fd = connection, .events = POLLIN};
	int64_t deadline = clock_milliseconds() + LINGER;
	if (shutdown(connection, SHUT_WR) != 0)
		return;
	for (int64_t left = LINGER; left > 0; left = deadline - clock_milliseconds()) {
		if (poll(&pollfd, 1, (int)left) <= 0 || recv(connection, rest, sizeof(rest), MSG_DONTWAIT) <= 0)
			return;
	}
}

bool exchange_run(struct worker *worker, int connection, int64_t since)
{
	struct record_reader *reader = &worker->reader;
	char *const *environment;
	if (record_reader_begin(reader, connection, worker->arena, &environment))
		answer(worker, environment, since);
	bool is_drained = record_reader_drain(reader, HTTP_BODY_MAX);
	bool is_sent = reader->request_id != 0 && send_response(worker);
	if (is_sent && !reader->is_body_over && !reader->is_broken)
		linger(connection);
	worker_reset(worker);
	return is_sent && is_drained && reader->keeps_connection;
}
