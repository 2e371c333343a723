/* The parts of an http(s) address or of a web origin (RFC 6454), as far as settings need them. */
#ifndef EVENTFLOW_CORE_WEB_ADDRESS_H
#define EVENTFLOW_CORE_WEB_ADDRESS_H

#include <stdbool.h>

#include "core/text.h"

/* scheme://host[:port][path]; the parts point into the address. */
struct web_address {
	struct text scheme;
	struct text host; /* with its brackets if it is an IPv6 address */
	struct text port; /* data == NULL without one */
	struct text path; /* empty, or from its first '/' */
};

/* False for anything else: user names, queries, fragments, white space, empty parts, a port outside 1..65535. */
bool web_address_parse(struct text text, struct web_address *address) __attribute__((warn_unused_result));

/* Whether the host is this machine: localhost, 127.0.0.0/8 or [::1]. */
bool web_address_is_loopback(const struct web_address *address);

#endif
