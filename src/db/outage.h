/* What the threads of a process know together of the database's absence: after a failure to connect one of them at a
 * time tries again, after a wait that doubles; all others are told at once that it is away. */
#ifndef EVENTFLOW_DB_OUTAGE_H
#define EVENTFLOW_DB_OUTAGE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	OUTAGE_WAIT_MIN = 50,   /* milliseconds */
	OUTAGE_WAIT_MAX = 5000, /* milliseconds */
	/* A refusal that comes at once costs nobody much, and the one who asks next must not be late: the wait after it
	 * stays below this, so that the first request succeeds well within a second of the database's return. */
	OUTAGE_QUICK = 200,          /* milliseconds */
	OUTAGE_WAIT_MAX_QUICK = 400, /* milliseconds */

	/* What nobody has asked about for that long, when it was time to, is not known any more. */
	OUTAGE_FORGOTTEN = 1000, /* milliseconds */
};

struct outage;

/* NULL when memory is short. */
struct outage *outage_new(void);

/* Takes NULL. */
void outage_free(struct outage *outage);

/* An attempt to connect, from outage_try to outage_end. */
struct outage_attempt {
	int64_t began;
	bool is_probe; /* made during an outage, by this thread alone */
};

/* Whether the caller may try to connect now; if so, it must tell the attempt's end. */
bool outage_try(struct outage *outage, struct outage_attempt *attempt);
void outage_end(struct outage *outage, const struct outage_attempt *attempt, bool succeeded);

#endif
