#include "shortage.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <json-c/json.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

static _Thread_local int calls_left = -1; /* until one fails; below zero: none will */
static _Thread_local bool has_failed;

void shortage_begin(int nth)
{
	calls_left = nth;
	has_failed = false;
}

bool shortage_end(void)
{
	calls_left = -1;
	return has_failed;
}

static bool fails(void)
{
	if (calls_left < 0 || calls_left-- > 0)
		return false;
	has_failed = true;
	errno = ENOMEM;
	return true;
}

/* Defines the stand-in of a function, which returns failure in place of what the function would. */
#define STAND_IN(type, name, parameters, arguments, failure)          \
	type __real_##name parameters;                                \
	type __wrap_##name parameters;                                \
	type __wrap_##name parameters                                 \
	{                                                             \
		return fails() ? (failure) : __real_##name arguments; \
	}

STAND_IN(void *, malloc, (size_t size), (size), NULL)
STAND_IN(void *, calloc, (size_t count, size_t size), (count, size), NULL)
STAND_IN(char *, strdup, (const char *string), (string), NULL)
STAND_IN(struct json_tokener *, json_tokener_new_ex, (int depth), (depth), NULL)
STAND_IN(int, pthread_mutex_init, (pthread_mutex_t * mutex, const pthread_mutexattr_t *attributes), (mutex, attributes),
	 ENOMEM)
STAND_IN(int, pthread_condattr_init, (pthread_condattr_t * attributes), (attributes), ENOMEM)
STAND_IN(int, pthread_condattr_setclock, (pthread_condattr_t * attributes, clockid_t clock), (attributes, clock),
	 EINVAL)
STAND_IN(int, pthread_cond_init, (pthread_cond_t * condition, const pthread_condattr_t *attributes),
	 (condition, attributes), ENOMEM)
STAND_IN(int, pthread_create,
	 (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument),
	 (thread, attributes, run, argument), EAGAIN)
STAND_IN(int, pthread_sigmask, (int how, const sigset_t *set, sigset_t *before), (how, set, before), EINVAL)
STAND_IN(int, gnutls_pubkey_init, (gnutls_pubkey_t * key), (key), GNUTLS_E_MEMORY_ERROR)
STAND_IN(int, gnutls_pubkey_import_ecc_raw,
	 (gnutls_pubkey_t key, gnutls_ecc_curve_t curve, const gnutls_datum_t *x, const gnutls_datum_t *y),
	 (key, curve, x, y), GNUTLS_E_MEMORY_ERROR)
STAND_IN(int, gnutls_pubkey_import_rsa_raw, (gnutls_pubkey_t key, const gnutls_datum_t *n, const gnutls_datum_t *e),
	 (key, n, e), GNUTLS_E_MEMORY_ERROR)
STAND_IN(int, gnutls_pubkey_verify_params, (gnutls_pubkey_t key), (key), GNUTLS_E_MEMORY_ERROR)
STAND_IN(int, gnutls_pubkey_verify_data2,
	 (gnutls_pubkey_t key, gnutls_sign_algorithm_t algorithm, unsigned int flags, const gnutls_datum_t *data,
	  const gnutls_datum_t *signature),
	 (key, algorithm, flags, data, signature), GNUTLS_E_MEMORY_ERROR)
STAND_IN(int, gnutls_encode_rs_value, (gnutls_datum_t * der, const gnutls_datum_t *r, const gnutls_datum_t *s),
	 (der, r, s), GNUTLS_E_MEMORY_ERROR)
STAND_IN(int, gnutls_hmac_fast,
	 (gnutls_mac_algorithm_t algorithm, const void *key, size_t key_length, const void *text, size_t length,
	  void *mac),
	 (algorithm, key, key_length, text, length, mac), GNUTLS_E_MEMORY_ERROR)
STAND_IN(int, gnutls_hash_fast, (gnutls_digest_algorithm_t algorithm, const void *text, size_t length, void *digest),
	 (algorithm, text, length, digest), GNUTLS_E_MEMORY_ERROR)
