#include "fcgi/exchange.h"

#include "core/log.h"
#include "fcgi/headers.h"
#include "fcgi/parameters.h"

static size_t read_stdin(void *source, char *bytes, size_t size)
{
	int count = FCGX_GetStr(bytes, (int)size, source);
	return count > 0 ? (size_t)count : 0;
}

static const char *get_parameter(void *source, const char *name)
{
	return FCGX_GetParam(name, source);
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

static void send_response(struct worker *worker)
{
	struct http_response *response = &worker->response;
	char headers[HEADERS_SIZE];
	size_t length = headers_format(response, headers);
	FCGX_PutStr(headers, (int)length, worker->fcgi.out);
	if (!response->head && response->content_type.data && response->body.length > 0)
		FCGX_PutStr(response->body.data, (int)response->body.length, worker->fcgi.out);
}

static void answer(struct worker *worker)
{
	FCGX_Request *fcgi = &worker->fcgi;
	struct parameters parameters = {get_parameter, fcgi->envp};
	struct body_source body = {read_stdin, fcgi->in};
	parameters_read(&parameters, &body, worker->arena, &worker->request);
	if (FCGX_GetError(fcgi->in) != 0)
		return; /* aborted: nobody waits for an answer, and nothing must be done */
	worker_handle(worker);
	send_response(worker);
}

bool exchange_run(struct worker *worker, int connection)
{
	FCGX_Request *fcgi = &worker->fcgi;
	fcgi->ipcFd = connection;
	fcgi->keepConnection = 1; /* or libfcgi would close it before it reads; the request says what holds */
	if (FCGX_Accept_r(fcgi) != 0)
		return false;
	/* parameters that were cut short, or an abort, end in an error here, though the call above says that all is
	 * well */
	if (FCGX_GetError(fcgi->in) == 0)
		answer(worker);
	if (!is_drained(fcgi))
		fcgi->keepConnection = 0;
	FCGX_Finish_r(fcgi);
	worker_reset(worker);
	bool is_kept = fcgi->ipcFd >= 0;
	fcgi->ipcFd = -1;
	return is_kept;
}
