/* Settings in a file: lines of NAME=value, as systemd's EnvironmentFile and most tools read them. */
#ifndef EVENTFLOW_CORE_ENVIRONMENT_FILE_H
#define EVENTFLOW_CORE_ENVIRONMENT_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct environment_setting {
	const char *name;
	const char *value;
};

struct environment_file {
	char *content; /* what the settings point into */
	size_t size;
	struct environment_setting *settings;
	size_t count;
};

/* Reads the whole file. Empty lines and lines that start with '#' are skipped; white space around name and value is
 * dropped; a value may stand in single or double quotes, and between them is taken as it is. False, with one sentence
 * that names file and line but never a value in message, if the file cannot be read or a line is malformed; then there
 * is nothing to free. */
bool environment_file_read(struct environment_file *file, const char *path, char *message, size_t message_size)
    __attribute__((warn_unused_result));

/* The value of the last line with the name; NULL without one. It lives as long as the file. */
const char *environment_file_get(const struct environment_file *file, const char *name);

/* Overwrites the content, for it holds secrets, and frees. Takes a zeroed file. */
void environment_file_free(struct environment_file *file);

#endif
