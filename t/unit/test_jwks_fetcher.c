/* auth/jwks_fetcher: against a server of the test's own on this machine. The stand-in of Supabase Auth (t/supabase) is
 * what it is tried with over TLS. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "auth/https_client.h"
#include "auth/jwks_fetcher.h"
#include "auth/keys.h"
#include "core/clock.h"
#include "key_sample.h"

enum { SECOND = 1000 };

#define SECRET "0123456789abcdef0123456789abcdef"
#define EMPTY "{\"keys\":[]}"

static const int64_t START = 1000000;
static char base[64];
static char url[128];
static int listener;
static pthread_t server;
static const char *_Atomic served; /* the document; NULL: the connection is closed at once */
static atomic_int status;
static atomic_int pause_ms;
static atomic_int asked;
static struct jwks_fetcher *fetcher;

static void answer(int connection)
{
	char text[8192];
	const char *document = served;
	ssize_t got = recv(connection, text, sizeof(text), 0);
	asked++;
	usleep((useconds_t)pause_ms * 1000);
	if (got <= 0 || !document)
		return;
	int length = snprintf(text, sizeof(text), "HTTP/1.1 %d X\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
			      status, strlen(document), document);
	(void)!send(connection, text, (size_t)length, MSG_NOSIGNAL);
}

static void *serve(void *argument)
{
	(void)argument;
	for (int connection; (connection = accept(listener, NULL, NULL)) >= 0; close(connection))
		answer(connection);
	return NULL;
}

static void prepare(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	cr_assert(https_client_start(), "libcurl");
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_eq(bind(listener, (struct sockaddr *)&address, size), 0, "an address");
	cr_assert_eq(listen(listener, 8), 0, "listening");
	cr_assert_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0, "its port");
	snprintf(base, sizeof(base), "http://127.0.0.1:%d", ntohs(address.sin_port));
	snprintf(url, sizeof(url), "%s/auth/v1/.well-known/jwks.json", base);
	served = JWKS;
	status = 200;
	cr_assert_eq(pthread_create(&server, NULL, serve, NULL), 0, "a server");
	fetcher = jwks_fetcher_new(url, NULL, false);
	cr_assert_not_null(fetcher, "a fetcher");
}

static void clean_up(void)
{
	jwks_fetcher_free(fetcher);
	jwks_fetcher_free(NULL);
	shutdown(listener, SHUT_RDWR);
	pthread_join(server, NULL);
	close(listener);
}

TestSuite(jwks_fetcher, .init = prepare, .fini = clean_up, .timeout = 30);

static enum key_search search(const char *id)
{
	struct key *key;
	enum key_search result = jwks_fetcher_find(fetcher, TOKEN_ES256, text_from_string(id), &key);
	cr_expect_eq(result == KEY_FOUND, key != NULL, "a key, or none");
	key_release(key);
	return result;
}

Test(jwks_fetcher, fetches_and_finds)
{
	cr_expect_eq(search("ec"), KEYS_UNAVAILABLE, "nothing is there yet");
	cr_expect_not(jwks_fetcher_has_keys(fetcher) || jwks_fetcher_has_tried(fetcher), "nothing was tried");
	cr_expect_eq(jwks_fetcher_count(fetcher, TOKEN_ES256), 0, "no key");
	int64_t generation = jwks_fetcher_generation(fetcher);
	cr_expect_eq(jwks_fetcher_step(fetcher, START), START + 590 * SECOND, "good for ten minutes");
	cr_expect(jwks_fetcher_has_keys(fetcher) && jwks_fetcher_has_tried(fetcher), "fetched");
	cr_expect_str_eq(jwks_fetcher_fault(fetcher), "", "no fault");
	cr_expect_gt(jwks_fetcher_generation(fetcher), generation, "other keys");
	cr_expect_eq(search("ec"), KEY_FOUND, "there");
	cr_expect_eq(search("rsa"), KEY_UNKNOWN, "of another algorithm");
	cr_expect_eq(jwks_fetcher_count(fetcher, TOKEN_ES256), 1, "one key");
}

Test(jwks_fetcher, the_same_set_changes_nothing)
{
	jwks_fetcher_step(fetcher, START);
	int64_t generation = jwks_fetcher_generation(fetcher);
	jwks_fetcher_step(fetcher, START + 590 * SECOND);
	cr_expect_eq(asked, 2, "asked twice");
	cr_expect_eq(jwks_fetcher_generation(fetcher), generation, "what was verified stays so");
}

