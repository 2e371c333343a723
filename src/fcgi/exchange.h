/* One request and its response over a FastCGI connection (FastCGI Specification 1.0). */
#ifndef EVENTFLOW_FCGI_EXCHANGE_H
#define EVENTFLOW_FCGI_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/worker.h"

/* Reads one request from the connection, answers it, and sends the answer. True if the connection is kept and stands at
 * the beginning of the next request; false if it is to be closed. since is when the request came, by
 * clock_milliseconds: its time runs from there. */
bool exchange_run(struct worker *worker, int connection, int64_t since);

#endif
