#include "application.h"

#include <stdio.h>

#include "auth/https_client.h"
#include "auth/keys.h"
#include "auth/password.h"
#include "cache/cache.h"
#include "core/log.h"
#include "db/outage.h"

enum {
	LISTS_MAX = 10000,       /* lists of events that a process remembers, if their bytes allow it */
	AUTHORITIES_MAX = 10000, /* callers whose authority a process remembers */
	AUTHORITIES_TTL = 3600,  /* seconds */
	TOKENS_MAX = 10000,      /* tokens that a process remembers */
	TOKENS_TTL = 3600,       /* seconds; a token that lives longer is verified again */
};

bool application_open(struct application *application, char message[CONFIG_MESSAGE_MAX])
{
	struct config *config = &application->config;
	if (!config_load(config, message))
		return false;
	log_set_level(config->log_level);
	application->keys = keys_new(config, message);
	if (!application->keys)
		return false;
	application->references = cache_new((size_t)config->cache_entries, config->cache_ttl);
	application->lists = cache_new(LISTS_MAX, config->cache_ttl);
	application->authorities = cache_new(AUTHORITIES_MAX, AUTHORITIES_TTL);
	application->tokens = cache_new(TOKENS_MAX, TOKENS_TTL);
	application->login_gate = login_gate_new(config->threads);
	application->outage = outage_new();
	if (application->references && application->lists && application->authorities && application->tokens &&
	    application->login_gate && application->outage && https_client_start()) {
		cache_limit_bytes(application->lists, (size_t)config->cache_list_bytes);
		return true;
	}
	snprintf(message, CONFIG_MESSAGE_MAX, "out of memory");
	return false;
}

void application_close(struct application *application)
{
	outage_free(application->outage);
	login_gate_free(application->login_gate);
	cache_free(application->tokens);
	cache_free(application->authorities);
	cache_free(application->lists);
	cache_free(application->references);
	keys_free(application->keys);
	config_free(&application->config);
}
