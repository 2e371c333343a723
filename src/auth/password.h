/* Passwords of the local issuer: bcrypt by libxcrypt, and a gate so that logins never stall the rest. */
#ifndef EVENTFLOW_AUTH_PASSWORD_H
#define EVENTFLOW_AUTH_PASSWORD_H

#include <stdbool.h>

#include "core/text.h"

enum { PASSWORD_LENGTH_MAX = 72 /* bytes; what bcrypt reads */ };

/* Whether the password (1 to 72 bytes, no NUL) belongs to the hash. Always costs one bcrypt of cost 10: with hash NULL,
 * or a password of the wrong length, it is compared with a hash that nothing matches, and the answer is false. */
bool password_matches(struct text password, const char *hash);

struct login_gate;

/* A gate that lets in one login at a time per four threads (at least one). NULL when memory is short. */
struct login_gate *login_gate_new(int threads);
void login_gate_free(struct login_gate *gate);

/* False at once when it is full; else login_gate_leave must follow. */
bool login_gate_enter(struct login_gate *gate);
void login_gate_leave(struct login_gate *gate);

#endif
