/* core/config and core/environment_file: defaults, every bad value by name, no secret in a message. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/config.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define SAMPLE_SECRET "eventflow-sample-secret-for-development-only"
#define URL "postgresql://eventflow_api:hunter2@db.example.com:5432/eventflow"

static struct config config;
static char message[CONFIG_MESSAGE_MAX];
static char path[] = "/tmp/eventflow-test-XXXXXX";

static void set(const char *name, const char *value)
{
	cr_assert_eq(value ? setenv(name, value, 1) : unsetenv(name), 0, "%s", name);
}

static void prepare(void)
{
	cr_assert_eq(clearenv(), 0, "an empty environment");
	set("DATABASE_URL", URL);
	set("SUPABASE_JWT_SECRET", SECRET);
}

static void clean_up(void)
{
	config_free(&config);
	(void)unlink(path);
}

TestSuite(config, .init = prepare, .fini = clean_up);

static void expect_loaded(void)
{
	cr_assert(config_load(&config, message), "%s", message);
}

/* The message names the setting first, is one line, and holds no secret; nothing is left to free. */
static void expect_refused(const char *name)
{
	bool loaded = config_load(&config, message);
	cr_assert_not(loaded, "%s should have been refused", name);
	cr_expect_eq(strncmp(message, name, strlen(name)), 0, "%s is not named: %s", name, message);
	cr_expect_eq(message[strlen(name)], ':', "%s is not named: %s", name, message);
	cr_expect_null(strchr(message, '\n'), "one line: %s", message);
	cr_expect_null(strstr(message, "hunter2"), "the password is told: %s", message);
	cr_expect_null(strstr(message, SECRET), "the secret is told: %s", message);
	cr_expect_null(config.database_url, "freed");
}

static void expect_value_refused(const char *name, const char *value)
{
	set(name, value);
	expect_refused(name);
}

static void write_file(const char *content, size_t length)
{
	int descriptor = mkstemp(path);
	cr_assert_geq(descriptor, 0, "a file");
	cr_assert_eq(write(descriptor, content, length), (ssize_t)length, "its content");
	cr_assert_eq(close(descriptor), 0, "closed");
	set("EVENTFLOW_ENV_FILE", path);
}

static void write_text(const char *content)
{
	write_file(content, strlen(content));
}

Test(config, defaults)
{
	expect_loaded();
	cr_expect_eq(config.environment, ENVIRONMENT_DEVELOPMENT, "environment");
	cr_expect_eq(config.log_level, LOG_INFO, "log level");
	cr_expect_str_eq(config.database_url, URL, "database");
	cr_expect_eq(config.database_prepare, DATABASE_PREPARE_AUTO, "prepare");
	cr_expect_null(config.supabase_url, "no Supabase");
	cr_expect(text_is(config.jwt_secret, SECRET), "secret");
	cr_expect_str_eq(config.jwt_issuer, "eventflow", "issuer");
	cr_expect_str_eq(config.jwt_audience, "authenticated", "audience");
	cr_expect_not(config.allow_anonymous_tokens, "anonymous");
	cr_expect_not(config.allow_oauth_tokens, "OAuth clients");
	cr_expect_eq(config.token_lifetime, 3600, "lifetime");
	cr_expect_eq(config.cors_origin_count, 0, "origins");
	cr_expect_eq(config.threads, 4, "threads");
	cr_expect_eq(config.request_deadline, 5, "deadline");
	cr_expect_eq(config.cache_ttl, 3600, "TTL");
	cr_expect_eq(config.cache_entries, 1000, "entries");
	cr_expect_eq(config.cache_list_bytes, 33554432, "bytes of lists");
	cr_expect_eq(config.sandbox, CONFIG_SANDBOX_DEFAULT, "sandbox");
	cr_expect_str_eq(message, "", "no message");
}

