#include "auth/https_client.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/web_address.h"

#define SYSTEM_AUTHORITIES "/etc/ssl/certs/ca-certificates.crt"

enum {
	CONNECT_TIMEOUT = 1000,      /* milliseconds */
	ANSWER_HEADERS_MAX = 0x10000 /* bytes; libcurl itself takes any number of them */
};

/* What libcurl hands over piece by piece. */
struct reception {
	char *body;
	size_t length;
	size_t body_max;
	size_t headers_length;
	bool is_too_large;
};

bool https_client_start(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static size_t receive_body(char *bytes, size_t size, size_t count, void *argument)
{
	struct reception *reception = argument;
	size_t length = size * count;
	if (length > reception->body_max - reception->length) {
		reception->is_too_large = true;
		return CURL_WRITEFUNC_ERROR;
	}
	memcpy(reception->body + reception->length, bytes, length);
	reception->length += length;
	return length;
}

static size_t receive_header(char *bytes, size_t size, size_t count, void *argument)
{
	struct reception *reception = argument;
	(void)bytes;
	reception->headers_length += size * count;
	if (reception->headers_length <= ANSWER_HEADERS_MAX)
		return size * count;
	reception->is_too_large = true;
	return CURL_WRITEFUNC_ERROR;
}

/* The one protocol that the address may be asked by; NULL: none. */
static const char *protocol_of(const char *url)
{
	struct web_address address;
	if (!web_address_parse((struct text){url, strcspn(url, "?")}, &address))
		return NULL;
	if (text_is(address.scheme, "https"))
		return "https";
	return text_is(address.scheme, "http") && web_address_is_loopback(&address) ? "http" : NULL;
}

/* *list is NULL without headers. */
static bool make_headers(const char *const *headers, struct curl_slist **list)
{
	*list = NULL;
	for (; headers && *headers; headers++) {
		struct curl_slist *longer = curl_slist_append(*list, *headers);
		if (!longer) {
			curl_slist_free_all(*list);
			*list = NULL;
			return false;
		}
		*list = longer;
	}
	return true;
}

/* A private authority is trusted in place of the system's, not beside them. Of those the one file is read in a third of
 * the time of libcurl's default, a folder of files. */
static bool set_trust(CURL *curl, const char *ca_file)
{
	if (!ca_file && access(SYSTEM_AUTHORITIES, R_OK) == 0)
		ca_file = SYSTEM_AUTHORITIES;
	return !ca_file || (curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file) == CURLE_OK &&
			    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK);
}

/* Where, and how far a peer is trusted. QUICK_EXIT, or a name server that says nothing would hold us beyond the
 * timeout. An empty proxy is none, whatever the environment says. */
static bool set_connection(CURL *curl, const struct https_request *request, const char *protocol)
{
	return curl_easy_setopt(curl, CURLOPT_URL, request->url) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocol) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, request->timeout_ms) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	       set_trust(curl, request->ca_file);
}

static bool set_message(CURL *curl, const struct https_request *request, struct curl_slist *headers,
			struct reception *reception)
{
	bool is_set = curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
		      curl_easy_setopt(curl, CURLOPT_USERAGENT, "EventFlow/" EVENTFLOW_VERSION) == CURLE_OK &&
		      curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
		      curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, receive_header) == CURLE_OK &&
		      curl_easy_setopt(curl, CURLOPT_HEADERDATA, reception) == CURLE_OK &&
		      curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive_body) == CURLE_OK &&
		      curl_easy_setopt(curl, CURLOPT_WRITEDATA, reception) == CURLE_OK;
	if (!is_set || !request->body.data)
		return is_set;
	return curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.data) == CURLE_OK;
}

static enum https_fault fault_of(CURLcode code, const struct reception *reception)
{
	if (reception->is_too_large)
		return HTTPS_TOO_LARGE;
	switch (code) {
	case CURLE_OK:
		return HTTPS_OK;
	case CURLE_OUT_OF_MEMORY:
		return HTTPS_MEMORY;
	case CURLE_URL_MALFORMAT:
		return HTTPS_ADDRESS;
	case CURLE_COULDNT_RESOLVE_HOST:
		return HTTPS_RESOLVE;
	case CURLE_COULDNT_CONNECT:
		return HTTPS_CONNECT;
	case CURLE_OPERATION_TIMEDOUT:
		return HTTPS_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_PEER_FAILED_VERIFICATION:
		return HTTPS_TLS;
	default:
		return HTTPS_BROKEN;
	}
}

static enum https_fault perform(CURL *curl, const struct https_request *request, const char *protocol,
				struct reception *reception, long *status)
{
	struct curl_slist *headers;
	if (!make_headers(request->headers, &headers))
		return HTTPS_MEMORY;
	enum https_fault fault = HTTPS_MEMORY;
	if (set_connection(curl, request, protocol) && set_message(curl, request, headers, reception))
		fault = fault_of(curl_easy_perform(curl), reception);
	if (fault == HTTPS_OK && curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status) != CURLE_OK)
		fault = HTTPS_BROKEN;
	curl_slist_free_all(headers);
	return fault;
}

enum https_fault https_fetch(const struct https_request *request, struct https_answer *answer)
{
	const char *protocol = protocol_of(request->url);
	*answer = (struct https_answer){0};
	if (!protocol)
		return HTTPS_ADDRESS;
	/* All of it at once: a buffer that grows would leave pieces of tokens behind. */
	struct reception reception = {.body = calloc(1, request->answer_max + 1), .body_max = request->answer_max};
	CURL *curl = curl_easy_init();
	enum https_fault fault = HTTPS_MEMORY;
	if (curl && reception.body)
		fault = perform(curl, request, protocol, &reception, &answer->status);
	curl_easy_cleanup(curl);
	answer->body = (struct text){reception.body, reception.length};
	if (fault != HTTPS_OK)
		https_answer_free(answer);
	return fault;
}

void https_answer_free(struct https_answer *answer)
{
	if (answer->body.data)
		explicit_bzero((char *)answer->body.data, answer->body.length);
	free((char *)answer->body.data);
	*answer = (struct https_answer){0};
}

const char *https_fault_message(enum https_fault fault)
{
	static const char *const messages[HTTPS_FAULT__MAX] = {
	    [HTTPS_OK] = "all is well",
	    [HTTPS_ADDRESS] = "the address is neither https:// nor http:// of this machine",
	    [HTTPS_RESOLVE] = "the host is not known",
	    [HTTPS_CONNECT] = "the connection was refused",
	    [HTTPS_TLS] = "TLS failed: the certificate is not trusted, or is another host's",
	    [HTTPS_TIMEOUT] = "the answer took too long",
	    [HTTPS_TOO_LARGE] = "the answer is too large",
	    [HTTPS_BROKEN] = "the answer was cut short, or is no HTTP",
	    [HTTPS_MEMORY] = "memory is short",
	};
	return fault < HTTPS_FAULT__MAX ? messages[fault] : messages[HTTPS_BROKEN];
}
