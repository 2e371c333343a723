#include "core/config.h"

#include <errno.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/environment_file.h"
#include "core/web_address.h"

/* The secret of the examples, which everybody knows. */
#define CONFIG_SAMPLE_SECRET "eventflow-sample-secret-for-development-only"

struct loader {
	struct config *config;
	struct environment_file file;
	char *message;
};

/* Writes the message, which stays one line whatever a value holds; its format starts with the setting's name. Always
 * false. */
__attribute__((format(printf, 2, 3))) static bool refuse(struct loader *loader, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(loader->message, CONFIG_MESSAGE_MAX, format, arguments);
	va_end(arguments);
	for (char *at = loader->message; *at; at++) {
		if ((unsigned char)*at < ' ')
			*at = '?';
	}
	return false;
}

static bool refuse_for_memory(struct loader *loader, const char *name)
{
	return refuse(loader, "%s: memory is short", name);
}

/* The setting's value, which may be empty; NULL if it is given nowhere. */
static const char *given_value(const struct loader *loader, const char *name)
{
	const char *value = getenv(name);
	return value ? value : environment_file_get(&loader->file, name);
}

/* The same, with an empty value as none. */
static const char *setting(const struct loader *loader, const char *name)
{
	const char *value = given_value(loader, name);
	return value && *value ? value : NULL;
}

/* One of the names, by its index; absent stands for a setting that is not given. */
static bool read_choice(struct loader *loader, const char *name, const char *const *choices, int absent, int *chosen)
{
	const char *value = setting(loader, name);
	*chosen = absent;
	if (!value)
		return true;
	char allowed[128] = "";
	size_t length = 0;
	for (int i = 0; choices[i]; i++) {
		if (strcmp(value, choices[i]) == 0) {
			*chosen = i;
			return true;
		}
		int more = snprintf(allowed + length, sizeof(allowed) - length, "%s%s", i > 0 ? ", " : "", choices[i]);
		if (more > 0 && length + (size_t)more < sizeof(allowed))
			length += (size_t)more;
	}
	return refuse(loader, "%s: \"%.60s\" is not known; allowed are: %s", name, value, allowed);
}

static bool read_boolean(struct loader *loader, const char *name, bool *chosen)
{
	static const char *const choices[] = {"false", "true", NULL};
	int choice;
	if (!read_choice(loader, name, choices, 0, &choice))
		return false;
	*chosen = choice == 1;
	return true;
}

/* The value of digits alone, or -1 for anything else or anything beyond max. */
static int parse_digits(const char *digits, int max)
{
	int value = 0;
	for (const char *at = digits; *at; at++) {
		if (*at < '0' || *at > '9')
			return -1;
		int digit = *at - '0';
		if (value > (max - digit) / 10)
			return -1;
		value = 10 * value + digit;
	}
	return value;
}

static bool read_number(struct loader *loader, const char *name, int min, int max, int absent, int *number)
{
	const char *value = setting(loader, name);
	*number = value ? parse_digits(value, max) : absent;
	if (*number < min)
		return refuse(loader, "%s: \"%.60s\" is not a whole number from %d to %d", name, value ? value : "",
			      min, max);
	return true;
}

/* A copy of the value, or of absent, which may be NULL. */
static bool read_string(struct loader *loader, const char *name, const char *absent, char **copy)
{
	const char *value = setting(loader, name);
	if (!value)
		value = absent;
	*copy = NULL;
	if (!value)
		return true;
	*copy = strdup(value);
	return *copy || refuse_for_memory(loader, name);
}

static bool load_environment(struct loader *loader)
{
	static const char *const choices[] = {
	    [ENVIRONMENT_DEVELOPMENT] = "development", [ENVIRONMENT_PRODUCTION] = "production", NULL};
	int choice;
	if (!read_choice(loader, "ENVIRONMENT", choices, ENVIRONMENT_DEVELOPMENT, &choice))
		return false;
	loader->config->environment = (enum environment)choice;
	return true;
}

static bool load_log_level(struct loader *loader)
{
	const char *value = setting(loader, "LOG_LEVEL");
	loader->config->log_level = loader->config->environment == ENVIRONMENT_PRODUCTION ? LOG_WARNING : LOG_INFO;
	if (value && !log_level_parse(text_from_string(value), &loader->config->log_level))
		return refuse(loader, "LOG_LEVEL: \"%.60s\" is not known; allowed are: DEBUG, INFO, WARNING, ERROR",
			      value);
	return true;
}

