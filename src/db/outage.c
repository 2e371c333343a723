#include "db/outage.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

#include "core/clock.h"
#include "core/log.h"

struct outage {
	pthread_mutex_t mutex;
	int wait;           /* milliseconds between two attempts; 0: there is no outage */
	int64_t not_before; /* the next attempt, by clock_milliseconds */
	int64_t since;
	bool is_probing; /* a thread is trying at this moment */
};

struct outage *outage_new(void)
{
	struct outage *outage = calloc(1, sizeof(*outage));
	if (outage && pthread_mutex_init(&outage->mutex, NULL) != 0) {
		free(outage);
		return NULL;
	}
	return outage;
}

void outage_free(struct outage *outage)
{
	if (!outage)
		return;
	pthread_mutex_destroy(&outage->mutex);
	free(outage);
}

bool outage_try(struct outage *outage, struct outage_attempt *attempt)
{
	int64_t now = clock_milliseconds();
	pthread_mutex_lock(&outage->mutex);
	if (outage->wait > 0 && !outage->is_probing && now - outage->not_before > OUTAGE_FORGOTTEN)
		outage->wait = 0; /* the first of many who come now must not be the only one served */
	bool may_try = outage->wait == 0 || (!outage->is_probing && now >= outage->not_before);
	*attempt = (struct outage_attempt){.is_probe = may_try && outage->wait > 0};
	if (attempt->is_probe)
		outage->is_probing = true;
	pthread_mutex_unlock(&outage->mutex);
	return may_try;
}

/* Up to a quarter less, at random, so that processes do not all come at once. */
static int shortened(int wait)
{
	unsigned int number;
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != (ssize_t)sizeof(number))
		return wait;
	return wait - (int)(number % ((unsigned int)wait / 4 + 1));
}

static void lengthen(struct outage *outage, int64_t now)
{
	if (outage->wait == 0)
		outage->since = now;
	outage->wait = outage->wait == 0 ? OUTAGE_WAIT_MIN : outage->wait * 2;
	if (outage->wait > OUTAGE_WAIT_MAX)
		outage->wait = OUTAGE_WAIT_MAX;
	outage->not_before = now + shortened(outage->wait);
}

void outage_end(struct outage *outage, const struct outage_attempt *attempt, bool succeeded)
{
	int64_t now = clock_milliseconds();
	pthread_mutex_lock(&outage->mutex);
	int64_t lasted = succeeded && outage->wait > 0 ? now - outage->since : -1;
	if (attempt->is_probe)
		outage->is_probing = false;
	if (succeeded)
		outage->wait = 0;
	else if (attempt->is_probe || outage->wait == 0) /* another's failure of the same moment says nothing new */
		lengthen(outage, now);
	pthread_mutex_unlock(&outage->mutex);
	if (lasted >= 0)
		log_write(LOG_WARNING, "db", "the database is back after %.1f s", (double)lasted / 1e3);
}
