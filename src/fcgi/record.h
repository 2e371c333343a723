/* What a record looks like (FastCGI Specification 1.0, sections 3.3 and 8). */
#ifndef EVENTFLOW_FCGI_RECORD_H
#define EVENTFLOW_FCGI_RECORD_H

#include <stdint.h>

enum record_type {
	RECORD_BEGIN_REQUEST = 1,
	RECORD_ABORT_REQUEST = 2,
	RECORD_END_REQUEST = 3,
	RECORD_PARAMS = 4,
	RECORD_STDIN = 5,
	RECORD_STDOUT = 6,
	RECORD_GET_VALUES = 9,
	RECORD_GET_VALUES_RESULT = 10,
	RECORD_UNKNOWN_TYPE = 11,
};

enum { RECORD_VERSION = 1, ROLE_RESPONDER = 1 };

/* How a request has ended, in END_REQUEST. */
enum protocol_status { REQUEST_COMPLETE = 0, CANNOT_MULTIPLEX = 1, UNKNOWN_ROLE = 3 };

/* Numbers of two bytes have the higher one first. */
struct record_header {
	uint8_t version;
	uint8_t type;
	uint8_t request_id[2]; /* 0: of the connection itself */
	uint8_t content_length[2];
	uint8_t padding_length;
	uint8_t reserved;
};

struct begin_request {
	uint8_t role[2];
	uint8_t keeps_connection; /* the lowest bit: the connection is not closed behind the answer */
	uint8_t reserved[5];
};

#endif
