#include "auth/jwks_fetcher.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth/https_client.h"
#include "auth/jwks.h"
#include "auth/jwks_schedule.h"
#include "core/clock.h"
#include "core/encoding.h"
#include "core/log.h"

enum { FAULT_MAX = 512 };

struct jwks_fetcher {
	char *url;
	const char *ca_file;
	bool may_be_empty;
	char fault[FAULT_MAX]; /* of the thread, as the document below */
	atomic_int_fast64_t generation;
	pthread_mutex_t mutex; /* for what follows */
	pthread_cond_t changed;
	struct jwks_schedule schedule;
	struct jwks *jwks; /* NULL: no set is at hand */
	uint8_t digest[SHA256_SIZE];
	bool has_tried;
	bool is_ending;
	bool is_running;
	pthread_t thread;
};

/* A set that was fetched. */
struct document {
	struct jwks *jwks;
	uint8_t digest[SHA256_SIZE];
};

static bool init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	if (pthread_condattr_init(&attributes) != 0)
		return false;
	bool made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
		    pthread_cond_init(condition, &attributes) == 0;
	pthread_condattr_destroy(&attributes);
	return made;
}

struct jwks_fetcher *jwks_fetcher_new(const char *url, const char *ca_file, bool may_be_empty)
{
	struct jwks_fetcher *fetcher = calloc(1, sizeof(*fetcher));
	if (!fetcher)
		return NULL;
	fetcher->url = strdup(url);
	fetcher->ca_file = ca_file;
	fetcher->may_be_empty = may_be_empty;
	jwks_schedule_init(&fetcher->schedule);
	if (fetcher->url && pthread_mutex_init(&fetcher->mutex, NULL) == 0) {
		if (init_condition(&fetcher->changed))
			return fetcher;
		pthread_mutex_destroy(&fetcher->mutex);
	}
	free(fetcher->url);
	free(fetcher);
	return NULL;
}

static void end_thread(struct jwks_fetcher *fetcher)
{
	pthread_mutex_lock(&fetcher->mutex);
	fetcher->is_ending = true;
	pthread_cond_signal(&fetcher->changed);
	pthread_mutex_unlock(&fetcher->mutex);
	pthread_join(fetcher->thread, NULL);
}

void jwks_fetcher_free(struct jwks_fetcher *fetcher)
{
	if (!fetcher)
		return;
	if (fetcher->is_running)
		end_thread(fetcher);
	pthread_cond_destroy(&fetcher->changed);
	pthread_mutex_destroy(&fetcher->mutex);
	jwks_free(fetcher->jwks);
	free(fetcher->url);
	free(fetcher);
}

/* Always false. */
static bool fail(struct jwks_fetcher *fetcher, const char *reason)
{
	snprintf(fetcher->fault, sizeof(fetcher->fault), "cannot fetch %s: %s", fetcher->url, reason);
	return false;
}

static bool read_answer(struct jwks_fetcher *fetcher, const struct https_answer *answer, struct document *document)
{
	if (answer->status != 200) {
		char reason[64];
		snprintf(reason, sizeof(reason), "the answer has the status %ld, not 200", answer->status);
		return fail(fetcher, reason);
	}
	enum jwks_fault fault = jwks_read(answer->body, &document->jwks);
	if (fault == JWKS_OK && sha256(answer->body, document->digest))
		return true;
	jwks_free(document->jwks);
	return fail(fetcher, jwks_fault_message(fault != JWKS_OK ? fault : JWKS_MEMORY));
}

/* Asks for the set; if that fails, fault says why. */
static bool fetch(struct jwks_fetcher *fetcher, struct document *document)
{
	static const char *const headers[] = {"Accept: application/json", NULL};
	const struct https_request request = {.url = fetcher->url,
					      .headers = headers,
					      .timeout_ms = JWKS_FETCH_TIMEOUT,
					      .answer_max = JWKS_SIZE_MAX,
					      .ca_file = fetcher->ca_file};
	struct https_answer answer;
	enum https_fault fault = https_fetch(&request, &answer);
	if (fault != HTTPS_OK)
		return fail(fetcher, https_fault_message(fault));
	bool fetched = read_answer(fetcher, &answer, document);
	https_answer_free(&answer);
	return fetched;
}

