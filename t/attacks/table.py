"""The thirty attacks, and the tests that show what each of them is answered: here where no folder is named, else in t/.

Most of them are rows of the lists that test_attacks sends to every web server; the others need more than one request.
"""

ROWS = {
    1: ("alg none in any case, absent or no text; no signature", "test_attacks.py"),
    2: ("a public key as a secret", "test_attacks.py unit/test_token_public.c"),
    3: ("a start with a secret or keys that are none", "test_start.py tokens/test_start.py unit/test_keys.c"),
    4: ("keys that a header brings or names", "test_attacks.py test_traces.py unit/test_jwks_schedule.c"),
    5: ("exp and nbf that are none, and the leeway", "test_attacks.py test_identity.py unit/test_claims.c"),
    6: ("the shape of a token", "test_attacks.py unit/test_token.c"),
    7: ("iss, aud, typ, crit and role of others", "test_attacks.py unit/test_claims.c"),
    8: ("tokens that are too large or too deep", "test_attacks.py test_cost.py unit/test_token_public.c"),
    9: ("tokens with another byte, and signatures of another form", "test_attacks.py test_identity.py unit/test_key.c"),
    10: ("no token, two of them, or one in another place", "test_attacks.py test_raw_requests.py"),
    11: ("a good token of nobody", "test_attacks.py"),
    12: ("a task of others", "test_attacks.py test_rights_matrix.py"),
    13: ("an event of others", "test_attacks.py test_rights_matrix.py"),
    14: ("a customer", "test_attacks.py test_rights_matrix.py"),
    15: ("missing rights and eligibility", "test_attacks.py test_rights_matrix.py"),
    16: ("fields that nobody asked for", "test_attacks.py api/cases/test_field_vectors.py"),
    17: ("assignees who may not be, and a second pick", "test_attacks.py api/cases/test_task_access.py"),
    18: ("what was taken away meanwhile", "test_revocation.py"),
    19: ("malformed JSON, and what it costs", "test_attacks.py test_cost.py api/cases/test_json_vectors.py"),
    20: ("NUL and bad UTF-8", "test_attacks.py test_traces.py"),
    21: ("lengths that lie, types and sizes", "test_attacks.py test_raw_requests.py transport/test_transport.py"),
    22: ("paths in disguise", "test_attacks.py test_raw_requests.py api/cases/test_path_vectors.py"),
    23: ("queries that are wrong", "test_attacks.py test_raw_requests.py api/cases/test_query_vectors.py"),
    24: ("SQL", "test_attacks.py test_sql.py"),
    25: ("headers that others believe, and line ends", "test_attacks.py test_traces.py"),
    26: ("methods", "test_attacks.py test_raw_requests.py"),
    27: ("origins", "test_attacks.py"),
    28: ("graphs, and what they cost", "test_attacks.py test_cost.py unit/test_dag.c"),
    29: ("a task's life", "test_attacks.py api/cases/test_task_access.py"),
    30: ("too many requests, slow and silent clients", "test_limits.py test_slow_clients.py"),
}
