"""eventflow-check on keys and tokens: what it says to an operator, and its exit status."""

import json
import os
import subprocess

import pytest
import stack as stack_module
from auth_server import JWKS
from signing_keys import SecretKey, SigningKey

SECRET = "a secret of the tests, which is long enough"


@pytest.fixture
def check(stack):
    """Runs the program; its exit status and what it printed."""

    def run(token=None, **settings):
        environment = {**os.environ, "DATABASE_URL": stack.settings["DATABASE_URL"], **settings}
        program = [str(stack_module.BUILD / "eventflow-check"), *(["--token"] if token else [])]
        done = subprocess.run(program, input=(token or "").encode(), env=environment, capture_output=True, timeout=15)
        return done.returncode, done.stdout.decode()

    return run


def settings_of(server):
    return {"SUPABASE_URL": server.url, "SUPABASE_CA_FILE": str(server.ca_file)}


def claims_of(issuer, user_id):
    return {"sub": user_id, "aud": "authenticated", "role": "authenticated", "iss": issuer, "exp": 9_999_999_999}


def test_published_keys(check, server):
    server.keys.rotate("RS256")
    server.keys.rotate("RS256")
    server.keys.rotate("EdDSA")
    status, text = check(**settings_of(server))
    assert status == 0 and f"ok   keys: ES256 (1), RS256 (2), EdDSA (1) from {server.url}" in text
    assert len(server.asked(JWKS)) == 1


def test_all_kinds(check, server, tmp_path):
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(server.keys.key_set()))
    status, text = check(**settings_of(server), SUPABASE_JWT_SECRET=SECRET, SUPABASE_JWKS_FILE=str(file))
    assert status == 0 and f"ok   keys: ES256 (1) from {file}" in text
    assert f"ok   keys: HS256 with SUPABASE_JWT_SECRET, {len(SECRET)} bytes" in text
    assert server.asked(JWKS) == []


def test_keys_that_cannot_be_fetched(check, server):
    """Without a secret nobody could be served; with one it is a warning."""
    server.certificate = "untrusted"
    status, text = check(**settings_of(server))
    assert status == 1 and "FAIL keys: cannot fetch " in text and "SUPABASE_CA_FILE" in text
    status, text = check(**settings_of(server), SUPABASE_JWT_SECRET=SECRET)
    assert status == 0 and "warn keys: cannot fetch " in text and "only tokens of HS256" in text


def test_a_project_that_signs_with_the_secret(check, server):
    server.keys.listed.clear()
    status, text = check(**settings_of(server), SUPABASE_JWT_SECRET=SECRET)
    assert status == 0 and f"ok   keys: no public key from {server.url}" in text


def test_a_file_that_refuses_the_start(check, tmp_path):
    file = tmp_path / "jwks.json"
    file.write_text('{"keys":[{"kty":"oct","k":"AAAA"}]}')
    status, text = check(SUPABASE_JWKS_FILE=str(file))
    assert status == 1 and "FAIL keys: SUPABASE_JWKS_FILE: " in text


@pytest.mark.parametrize("algorithm", ("ES256", "RS256", "EdDSA"))
def test_tokens(check, server, user, algorithm):
    key = server.keys.rotate(algorithm)
    issuer = f"{server.url}/auth/v1"
    good = claims_of(issuer, user.id)

    def told(token, **settings):
        status, text = check(token, **settings_of(server), **settings)
        return status, [line for line in text.splitlines() if " token: " in line or " profile: " in line]

    status, lines = told(key.sign(good))
    assert status == 0 and "signed by our key, with good claims" in lines[0] and "is active" in lines[1]
    stranger = SigningKey(algorithm)
    status, lines = told(stranger.sign(good))
    assert status == 1 and "no key of the token's alg and kid" in lines[0] and "SUPABASE_JWKS_FILE" in lines[0]
    stranger.id = key.id
    status, lines = told(stranger.sign(good))
    assert status == 1 and "not by our key" in lines[0] and "SUPABASE_URL" in lines[0]
    status, lines = told(key.sign(good, {"kid": ""}))
    assert status == 1 and "no kid" in lines[0]
    status, lines = told(key.sign({**good, "exp": 1, "iss": "x", "role": "anon"}))
    assert status == 1 and [line.split(" token: ")[1].split(" ")[1] for line in lines[:3]] == ["token", "iss", "role"]
    status, lines = told(SecretKey(SECRET).sign(good))
    assert status == 1 and "set SUPABASE_JWT_SECRET for HS256" in lines[0]
    server.misbehave("error_500", JWKS)
    status, lines = told(key.sign(good), SUPABASE_JWT_SECRET=SECRET)
    assert status == 1 and "not at hand" in lines[0]
