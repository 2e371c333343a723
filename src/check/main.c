/* eventflow-check: tells an operator what is wrong with the configuration, the keys, the database, its migrations or a
 * token, and how to mend it. */
#include <errno.h>
#include <getopt.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth/https_client.h"
#include "auth/keys.h"
#include "auth/supabase_auth.h"
#include "auth/token.h"
#include "core/arena.h"
#include "core/clock.h"
#include "core/config.h"
#include "core/schema_version.h"
#include "services/production.h"

#define FETCH_REMEDY                                                                                                    \
	"See that SUPABASE_URL is right and can be reached, set SUPABASE_CA_FILE for a private certificate authority, " \
	"or put the key set into SUPABASE_JWKS_FILE"

enum { LINE_MAX_LENGTH = 1024, INPUT_MAX = 2 * TOKEN_LENGTH_MAX, ARENA_CEILING = 1024 * 1024 };
enum { EXIT_WELL = 0, EXIT_FAULTY = 1, EXIT_USAGE = 2 };

static const char USAGE[] =
    "Usage: eventflow-check [--token]\n"
    "Checks the configuration (the environment, and the file that EVENTFLOW_ENV_FILE names), the keys, the\n"
    "database and its migrations, and says what is wrong and how to mend it.\n"
    "  -t, --token  read a token from standard input, and say why it is accepted or refused\n"
    "  -h, --help   print this text\n"
    "Exit status: 0 if all is well, 1 if not, 2 for a wrong option.\n";

struct check {
	struct config config;
	struct keys *keys;
	PGconn *connection; /* NULL: none could be made */
	bool failed;
};

/* Prints one line, whatever the message holds. */
__attribute__((format(printf, 3, 0))) static void print_line(const char *verdict, const char *subject,
							     const char *format, va_list arguments)
{
	char line[LINE_MAX_LENGTH];
	vsnprintf(line, sizeof(line), format, arguments);
	for (char *at = line; *at; at++) {
		if ((unsigned char)*at < ' ' || *at == '\x7f')
			*at = ' ';
	}
	printf("%s %s: %s\n", verdict, subject, line);
}

__attribute__((format(printf, 2, 3))) static void report_ok(const char *subject, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	print_line("ok  ", subject, format, arguments);
	va_end(arguments);
}

__attribute__((format(printf, 3, 4))) static void report_fail(struct check *check, const char *subject,
							      const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	print_line("FAIL", subject, format, arguments);
	va_end(arguments);
	check->failed = true;
}

__attribute__((format(printf, 2, 3))) static void report_warning(const char *subject, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	print_line("warn", subject, format, arguments);
	va_end(arguments);
}

static bool check_configuration(struct check *check)
{
	char message[CONFIG_MESSAGE_MAX];
	const char *path = getenv("EVENTFLOW_ENV_FILE");
	if (!config_load(&check->config, message)) {
		report_fail(check, "configuration", "%s", message);
		return false;
	}
	report_ok("configuration", "every setting is good (environment%s%s)", path && *path ? " and " : "",
		  path ? path : "");
	return true;
}

/* The public keys that are at hand: "ES256 (2), RS256 (1)". */
static void report_public_keys(struct check *check, const char *source)
{
	char kinds[LINE_MAX_LENGTH] = "";
	size_t length = 0;
	for (enum token_algorithm algorithm = TOKEN_ES256; algorithm < TOKEN_ALGORITHM__MAX; algorithm++) {
		size_t count = keys_count(check->keys, algorithm);
		if (count > 0)
			length += (size_t)snprintf(kinds + length, sizeof(kinds) - length, "%s%s (%zu)",
						   length > 0 ? ", " : "", token_algorithm_name(algorithm), count);
	}
	report_ok("keys", "%s from %s", length > 0 ? kinds : "no public key", source);
}

