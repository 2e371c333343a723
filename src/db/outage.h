/* What the threads of a process know together of the database's absence: after a failure to connect one of them at a
 * time tries again, after a wait that doubles; all others are told at once that it is away. */
#ifndef EVENTFLOW_DB_OUTAGE_H
#define EVENTFLOW_DB_OUTAGE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	/* Milliseconds. Attempts are only made when somebody asks, and whoever asks well within a second of the
	 * database's return is to succeed, however long it was away. An attempt may itself last for seconds, at a
	 * server that is silent: so attempts of a process begin 50 milliseconds to five seconds one after the other. */
	OUTAGE_WAIT_MIN = 50,
	OUTAGE_WAIT_MAX = 400,

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
	bool is_probe; /* made during an outage, by this thread alone */
};

/* Whether the caller may try to connect now; if so, it must tell the attempt's end. */
bool outage_try(struct outage *outage, struct outage_attempt *attempt);
void outage_end(struct outage *outage, const struct outage_attempt *attempt, bool succeeded);

#endif
