#include "auth/issuer.h"

#include <gnutls/crypto.h>

#include "core/encoding.h"
#include "core/json_writer.h"

enum { HS256_SIGNATURE_SIZE = 32, CLAIMS_MAX = 4096 /* bytes */ };

static void write_app_metadata(struct json_writer *writer)
{
	json_name(writer, "app_metadata");
	json_begin_object(writer);
	json_name(writer, "provider");
	json_string(writer, "email");
	json_name(writer, "providers");
	json_begin_array(writer);
	json_string(writer, "email");
	json_end_array(writer);
	json_end_object(writer);
	json_name(writer, "user_metadata");
	json_begin_object(writer);
	json_end_object(writer);
}

/* How the user proved who they are: the assurance level, and the methods with their times. */
static void write_authentication(struct json_writer *writer, int64_t authenticated_at)
{
	json_name(writer, "aal");
	json_string(writer, "aal1");
	json_name(writer, "amr");
	json_begin_array(writer);
	json_begin_object(writer);
	json_name(writer, "method");
	json_string(writer, "password");
	json_name(writer, "timestamp");
	json_integer(writer, authenticated_at);
	json_end_object(writer);
	json_end_array(writer);
}

static void write_registered_claims(struct json_writer *writer, const struct config *config, const struct uuid *user_id,
				    int64_t now)
{
	if (config->jwt_issuer) {
		json_name(writer, "iss");
		json_string(writer, config->jwt_issuer);
	}
	json_name(writer, "sub");
	json_string(writer, user_id->text);
	json_name(writer, "aud");
	json_string(writer, config->jwt_audience ? config->jwt_audience : "authenticated");
	json_name(writer, "iat");
	json_integer(writer, now);
	json_name(writer, "exp");
	json_integer(writer, now + config->token_lifetime);
}

static void write_claims(struct json_writer *writer, const struct config *config, const struct issuer_subject *subject,
			 int64_t now)
{
	json_begin_object(writer);
	write_registered_claims(writer, config, subject->user_id, now);
	json_name(writer, "role");
	json_string(writer, "authenticated");
	json_name(writer, "email");
	json_text(writer, subject->email);
	json_name(writer, "session_id");
	json_string(writer, subject->session_id->text);
	json_name(writer, "is_anonymous");
	json_boolean(writer, false);
	write_app_metadata(writer);
	write_authentication(writer, subject->authenticated_at);
	json_end_object(writer);
}

/* "<header>.<claims>", both in base64url: what the signature is made over. */
static struct text encode_claims(const struct config *config, struct arena *arena, const struct issuer_subject *subject,
				 int64_t now)
{
	struct json_writer writer;
	struct text claims = {NULL, 0};
	json_writer_init(&writer, CLAIMS_MAX);
	write_claims(&writer, config, subject, now);
	if (!writer.failed)
		claims = base64url_encode(arena, (struct text){writer.data, writer.length});
	json_writer_free(&writer);

	struct text header = base64url_encode(arena, TEXT("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"));
	if (!header.data || !claims.data)
		return (struct text){NULL, 0};
	return text_from_string(arena_format(arena, "%s.%s", header.data, claims.data));
}

struct text issuer_sign(const struct config *config, struct arena *arena, const struct issuer_subject *subject,
			int64_t now)
{
	struct text none = {NULL, 0};
	struct text secret = config->jwt_secret;
	struct text signed_part = encode_claims(config, arena, subject, now);
	char bytes[HS256_SIGNATURE_SIZE];
	if (!secret.data || !signed_part.data ||
	    gnutls_hmac_fast(GNUTLS_MAC_SHA256, secret.data, secret.length, signed_part.data, signed_part.length,
			     bytes) != 0)
		return none;
	struct text signature = base64url_encode(arena, (struct text){bytes, sizeof(bytes)});
	if (!signature.data)
		return none;
	return text_from_string(arena_format(arena, "%s.%s", signed_part.data, signature.data));
}
