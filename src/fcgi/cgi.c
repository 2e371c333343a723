#include "fcgi/cgi.h"

#include <stdio.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "fcgi/headers.h"
#include "fcgi/parameters.h"
#include "fcgi/worker.h"

static size_t read_file(void *source, char *bytes, size_t size)
{
	return fread(bytes, 1, size, source);
}

static bool send_response(const struct http_response *response)
{
	char headers[HEADERS_SIZE];
	size_t length = headers_format(response, headers);
	bool sent = fwrite(headers, 1, length, stdout) == length;
	if (sent && !response->head && response->content_type.data)
		sent = fwrite(response->body.data, 1, response->body.length, stdout) == response->body.length;
	return fflush(stdout) == 0 && sent;
}

int cgi_run(struct application *application)
{
	struct worker *worker = worker_new(application);
	struct body_source body = {read_file, stdin};
	if (!worker) {
		log_write(LOG_ERROR, "cgi", "out of memory");
		return 1;
	}
	parameters_read(environ, &body, worker->arena, &worker->request);
	worker_handle(worker, clock_milliseconds());
	bool sent = send_response(&worker->response);
	worker_free(worker);
	return sent ? 0 : 1;
}
