/* The strings of a JSON text that was scanned (json_reader.h), unescaped. */
#ifndef EVENTFLOW_CORE_JSON_STRING_H
#define EVENTFLOW_CORE_JSON_STRING_H

/* Gives the bytes of one string, one after the other. It begins as {.at = the byte behind the opening quote}. */
struct json_unescaper {
	const char *at;           /* at the end of the string, its closing quote */
	unsigned char pending[4]; /* UTF-8 of a \uXXXX escape that has not been given out */
	unsigned int pending_count;
	unsigned int pending_next;
};

/* The next byte, or -1 at the string's end. */
int json_unescaper_next(struct json_unescaper *unescaper);

#endif
