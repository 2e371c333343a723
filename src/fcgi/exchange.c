#include "fcgi/exchange.h"

#include "fcgi/headers.h"
#include "fcgi/parameters.h"
#include "fcgi/records.h"

static size_t read_stdin(void *source, char *bytes, size_t size)
{
	int count = FCGX_GetStr(bytes, (int)size, source);
	return count > 0 ? (size_t)count : 0;
}

/* Whether the request's body was read to its end: what is left would be taken for the next request, and a client could
 * choose it (request smuggling). */
static bool is_drained(FCGX_Request *fcgi)
{
	char rest[8192];
	for (size_t drained = 0; drained <= HTTP_BODY_MAX;) {
		int count = FCGX_GetStr(rest, sizeof(rest), fcgi->in);
		if (count < (int)sizeof(rest))
			return FCGX_GetError(fcgi->in) == 0;
		drained += (size_t)count;
	}
	return false;
}

/* The answer, or only the end of a request that nobody waits for any more. */
static bool send_response(struct worker *worker)
{
	const struct http_response *response = &worker->response;
	char headers[HEADERS_SIZE];
	struct text head = {headers, 0};
	struct text body = {0};
	if (response->status != 0)
		head.length = headers_format(response, headers);
	if (!response->head && response->content_type.data)
		body = (struct text){response->body.data, response->body.length};
	return records_send(worker->fcgi.ipcFd, worker->fcgi.requestId, head, body);
}

static void answer(struct worker *worker, int64_t since)
{
	FCGX_Request *fcgi = &worker->fcgi;
	struct body_source body = {read_stdin, fcgi->in};
	parameters_read(fcgi->envp, &body, worker->arena, &worker->request);
	if (FCGX_GetError(fcgi->in) != 0)
		return; /* aborted: nobody waits for an answer, and nothing must be done */
	worker_handle(worker, since);
}

bool exchange_run(struct worker *worker, int connection, int64_t since)
{
	FCGX_Request *fcgi = &worker->fcgi;
	fcgi->ipcFd = connection;
	fcgi->keepConnection = 1; /* or libfcgi would close it before it reads; the request says what holds */
	if (FCGX_Accept_r(fcgi) != 0)
		return false;
	/* parameters that were cut short, or an abort, end in an error here, though the call above says that all is
	 * well */
	if (FCGX_GetError(fcgi->in) == 0)
		answer(worker, since);
	bool is_kept = is_drained(fcgi) && fcgi->keepConnection;
	if (!send_response(worker))
		is_kept = false;
	FCGX_Free(fcgi, !is_kept); /* not FCGX_Finish_r, which would send what its own streams hold */
	worker_reset(worker);
	fcgi->ipcFd = -1;
	return is_kept;
}
