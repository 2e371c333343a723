/* The database limit: statements that a worker has sent, sent again by clients that do nothing else. Each client is a
 * thread with a connection; statements are prepared under their names and sent in the batches of the worker (libpq's
 * pipeline mode).
 *
 * usage: replay CLIENTS SECONDS once|again < recording      (connection by libpq's environment variables)
 *
 * A recording is lines: "P name", the SQL; "S name count", then each parameter as "+text" or "-" (NULL); "F" the end of
 * a batch; "E" the end of a request. With "again" clients begin anew at the end. Prints one line of JSON. */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PARAMETERS_MAX = 32, STATEMENTS_MAX = 64, CLIENTS_MAX = 256 };

struct prepared {
	char *name;
	char *sql;
};

/* One line of a recording that does something. */
struct step {
	char kind; /* 'S', 'F' or 'E' */
	const struct prepared *statement;
	int parameter_count;
	const char **parameters;
};

static struct prepared statements[STATEMENTS_MAX];
static size_t statement_count;
static struct step *steps;
static size_t step_count;
static size_t *requests; /* where each begins in steps */
static size_t request_count;
static int clients;
static double seconds;
static bool again;
static pthread_barrier_t ready;

struct client {
	pthread_t thread;
	int number;
	long done;
	double duration;
};

static void *need(void *memory)
{
	if (!memory) {
		fprintf(stderr, "replay: out of memory\n");
		exit(1);
	}
	return memory;
}

static _Noreturn void give_up(const char *what, const char *message)
{
	fprintf(stderr, "replay: %s: %s\n", what, message);
	exit(1);
}

static char *read_line(void)
{
	static char *line;
	static size_t size;
	ssize_t length = getline(&line, &size, stdin);
	if (length < 0)
		return NULL;
	if (length > 0 && line[length - 1] == '\n')
		line[length - 1] = '\0';
	return line;
}

static char *copy_line(void)
{
	const char *line = read_line();
	if (!line)
		give_up("recording", "it ends too early");
	return need(strdup(line));
}

static const struct prepared *find(const char *name)
{
	for (size_t i = 0; i < statement_count; i++) {
		if (strcmp(statements[i].name, name) == 0)
			return &statements[i];
	}
	give_up("unknown statement", name);
}

static struct step *add_step(char kind)
{
	if ((step_count & (step_count - 1)) == 0)
		steps = need(realloc(steps, (step_count ? 2 * step_count : 1) * sizeof(*steps)));
	steps[step_count] = (struct step){.kind = kind};
	return &steps[step_count++];
}

static void read_statement(char *line)
{
	char *count = strrchr(line, ' ');
	if (!count)
		give_up("recording", line);
	*count++ = '\0';
	const struct prepared *statement = find(line + 2);
	int parameter_count = (int)strtol(count, NULL, 10);
	struct step *step = add_step('S');
	step->statement = statement;
	step->parameter_count = parameter_count;
	step->parameters = need(calloc(PARAMETERS_MAX, sizeof(*step->parameters)));
	for (int i = 0; i < parameter_count && i < PARAMETERS_MAX; i++) {
		char *parameter = copy_line();
		step->parameters[i] = parameter[0] == '+' ? parameter + 1 : NULL;
	}
}

static void read_recording(void)
{
	char *line;
	bool is_begin = true;
	while ((line = read_line())) {
		if (line[0] == 'P') {
			if (statement_count == STATEMENTS_MAX)
				give_up("recording", "it has too many statements");
			statements[statement_count].name = need(strdup(line + 2));
			statements[statement_count++].sql = copy_line();
			continue;
		}
		if (is_begin) {
			if ((request_count & (request_count - 1)) == 0)
				requests = need(
				    realloc(requests, (request_count ? 2 * request_count : 1) * sizeof(*requests)));
			requests[request_count++] = step_count;
		}
		if (line[0] == 'S')
			read_statement(line);
		else
			add_step(line[0]);
		is_begin = steps[step_count - 1].kind == 'E';
	}
	if (request_count == 0)
		give_up("recording", "it is empty");
}

static PGconn *open_connection(void)
{
	PGconn *connection = PQconnectdb("");
	if (PQstatus(connection) != CONNECTION_OK)
		give_up("cannot connect", PQerrorMessage(connection));
	for (size_t i = 0; i < statement_count; i++) {
		PGresult *result = PQprepare(connection, statements[i].name, statements[i].sql, 0, NULL);
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			give_up(statements[i].name, PQerrorMessage(connection));
		PQclear(result);
	}
	return connection;
}

static void receive(PGconn *connection)
{
	for (;;) {
		PGresult *result = PQgetResult(connection);
		if (!result && PQstatus(connection) == CONNECTION_OK)
			continue; /* the end of one statement */
		ExecStatusType status = PQresultStatus(result);
		if (status == PGRES_FATAL_ERROR || status == PGRES_PIPELINE_ABORTED)
			give_up("a statement failed", PQresultErrorMessage(result));
		bool is_end = status == PGRES_PIPELINE_SYNC;
		PQclear(result);
		if (is_end)
			return;
	}
}

static void replay(PGconn *connection, size_t request)
{
	for (const struct step *step = &steps[requests[request]]; step->kind != 'E'; step++) {
		if (step->kind == 'S') {
			if (!PQsendQueryPrepared(connection, step->statement->name, step->parameter_count,
						 step->parameters, NULL, NULL, 0))
				give_up("cannot send", PQerrorMessage(connection));
		} else {
			if (!PQpipelineSync(connection))
				give_up("cannot send", PQerrorMessage(connection));
			receive(connection);
		}
	}
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void *run(void *argument)
{
	struct client *client = argument;
	PGconn *connection = open_connection();
	if (!PQenterPipelineMode(connection))
		give_up("pipeline", PQerrorMessage(connection));
	pthread_barrier_wait(&ready);
	double start = now();
	size_t request = (size_t)client->number;
	while (now() - start < seconds) {
		if (request >= request_count) {
			if (!again)
				break;
			request = (size_t)client->number;
		}
		replay(connection, request);
		request += (size_t)clients;
		client->done++;
	}
	client->duration = now() - start;
	PQfinish(connection);
	return NULL;
}

int main(int argument_count, char **arguments)
{
	struct client all[CLIENTS_MAX] = {0};
	if (argument_count != 4)
		give_up("usage", "replay CLIENTS SECONDS once|again < recording");
	clients = (int)strtol(arguments[1], NULL, 10);
	seconds = strtod(arguments[2], NULL);
	again = strcmp(arguments[3], "again") == 0;
	read_recording();
	if (clients < 1 || clients > CLIENTS_MAX || (size_t)clients > request_count)
		give_up("usage", "CLIENTS is from 1 to 256, and at most the number of requests");
	pthread_barrier_init(&ready, NULL, (unsigned int)clients);
	long done = 0;
	double rate = 0;
	for (int i = 0; i < clients; i++) {
		all[i].number = i;
		if (pthread_create(&all[i].thread, NULL, run, &all[i]) != 0)
			give_up("thread", "cannot be started");
	}
	for (int i = 0; i < clients; i++) {
		pthread_join(all[i].thread, NULL);
		done += all[i].done;
		rate += (double)all[i].done / all[i].duration;
	}
	printf("{\"requests\": %ld, \"rate\": %.1f}\n", done, rate);
	return 0;
}
