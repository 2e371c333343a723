#include "fcgi/record_reader.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "fcgi/records.h"

static bool give_up(struct record_reader *reader)
{
	reader->is_broken = true;
	return false;
}

static size_t received(const struct record_reader *reader)
{
	return reader->end - reader->begin;
}

/* Receives until that many bytes (no more than the buffer holds) stand in one piece. */
static bool receive(struct record_reader *reader, size_t count)
{
	if (received(reader) >= count)
		return true;
	memmove(reader->bytes, reader->bytes + reader->begin, received(reader));
	reader->end = received(reader);
	reader->begin = 0;
	while (reader->end < count) {
		ssize_t more =
		    recv(reader->connection, reader->bytes + reader->end, sizeof(reader->bytes) - reader->end, 0);
		if (more < 0 && errno == EINTR)
			continue;
		if (more <= 0)
			return give_up(reader);
		reader->end += (size_t)more;
	}
	return true;
}

/* Takes bytes of the present record's content. */
static bool take(struct record_reader *reader, void *bytes, size_t count)
{
	reader->content -= count;
	for (char *at = bytes; count > 0;) {
		if (!receive(reader, 1))
			return false;
		size_t piece = received(reader) < count ? received(reader) : count;
		memcpy(at, reader->bytes + reader->begin, piece);
		reader->begin += piece;
		at += piece;
		count -= piece;
	}
	return true;
}

/* Leaves the present record behind. */
static bool skip(struct record_reader *reader)
{
	size_t count = reader->content + reader->padding;
	while (count > 0) {
		if (!receive(reader, 1))
			return false;
		size_t piece = received(reader) < count ? received(reader) : count;
		reader->begin += piece;
		count -= piece;
	}
	reader->content = 0;
	reader->padding = 0;
	return true;
}

static int number_of(const uint8_t bytes[2])
{
	return bytes[0] << 8 | bytes[1];
}

/* A record of the connection itself, or of a request that is not ours. */
static bool answer_other(struct record_reader *reader, int request_id)
{
	if (request_id == 0)
		return records_answer_management(reader->connection, reader->type) || give_up(reader);
	if (reader->type == RECORD_BEGIN_REQUEST)
		return records_refuse(reader->connection, request_id, CANNOT_MULTIPLEX) || give_up(reader);
	return true;
}

/* The next record of the request, or, where none has begun, the one that begins it. */
static bool next_record(struct record_reader *reader)
{
	struct record_header header;
	for (;;) {
		if (!skip(reader) || !receive(reader, sizeof(header)))
			return false;
		memcpy(&header, reader->bytes + reader->begin, sizeof(header));
		reader->begin += sizeof(header);
		if (header.version != RECORD_VERSION)
			return give_up(reader);
		reader->type = header.type;
		reader->content = (size_t)number_of(header.content_length);
		reader->padding = header.padding_length;
		int request_id = number_of(header.request_id);
		bool begins = reader->request_id == 0 && reader->type == RECORD_BEGIN_REQUEST && request_id != 0;
		if (begins)
			reader->request_id = request_id;
		if (request_id != 0 && request_id == reader->request_id)
			return true;
		if (!answer_other(reader, request_id))
			return false;
	}
}

static bool begin(struct record_reader *reader)
{
	struct begin_request request;
	if (!next_record(reader) || reader->content != sizeof(request))
		return give_up(reader);
	if (!take(reader, &request, sizeof(request)))
		return false;
	reader->keeps_connection = request.keeps_connection & 1;
	if (number_of(request.role) == ROLE_RESPONDER)
		return true;
	records_refuse(reader->connection, reader->request_id, UNKNOWN_ROLE);
	reader->request_id = 0; /* it has been answered */
	return give_up(reader);
}

/* The parameters as they come: pairs of name and value, the length of each before both of them. */
struct pairs {
	uint8_t *bytes;
	size_t length;
	size_t capacity;
	size_t position;
};

/* Room for more; false when memory is short. */
static bool reserve(struct arena *arena, struct pairs *pairs, size_t more)
{
	if (pairs->capacity - pairs->length >= more)
		return true;
	size_t capacity = 2 * pairs->capacity + more;
	uint8_t *bytes = arena_alloc(arena, capacity);
	if (!bytes)
		return false;
	if (pairs->length > 0)
		memcpy(bytes, pairs->bytes, pairs->length);
	pairs->bytes = bytes;
	pairs->capacity = capacity;
	return true;
}