Test(config, everything_given)
{
	set("ENVIRONMENT", "production");
	set("LOG_LEVEL", "ERROR");
	set("DATABASE_URL", "host=/run/postgresql dbname=eventflow user=eventflow_api");
	set("DB_PREPARE", "off");
	set("SUPABASE_URL", "https://project.supabase.co//");
	set("JWT_AUDIENCE", "team");
	set("JWT_ALLOW_ANONYMOUS", "true");
	set("JWT_ALLOW_OAUTH_CLIENTS", "true");
	set("ACCESS_TOKEN_LIFETIME", "60");
	set("CORS_ORIGINS", "https://app.example.com , http://localhost:5173,capacitor://localhost");
	set("THREADS", "256");
	set("CACHE_TTL", "86400");
	set("CACHE_ENTRIES", "100000");
	set("CACHE_LIST_BYTES", "0");
	set("SANDBOX", "off");
	expect_loaded();
	cr_expect_eq(config.environment, ENVIRONMENT_PRODUCTION, "environment");
	cr_expect_eq(config.log_level, LOG_ERROR, "log level");
	cr_expect_eq(config.database_prepare, DATABASE_PREPARE_OFF, "prepare");
	cr_expect_str_eq(config.supabase_url, "https://project.supabase.co", "no slash at the end");
	cr_expect_str_eq(config.jwt_issuer, "https://project.supabase.co/auth/v1", "issuer follows Supabase");
	cr_expect_str_eq(config.jwt_audience, "team", "audience");
	cr_expect(config.allow_anonymous_tokens, "anonymous");
	cr_expect(config.allow_oauth_tokens, "OAuth clients");
	cr_expect_eq(config.token_lifetime, 60, "lifetime");
	cr_assert_eq(config.cors_origin_count, 3, "origins");
	cr_expect(text_is(config.cors_origins[0], "https://app.example.com"), "first origin");
	cr_expect(text_is(config.cors_origins[1], "http://localhost:5173"), "second origin");
	cr_expect(text_is(config.cors_origins[2], "capacitor://localhost"), "third origin");
	cr_expect_eq(config.threads, 256, "threads");
	cr_expect_eq(config.cache_ttl, 86400, "TTL");
	cr_expect_eq(config.cache_entries, 100000, "entries");
	cr_expect_eq(config.cache_list_bytes, 0, "bytes of lists");
	cr_expect_not(config.sandbox, "sandbox");
}

Test(config, a_supabase_with_a_key_and_certificates_of_its_own)
{
	expect_loaded();
	cr_expect_null(config.supabase_anon_key, "no key");
	cr_expect_null(config.supabase_ca_file, "the system's certificates");
	config_free(&config);
	set("SUPABASE_ANON_KEY", "sb_publishable_0123456789");
	set("SUPABASE_SECRET_KEY", "sb_secret_0123456789");
	set("SUPABASE_CA_FILE", "/dev/null");
	expect_loaded();
	cr_expect_str_eq(config.supabase_anon_key, "sb_publishable_0123456789", "the key");
	cr_expect_str_eq(config.supabase_secret_key, "sb_secret_0123456789", "the secret key");
	cr_expect_str_eq(config.supabase_ca_file, "/dev/null", "the file");
}

Test(config, bad_supabase_keys)
{
	expect_value_refused("SUPABASE_ANON_KEY", "two words");
	expect_value_refused("SUPABASE_ANON_KEY", "one\r\ntwo");
	expect_value_refused("SUPABASE_ANON_KEY", "schl\303\274ssel");
	set("SUPABASE_ANON_KEY", NULL);
	expect_value_refused("SUPABASE_SECRET_KEY", "two words");
	set("SUPABASE_SECRET_KEY", NULL);
	expect_value_refused("SUPABASE_CA_FILE", "/nowhere/ca.pem");
}

Test(config, log_level_follows_the_environment)
{
	set("ENVIRONMENT", "production");
	expect_loaded();
	cr_expect_eq(config.log_level, LOG_WARNING, "WARNING in production");
}

Test(config, an_issuer_of_its_own_goes_before_the_one_of_supabase)
{
	set("SUPABASE_URL", "http://127.0.0.1:54321");
	set("JWT_ISSUER", "https://issuer.example");
	expect_loaded();
	cr_expect_str_eq(config.jwt_issuer, "https://issuer.example", "issuer");
}

Test(config, an_empty_setting_counts_as_not_given)
{
	set("THREADS", "");
	set("SUPABASE_URL", "");
	set("CORS_ORIGINS", "");
	expect_loaded();
	cr_expect_eq(config.threads, 4, "threads");
	cr_expect_null(config.supabase_url, "no Supabase");
}

Test(config, required)
{
	set("DATABASE_URL", NULL);
	expect_refused("DATABASE_URL");
	set("DATABASE_URL", URL);
	set("SUPABASE_JWT_SECRET", NULL);
	expect_refused("SUPABASE_JWT_SECRET");
	cr_expect_not_null(strstr(message, "SUPABASE_URL and SUPABASE_JWKS_FILE"), "the others are named: %s", message);
}