/* libpq's own message may quote the password, so it is not passed on. */
static bool is_connection_string(const char *url)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	bool found = strncmp(url, "postgres://", 11) == 0 || strncmp(url, "postgresql://", 13) == 0;
	for (const PQconninfoOption *option = options; option && option->keyword; option++) {
		if (strcmp(option->keyword, "host") != 0 || !option->val || !*option->val)
			continue;
		if (strchr(option->val, '@')) { /* the end of a password with an '@' in it: it would show in messages */
			PQconninfoFree(options);
			return false;
		}
		found = true;
	}
	found = found && options;
	PQconninfoFree(options);
	return found;
}

/* The password of conf/eventflow.env.example, or that of the sample data. */
static bool has_sample_password(const char *url)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	bool found = false;
	for (const PQconninfoOption *option = options; option && option->keyword; option++) {
		if (strcmp(option->keyword, "password") == 0 && option->val)
			found = strcmp(option->val, "password") == 0 || strcmp(option->val, "eventflow-dev") == 0;
	}
	PQconninfoFree(options);
	return found;
}

static bool load_database(struct loader *loader)
{
	static const char *const choices[] = {
	    [DATABASE_PREPARE_AUTO] = "auto", [DATABASE_PREPARE_ON] = "on", [DATABASE_PREPARE_OFF] = "off", NULL};
	int choice;
	if (!read_string(loader, "DATABASE_URL", NULL, &loader->config->database_url))
		return false;
	if (!loader->config->database_url)
		return refuse(loader, "DATABASE_URL: is missing; give postgresql://user:password@host:port/database");
	if (!is_connection_string(loader->config->database_url))
		return refuse(loader, "DATABASE_URL: libpq cannot read it; "
				      "give postgresql://user:password@host:port/database, with reserved "
				      "characters percent-encoded, or host=... dbname=... user=...");
	if (loader->config->environment == ENVIRONMENT_PRODUCTION && has_sample_password(loader->config->database_url))
		return refuse(loader, "DATABASE_URL: has a sample password, which everybody knows; "
				      "ENVIRONMENT=production needs one of your own");
	if (!read_choice(loader, "DB_PREPARE", choices, DATABASE_PREPARE_AUTO, &choice))
		return false;
	loader->config->database_prepare = (enum database_prepare)choice;
	return true;
}

static bool load_supabase_url(struct loader *loader)
{
	if (!read_string(loader, "SUPABASE_URL", NULL, &loader->config->supabase_url))
		return false;
	char *url = loader->config->supabase_url;
	if (!url)
		return true;
	struct web_address address;
	bool usable = web_address_parse(text_from_string(url), &address) &&
		      (text_is(address.scheme, "https") ||
		       (text_is(address.scheme, "http") && web_address_is_loopback(&address)));
	if (!usable)
		return refuse(loader, "SUPABASE_URL: is not usable; give https://host[:port], "
				      "or http:// for localhost alone");
	for (size_t length = strlen(url); length > 0 && url[length - 1] == '/'; length--)
		url[length - 1] = '\0';
	return true;
}

/* A key becomes a header, so it is visible ASCII. */
static bool read_supabase_key(struct loader *loader, const char *name, char **key)
{
	if (!read_string(loader, name, NULL, key))
		return false;
	for (const char *at = *key; at && *at; at++) {
		if (*at <= ' ' || *at > '~')
			return refuse(loader, "%s: is no key; give it as the project's settings show it", name);
	}
	return true;
}

static bool load_supabase_keys(struct loader *loader)
{
	return read_supabase_key(loader, "SUPABASE_ANON_KEY", &loader->config->supabase_anon_key) &&
	       read_supabase_key(loader, "SUPABASE_SECRET_KEY", &loader->config->supabase_secret_key);
}

static bool load_supabase_ca_file(struct loader *loader)
{
	if (!read_string(loader, "SUPABASE_CA_FILE", NULL, &loader->config->supabase_ca_file))
		return false;
	const char *path = loader->config->supabase_ca_file;
	if (path && access(path, R_OK) != 0)
		return refuse(loader, "SUPABASE_CA_FILE: cannot read %.200s: %s", path, strerror(errno));
	return true;
}