/* With the secret at hand the workers serve all the same. */
static void check_published_keys(struct check *check)
{
	char message[CONFIG_MESSAGE_MAX] = "there is no memory to fetch anything";
	if (https_client_start() && keys_fetch(check->keys, message))
		report_public_keys(check, check->config.supabase_url);
	else if (check->config.jwt_secret.data)
		report_warning("keys", "%s; only tokens of HS256 will be taken. " FETCH_REMEDY, message);
	else
		report_fail(check, "keys", "%s. " FETCH_REMEDY, message);
}

/* Tokens are taken all the same. */
static void check_login(struct check *check)
{
	struct arena *arena = arena_new(ARENA_CEILING);
	const struct supabase_client client = {
	    .config = &check->config, .arena = arena, .request_id = "-", .timeout_ms = SUPABASE_TIMEOUT};
	char reason[SUPABASE_REASON_MAX] = "there is no memory to ask it";
	if (arena && https_client_start() && supabase_is_usable(&client, reason))
		report_ok("login", "Supabase Auth answers to our key");
	else
		report_warning("login",
			       "Supabase Auth: %s; nobody can log in here. See that SUPABASE_ANON_KEY is the project's "
			       "publishable key, and that SUPABASE_URL can be reached",
			       reason);
	arena_free(arena);
}

static void check_keys(struct check *check)
{
	char message[CONFIG_MESSAGE_MAX];
	check->keys = keys_new(&check->config, message);
	if (!check->keys) {
		report_fail(check, "keys", "%s", message);
		return;
	}
	if (check->config.jwt_secret.data)
		report_ok("keys", "HS256 with SUPABASE_JWT_SECRET, %zu bytes", check->config.jwt_secret.length);
	if (check->config.jwks_file)
		report_public_keys(check, check->config.jwks_file);
	else if (check->config.supabase_url)
		check_published_keys(check);
}

static void check_database(struct check *check)
{
	/* What the URL says itself comes later and wins. */
	const char *const keywords[] = {"application_name", "connect_timeout", "dbname", NULL};
	const char *const values[] = {"eventflow-check", "3", check->config.database_url, NULL};
	PGconn *connection = PQconnectdbParams(keywords, values, 1);
	if (PQstatus(connection) == CONNECTION_OK) {
		check->connection = connection;
		report_ok("database", "connected to %s as %s; PostgreSQL %s", PQdb(connection), PQuser(connection),
			  PQparameterStatus(connection, "server_version"));
		return;
	}
	const char *message = connection ? PQerrorMessage(connection) : "there is no memory to connect";
	report_fail(check, "database", "%.*s; see that PostgreSQL runs, and correct DATABASE_URL",
		    (int)strcspn(message, "\n"), message);
	PQfinish(connection);
}

/* Runs a statement with at most one parameter. False, having reported it, if it fails; the caller clears the result. */
static bool ask(struct check *check, const char *subject, const char *sql, const char *parameter, PGresult **result)
{
	*result = PQexecParams(check->connection, sql, parameter ? 1 : 0, NULL, &parameter, NULL, NULL, 0);
	if (PQresultStatus(*result) == PGRES_TUPLES_OK)
		return true;
	const char *message = PQresultErrorField(*result, PG_DIAG_MESSAGE_PRIMARY);
	report_fail(check, subject, "%s; run the migrations, and connect as eventflow_api",
		    message ? message : "the database gave no answer");
	return false;
}

static void check_version(struct check *check, const char *text)
{
	long version = strtol(text, NULL, 10);
	if (version == SCHEMA_VERSION)
		report_ok("migrations", "the schema is at version %ld", version);
	else if (version < SCHEMA_VERSION)
		report_fail(check, "migrations", "version %ld is there, %d is needed; run the migrations", version,
			    SCHEMA_VERSION);
	else
		report_fail(check, "migrations", "version %ld is there, %d is known; install the newer program",
			    version, SCHEMA_VERSION);
}