Test(jwks_fetcher, a_key_that_is_gone_is_refused)
{
	jwks_fetcher_step(fetcher, START);
	int64_t generation = jwks_fetcher_generation(fetcher);
	served = "{\"keys\":[" ED_JWK "]}";
	jwks_fetcher_step(fetcher, START + 589 * SECOND);
	cr_expect_eq(search("ec"), KEY_FOUND, "still good");
	jwks_fetcher_step(fetcher, START + 590 * SECOND);
	cr_expect_eq(search("ec"), KEY_UNKNOWN, "gone");
	cr_expect_gt(jwks_fetcher_generation(fetcher), generation, "verdicts die with it");
}

Test(jwks_fetcher, an_unknown_id_has_the_set_fetched_once)
{
	served = "{\"keys\":[" ED_JWK "]}";
	jwks_fetcher_step(fetcher, START);
	served = JWKS;
	for (int i = 0; i < 1000; i++)
		cr_expect_eq(search("ec"), KEY_UNKNOWN, "not there");
	jwks_fetcher_step(fetcher, START + 1 * SECOND);
	cr_expect_eq(search("ec"), KEY_FOUND, "found after one fetch");
	for (int second = 2; second < 31; second++) {
		cr_expect_eq(search("evil"), KEY_UNKNOWN, "not there");
		cr_expect_eq(jwks_fetcher_step(fetcher, START + second * SECOND), START + 31 * SECOND, "later");
	}
	cr_expect_eq(asked, 2, "no more than that");
	jwks_fetcher_step(fetcher, START + 31 * SECOND);
	cr_expect_eq(asked, 3, "again after half a minute");
}

/* What the server says instead of a set, and what is said of that. */
static const struct {
	int status;
	const char *document;
	const char *fault;
} FAULTS[] = {
    {500, JWKS, "status 500"},
    {404, JWKS, "status 404"},
    {302, JWKS, "status 302"},
    {204, "", "status 204"},
    {200, NULL, "cut short"},
    {200, "", "no sound JSON"},
    {200, "<html>", "no sound JSON"},
    {200, "[]", "no JSON object"},
    {200, EMPTY, "no key that can be used"},
    {200, "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"k\",\"k\":\"AAAA\"}]}", "no key that can be used"},
};

Test(jwks_fetcher, faults_keep_the_keys_for_an_hour)
{
	jwks_fetcher_step(fetcher, START);
	int64_t now = START + 590 * SECOND;
	int64_t generation = jwks_fetcher_generation(fetcher);
	for (size_t i = 0; i < sizeof(FAULTS) / sizeof(*FAULTS); i++, now += 30 * SECOND) {
		status = FAULTS[i].status;
		served = FAULTS[i].document;
		cr_expect_eq(jwks_fetcher_step(fetcher, now), now + 30 * SECOND, "again in half a minute");
		cr_expect_not_null(strstr(jwks_fetcher_fault(fetcher), FAULTS[i].fault), "%s: %s", FAULTS[i].fault,
				   jwks_fetcher_fault(fetcher));
		cr_expect_not_null(strstr(jwks_fetcher_fault(fetcher), url), "the address is told");
		cr_expect_eq(search("ec"), KEY_FOUND, "kept");
		cr_expect_eq(search("evil"), KEY_UNKNOWN, "not found");
		cr_expect_eq(jwks_fetcher_generation(fetcher), generation, "the same keys");
	}
	jwks_fetcher_step(fetcher, START + 3599 * SECOND);
	cr_expect_eq(search("ec"), KEY_FOUND, "kept to the last second");
	jwks_fetcher_step(fetcher, START + 3600 * SECOND);
	cr_expect_eq(search("ec"), KEYS_UNAVAILABLE, "dropped");
	cr_expect_gt(jwks_fetcher_generation(fetcher), generation, "verdicts die with them");
	status = 200;
	served = JWKS;
	jwks_fetcher_step(fetcher, START + 3601 * SECOND);
	cr_expect_eq(search("ec"), KEY_FOUND, "back again");
	cr_expect_str_eq(jwks_fetcher_fault(fetcher), "", "no fault");
}

Test(jwks_fetcher, faults_from_the_start)
{
	for (size_t i = 0; i < sizeof(FAULTS) / sizeof(*FAULTS); i++) {
		status = FAULTS[i].status;
		served = FAULTS[i].document;
		jwks_fetcher_step(fetcher, START + (int64_t)i * 30 * SECOND);
		cr_expect_eq(search("ec"), KEYS_UNAVAILABLE, "%s", FAULTS[i].fault);
		cr_expect(jwks_fetcher_has_tried(fetcher) && !jwks_fetcher_has_keys(fetcher), "tried in vain");
	}
	cr_expect_eq(asked, sizeof(FAULTS) / sizeof(*FAULTS), "each was asked for");
}

