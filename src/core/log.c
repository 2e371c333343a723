#include "core/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_SIZE = 4096 };

static const char *const LEVEL_NAMES[] = {"DEBUG", "INFO", "WARNING", "ERROR"};

static enum log_level threshold = LOG_INFO;

bool log_level_parse(struct text name, enum log_level *level)
{
	for (size_t i = 0; i < sizeof(LEVEL_NAMES) / sizeof(*LEVEL_NAMES); i++) {
		if (text_is(name, LEVEL_NAMES[i])) {
			*level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

void log_set_level(enum log_level level)
{
	threshold = level;
}

bool log_enabled(enum log_level level)
{
	return level >= threshold;
}

/* Writes "time - name - LEVEL - " and returns its length; a name too long for the line is cut. */
static size_t write_head(char *line, size_t size, enum log_level level, const char *name)
{
	struct timespec now = {0};
	struct tm utc = {0};
	char date[sizeof("2026-11-24T12:09:59")] = "";
	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &utc))
		(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
	int length =
	    snprintf(line, size, "%s.%03ldZ - %s - %s - ", date, now.tv_nsec / 1000000, name, LEVEL_NAMES[level]);
	if (length < 0)
		return 0;
	return (size_t)length < size ? (size_t)length : size - 1;
}

/* Appends the message, with control characters as \xNN, as far as there is room; returns the line's new length. */
static size_t append_escaped(char *line, size_t length, size_t size, struct text message)
{
	static const char digits[] = "0123456789ABCDEF";
	while (message.length > 0) {
		unsigned char c = (unsigned char)message.data[0];
		bool control = c < 0x20 || c == 0x7F;
		size_t sequence = text_utf8_sequence(message);
		size_t taken = control || sequence == 0 ? 1 : sequence; /* a character is never cut in two */
		if (size - length < (control ? 4 : taken))
			break;
		if (control) {
			line[length++] = '\\';
			line[length++] = 'x';
			line[length++] = digits[c >> 4];
			line[length++] = digits[c & 15];
		} else {
			for (size_t i = 0; i < taken; i++)
				line[length++] = message.data[i];
		}
		message.data += taken;
		message.length -= taken;
	}
	return length;
}

void log_write(enum log_level level, const char *name, const char *format, ...)
{
	if (!log_enabled(level))
		return;
	int saved_errno = errno;
	char message[LINE_MAX_SIZE];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	size_t message_length = length < 0 ? 0 : (size_t)length;
	if (message_length >= sizeof(message))
		message_length = sizeof(message) - 1;

	char line[LINE_MAX_SIZE];
	size_t line_length = write_head(line, sizeof(line) - 1, level, name);
	line_length = append_escaped(line, line_length, sizeof(line) - 1, (struct text){message, message_length});
	line[line_length++] = '\n';
	/* A line that standard error does not take is lost: there is nowhere to tell it. */
	ssize_t written = write(STDERR_FILENO, line, line_length);
	(void)written;
	errno = saved_errno;
}
