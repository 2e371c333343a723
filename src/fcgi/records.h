/* The records in which a response leaves (FastCGI Specification 1.0, sections 3.3, 4 and 5). */
#ifndef EVENTFLOW_FCGI_RECORDS_H
#define EVENTFLOW_FCGI_RECORDS_H

#include <stdbool.h>

#include "core/text.h"
#include "fcgi/record.h"

/* Sends head (at most HEADERS_SIZE bytes) and body (at most HTTP_RESPONSE_MAX) as STDOUT, and the end of the request:
 * in one system call, as long as the connection takes all of it. False if the peer has gone, or takes nothing for the
 * socket's SO_SNDTIMEO: the connection is of no more use then. */
bool records_send(int connection, int request_id, struct text head, struct text body)
    __attribute__((warn_unused_result));

/* Ends a request that is not taken. False if the peer has gone, or takes nothing. */
bool records_refuse(int connection, int request_id, enum protocol_status status);

/* Answers a record of the connection itself: none of the values that a peer may ask for is known here, and no other
 * type. False as above. */
bool records_answer_management(int connection, enum record_type type) __attribute__((warn_unused_result));

#endif
