#include "core/web_address.h"

#include <string.h>

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Takes the characters at the front of rest that are among the accepted ones. */
static struct text take(struct text *rest, const char *accepted)
{
	struct text taken = {rest->data, 0};
	while (taken.length < rest->length && rest->data[taken.length] && strchr(accepted, rest->data[taken.length]))
		taken.length++;
	rest->data += taken.length;
	rest->length -= taken.length;
	return taken;
}

/* Takes the prefix off the front of rest, if it stands there. */
static bool skip(struct text *rest, const char *prefix)
{
	if (!text_starts_with(*rest, prefix))
		return false;
	rest->data += strlen(prefix);
	rest->length -= strlen(prefix);
	return true;
}

/* Empty if there is no host. */
static struct text take_host(struct text *rest)
{
	struct text host = *rest;
	if (!skip(rest, "["))
		return take(rest, LETTERS DIGITS ".-_");
	if (take(rest, DIGITS "abcdefABCDEF:.").length == 0 || !skip(rest, "]"))
		return (struct text){NULL, 0};
	host.length -= rest->length;
	return host;
}

static bool is_port(struct text digits)
{
	unsigned int value = 0;
	for (size_t i = 0; i < digits.length && value <= 65535; i++)
		value = 10 * value + (unsigned int)(digits.data[i] - '0');
	return value >= 1 && value <= 65535;
}

bool web_address_parse(struct text text, struct web_address *address)
{
	struct text rest = text;
	*address = (struct web_address){.scheme = take(&rest, LETTERS DIGITS "+-.")};
	if (address->scheme.length == 0 || strchr(DIGITS "+-.", address->scheme.data[0]) || !skip(&rest, "://"))
		return false;
	address->host = take_host(&rest);
	if (address->host.length == 0)
		return false;
	if (skip(&rest, ":")) {
		address->port = take(&rest, DIGITS);
		if (!is_port(address->port))
			return false;
	}
	address->path = rest;
	return (rest.length == 0 || rest.data[0] == '/') &&
	       take(&rest, LETTERS DIGITS "/-._~").length == address->path.length;
}

bool web_address_is_loopback(const struct web_address *address)
{
	struct text host = address->host;
	if (text_is_ignoring_case(host, "localhost") || text_is(host, "[::1]"))
		return true;
	if (!text_starts_with(host, "127."))
		return false;
	return take(&host, DIGITS ".").length > 0 && host.length == 0; /* 127.example.com is a name */
}
