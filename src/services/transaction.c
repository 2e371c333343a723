#include "services/transaction.h"

#include <sys/random.h>
#include <time.h>

#include "core/log.h"
#include "crud/transaction.h"

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

enum error transaction_run(struct context *context, transaction_body body, void *work, answer_writer answer)
{
	int results = batch_mark(context->database);
	struct arena_mark memory = arena_mark(context->arena);
	for (int attempt = 1;; attempt++) {
		struct transaction transaction = {.context = context, .answer = answer};
		enum error error = body(&transaction, work);
		bool may_repeat = batch_may_repeat(context->database) || transaction.must_repeat;
		if (error == ERROR_NONE || !may_repeat || transaction.is_over || attempt == ATTEMPTS_MAX)
			return error;
		log_write(LOG_WARNING, "db", "request_id=%s attempt %d of the transaction failed, and is repeated",
			  context->response->request_id, attempt);
		start_over(context, results, memory);
		pause_before_attempt();
	}
}

void transaction_begin(struct transaction *transaction)
{
	batch_add_begin(transaction->context->database);
	transaction->time_result = transaction_time_queue(transaction->context->database);
}

enum error transaction_take(struct transaction *transaction)
{
	struct context *context = transaction->context;
	struct row row = row_of(batch_rows(context->database, transaction->time_result), 0);
	transaction->time = row_text(&row).data;
	return transaction->time ? ERROR_NONE : context_fail(context, ERROR_INTERNAL, NULL);
}

enum error transaction_answer(struct transaction *transaction, const void *result)
{
	return transaction->answer(transaction->context, result);
}

static enum error look_for(struct context *context, const struct proof *proof)
{
	struct database *database = context->database;
	batch_use_reserve(database);
	for (;;) {
		batch_add_begin(database);
		int position = proof_queue(database, proof);
		batch_add_commit(database);
		enum error error = batch_run(database);
		if (error == ERROR_NONE)
			return batch_rows(database, position).count > 0 ? ERROR_NONE : ERROR_DATABASE_UNAVAILABLE;
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