/* A secret that is given must be one: an empty one is a mistake, not a choice. */
static bool check_secret(struct loader *loader, struct text secret)
{
	if (text_trim(secret).length == 0)
		return refuse(loader, "SUPABASE_JWT_SECRET: is blank; give at least %d bytes, or take the setting away",
			      CONFIG_SECRET_MIN);
	if (secret.length < CONFIG_SECRET_MIN)
		return refuse(loader, "SUPABASE_JWT_SECRET: is too short; give at least %d bytes", CONFIG_SECRET_MIN);
	if (loader->config->environment == ENVIRONMENT_PRODUCTION && text_is(secret, CONFIG_SAMPLE_SECRET))
		return refuse(loader, "SUPABASE_JWT_SECRET: is the sample secret, which everybody knows; "
				      "ENVIRONMENT=production needs one of your own");
	return true;
}

static bool load_secret(struct loader *loader)
{
	const char *given = given_value(loader, "SUPABASE_JWT_SECRET");
	if (!given)
		return true;
	struct text *secret = &loader->config->jwt_secret;
	secret->data = strdup(given);
	if (!secret->data)
		return refuse_for_memory(loader, "SUPABASE_JWT_SECRET");
	secret->length = strlen(secret->data);
	return check_secret(loader, *secret);
}

static bool load_keys(struct loader *loader)
{
	struct config *config = loader->config;
	if (!load_secret(loader) || !read_string(loader, "SUPABASE_JWKS_FILE", NULL, &config->jwks_file))
		return false;
	if (!config->jwt_secret.data && !config->jwks_file && !config->supabase_url)
		return refuse(loader,
			      "SUPABASE_JWT_SECRET: is missing, and so are SUPABASE_URL and SUPABASE_JWKS_FILE: "
			      "there is no key that could verify tokens; give at least one of them");
	return true;
}

/* Without Supabase the issuer is EventFlow, which needs the secret for it; public keys alone may be anybody's. */
static const char *default_issuer(const struct config *config)
{
	return config->jwt_secret.data ? "eventflow" : NULL;
}

static bool load_issuer(struct loader *loader)
{
	const char *url = loader->config->supabase_url;
	if (!url || setting(loader, "JWT_ISSUER"))
		return read_string(loader, "JWT_ISSUER", default_issuer(loader->config), &loader->config->jwt_issuer);
	if (asprintf(&loader->config->jwt_issuer, "%s/auth/v1", url) < 0) {
		loader->config->jwt_issuer = NULL;
		return refuse_for_memory(loader, "JWT_ISSUER");
	}
	return true;
}

static bool load_tokens(struct loader *loader)
{
	return read_string(loader, "JWT_AUDIENCE", "authenticated", &loader->config->jwt_audience) &&
	       read_boolean(loader, "JWT_ALLOW_ANONYMOUS", &loader->config->allow_anonymous_tokens) &&
	       read_boolean(loader, "JWT_ALLOW_OAUTH_CLIENTS", &loader->config->allow_oauth_tokens) &&
	       read_number(loader, "ACCESS_TOKEN_LIFETIME", CONFIG_TOKEN_LIFETIME_MIN, CONFIG_TOKEN_LIFETIME_MAX,
			   CONFIG_TOKEN_LIFETIME_DEFAULT, &loader->config->token_lifetime);
}

/* An origin as browsers send it: lower case, and no port where it is the scheme's own. */
static bool is_origin(struct text text)
{
	struct web_address address;
	if (!web_address_parse(text, &address) || address.path.length > 0)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] >= 'A' && text.data[i] <= 'Z')
			return false;
	}
	return !(text_is(address.scheme, "https") && text_is(address.port, "443")) &&
	       !(text_is(address.scheme, "http") && text_is(address.port, "80"));
}

/* Takes the part before the next comma, without white space around it, off the front of rest. False behind the last. */
static bool take_item(struct text *rest, struct text *item)
{
	if (!rest->data)
		return false;
	const char *comma = memchr(rest->data, ',', rest->length);
	size_t length = comma ? (size_t)(comma - rest->data) : rest->length;
	*item = text_trim((struct text){rest->data, length});
	*rest = comma ? (struct text){comma + 1, rest->length - length - 1} : (struct text){NULL, 0};
	return true;
}

