/* A request as it arrives, in records: its parameters and its body (FastCGI Specification 1.0, sections 3 to 6). */
#ifndef EVENTFLOW_FCGI_RECORD_READER_H
#define EVENTFLOW_FCGI_RECORD_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "fcgi/record.h"

enum {
	RECORD_READER_BUFFER = 16 * 1024,    /* bytes; most requests are smaller, and come with one call */
	RECORD_PARAMETERS_MAX = 1024 * 1024, /* bytes of names and values: far more than a web server lets through */
};

/* One for each thread, and for one request after the other. */
struct record_reader {
	int connection;
	int request_id; /* 0 until a request has begun */
	bool keeps_connection;
	bool is_broken;    /* the peer has gone, is silent, has given the request up, or breaks the protocol */
	bool is_body_over; /* STDIN has come to its end */
	enum record_type type;
	size_t content; /* bytes of the present record that are still to be taken, and of its padding */
	size_t padding;
	size_t begin; /* where those stand that were received and not taken */
	size_t end;
	uint8_t bytes[RECORD_READER_BUFFER];
};

/* Reads a request up to the end of its parameters, which are "NAME=value" strings in the arena, with NULL at the end:
 * *environment. False: no request has come, or it is not whole, and nothing must be done. *environment is NULL when
 * memory is short. What a peer may say besides is answered here. */
bool record_reader_begin(struct record_reader *reader, int connection, struct arena *arena, char *const **environment);

/* Reads of the body, as in struct body_source; reader is a struct record_reader. Fewer bytes than size: the body is
 * over, or the reader broken. */
size_t record_reader_body(void *reader, char *bytes, size_t size);

/* Reads what is left of the body, up to most bytes. Whether the connection then stands at the beginning of the next
 * request: what is left would be taken for it, and a client could choose that (request smuggling). */
bool record_reader_drain(struct record_reader *reader, size_t most);

#endif
