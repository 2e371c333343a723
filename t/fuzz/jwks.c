/* JWK Sets: the input is a document. Every JWK of it becomes a key or is left out; what becomes one is by another
 * reading a public key of a kind that is known, and is found by its own algorithm and `kid` alone, and takes no
 * signature that is not its own. */
#include <stdlib.h>
#include <string.h>

#include "auth/jwks.h"
#include "fuzz.h"
#include "reference.h"

void fuzz_set_up(void)
{
}

static struct text string_of(const struct reference *jwk, const char *name)
{
	const struct reference *member = reference_member(jwk, name);
	bool is_string = member && reference_type(member) == REFERENCE_STRING;
	return is_string ? reference_string(member) : (struct text){0};
}

/* Absent, or this. */
static bool may_be(const struct reference *jwk, const char *name, const char *value)
{
	return !reference_member(jwk, name) || text_is(string_of(jwk, name), value);
}

/* Base64url of exactly size bytes, by its length and alphabet. */
static bool is_encoded(struct text text, size_t size)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] == '\0' || !strchr(alphabet, text.data[i]))
			return false;
	}
	return text.length == (size * 8 + 5) / 6;
}

static bool has_secret(const struct reference *jwk)
{
	static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (reference_member(jwk, names[i]))
			return true;
	}
	return false;
}

static bool is_usable(const struct reference *jwk)
{
	const struct reference *operations = reference_member(jwk, "key_ops");
	bool verifies = !operations;
	for (size_t i = 0;
	     operations && reference_type(operations) == REFERENCE_ARRAY && i < reference_count(operations); i++) {
		const struct reference *operation = reference_element(operations, i);
		verifies |=
		    reference_type(operation) == REFERENCE_STRING && text_is(reference_string(operation), "verify");
	}
	return verifies && may_be(jwk, "use", "sig") && string_of(jwk, "kid").length > 0;
}

static bool has_parameters(const struct reference *jwk, enum token_algorithm algorithm)
{
	switch (algorithm) {
	case TOKEN_ES256:
		return text_is(string_of(jwk, "kty"), "EC") && text_is(string_of(jwk, "crv"), "P-256") &&
		       is_encoded(string_of(jwk, "x"), 32) && is_encoded(string_of(jwk, "y"), 32);
	case TOKEN_EDDSA:
		return text_is(string_of(jwk, "kty"), "OKP") && text_is(string_of(jwk, "crv"), "Ed25519") &&
		       is_encoded(string_of(jwk, "x"), 32);
	case TOKEN_RS256:
		return text_is(string_of(jwk, "kty"), "RSA") && string_of(jwk, "n").length >= 342 && /* 2048 bits */
		       string_of(jwk, "e").length >= 4;
	case TOKEN_HS256:
	case TOKEN_ALGORITHM__MAX:
		break;
	}
	return false;
}

/* Signatures of the sizes that there are, made of the document's own bytes. */
static void check_signatures(const struct key *key, struct text document)
{
	static const size_t sizes[] = {64, 256, 384, 512, 1024};
	char signature[1024];
	for (size_t i = 0; i < sizeof(signature); i++)
		signature[i] = document.data[i % document.length];
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		HOLDS(key_verify(key, TEXT("message"), (struct text){signature, sizes[i]}) == SIGNATURE_FAILS,
		      "nobody signs without the private key");
}

static void check_key(const struct jwks *set, const struct key *key, const struct reference *jwk)
{
	enum token_algorithm algorithm = key_algorithm(key);
	HOLDS(reference_type(jwk) == REFERENCE_OBJECT && !has_secret(jwk) && is_usable(jwk) &&
		  may_be(jwk, "alg", token_algorithm_name(algorithm)) && has_parameters(jwk, algorithm),
	      "a key of %s was one", token_algorithm_name(algorithm));
	HOLDS(text_equal(key_id(key), string_of(jwk, "kid")), "it has its own name");
	for (enum token_algorithm other = 0; other < TOKEN_ALGORITHM__MAX; other++) {
		const struct key *found = jwks_find(set, other, key_id(key));
		HOLDS(other == algorithm ? found == key : found != key, "it is found by its own algorithm alone");
	}
}

/* Keys and refusals stand in the document's order, and together are all of it. */
static void check_set(const struct jwks *set, const struct reference *list)
{
	size_t next_key = 0;
	size_t next_refusal = 0;
	HOLDS(set->count + set->refusal_count == reference_count(list), "nothing is lost");
	for (size_t i = 0; i < reference_count(list); i++) {
		if (next_refusal < set->refusal_count && set->refusals[next_refusal].position == i + 1) {
			const struct jwks_refusal *refusal = &set->refusals[next_refusal++];
			HOLDS(refusal->fault != JWK_OK && refusal->fault != JWK_MEMORY, "there is a reason");
		} else {
			check_key(set, set->keys[next_key++], reference_element(list, i));
		}
	}
	HOLDS(next_key == set->count && next_refusal == set->refusal_count, "all are in order");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text document = fuzz_exact_copy((struct text){(const char *)data, size});
	struct jwks *set;
	enum jwks_fault fault = jwks_read(document, &set);
	HOLDS((fault == JWKS_OK) == (set != NULL), "a set is there unless it is refused");
	HOLDS(fault != JWKS_MEMORY, "memory suffices");
	if (set) {
		struct reference *json = reference_parse(document);
		const struct reference *list = json ? reference_member(json, "keys") : NULL;
		HOLDS(list && reference_type(list) == REFERENCE_ARRAY, "the document has a list of keys");
		check_set(set, list);
		for (size_t i = 0; i < set->count; i++)
			check_signatures(set->keys[i], document);
		reference_free(json);
	}
	jwks_free(set);
	free((char *)document.data);
	return 0;
}
