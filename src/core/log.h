/* The log: one line per message on standard error, `time - name - LEVEL - message`. */
#ifndef EVENTFLOW_CORE_LOG_H
#define EVENTFLOW_CORE_LOG_H

#include <stdbool.h>

#include "core/text.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* "DEBUG", "INFO", "WARNING" or "ERROR"; false for anything else. */
bool log_level_parse(struct text name, enum log_level *level);

/* Messages below the level are dropped. Called once, before threads are started. The level is INFO until then. */
void log_set_level(enum log_level level);

bool log_enabled(enum log_level level);

/* Writes one line with one write(2); time is UTC with milliseconds; control characters in the message are written as
 * \xNN so that one message is always one line; a line is cut at 4 KiB. */
void log_write(enum log_level level, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