/* Puts other keys (or NULL) in place of those that are there; the caller frees these. */
static struct jwks *replace(struct jwks_fetcher *fetcher, struct jwks *jwks)
{
	struct jwks *before = fetcher->jwks;
	fetcher->jwks = jwks;
	atomic_fetch_add(&fetcher->generation, 1);
	return before;
}

/* Whether the set may take the place of the one that is there: one without keys never takes keys away, for an issuer
 * that has none at all has more likely lost them. */
static bool is_welcome(const struct jwks_fetcher *fetcher, const struct jwks *jwks)
{
	return jwks->count > 0 || (fetcher->may_be_empty && (!fetcher->jwks || fetcher->jwks->count == 0));
}

/* Takes the document over, and returns the keys to free. */
static struct jwks *install(struct jwks_fetcher *fetcher, struct document *document, int64_t began_at)
{
	if (!is_welcome(fetcher, document->jwks)) {
		jwks_schedule_failed(&fetcher->schedule, began_at);
		fail(fetcher, "it holds no key that can be used");
		return document->jwks;
	}
	jwks_schedule_succeeded(&fetcher->schedule, began_at);
	fetcher->fault[0] = '\0';
	if (fetcher->jwks && memcmp(fetcher->digest, document->digest, sizeof(document->digest)) == 0)
		return document->jwks;
	memcpy(fetcher->digest, document->digest, sizeof(document->digest));
	jwks_log_refusals(document->jwks, fetcher->url);
	log_write(LOG_INFO, "keys", "%zu keys from %s", document->jwks->count, fetcher->url);
	return replace(fetcher, document->jwks);
}

static void log_fault(struct jwks_fetcher *fetcher, bool has_keys)
{
	if (has_keys)
		log_write(LOG_WARNING, "keys", "%s; the keys of before are kept", fetcher->fault);
	else
		log_write(LOG_ERROR, "keys", "%s; no token of ES256, RS256 or EdDSA can be verified", fetcher->fault);
}

/* Fetches, and draws the consequence. What was asked for before a purge is out of date. */
static void refresh(struct jwks_fetcher *fetcher, int64_t now)
{
	struct document document = {0};
	struct jwks *leftover = NULL;
	int64_t generation = jwks_fetcher_generation(fetcher);
	bool fetched = fetch(fetcher, &document);
	pthread_mutex_lock(&fetcher->mutex);
	bool is_current = generation == jwks_fetcher_generation(fetcher);
	if (fetched && is_current)
		leftover = install(fetcher, &document, now);
	else if (fetched)
		leftover = document.jwks;
	else if (is_current)
		jwks_schedule_failed(&fetcher->schedule, now);
	fetcher->has_tried = true;
	bool has_keys = fetcher->jwks != NULL;
	pthread_mutex_unlock(&fetcher->mutex);
	if (fetcher->fault[0])
		log_fault(fetcher, has_keys);
	jwks_free(leftover);
}

static void drop_old_keys(struct jwks_fetcher *fetcher, int64_t now)
{
	struct jwks *old = NULL;
	pthread_mutex_lock(&fetcher->mutex);
	if (jwks_schedule_keys_have_ended(&fetcher->schedule, now)) {
		jwks_schedule_drop(&fetcher->schedule);
		old = replace(fetcher, NULL);
	}
	pthread_mutex_unlock(&fetcher->mutex);
	if (old)
		log_write(LOG_ERROR, "keys", "the keys of %s are an hour old, and are dropped", fetcher->url);
	jwks_free(old);
}

int64_t jwks_fetcher_step(struct jwks_fetcher *fetcher, int64_t now)
{
	drop_old_keys(fetcher, now);
	pthread_mutex_lock(&fetcher->mutex);
	bool is_due = jwks_schedule_fetch_is_due(&fetcher->schedule, now);
	if (is_due)
		jwks_schedule_began(&fetcher->schedule, now);
	pthread_mutex_unlock(&fetcher->mutex);
	if (is_due)
		refresh(fetcher, now);
	pthread_mutex_lock(&fetcher->mutex);
	int64_t next = jwks_schedule_next(&fetcher->schedule);
	pthread_mutex_unlock(&fetcher->mutex);
	return next;
}

