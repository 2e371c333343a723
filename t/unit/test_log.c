/* core/log: the form of a line, its length, and that no message makes two. */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <regex.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"

enum { CAPTURE_SIZE = 64 * 1024 };

static int saved_stderr;
static int capture[2];

static void start_capture(void)
{
	cr_assert_eq(pipe(capture), 0, "a pipe");
	saved_stderr = dup(STDERR_FILENO);
	cr_assert_geq(dup2(capture[1], STDERR_FILENO), 0, "standard error goes into the pipe");
}

/* What was written since start_capture, NUL-terminated. */
static void end_capture(char captured[CAPTURE_SIZE])
{
	cr_assert_geq(dup2(saved_stderr, STDERR_FILENO), 0, "standard error is back");
	(void)close(capture[1]);
	size_t length = 0;
	for (ssize_t got = 1; got > 0 && length<CAPTURE_SIZE - 1; length += got> 0 ? (size_t)got : 0)
		got = read(capture[0], captured + length, CAPTURE_SIZE - 1 - length);
	captured[length] = '\0';
	(void)close(capture[0]);
}

static bool matches(const char *text, const char *pattern)
{
	regex_t expression;
	cr_assert_eq(regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB), 0, "%s", pattern);
	bool found = regexec(&expression, text, 0, NULL, 0) == 0;
	regfree(&expression);
	return found;
}

Test(log, line)
{
	char line[CAPTURE_SIZE];
	start_capture();
	log_write(LOG_WARNING, "eventflow.test", "hello %d", 42);
	end_capture(line);
	cr_assert(matches(line,
			  "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z - eventflow\\.test - "
			  "WARNING - hello 42\n$"),
		  "%s", line);
}

Test(log, control_characters_are_escaped)
{
	char line[CAPTURE_SIZE];
	start_capture();
	log_write(LOG_ERROR, "t", "a\nb\rc\x1b[0m\x7f\t\xC3\xA4");
	end_capture(line);
	cr_assert_not_null(strstr(line, " - ERROR - a\\x0Ab\\x0Dc\\x1B[0m\\x7F\\x09\xC3\xA4\n"), "%s", line);
}

Test(log, levels)
{
	char lines[CAPTURE_SIZE];
	cr_assert_not(log_enabled(LOG_DEBUG), "INFO until a level is set");
	cr_assert(log_enabled(LOG_INFO), "INFO until a level is set");
	start_capture();
	log_set_level(LOG_WARNING);
	log_write(LOG_INFO, "t", "dropped");
	log_write(LOG_WARNING, "t", "kept");
	end_capture(lines);
	cr_assert_null(strstr(lines, "dropped"), "below the level");
	cr_assert_not_null(strstr(lines, "kept"), "at the level");
}

Test(log, level_parse)
{
	enum log_level level;
	cr_assert(log_level_parse(TEXT("DEBUG"), &level) && level == LOG_DEBUG, "DEBUG");
	cr_assert(log_level_parse(TEXT("INFO"), &level) && level == LOG_INFO, "INFO");
	cr_assert(log_level_parse(TEXT("WARNING"), &level) && level == LOG_WARNING, "WARNING");
	cr_assert(log_level_parse(TEXT("ERROR"), &level) && level == LOG_ERROR, "ERROR");
	cr_assert_not(log_level_parse(TEXT("info"), &level), "lower case");
	cr_assert_not(log_level_parse(TEXT(""), &level), "empty");
	cr_assert_not(log_level_parse(TEXT("INFO "), &level), "a space behind");
}

Test(log, long_lines_are_cut)
{
	char line[CAPTURE_SIZE];
	char message[10000];
	memset(message, 'x', sizeof(message) - 1);
	message[sizeof(message) - 1] = '\0';
	start_capture();
	log_write(LOG_ERROR, "t", "%s", message);
	end_capture(line);
	cr_assert_eq(strlen(line), 4096, "%zu bytes", strlen(line));
	cr_assert_eq(line[4095], '\n', "still a line");

	memset(message, 1, sizeof(message) - 1);
	for (const char *name = "aaaa"; *name; name++) { /* an escape of four characters ends at every offset */
		start_capture();
		log_write(LOG_ERROR, name, "%s", message);
		end_capture(line);
		cr_assert_leq(strlen(line), 4096, "escapes count");
		cr_assert(matches(line, "\\\\x01\n$"), "no escape is cut in two");
	}
}

Test(log, characters_are_not_cut)
{
	char line[CAPTURE_SIZE];
	char message[5001];
	for (size_t shift = 0; shift < 3; shift++) {
		memset(message, 'x', shift);
		for (size_t i = shift; i + 3 < sizeof(message); i += 3)
			memcpy(message + i, "\xE2\x82\xAC", 4);
		start_capture();
		log_write(LOG_ERROR, "t", "%s", message);
		end_capture(line);
		cr_assert(text_is_utf8(text_from_string(line)), "shift %zu", shift);
	}
}

Test(log, errno_is_kept)
{
	start_capture();
	(void)close(STDERR_FILENO);
	errno = ENOENT;
	log_write(LOG_ERROR, "t", "lost");
	int after = errno;
	char line[CAPTURE_SIZE];
	end_capture(line);
	cr_assert_eq(after, ENOENT, "errno");
}

static void *write_lines(void *letter)
{
	for (int i = 0; i < 50; i++)
		log_write(LOG_ERROR, "t", "%.*s", 100, (const char *)letter);
	return NULL;
}

Test(log, threads_do_not_mix_their_lines)
{
	static char letters[4][101];
	static char lines[CAPTURE_SIZE];
	pthread_t threads[4];
	start_capture();
	for (int i = 0; i < 4; i++) {
		memset(letters[i], 'a' + i, 100);
		cr_assert_eq(pthread_create(&threads[i], NULL, write_lines, letters[i]), 0, "a thread");
	}
	for (int i = 0; i < 4; i++)
		cr_assert_eq(pthread_join(threads[i], NULL), 0, "its end");
	end_capture(lines);

	size_t count = 0;
	for (char *line = lines, *end = strchr(line, '\n'); end; line = end + 1, end = strchr(line, '\n'), count++) {
		*end = '\0';
		cr_expect(matches(line, " - t - ERROR - (a{100}|b{100}|c{100}|d{100})$"), "%s", line);
	}
	cr_assert_eq(count, 200, "%zu lines", count);
}
