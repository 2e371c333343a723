#include "auth/supabase_auth.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "core/json_writer.h"
#include "core/log.h"

enum {
	HEADERS_MAX = 6,
	REQUEST_MAX = 16 * 1024, /* bytes of a body */
	ANSWER_MAX = 64 * 1024,
};

/* A request while it is put together. */
struct message {
	const struct supabase_client *client;
	const char *headers[HEADERS_MAX + 1];
	int header_count;
	bool is_short_of_memory;
};

static void add_header(struct message *message, const char *name, struct text value)
{
	char *header = arena_format(message->client->arena, "%s: %.*s", name, (int)value.length, value.data);
	message->headers[message->header_count++] = header;
	message->is_short_of_memory = message->is_short_of_memory || !header;
}

static bool is_ip_address(struct arena *arena, struct text text)
{
	struct in6_addr address;
	const char *terminated = text.data ? arena_copy(arena, text) : NULL;
	return terminated && strlen(terminated) == text.length &&
	       (inet_pton(AF_INET, terminated, &address) == 1 || inet_pton(AF_INET6, terminated, &address) == 1);
}

/* The headers of every request. */
static void begin(struct message *message, const struct supabase_client *client)
{
	const struct config *config = client->config;
	const char *key = config->supabase_secret_key ? config->supabase_secret_key : config->supabase_anon_key;
	*message = (struct message){.client = client};
	add_header(message, "Content-Type", TEXT("application/json"));
	add_header(message, "X-Supabase-Api-Version", TEXT("2024-01-01"));
	if (key)
		add_header(message, "apikey", text_from_string(key));
	if (is_ip_address(client->arena, client->remote_address))
		add_header(message, "Sb-Forwarded-For", client->remote_address);
}

/* Sends the message to a path below /auth/v1; body as in https_request. */
static enum https_fault exchange(const struct message *message, const char *path, struct text body,
				 struct https_answer *answer)
{
	const struct supabase_client *client = message->client;
	const char *url = arena_format(client->arena, "%s/auth/v1/%s", client->config->supabase_url, path);
	*answer = (struct https_answer){0};
	if (!url || message->is_short_of_memory)
		return HTTPS_MEMORY;
	const struct https_request request = {.url = url,
					      .headers = message->headers,
					      .body = body,
					      .timeout_ms = client->timeout_ms,
					      .answer_max = ANSWER_MAX,
					      .ca_file = client->config->supabase_ca_file};
	return https_fetch(&request, answer);
}

static enum error post(const struct message *message, const char *path, struct text body,
		       enum supabase_operation operation, struct supabase_grant *grant)
{
	const struct supabase_client *client = message->client;
	struct https_answer answer;
	char code[SUPABASE_CODE_MAX];
	enum https_fault fault = exchange(message, path, body, &answer);
	if (fault != HTTPS_OK) {
		log_write(LOG_ERROR, "auth", "request_id=%s Supabase Auth: %s", client->request_id,
			  https_fault_message(fault));
		return fault == HTTPS_MEMORY ? ERROR_OUT_OF_MEMORY : ERROR_LOGIN_UNAVAILABLE;
	}
	enum error error = supabase_answer_read(operation, &answer, client->arena, grant, code);
	if (error == ERROR_LOGIN_UNAVAILABLE)
		log_write(LOG_ERROR, "auth", "request_id=%s Supabase Auth: it answered with status %ld and code %s",
			  client->request_id, answer.status, code);
	https_answer_free(&answer);
	return error;
}

/* As post, with a JSON body that was written; its bytes, which hold secrets, do not stay. */
static enum error post_json(const struct message *message, const char *path, struct json_writer *json,
			    enum supabase_operation operation, struct supabase_grant *grant)
{
	enum error error = ERROR_OUT_OF_MEMORY;
	if (!json->failed)
		error = post(message, path, (struct text){json->data, json->length}, operation, grant);
	if (json->data)
		explicit_bzero(json->data, json->length);
	json_writer_free(json);
	return error;
}

enum error supabase_password_grant(const struct supabase_client *client, struct text email, struct text password,
				   struct supabase_grant *grant)
{
	struct message message;
	struct json_writer json;
	begin(&message, client);
	json_writer_init(&json, REQUEST_MAX);
	json_begin_object(&json);
	json_name(&json, "email");
	json_text(&json, email);
	json_name(&json, "password");
	json_text(&json, password);
	json_end_object(&json);
	return post_json(&message, "token?grant_type=password", &json, SUPABASE_PASSWORD_GRANT, grant);
}

enum error supabase_refresh_grant(const struct supabase_client *client, struct text refresh_token,
				  struct supabase_grant *grant)
{
	struct message message;
	struct json_writer json;
	begin(&message, client);
	json_writer_init(&json, REQUEST_MAX);
	json_begin_object(&json);
	json_name(&json, "refresh_token");
	json_text(&json, refresh_token);
	json_end_object(&json);
	return post_json(&message, "token?grant_type=refresh_token", &json, SUPABASE_REFRESH_GRANT, grant);
}

enum error supabase_logout(const struct supabase_client *client, struct text authorization, bool is_everywhere)
{
	struct message message;
	begin(&message, client);
	add_header(&message, "Authorization", authorization);
	return post(&message, is_everywhere ? "logout?scope=global" : "logout?scope=local", TEXT(""), SUPABASE_LOGOUT,
		    NULL);
}

bool supabase_is_usable(const struct supabase_client *client, char reason[SUPABASE_REASON_MAX])
{
	struct message message;
	struct https_answer answer;
	begin(&message, client);
	enum https_fault fault = exchange(&message, "health", (struct text){0}, &answer);
	bool is_usable = fault == HTTPS_OK && answer.status == 200;
	if (fault != HTTPS_OK)
		snprintf(reason, SUPABASE_REASON_MAX, "%s", https_fault_message(fault));
	else
		snprintf(reason, SUPABASE_REASON_MAX, "it answered with status %ld", answer.status);
	https_answer_free(&answer);
	return is_usable;
}