Test(jwks_fetcher, nobody_is_there)
{
	struct jwks_fetcher *lonely = jwks_fetcher_new("http://127.0.0.1:1/x", NULL, false);
	jwks_fetcher_step(lonely, START);
	cr_expect_not(jwks_fetcher_has_keys(lonely), "no keys");
	cr_expect_not_null(strstr(jwks_fetcher_fault(lonely), "refused"), "%s", jwks_fetcher_fault(lonely));
	jwks_fetcher_free(lonely);
}

Test(jwks_fetcher, an_empty_set_where_the_secret_signs)
{
	struct jwks_fetcher *patient = jwks_fetcher_new(url, NULL, true);
	struct key *key;
	served = EMPTY;
	cr_expect_eq(jwks_fetcher_step(patient, START), START + 590 * SECOND, "good news");
	cr_expect_eq(jwks_fetcher_find(patient, TOKEN_ES256, TEXT("ec"), &key), KEY_UNKNOWN, "there is none");
	served = JWKS;
	jwks_fetcher_step(patient, START + 600 * SECOND);
	cr_expect_eq(jwks_fetcher_find(patient, TOKEN_ES256, TEXT("ec"), &key), KEY_FOUND, "now there is");
	key_release(key);
	served = EMPTY;
	jwks_fetcher_step(patient, START + 1200 * SECOND);
	cr_expect_eq(jwks_fetcher_find(patient, TOKEN_ES256, TEXT("ec"), &key), KEY_FOUND, "keys are not taken away");
	key_release(key);
	jwks_fetcher_free(patient);
}

Test(jwks_fetcher, private_keys_are_left_out)
{
	served = "{\"keys\":[" ED_JWK ",{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"ec\",\"x\":\"" EC_X
		 "\",\"y\":\"" EC_Y "\",\"d\":\"" EC_D "\"}]}";
	jwks_fetcher_step(fetcher, START);
	cr_expect_eq(search("ec"), KEY_UNKNOWN, "never used");
	cr_expect_eq(jwks_fetcher_count(fetcher, TOKEN_EDDSA), 1, "the others are");
}

Test(jwks_fetcher, purge)
{
	jwks_fetcher_step(fetcher, START);
	int64_t generation = jwks_fetcher_generation(fetcher);
	jwks_fetcher_purge(fetcher);
	cr_expect_eq(search("ec"), KEYS_UNAVAILABLE, "dropped");
	cr_expect_gt(jwks_fetcher_generation(fetcher), generation, "verdicts die with them");
	jwks_fetcher_step(fetcher, START + 1 * SECOND);
	cr_expect_eq(search("ec"), KEY_FOUND, "fetched anew");
}

static void *step_once(void *argument)
{
	(void)argument;
	jwks_fetcher_step(fetcher, START);
	return NULL;
}

/* What was asked for before the order may hold the very key that it was given for. */
Test(jwks_fetcher, a_purge_in_the_middle_of_a_fetch)
{
	pthread_t thread;
	pause_ms = 300;
	cr_assert_eq(pthread_create(&thread, NULL, step_once, NULL), 0, "a thread");
	while (asked == 0)
		usleep(1000);
	jwks_fetcher_purge(fetcher);
	pthread_join(thread, NULL);
	cr_expect_eq(search("ec"), KEYS_UNAVAILABLE, "out of date");
	pause_ms = 0;
	jwks_fetcher_step(fetcher, START + 1 * SECOND);
	cr_expect_eq(search("ec"), KEY_FOUND, "asked again");
}

static bool becomes(const char *id, enum key_search expected)
{
	for (int i = 0; i < 500 && search(id) != expected; i++)
		usleep(10000);
	return search(id) == expected;
}

Test(jwks_fetcher, the_thread)
{
	served = "{\"keys\":[" ED_JWK "]}";
	cr_assert(jwks_fetcher_start(fetcher), "started");
	for (int i = 0; i < 500 && !jwks_fetcher_has_keys(fetcher); i++)
		usleep(10000); /* nobody asks for the missing key yet: it would be fetched once, and not again for a
				  while */
	cr_expect(jwks_fetcher_has_keys(fetcher), "fetched by itself");
	served = JWKS;
	cr_expect(becomes("ec", KEY_FOUND), "a new key is found at once");
	served = "{\"keys\":[" ED_JWK "]}";
	jwks_fetcher_purge(fetcher);
	cr_expect(becomes("ec", KEY_UNKNOWN), "purged at once");
}

