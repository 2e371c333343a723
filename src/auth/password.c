#include "auth/password.h"

#include <crypt.h>
#include <gnutls/gnutls.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { HASH_LENGTH = 60, THREADS_PER_LOGIN = 4 };

/* A hash of random bytes that were thrown away. */
static const char NOBODY[] = "$2b$10$/9PIj1HjeEXPEtwnOMpqeu9wyYxSm.lBwdqri32VAFglG34bj8u4O";

struct login_gate {
	int limit;
	atomic_int inside;
};

static bool is_usable_password(struct text password)
{
	return password.data && password.length >= 1 && password.length <= PASSWORD_LENGTH_MAX &&
	       !memchr(password.data, '\0', password.length);
}

/* Another kind or cost of hash would tell by its time that the user exists. */
static bool is_usable_hash(const char *hash)
{
	static const char alphabet[] = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	return hash && strlen(hash) == HASH_LENGTH && strncmp(hash, "$2", 2) == 0 && strchr("aby", hash[2]) &&
	       strncmp(hash + 3, "$10$", 4) == 0 && strspn(hash + 7, alphabet) == HASH_LENGTH - 7;
}

/* One bcrypt; whether it gives the hash that it was asked to compare with. */
static bool compare(const char *phrase, const char *hash)
{
	struct crypt_data data = {0};
	const char *computed = crypt_rn(phrase, hash, &data, (int)sizeof(data));
	bool equal = computed && strlen(computed) == HASH_LENGTH && gnutls_memcmp(computed, hash, HASH_LENGTH) == 0;
	explicit_bzero(&data, sizeof(data));
	return equal;
}

bool password_matches(struct text password, const char *hash)
{
	bool usable = is_usable_password(password) && is_usable_hash(hash);
	char phrase[PASSWORD_LENGTH_MAX + 1] = "";
	if (usable)
		memcpy(phrase, password.data, password.length);
	bool matches = compare(phrase, usable ? hash : NOBODY) && usable;
	explicit_bzero(phrase, sizeof(phrase));
	return matches;
}

struct login_gate *login_gate_new(int threads)
{
	struct login_gate *gate = calloc(1, sizeof(*gate));
	if (gate)
		gate->limit = threads > THREADS_PER_LOGIN ? threads / THREADS_PER_LOGIN : 1;
	return gate;
}

void login_gate_free(struct login_gate *gate)
{
	free(gate);
}

bool login_gate_enter(struct login_gate *gate)
{
	if (atomic_fetch_add(&gate->inside, 1) < gate->limit)
		return true;
	login_gate_leave(gate);
	return false;
}

void login_gate_leave(struct login_gate *gate)
{
	atomic_fetch_sub(&gate->inside, 1);
}