/* Sleeps until there is something to do; false: the end. */
static bool wait_until_due(struct jwks_fetcher *fetcher)
{
	pthread_mutex_lock(&fetcher->mutex);
	for (;;) {
		int64_t next = jwks_schedule_next(&fetcher->schedule);
		if (fetcher->is_ending || next <= clock_milliseconds())
			break;
		struct timespec until = {.tv_sec = next / 1000, .tv_nsec = next % 1000 * 1000000};
		pthread_cond_timedwait(&fetcher->changed, &fetcher->mutex, &until);
	}
	bool goes_on = !fetcher->is_ending;
	pthread_mutex_unlock(&fetcher->mutex);
	return goes_on;
}

static void *run(void *argument)
{
	struct jwks_fetcher *fetcher = argument;
	while (wait_until_due(fetcher))
		jwks_fetcher_step(fetcher, clock_milliseconds());
	return NULL;
}

bool jwks_fetcher_start(struct jwks_fetcher *fetcher)
{
	sigset_t all;
	sigset_t before;
	sigfillset(&all); /* signals are for the main thread */
	if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
		return false;
	fetcher->is_running = pthread_create(&fetcher->thread, NULL, run, fetcher) == 0;
	return pthread_sigmask(SIG_SETMASK, &before, NULL) == 0 && fetcher->is_running;
}

enum key_search jwks_fetcher_find(struct jwks_fetcher *fetcher, enum token_algorithm algorithm, struct text id,
				  struct key **key)
{
	*key = NULL;
	pthread_mutex_lock(&fetcher->mutex);
	bool has_keys = fetcher->jwks != NULL;
	struct key *found = has_keys ? jwks_find(fetcher->jwks, algorithm, id) : NULL;
	if (found) {
		*key = key_hold(found);
	} else if (has_keys && !fetcher->schedule.is_refetch_wanted) {
		jwks_schedule_want(&fetcher->schedule);
		pthread_cond_signal(&fetcher->changed);
	}
	pthread_mutex_unlock(&fetcher->mutex);
	if (found)
		return KEY_FOUND;
	return has_keys ? KEY_UNKNOWN : KEYS_UNAVAILABLE;
}

size_t jwks_fetcher_count(struct jwks_fetcher *fetcher, enum token_algorithm algorithm)
{
	pthread_mutex_lock(&fetcher->mutex);
	size_t count = fetcher->jwks ? jwks_count(fetcher->jwks, algorithm) : 0;
	pthread_mutex_unlock(&fetcher->mutex);
	return count;
}

int64_t jwks_fetcher_generation(const struct jwks_fetcher *fetcher)
{
	return atomic_load(&fetcher->generation);
}

bool jwks_fetcher_has_keys(struct jwks_fetcher *fetcher)
{
	pthread_mutex_lock(&fetcher->mutex);
	bool has_keys = fetcher->jwks != NULL;
	pthread_mutex_unlock(&fetcher->mutex);
	return has_keys;
}

bool jwks_fetcher_has_tried(struct jwks_fetcher *fetcher)
{
	pthread_mutex_lock(&fetcher->mutex);
	bool has_tried = fetcher->has_tried;
	pthread_mutex_unlock(&fetcher->mutex);
	return has_tried;
}

const char *jwks_fetcher_fault(const struct jwks_fetcher *fetcher)
{
	return fetcher->fault;
}

void jwks_fetcher_purge(struct jwks_fetcher *fetcher)
{
	pthread_mutex_lock(&fetcher->mutex);
	struct jwks *old = replace(fetcher, NULL);
	jwks_schedule_drop(&fetcher->schedule);
	pthread_cond_signal(&fetcher->changed);
	pthread_mutex_unlock(&fetcher->mutex);
	log_write(LOG_WARNING, "keys", "the keys of %s are dropped by order", fetcher->url);
	jwks_free(old);
}