static void check_migrations(struct check *check)
{
	PGresult *result;
	if (ask(check, "migrations", SCHEMA_VERSION_QUERY, NULL, &result)) {
		if (PQntuples(result) == 1)
			check_version(check, PQgetvalue(result, 0, 0));
		else
			report_fail(check, "migrations",
				    "eventflow.schema_version has %d rows, not one; run the migrations",
				    PQntuples(result));
	}
	PQclear(result);
}

/* As a worker in production does it before it starts. */
static void check_sample_passwords(struct check *check)
{
	char message[CONFIG_MESSAGE_MAX];
	if (production_has_sample_passwords(&check->config, message))
		report_fail(check, "passwords", "%s", message);
}

/* Authority comes from the tables: a good token of a user without an active profile is refused. */
static void check_profile(struct check *check, const char *user_id)
{
	PGresult *result;
	if (ask(check, "profile", "SELECT is_active FROM eventflow.users WHERE id = $1::uuid", user_id, &result)) {
		if (PQntuples(result) == 0)
			report_fail(check, "profile", "no user has the id %s; add one to eventflow.users", user_id);
		else if (strcmp(PQgetvalue(result, 0, 0), "t") != 0)
			report_fail(check, "profile", "user %s is not active; set is_active in eventflow.users",
				    user_id);
		else
			report_ok("profile", "user %s is active", user_id);
	}
	PQclear(result);
}

static void report_acceptance(const struct token_claims *claims)
{
	time_t expires_at = (time_t)claims->expires_at;
	struct tm utc;
	char formatted[64] = "in a far future";
	if (gmtime_r(&expires_at, &utc) && strftime(formatted, sizeof(formatted), "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		formatted[0] = '\0'; /* it fits */
	report_ok("token", "signed by our key, with good claims; it expires at %s", formatted);
}

static void check_token(struct check *check, struct arena *arena, struct text token)
{
	enum token_fault faults[TOKEN_FAULT__MAX];
	struct token_claims claims;
	int count = token_explain(&check->config, check->keys, arena, token, clock_unix_seconds(), faults, &claims);
	for (int i = 0; i < count; i++)
		report_fail(check, "token", "%s", token_fault_message(faults[i]));
	if (count == 0)
		report_acceptance(&claims);
	if (check->connection && claims.subject.text[0])
		check_profile(check, claims.subject.text);
}

static void read_and_check_token(struct check *check)
{
	static char input[INPUT_MAX];
	struct arena *arena = arena_new(ARENA_CEILING);
	struct text token = text_trim((struct text){input, fread(input, 1, sizeof(input), stdin)});
	if (!arena || ferror(stdin))
		report_fail(check, "token", "it cannot be read: %s", strerror(errno));
	else if (token.length == 0)
		report_fail(check, "token", "standard input is empty; give the token there");
	else
		check_token(check, arena, token);
	arena_free(arena);
}

static void run_checks(struct check *check, bool with_token)
{
	if (!check_configuration(check))
		return;
	check_keys(check);
	if (check->config.supabase_url)
		check_login(check);
	check_database(check);
	if (check->connection) {
		check_migrations(check);
		check_sample_passwords(check);
	}
	if (with_token && check->keys)
		read_and_check_token(check);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"token", no_argument, NULL, 't'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	bool with_token = false;
	for (int option; (option = getopt_long(argc, argv, "th", options, NULL)) != -1;) {
		if (option == 't') {
			with_token = true;
		} else {
			fputs(USAGE, option == 'h' ? stdout : stderr);
			return option == 'h' ? EXIT_WELL : EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fputs(USAGE, stderr);
		return EXIT_USAGE;
	}
	struct check check = {0};
	run_checks(&check, with_token);
	PQfinish(check.connection);
	keys_free(check.keys);
	config_free(&check.config);
	return check.failed || fflush(stdout) != 0 ? EXIT_FAULTY : EXIT_WELL;
}
