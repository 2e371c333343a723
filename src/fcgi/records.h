/* The records in which a response leaves (FastCGI Specification 1.0, sections 3.3 and 5). */
#ifndef EVENTFLOW_FCGI_RECORDS_H
#define EVENTFLOW_FCGI_RECORDS_H

#include <stdbool.h>

#include "core/text.h"

/* Sends head (at most HEADERS_SIZE bytes) and body (at most HTTP_RESPONSE_MAX) as STDOUT, and the end of the request:
 * in one system call, as long as the connection takes all of it. False if the peer has gone, or takes nothing for the
 * socket's SO_SNDTIMEO: the connection is of no more use then. */
bool records_send(int connection, int request_id, struct text head, struct text body)
    __attribute__((warn_unused_result));

#endif