Test(config, keys_of_any_kind_will_do)
{
	set("SUPABASE_JWT_SECRET", NULL);
	set("SUPABASE_URL", "https://project.supabase.co");
	expect_loaded();
	cr_expect_null(config.jwt_secret.data, "no secret");
	cr_expect_null(config.jwks_file, "no file");
	config_free(&config);
	set("SUPABASE_URL", NULL);
	set("SUPABASE_JWKS_FILE", "/etc/eventflow/jwks.json");
	expect_loaded();
	cr_expect_str_eq(config.jwks_file, "/etc/eventflow/jwks.json", "the file");
	cr_expect_null(config.jwt_issuer, "public keys may be anybody's");
	config_free(&config);
	set("SUPABASE_JWT_SECRET", SECRET);
	expect_loaded();
	cr_expect_str_eq(config.jwt_issuer, "eventflow", "with the secret EventFlow signs");
}

/* A secret that is given must be one, whatever other keys there are. */
Test(config, an_empty_secret_is_a_mistake)
{
	set("SUPABASE_URL", "https://project.supabase.co");
	set("SUPABASE_JWKS_FILE", "/etc/eventflow/jwks.json");
	expect_value_refused("SUPABASE_JWT_SECRET", "");
	expect_value_refused("SUPABASE_JWT_SECRET", " ");
	expect_value_refused("SUPABASE_JWT_SECRET", "short");
	set("SUPABASE_JWT_SECRET", NULL);
	write_text("SUPABASE_JWT_SECRET=\n");
	expect_refused("SUPABASE_JWT_SECRET");
}

Test(config, sample_passwords)
{
	static const char *const bad[] = {"postgresql://eventflow_api:password@db.example.com/eventflow",
					  "host=/run/postgresql dbname=eventflow password=eventflow-dev",
					  "postgresql:///eventflow?host=/run/postgresql&password=password"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		set("ENVIRONMENT", "development");
		set("DATABASE_URL", bad[i]);
		expect_loaded();
		config_free(&config);
		set("ENVIRONMENT", "production");
		expect_refused("DATABASE_URL");
	}
	set("DATABASE_URL", "postgresql://eventflow_api:password1@db.example.com/eventflow");
	expect_loaded();
	config_free(&config);
	set("DATABASE_URL", "postgresql://eventflow_api@db.example.com/eventflow");
	expect_loaded();
}

Test(config, every_setting_refuses_bad_values)
{
	static const struct {
		const char *name;
		const char *values[12];
	} cases[] = {
	    {"ENVIRONMENT", {"Production", "staging", " production"}},
	    {"LOG_LEVEL", {"info", "TRACE", "3"}},
	    {"DB_PREPARE", {"yes", "ON", "true"}},
	    {"SUPABASE_URL",
	     {"project.supabase.co", "http://project.supabase.co", "ftp://localhost", "https://", "https://a b",
	      "https://user:hunter2@host", "https://host?x", "HTTPS://host", "http://127.evil.example"}},
	    {"JWT_ALLOW_ANONYMOUS", {"1", "yes", "TRUE"}},
	    {"JWT_ALLOW_OAUTH_CLIENTS", {"0", "no", "False"}},
	    {"ACCESS_TOKEN_LIFETIME", {"59", "86401", "1h", "-1", "3600.0"}},
	    {"CORS_ORIGINS",
	     {"*", "https://a/", "https://a/b", "app.example.com", "https://a,", ",https://a", "https://a,,https://b",
	      "https://*.a", "https://A", "https://a:443", "http://a:80", "https://a;https://b"}},
	    {"THREADS", {"0", "257", "four", "4 ", "+4", "0x4", "99999999999999999999", "-4", "4.0", "4\n5"}},
	    {"REQUEST_DEADLINE", {"1", "61", "5s"}},
	    {"CACHE_TTL", {"0", "86401", "1e3"}},
	    {"CACHE_ENTRIES", {"0", "100001", "x"}},
	    {"CACHE_LIST_BYTES", {"-1", "1073741825", "32M"}},
	    {"SANDBOX", {"yes", "ON", "true"}},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (size_t k = 0; k < 12 && cases[i].values[k]; k++)
			expect_value_refused(cases[i].name, cases[i].values[k]);
		set(cases[i].name, NULL);
	}
	expect_loaded();
}

Test(config, database_urls)
{
	static const char *const good[] = {
	    "postgres://localhost/eventflow", "postgresql:///eventflow?host=/run/postgresql",
	    "postgresql://a,b/eventflow?target_session_attrs=read-write", "dbname=eventflow host=localhost"};
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		set("DATABASE_URL", good[i]);
		expect_loaded();
		config_free(&config);
	}
	static const char *const bad[] = {"eventflow",
					  "mysql://eventflow:hunter2@host/db",
					  "dbname=eventflow",
					  "host='' dbname=eventflow",
					  "postgresql://u:hunter2%zz@host/db",
					  "postgresql://u:hunter2@host/db?nosuchoption=1",
					  "host=localhost password='hunter2",
					  "POSTGRESQL://host/db"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect_value_refused("DATABASE_URL", bad[i]);
}