/* Reads all records of parameters. *is_short tells that there was no memory for them. */
static bool read_pairs(struct record_reader *reader, struct arena *arena, struct pairs *pairs, bool *is_short)
{
	for (;;) {
		if (!next_record(reader) || reader->type != RECORD_PARAMS)
			return give_up(reader);
		size_t length = reader->content;
		if (length == 0)
			return true;
		if (pairs->length + length > RECORD_PARAMETERS_MAX)
			return give_up(reader);
		if (!reserve(arena, pairs, length)) {
			*is_short = true;
			return true;
		}
		if (!take(reader, pairs->bytes + pairs->length, length))
			return false;
		pairs->length += length;
	}
}

/* A length of one byte, or of four with the highest bit set. */
static bool next_length(struct pairs *pairs, size_t *length)
{
	size_t left = pairs->length - pairs->position;
	if (left == 0)
		return false;
	const uint8_t *at = pairs->bytes + pairs->position;
	size_t size = at[0] & 0x80 ? 4 : 1;
	if (left < size)
		return false;
	*length = size == 1 ? at[0] : (size_t)(at[0] & 0x7f) << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
	pairs->position += size;
	return true;
}

struct pair {
	uint8_t *name;
	uint8_t *value;
	size_t name_length;
	size_t value_length;
};

/* False at the end, or where lengths lead beyond it; the position tells which. */
static bool next_pair(struct pairs *pairs, struct pair *pair)
{
	struct pairs ahead = *pairs;
	if (!next_length(&ahead, &pair->name_length) || !next_length(&ahead, &pair->value_length))
		return false;
	size_t left = ahead.length - ahead.position;
	if (pair->name_length > left || pair->value_length > left - pair->name_length)
		return false;
	pair->name = ahead.bytes + ahead.position;
	pair->value = pair->name + pair->name_length;
	pairs->position = ahead.position + pair->name_length + pair->value_length;
	return true;
}

static size_t count_pairs(struct pairs *pairs)
{
	struct pair pair;
	size_t count = 0;
	while (next_pair(pairs, &pair))
		count++;
	return count;
}

/* The two lengths before a pair leave room for the '=' and the NUL of a string, so it is made in its own place. */
static char *string_of(const struct pair *pair)
{
	uint8_t *string = pair->name - 2;
	memmove(string, pair->name, pair->name_length);
	string[pair->name_length] = '=';
	memmove(string + pair->name_length + 1, pair->value, pair->value_length);
	string[pair->name_length + 1 + pair->value_length] = '\0';
	return (char *)string;
}

/* NULL when memory is short. */
static char *const *strings_of(struct arena *arena, struct pairs *pairs, size_t count)
{
	struct pair pair;
	char **strings = arena_calloc(arena, count + 1, sizeof(*strings));
	if (!strings)
		return NULL;
	pairs->position = 0;
	for (size_t i = 0; i < count && next_pair(pairs, &pair); i++)
		strings[i] = string_of(&pair);
	return strings;
}

bool record_reader_begin(struct record_reader *reader, int connection, struct arena *arena, char *const **environment)
{
	struct pairs pairs = {0};
	bool is_short = false;
	reader->connection = connection;
	reader->request_id = 0;
	reader->keeps_connection = false;
	reader->is_broken = false;
	reader->is_body_over = false;
	reader->content = 0;
	reader->padding = 0;
	reader->begin = 0;
	reader->end = 0;
	*environment = NULL;
	if (!begin(reader) || !read_pairs(reader, arena, &pairs, &is_short))
		return false;
	if (is_short)
		return true;
	size_t count = count_pairs(&pairs);
	if (pairs.position != pairs.length)
		return give_up(reader);
	*environment = strings_of(arena, &pairs, count);
	return true;
}

/* Goes on to the next record of the body. */
static bool next_stdin(struct record_reader *reader)
{
	if (!next_record(reader) || reader->type != RECORD_STDIN)
		return give_up(reader);
	reader->is_body_over = reader->content == 0;
	return !reader->is_body_over;
}

size_t record_reader_body(void *source, char *bytes, size_t size)
{
	struct record_reader *reader = source;
	size_t count = 0;
	while (count < size && !reader->is_broken && !reader->is_body_over) {
		if (reader->content == 0 && !next_stdin(reader))
			break;
		size_t piece = reader->content < size - count ? reader->content : size - count;
		if (!take(reader, bytes + count, piece))
			break;
		count += piece;
	}
	return count;
}

bool record_reader_drain(struct record_reader *reader, size_t most)
{
	size_t drained = 0;
	while (!reader->is_broken && !reader->is_body_over && drained <= most) {
		drained += reader->content;
		if (!skip(reader) || !next_stdin(reader))
			break;
	}
	return !reader->is_broken && reader->is_body_over && skip(reader) && received(reader) == 0;
}