static bool load_cors_origins(struct loader *loader)
{
	struct config *config = loader->config;
	struct text rest = text_from_string(setting(loader, "CORS_ORIGINS"));
	struct text item;
	if (!rest.data)
		return true;
	size_t capacity = rest.length / 2 + 1; /* an item has at least one character, and a comma */
	config->cors_origins = calloc(capacity, sizeof(*config->cors_origins));
	if (!config->cors_origins)
		return refuse_for_memory(loader, "CORS_ORIGINS");
	while (take_item(&rest, &item)) {
		if (!is_origin(item))
			return refuse(loader,
				      "CORS_ORIGINS: \"%.*s\" is not an origin; give scheme://host[:port] as "
				      "browsers send it (lower case, no path, no wildcard, no default port), "
				      "several with commas between them",
				      item.length < 60 ? (int)item.length : 60, item.data);
		char *copy = strndup(item.data, item.length);
		if (!copy)
			return refuse_for_memory(loader, "CORS_ORIGINS");
		config->cors_origins[config->cors_origin_count++] = (struct text){copy, item.length};
	}
	return true;
}

static bool load_limits(struct loader *loader)
{
	return read_number(loader, "THREADS", 1, CONFIG_THREADS_MAX, CONFIG_THREADS_DEFAULT,
			   &loader->config->threads) &&
	       read_number(loader, "REQUEST_DEADLINE", CONFIG_REQUEST_DEADLINE_MIN, CONFIG_REQUEST_DEADLINE_MAX,
			   CONFIG_REQUEST_DEADLINE_DEFAULT, &loader->config->request_deadline) &&
	       read_number(loader, "CACHE_TTL", 1, CONFIG_CACHE_TTL_MAX, CONFIG_CACHE_TTL_DEFAULT,
			   &loader->config->cache_ttl) &&
	       read_number(loader, "CACHE_ENTRIES", 1, CONFIG_CACHE_ENTRIES_MAX, CONFIG_CACHE_ENTRIES_DEFAULT,
			   &loader->config->cache_entries) &&
	       read_number(loader, "CACHE_LIST_BYTES", 0, CONFIG_CACHE_LIST_BYTES_MAX, CONFIG_CACHE_LIST_BYTES_DEFAULT,
			   &loader->config->cache_list_bytes);
}

static bool load_sandbox(struct loader *loader)
{
	static const char *const choices[] = {"off", "on", NULL};
	int choice;
	if (!read_choice(loader, "SANDBOX", choices, CONFIG_SANDBOX_DEFAULT, &choice))
		return false;
	loader->config->sandbox = choice == 1;
	return true;
}

/* In this order, for some defaults depend on settings above them. */
static bool load_all(struct loader *loader)
{
	return load_environment(loader) && load_log_level(loader) && load_database(loader) &&
	       load_supabase_url(loader) && load_supabase_keys(loader) && load_supabase_ca_file(loader) &&
	       load_keys(loader) && load_issuer(loader) && load_tokens(loader) && load_cors_origins(loader) &&
	       load_limits(loader) && load_sandbox(loader);
}

bool config_load(struct config *config, char message[CONFIG_MESSAGE_MAX])
{
	struct loader loader = {.config = config, .message = message};
	*config = (struct config){0};
	message[0] = '\0';
	const char *path = getenv("EVENTFLOW_ENV_FILE");
	char fault[CONFIG_MESSAGE_MAX / 2];
	if (path && *path && !environment_file_read(&loader.file, path, fault, sizeof(fault)))
		return refuse(&loader, "EVENTFLOW_ENV_FILE: %s", fault);
	bool loaded = load_all(&loader);
	environment_file_free(&loader.file);
	if (!loaded)
		config_free(config);
	return loaded;
}

static void free_secret(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

void config_free(struct config *config)
{
	free_secret(config->database_url);
	free_secret((char *)config->jwt_secret.data);
	free_secret(config->supabase_secret_key);
	free(config->supabase_url);
	free(config->supabase_anon_key);
	free(config->supabase_ca_file);
	free(config->jwks_file);
	free(config->jwt_issuer);
	free(config->jwt_audience);
	for (size_t i = 0; i < config->cors_origin_count; i++)
		free((char *)config->cors_origins[i].data);
	free(config->cors_origins);
	*config = (struct config){0};
}