Test(config, secrets)
{
	expect_value_refused("SUPABASE_JWT_SECRET", "0123456789abcdef0123456789abcde");
	expect_value_refused("SUPABASE_JWT_SECRET", "                                        ");
	set("SUPABASE_JWT_SECRET", SAMPLE_SECRET);
	expect_loaded();
	config_free(&config);
	set("ENVIRONMENT", "production");
	expect_refused("SUPABASE_JWT_SECRET");
}

Test(config, a_long_bad_value_makes_no_long_message)
{
	char value[4096];
	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	expect_value_refused("THREADS", value);
	cr_expect_lt(strlen(message), 200, "%s", message);
}

Test(config, file)
{
	set("DATABASE_URL", NULL);
	set("SUPABASE_JWT_SECRET", NULL);
	write_text("# a comment\n"
		   "\n"
		   "   # an indented comment\r\n"
		   "DATABASE_URL=\"" URL "\"\r\n"
		   "  SUPABASE_JWT_SECRET = '  " SECRET "\"  '  \n"
		   "THREADS=3\n"
		   "THREADS=5\n"
		   "JWT_AUDIENCE=a#b = c\n"
		   "JWT_ISSUER=\"\"\n"
		   "SOMETHING_ELSE=1\n"
		   "CACHE_TTL=7");
	expect_loaded();
	cr_expect_str_eq(config.database_url, URL, "double quotes");
	cr_expect(text_is(config.jwt_secret, "  " SECRET "\"  "), "single quotes keep everything");
	cr_expect_eq(config.threads, 5, "the last line wins");
	cr_expect_str_eq(config.jwt_audience, "a#b = c", "a value is taken as it is");
	cr_expect_str_eq(config.jwt_issuer, "eventflow", "empty counts as not given");
	cr_expect_eq(config.cache_ttl, 7, "the last line needs no end");
}

Test(config, environment_goes_before_the_file)
{
	write_text("THREADS=3\nCACHE_TTL=7\n");
	set("THREADS", "9");
	expect_loaded();
	cr_expect_eq(config.threads, 9, "environment");
	cr_expect_eq(config.cache_ttl, 7, "file");
}

Test(config, values_of_the_file_are_checked)
{
	write_text("THREADS=many\n");
	expect_refused("THREADS");
}

Test(config, malformed_lines_are_named)
{
	static const char *const bad[] = {"THREADS",          "=4",
					  "THREADS 4",        "1THREADS=4",
					  "THREADS=\"4",      "THREADS='4\"",
					  "THREADS=\"",       "THREADS=\"4\" # four",
					  "export THREADS=4", "X=\"hunter2\"hunter2\""};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char content[128];
		(void)snprintf(content, sizeof(content), "# first\nCACHE_TTL=7\n%s\nCACHE_TTL=8\n", bad[i]);
		memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
		write_text(content);
		expect_refused("EVENTFLOW_ENV_FILE");
		cr_expect_not_null(strstr(message, path), "the file is named for %s: %s", bad[i], message);
		cr_expect_not_null(strstr(message, "line 3"), "the line is named for %s: %s", bad[i], message);
		cr_assert_eq(unlink(path), 0, "removed");
	}
}

Test(config, files_that_cannot_be_read)
{
	set("EVENTFLOW_ENV_FILE", "/nonexistent/eventflow.env");
	expect_refused("EVENTFLOW_ENV_FILE");
	cr_expect_not_null(strstr(message, "/nonexistent/eventflow.env"), "named: %s", message);
	set("EVENTFLOW_ENV_FILE", "/tmp");
	expect_refused("EVENTFLOW_ENV_FILE");
	write_file("THREADS=4\0\nCACHE_TTL=5\n", 22);
	expect_refused("EVENTFLOW_ENV_FILE");
	set("EVENTFLOW_ENV_FILE", "/dev/zero");
	expect_refused("EVENTFLOW_ENV_FILE");
	set("EVENTFLOW_ENV_FILE", "");
	expect_loaded();
}

Test(config, files_that_are_too_large)
{
	static char content[70000];
	memset(content, '#', sizeof(content));
	write_file(content, sizeof(content));
	expect_refused("EVENTFLOW_ENV_FILE");
}

Test(config, free_takes_what_was_never_loaded)
{
	struct config zeroed = {0};
	config_free(&zeroed);
	config_free(&zeroed);
}
