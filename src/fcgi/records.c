#include "fcgi/records.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "core/http.h"
#include "fcgi/headers.h"

enum {
	CONTENT_MAX = 65528, /* of one record; a multiple of eight, so that only the last one needs padding */
	RECORDS_MAX = (HEADERS_SIZE + HTTP_RESPONSE_MAX) / CONTENT_MAX + 1,
	PARTS_MAX = 2 * RECORDS_MAX + 2, /* a header and a piece for each, the head, and the end */
	SENDS_MAX = 4,                   /* attempts at what the peer does not take in time */
};

/* What follows the last content: its padding, the end of STDOUT, and the end of the request, which was complete. */
struct end {
	uint8_t padding[8];
	struct record_header stdout_end;
	struct record_header end_request;
	uint8_t status[8];
};

struct output {
	struct iovec parts[PARTS_MAX];
	size_t count;
	struct record_header headers[RECORDS_MAX];
	struct end end;
};

static struct record_header record_header(enum record_type type, int request_id, size_t content_length)
{
	return (struct record_header){
	    .version = RECORD_VERSION,
	    .type = (uint8_t)type,
	    .request_id = {(uint8_t)(request_id >> 8), (uint8_t)request_id},
	    .content_length = {(uint8_t)(content_length >> 8), (uint8_t)content_length},
	    .padding_length = (uint8_t)(-content_length & 7),
	};
}

static void add(struct output *output, const void *bytes, size_t length)
{
	if (length > 0)
		output->parts[output->count++] = (struct iovec){(void *)(uintptr_t)bytes, length};
}

/* Cuts head and body into records. The bytes stay where they are. */
static void fill(struct output *output, int request_id, struct text head, struct text body)
{
	size_t left = head.length + body.length;
	size_t padding = 0;
	output->count = 0;
	for (struct record_header *header = output->headers; left > 0; header++) {
		size_t content = left < CONTENT_MAX ? left : CONTENT_MAX;
		size_t piece = content - head.length;
		*header = record_header(RECORD_STDOUT, request_id, content);
		padding = header->padding_length;
		add(output, header, sizeof(*header));
		add(output, head.data, head.length);
		add(output, body.data, piece);
		head.length = 0; /* the first record holds all of it */
		body.data += piece;
		left -= content;
	}
	output->end = (struct end){
	    .stdout_end = record_header(RECORD_STDOUT, request_id, 0),
	    .end_request = record_header(RECORD_END_REQUEST, request_id, sizeof(output->end.status)),
	};
	size_t unused = sizeof(output->end.padding) - padding;
	add(output, output->end.padding + unused, sizeof(output->end) - unused);
}

/* Takes what was sent off the front. */
static void advance(struct msghdr *message, size_t sent)
{
	while (message->msg_iovlen > 0 && sent >= message->msg_iov->iov_len) {
		sent -= message->msg_iov->iov_len;
		message->msg_iov++;
		message->msg_iovlen--;
	}
	if (sent > 0) {
		message->msg_iov->iov_base = (char *)message->msg_iov->iov_base + sent;
		message->msg_iov->iov_len -= sent;
	}
}

/* A call takes everything, or as much as the peer made room for until the time was up. A peer that reads so slowly must
 * not hold the thread for ever. */
static bool send_all(int connection, struct msghdr *message)
{
	for (int i = 0; i < SENDS_MAX && message->msg_iovlen > 0; i++) {
		ssize_t sent = sendmsg(connection, message, MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR)
			return false;
		if (sent > 0)
			advance(message, (size_t)sent);
	}
	return message->msg_iovlen == 0;
}

bool records_send(int connection, int request_id, struct text head, struct text body)
{
	struct output output;
	if (head.length > HEADERS_SIZE || body.length > HTTP_RESPONSE_MAX)
		return false;
	fill(&output, request_id, head, body);
	struct msghdr message = {.msg_iov = output.parts, .msg_iovlen = output.count};
	return send_all(connection, &message);
}

/* A record with eight bytes of content, of which all but one are zero. */
static bool send_byte(int connection, struct record_header header, size_t place, int byte)
{
	uint8_t record[sizeof(header) + 8] = {0};
	memcpy(record, &header, sizeof(header));
	record[sizeof(header) + place] = (uint8_t)byte;
	return send(connection, record, sizeof(record), MSG_NOSIGNAL) == (ssize_t)sizeof(record);
}

bool records_refuse(int connection, int request_id, enum protocol_status status)
{
	return send_byte(connection, record_header(RECORD_END_REQUEST, request_id, 8), 4, (int)status);
}

bool records_answer_management(int connection, enum record_type type)
{
	struct record_header result = record_header(RECORD_GET_VALUES_RESULT, 0, 0);
	if (type == RECORD_GET_VALUES)
		return send(connection, &result, sizeof(result), MSG_NOSIGNAL) == (ssize_t)sizeof(result);
	return send_byte(connection, record_header(RECORD_UNKNOWN_TYPE, 0, 8), 0, (int)type);
}
