/* Requests to Supabase Auth over TLS: one at a time, with a deadline and a ceiling, and no redirects. */
#ifndef EVENTFLOW_AUTH_HTTPS_CLIENT_H
#define EVENTFLOW_AUTH_HTTPS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

enum https_fault {
	HTTPS_OK,
	HTTPS_ADDRESS,   /* neither https:// nor http:// of this machine */
	HTTPS_RESOLVE,   /* the host's name has no address */
	HTTPS_CONNECT,   /* nobody listens there, or not within a second */
	HTTPS_TLS,       /* the certificate is another host's or of an authority that is not trusted, or TLS failed */
	HTTPS_TIMEOUT,   /* the answer was not complete in time */
	HTTPS_TOO_LARGE, /* the answer is larger than the request allows */
	HTTPS_BROKEN,    /* the connection ended before the answer did, or what came is no HTTP */
	HTTPS_MEMORY,
	HTTPS_FAULT__MAX,
};

struct https_request {
	const char *url;            /* https://; http:// is for a loopback address alone */
	const char *const *headers; /* "Name: value", NULL at the end; or NULL */
	struct text body;           /* data == NULL: GET; else POST */
	long timeout_ms;            /* for all of it, name look-up and connecting included */
	size_t answer_max;          /* bytes of the answer's body */
	const char *ca_file;        /* certificates to trust (PEM); NULL: the system's */
};

struct https_answer {
	long status;
	struct text body; /* NUL-terminated; of the answer until https_answer_free */
};

/* Prepares libcurl. Called once, before threads are started. */
bool https_client_start(void) __attribute__((warn_unused_result));

/* One exchange. For HTTPS_OK, which any status may come with, the answer is filled; after a fault it is zeroed. No
 * proxy, cookie, credential or redirect plays a part. */
enum https_fault https_fetch(const struct https_request *request, struct https_answer *answer)
    __attribute__((warn_unused_result));

/* Overwrites the body, which may hold tokens, and frees it. Takes a zeroed answer. */
void https_answer_free(struct https_answer *answer);

/* What a fault means, as the end of a sentence: "the connection was refused". */
const char *https_fault_message(enum https_fault fault);

#endif