Test(jwks_fetcher, its_end_does_not_wait_for_the_next_fetch)
{
	cr_assert(jwks_fetcher_start(fetcher), "started");
	cr_expect(becomes("ec", KEY_FOUND), "fetched");
	int64_t before = clock_milliseconds();
	jwks_fetcher_free(fetcher);
	cr_expect_lt(clock_milliseconds() - before, 2 * SECOND, "ended");
	fetcher = NULL;
}

Test(jwks_fetcher, find_never_waits_for_a_fetch)
{
	pause_ms = 2000;
	cr_assert(jwks_fetcher_start(fetcher), "started");
	while (asked == 0)
		usleep(1000);
	int64_t before = clock_milliseconds();
	for (int i = 0; i < 1000; i++)
		cr_expect_eq(search("ec"), KEYS_UNAVAILABLE, "nothing is there yet");
	cr_expect_lt(clock_milliseconds() - before, 1 * SECOND, "at once");
}

static struct keys *keys_of(const char *secret)
{
	static struct config config;
	char message[CONFIG_MESSAGE_MAX];
	config = (struct config){.supabase_url = base, .jwt_secret = text_from_string(secret)};
	struct keys *keys = keys_new(&config, message);
	cr_assert_not_null(keys, "%s", message);
	return keys;
}

static void *run_search(void *argument)
{
	for (int i = 0; i < 20000; i++) {
		struct key *key;
		keys_find(argument, TOKEN_ES256, TEXT("ec"), &key);
		if (key && !text_is(key_id(key), "ec"))
			return "another key";
		key_release(key);
	}
	return NULL;
}

/* Eight threads look for keys while they are replaced and dropped. */
Test(jwks_fetcher, keys_change_while_they_are_used)
{
	struct keys *keys = keys_of(SECRET);
	pthread_t threads[8];
	cr_assert(keys_start(keys), "started");
	for (size_t i = 0; i < 8; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, run_search, keys), 0, "a thread");
	for (int i = 0; i < 50; i++) {
		served = i % 2 ? JWKS : "{\"keys\":[" EC_JWK "]}";
		keys_purge(keys);
		usleep(2000);
	}
	for (size_t i = 0; i < 8; i++) {
		void *fault = "not joined";
		cr_expect(pthread_join(threads[i], &fault) == 0 && !fault, "thread %zu: %s", i,
			  fault ? (char *)fault : "");
	}
	keys_free(keys);
}

Test(jwks_fetcher, keys_that_are_published_are_ready_once_fetched)
{
	char message[CONFIG_MESSAGE_MAX];
	struct keys *keys = keys_of(NULL);
	cr_expect_not(keys_are_ready(keys), "not fetched yet");
	served = EMPTY;
	cr_expect_not(keys_fetch(keys, message), "in vain");
	cr_expect_not_null(strstr(message, "no key that can be used"), "%s", message);
	cr_expect_not(keys_are_ready(keys), "not even then");
	keys_free(keys);
	served = JWKS;
	keys = keys_of(NULL);
	int64_t generation = keys_generation(keys);
	cr_expect(keys_fetch(keys, message), "%s", message);
	cr_expect(keys_are_ready(keys), "fetched");
	cr_expect_gt(keys_generation(keys), generation, "other keys");
	cr_expect_eq(keys_count(keys, TOKEN_RS256), 1, "counted");
	keys_purge(keys);
	cr_expect_not(keys_are_ready(keys), "purged");
	keys_free(keys);
}

/* Supabase is down: with the secret at hand that is no reason to serve nobody. */
Test(jwks_fetcher, the_secret_is_ready_once_the_fetch_was_tried)
{
	char message[CONFIG_MESSAGE_MAX];
	struct keys *keys = keys_of(SECRET);
	status = 500;
	cr_expect_not(keys_are_ready(keys), "not tried yet");
	cr_expect_not(keys_fetch(keys, message), "in vain");
	cr_expect(keys_are_ready(keys), "tried");
	keys_free(keys);
}

Test(jwks_fetcher, without_anything_to_fetch)
{
	static struct config config;
	char message[CONFIG_MESSAGE_MAX];
	config = (struct config){.jwt_secret = TEXT(SECRET)};
	struct keys *keys = keys_new(&config, message);
	cr_expect(keys_are_ready(keys) && keys_start(keys) && keys_fetch(keys, message), "ready");
	keys_purge(keys);
	cr_expect_eq(keys_generation(keys), 0, "never changes");
	keys_free(keys);
}
