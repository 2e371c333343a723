#include "core/environment_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"

enum { FILE_SIZE_MAX = 64 * 1024 };

/* Reads until the end of the file or of the room; returns the number of bytes, or -1 with errno set. */
static ssize_t read_all(int descriptor, char *bytes, size_t room)
{
	size_t filled = 0;
	while (filled < room) {
		ssize_t got = read(descriptor, bytes + filled, room - filled);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		filled += (size_t)got;
	}
	return (ssize_t)filled;
}

/* Fills content with the file and a NUL. False with errno set. */
static bool read_content(struct environment_file *file, const char *path)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return false;
	file->size = FILE_SIZE_MAX + 2;
	file->content = calloc(1, file->size);
	ssize_t length = file->content ? read_all(descriptor, file->content, FILE_SIZE_MAX + 1) : -1;
	int saved_errno = errno;
	(void)close(descriptor);
	if (length > FILE_SIZE_MAX)
		saved_errno = EFBIG;
	else if (length >= 0 && strlen(file->content) != (size_t)length) /* a NUL byte: no text file */
		saved_errno = EILSEQ;
	else if (length >= 0)
		return true;
	errno = saved_errno;
	return false;
}

static bool is_name(struct text name)
{
	for (size_t i = 0; i < name.length; i++) {
		char c = name.data[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return name.length > 0;
}

/* Takes the quotes off a value that starts with one. False if the same quote does not end it. */
static bool unquote(struct text *value)
{
	char quote = value->length > 0 ? value->data[0] : '\0';
	if (quote != '"' && quote != '\'')
		return true;
	const char *closing = memchr(value->data + 1, quote, value->length - 1);
	if (!closing || closing != value->data + value->length - 1)
		return false;
	value->data++;
	value->length -= 2;
	return true;
}

/* Reads a line that is neither empty nor a comment into setting, whose strings are made by NULs in the content. */
static bool parse_line(char *content, struct text line, struct environment_setting *setting)
{
	const char *sign = memchr(line.data, '=', line.length);
	if (!sign)
		return false;
	struct text name = text_trim((struct text){line.data, (size_t)(sign - line.data)});
	struct text value = text_trim((struct text){sign + 1, line.length - (size_t)(sign - line.data) - 1});
	if (!is_name(name) || !unquote(&value))
		return false;
	content[name.data - content + (ptrdiff_t)name.length] = '\0';
	content[value.data - content + (ptrdiff_t)value.length] = '\0';
	*setting = (struct environment_setting){name.data, value.data};
	return true;
}

static size_t count_lines(const char *content)
{
	size_t lines = 1;
	for (; *content; content++)
		lines += *content == '\n';
	return lines;
}

/* Returns the number of the first line that is malformed, or 0. */
static size_t parse_content(struct environment_file *file)
{
	size_t number = 1;
	for (char *line = file->content, *next; line; line = next, number++) {
		char *end = strchrnul(line, '\n');
		next = *end ? end + 1 : NULL;
		struct text text = text_trim((struct text){line, (size_t)(end - line)});
		if (text.length == 0 || text.data[0] == '#')
			continue;
		if (!parse_line(file->content, text, &file->settings[file->count]))
			return number;
		file->count++;
	}
	return 0;
}

bool environment_file_read(struct environment_file *file, const char *path, char *message, size_t message_size)
{
	*file = (struct environment_file){0};
	if (!read_content(file, path)) {
		(void)snprintf(message, message_size, "%s cannot be read: %s", path, strerror(errno));
		environment_file_free(file);
		return false;
	}
	file->settings = calloc(count_lines(file->content), sizeof(*file->settings));
	size_t bad_line = file->settings ? parse_content(file) : 0;
	if (file->settings && bad_line == 0)
		return true;
	if (file->settings)
		(void)snprintf(message, message_size, "%s, line %zu: expected NAME=value, or a comment behind #", path,
			       bad_line);
	else
		(void)snprintf(message, message_size, "%s cannot be read: memory is short", path);
	environment_file_free(file);
	return false;
}

const char *environment_file_get(const struct environment_file *file, const char *name)
{
	for (size_t i = file->count; i > 0; i--) {
		if (strcmp(file->settings[i - 1].name, name) == 0)
			return file->settings[i - 1].value;
	}
	return NULL;
}

void environment_file_free(struct environment_file *file)
{
	if (file->content)
		explicit_bzero(file->content, file->size);
	free(file->content);
	free(file->settings);
	*file = (struct environment_file){0};
}
