#include "auth/claims.h"

#include "core/json_member.h"

static const int64_t INTEGER_MAX = INT64_C(1) << 53; /* beyond it not every JSON reader tells integers apart */

/* What a check sees: the claims, what they are judged by, and the result that it adds to. */
struct judgement {
	const struct config *config;
	struct json_object *claims;
	int64_t now;
	struct token_claims *result;
};

/* Whether the member is an integer without fraction or exponent, from 0 to 2^53. */
static bool integer_member(struct json_object *object, const char *name, int64_t *value)
{
	struct json_object *member;
	if (!json_object_object_get_ex(object, name, &member) || !json_object_is_type(member, json_type_int))
		return false;
	*value = json_object_get_int64(member);
	return *value >= 0 && *value <= INTEGER_MAX;
}

static enum token_fault check_expiry(const struct judgement *judgement)
{
	int64_t expires_at;
	if (!integer_member(judgement->claims, "exp", &expires_at))
		return TOKEN_CLAIMS;
	judgement->result->expires_at = expires_at;
	return expires_at > judgement->now - TOKEN_LEEWAY ? TOKEN_OK : TOKEN_EXPIRED;
}

static enum token_fault check_not_before(const struct judgement *judgement)
{
	int64_t not_before;
	if (!json_has_member(judgement->claims, "nbf"))
		return TOKEN_OK;
	if (!integer_member(judgement->claims, "nbf", &not_before))
		return TOKEN_CLAIMS;
	return not_before <= judgement->now + TOKEN_LEEWAY ? TOKEN_OK : TOKEN_NOT_YET_VALID;
}

static enum token_fault check_issuer(const struct judgement *judgement)
{
	const char *issuer = judgement->config->jwt_issuer;
	return !issuer || text_is(json_string_member(judgement->claims, "iss"), issuer) ? TOKEN_OK : TOKEN_ISSUER;
}

/* Whether one of the strings is the audience. An array that holds anything else is no `aud`. */
static bool is_among(struct json_object *array, const char *audience)
{
	bool found = false;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct text value = json_string_of(json_object_array_get_idx(array, i));
		if (!value.data)
			return false;
		found |= text_is(value, audience);
	}
	return found;
}

/* `aud` is one string or an array of them (RFC 7519, section 4.1.3). */
static enum token_fault check_audience(const struct judgement *judgement)
{
	const char *audience = judgement->config->jwt_audience;
	struct json_object *value;
	if (!audience)
		return TOKEN_OK;
	if (!json_object_object_get_ex(judgement->claims, "aud", &value))
		return TOKEN_AUDIENCE;
	bool is_meant = json_object_is_type(value, json_type_array) ? is_among(value, audience)
								    : text_is(json_string_of(value), audience);
	return is_meant ? TOKEN_OK : TOKEN_AUDIENCE;
}

static enum token_fault check_role(const struct judgement *judgement)
{
	return text_is(json_string_member(judgement->claims, "role"), "authenticated") ? TOKEN_OK : TOKEN_ROLE;
}

static enum token_fault check_subject(const struct judgement *judgement)
{
	struct text subject = json_string_member(judgement->claims, "sub");
	return uuid_parse(subject, &judgement->result->subject) ? TOKEN_OK : TOKEN_SUBJECT;
}

/* Whatever is neither absent, null nor false may mean yes. */
static enum token_fault check_anonymous(const struct judgement *judgement)
{
	struct json_object *value;
	if (judgement->config->allow_anonymous_tokens ||
	    !json_object_object_get_ex(judgement->claims, "is_anonymous", &value) || !value)
		return TOKEN_OK;
	bool is_false = json_object_is_type(value, json_type_boolean) && !json_object_get_boolean(value);
	return is_false ? TOKEN_OK : TOKEN_ANONYMOUS;
}

/* Supabase leaves `client_id` out where there is no client; a hook that rewrites the claims may leave null behind. */
static enum token_fault check_oauth_client(const struct judgement *judgement)
{
	struct json_object *value = NULL;
	json_object_object_get_ex(judgement->claims, "client_id", &value);
	return value && !judgement->config->allow_oauth_tokens ? TOKEN_OAUTH_CLIENT : TOKEN_OK;
}

/* `iat` is not among them: a clock that runs ahead at the issuer is no reason to refuse anybody. */
static enum token_fault (*const CHECKS[])(const struct judgement *judgement) = {
    check_expiry, check_not_before, check_issuer,    check_audience,
    check_role,   check_subject,    check_anonymous, check_oauth_client,
};

enum { CHECK_COUNT = sizeof(CHECKS) / sizeof(CHECKS[0]) };
_Static_assert(CHECK_COUNT <= (int)TOKEN_FAULT__MAX, "every check has room for its fault");

int claims_judge(const struct config *config, struct json_object *claims, int64_t now,
		 enum token_fault faults[TOKEN_FAULT__MAX], struct token_claims *result)
{
	struct judgement judgement = {config, claims, now, result};
	int count = 0;
	for (int i = 0; i < CHECK_COUNT; i++) {
		enum token_fault fault = CHECKS[i](&judgement);
		if (fault != TOKEN_OK)
			faults[count++] = fault;
	}
	return count;
}
