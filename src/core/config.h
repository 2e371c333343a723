/* The configuration: environment variables, and the file that EVENTFLOW_ENV_FILE names, read once at the start. */
#ifndef EVENTFLOW_CORE_CONFIG_H
#define EVENTFLOW_CORE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "core/log.h"
#include "core/text.h"

enum environment { ENVIRONMENT_DEVELOPMENT, ENVIRONMENT_PRODUCTION };

enum database_prepare { DATABASE_PREPARE_AUTO, DATABASE_PREPARE_ON, DATABASE_PREPARE_OFF };

enum {
	CONFIG_THREADS_DEFAULT = 4,
	CONFIG_THREADS_MAX = 256,
	CONFIG_REQUEST_DEADLINE_DEFAULT = 5, /* seconds */
	CONFIG_REQUEST_DEADLINE_MIN = 2,
	CONFIG_REQUEST_DEADLINE_MAX = 60,
	CONFIG_CACHE_TTL_DEFAULT = 3600, /* seconds */
	CONFIG_CACHE_TTL_MAX = 86400,
	CONFIG_CACHE_ENTRIES_DEFAULT = 1000,
	CONFIG_CACHE_ENTRIES_MAX = 100000,
	CONFIG_CACHE_LIST_BYTES_DEFAULT = 32 * 1024 * 1024,
	CONFIG_CACHE_LIST_BYTES_MAX = 1024 * 1024 * 1024,
	CONFIG_TOKEN_LIFETIME_DEFAULT = 3600, /* seconds */
	CONFIG_TOKEN_LIFETIME_MIN = 60,
	CONFIG_TOKEN_LIFETIME_MAX = 86400,
	CONFIG_SECRET_MIN = 32, /* bytes */
	CONFIG_MESSAGE_MAX = 512,
};

/* Sanitizers look into the process from outside, and coverage is written to files when it ends. */
#ifndef CONFIG_SANDBOX_DEFAULT
#define CONFIG_SANDBOX_DEFAULT true
#endif

struct config {
	enum environment environment;
	enum log_level log_level;
	char *database_url;
	enum database_prepare database_prepare;
	char *supabase_url;          /* NULL: EventFlow is its own issuer */
	char *supabase_anon_key;     /* what Supabase wants in the header apikey; NULL: not sent */
	char *supabase_secret_key;   /* sent in its place, so that Supabase believes a forwarded address; or NULL */
	char *supabase_ca_file;      /* the certificates that it is trusted by; NULL: the system's */
	struct text jwt_secret;      /* SUPABASE_JWT_SECRET; data == NULL: no token of HS256 is taken or made */
	char *jwks_file;             /* SUPABASE_JWKS_FILE; NULL: the keys at supabase_url */
	char *jwt_issuer;            /* expected `iss`; NULL: not checked */
	char *jwt_audience;          /* expected `aud` */
	bool allow_anonymous_tokens; /* JWT_ALLOW_ANONYMOUS */
	bool allow_oauth_tokens;     /* JWT_ALLOW_OAUTH_CLIENTS */
	int token_lifetime;          /* seconds, of the local issuer's tokens */
	struct text *cors_origins;
	size_t cors_origin_count;
	int threads;
	int request_deadline; /* seconds that a request may wait, for a thread and for the database in all */
	int cache_ttl;        /* seconds */
	int cache_entries;
	int cache_list_bytes; /* of events' lists; 0: none is remembered */
	bool sandbox;         /* the process shuts itself in */
};

/* Reads and checks every setting. False, with one line that names the setting (and never its value where that is a
 * secret) in message, if one is missing or bad. Settings of the environment go before those of the file. */
bool config_load(struct config *config, char message[CONFIG_MESSAGE_MAX]) __attribute__((warn_unused_result));

/* Overwrites the secrets, and frees. Takes a config that was never loaded but zeroed. */
void config_free(struct config *config);

#endif
