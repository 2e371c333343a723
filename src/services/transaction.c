#include "services/transaction.h"

#include <sys/random.h>
#include <time.h>

#include "core/log.h"

enum {
	ATTEMPTS_MAX = 3,
	PAUSE_MAX = 20,    /* milliseconds between two attempts */
	PROOF_PAUSE = 100, /* milliseconds between two looks for a proof */
};

static void pause_for(int milliseconds)
{
	const struct timespec pause = {.tv_nsec = milliseconds * 1000000L};
	nanosleep(&pause, NULL);
}

/* Of a random length, so that two who are in each other's way part. */
static void pause_before_attempt(void)
{
	unsigned int number;
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) == (ssize_t)sizeof(number))
		pause_for((int)(number % PAUSE_MAX));
}

/* Forgets all that an attempt has left behind. */
static void start_over(struct context *context, int results, struct arena_mark memory)
{
	batch_rewind(context->database, results);
	arena_rewind(context->arena, memory);
	json_writer_reset(&context->response->body);
	context->failure = (struct failure){0};
}

/* Whether an attempt that has failed with the error is followed by another. */
static bool has_another(struct transaction *transaction, enum error error, int attempt)
{
	if (error == ERROR_NONE || transaction->is_over)
		return false;
	if (error == ERROR_REQUEST_IN_FLIGHT && !transaction->repeat.is_in_flight) {
		/* The next one reads without a lock whether the caller may know that, and refuses. */
		transaction->repeat.is_in_flight = true;
		return true;
	}
	if (attempt >= ATTEMPTS_MAX || !(batch_may_repeat(transaction->context->database) || transaction->must_repeat))
		return false;
	log_write(LOG_WARNING, "db", "request_id=%s attempt %d of the transaction failed, and is repeated",
		  transaction->context->response->request_id, attempt);
	pause_before_attempt();
	return true;
}

enum error transaction_run(struct context *context, transaction_body body, void *work, answer_writer answer)
{
	struct repeat repeat = {0};
	enum error error = answer ? repeat_read(context, &repeat) : ERROR_NONE;
	if (error != ERROR_NONE)
		return error;
	int results = batch_mark(context->database);
	struct arena_mark memory = arena_mark(context->arena);
	for (int attempt = 1;; attempt++) {
		struct transaction transaction = {.context = context, .answer = answer, .repeat = repeat};
		error = body(&transaction, work);
		if (!has_another(&transaction, error, attempt))
			return error;
		repeat.is_in_flight = transaction.repeat.is_in_flight;
		start_over(context, results, memory);
	}
}

void transaction_begin(struct transaction *transaction)
{
	struct context *context = transaction->context;
	batch_add_begin(context->database);
	repeat_queue(context, &transaction->repeat);
}

bool transaction_may_lock(const struct transaction *transaction)
{
	return !transaction->repeat.is_in_flight;
}

enum error transaction_take(struct transaction *transaction, const struct caller *caller)
{
	transaction->time = caller->read_at;
	if (!transaction->time)
		return context_fail(transaction->context, ERROR_INTERNAL, NULL);
	return repeat_take(transaction->context, &transaction->repeat);
}

enum error transaction_recall(struct transaction *transaction)
{
	transaction->is_answered = transaction->repeat.is_known && transaction->repeat.is_same;
	return transaction->is_answered ? repeat_answer(transaction->context, &transaction->repeat) : ERROR_NONE;
}

enum error transaction_require_new(struct transaction *transaction)
{
	return repeat_require_new(transaction->context, &transaction->repeat);
}

enum error transaction_answer(struct transaction *transaction, const void *result)
{
	enum error error = transaction->answer(transaction->context, result);
	return error == ERROR_NONE ? repeat_keep_queue(transaction->context, &transaction->repeat) : error;
}

enum error transaction_end_unchanged(struct transaction *transaction, const void *result)
{
	enum error error = transaction_answer(transaction, result);
	if (error != ERROR_NONE || !transaction->repeat.key)
		return error;
	return transaction_commit(transaction, NULL);
}

static enum error judge(const struct proof *proof, bool is_found)
{
	if (is_found)
		return ERROR_NONE;
	return proof->may_be_late ? ERROR_OUTCOME_UNKNOWN : ERROR_DATABASE_UNAVAILABLE;
}

static enum error look_for(struct context *context, const struct proof *proof)
{
	struct database *database = context->database;
	batch_use_reserve(database);
	for (;;) {
		batch_add_begin_read_committed(database);
		int position = proof_queue(database, proof);
		batch_add_commit(database);
		enum error error = batch_run(database);
		if (error == ERROR_NONE)
			return judge(proof, batch_rows(database, position).count > 0);
		if (error != ERROR_DATABASE_UNAVAILABLE || batch_time_left(database) < PROOF_PAUSE)
			return ERROR_OUTCOME_UNKNOWN;
		pause_for(PROOF_PAUSE);
	}
}

static enum error find_out(struct transaction *transaction, const struct proof *proof)
{
	struct context *context = transaction->context;
	transaction->is_over = true; /* whatever comes of it, the body must not run again */
	enum error error = look_for(context, proof);
	log_write(LOG_WARNING, "db", "request_id=%s the answer to COMMIT was lost; it was %s",
		  context->response->request_id,
		  error == ERROR_NONE              ? "committed"
		  : error == ERROR_OUTCOME_UNKNOWN ? "committed or not"
						   : "not committed");
	return error;
}

enum error transaction_commit(struct transaction *transaction, const struct proof *proof)
{
	struct context *context = transaction->context;
	batch_add_commit(context->database);
	enum error error = batch_run(context->database);
	if (error != ERROR_NONE && batch_is_undecided(context->database)) {
		if (proof)
			error = find_out(transaction, proof);
		else
			transaction->must_repeat = true;
	}
	return error == ERROR_NONE ? ERROR_NONE : context_fail(context, error, NULL);
}
