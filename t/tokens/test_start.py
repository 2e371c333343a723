"""What refuses a start: one line in the log, another status than 0, and nobody was served."""

import json
import os
import socket
import subprocess

import fastcgi
import pytest
import stack as stack_module
from signing_keys import SecretKey, SigningKey

SECRET = "a secret of the tests, which is long enough"
SAMPLE_HASH = "$2b$10$EventFlowSampleDataSa.2X2FkZZjL2u7t.V.zCePimwZ7xE5oxS"  # as in sql/seed.sql
SAMPLE_SECRET = "eventflow-sample-secret-for-development-only"
KEY_SETTINGS = ("SUPABASE_JWT_SECRET", "SUPABASE_JWKS_FILE", "SUPABASE_URL", "JWT_ISSUER", "ENVIRONMENT")


@pytest.fixture
def start(stack, tmp_path):
    """Starts a worker with these settings; its exit status and the lines of its log. Nobody is served by it."""

    def run(**settings):
        environment = {name: value for name, value in os.environ.items() if name not in KEY_SETTINGS}
        environment.update({"DATABASE_URL": stack.settings["DATABASE_URL"], **settings})
        with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
            path = tmp_path / "worker.sock"
            path.unlink(missing_ok=True)
            listener.bind(str(path))
            listener.listen()
            client.settimeout(0.1)
            client.connect(str(path))
            client.send(fastcgi.request("GET", "/healthz"))
            program = [str(stack_module.BUILD / "eventflow")]
            done = subprocess.run(program, stdin=listener, env=environment, capture_output=True, timeout=15, check=False)
            with pytest.raises(TimeoutError):
                client.recv(1)
        assert done.stdout == b""
        return done.returncode, done.stderr.decode().splitlines()

    return run


def refused(start, name, *words, **settings):
    """The start is refused by one line that names the setting, and holds the words."""
    status, log = start(**settings)
    assert status != 0 and len(log) == 1, log
    line = stack_module.LOG_LINE.match(log[0])
    assert line["level"] == "ERROR" and line["message"].startswith(f"{name}: "), log
    assert all(word in line["message"] for word in words), log
    return line["message"]


def test_no_key_at_all(start):
    refused(start, "SUPABASE_JWT_SECRET", "SUPABASE_URL", "SUPABASE_JWKS_FILE")


@pytest.mark.parametrize("others", ({}, {"SUPABASE_URL": "https://project.supabase.co"}, {"ENVIRONMENT": "production"}))
@pytest.mark.parametrize("secret", ("", " ", "\t \t", " " * 40, "x", "x" * 31))
def test_secrets_that_are_none(start, secret, others):
    refused(start, "SUPABASE_JWT_SECRET", SUPABASE_JWT_SECRET=secret, **others)


def with_members(jwk, **members):
    return {**jwk, **members}


PUBLIC = {name: SigningKey(name).public_jwk() for name in ("ES256", "RS256", "EdDSA")}
BAD_SETS = {
    "d of an EC key": [PUBLIC["ES256"], with_members(PUBLIC["ES256"], kid="x", d="AAAA")],
    "d of an Ed25519 key": [with_members(PUBLIC["EdDSA"], d="AAAA")],
    "d of an RSA key": [with_members(PUBLIC["RS256"], d="AAAA")],
    **{
        f"{name} of an RSA key": [PUBLIC["ES256"], with_members(PUBLIC["RS256"], **{name: "AAAA"})]
        for name in ("p", "q", "dp", "dq", "qi", "oth")
    },
    "a symmetric key": [PUBLIC["ES256"], {"kty": "oct", "kid": "o", "k": "c2VjcmV0"}],
    "a symmetric key without its bytes": [PUBLIC["ES256"], {"kty": "oct", "kid": "o", "alg": "HS256"}],
    "a private key of an unknown type": [PUBLIC["ES256"], {"kty": "new", "kid": "n", "d": "AAAA"}],
}


@pytest.mark.parametrize("environment", ("development", "production"))
@pytest.mark.parametrize("name", BAD_SETS)
def test_files_with_private_or_symmetric_keys(start, tmp_path, name, environment):
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": BAD_SETS[name]}))
    status, log = start(SUPABASE_JWKS_FILE=str(file), SUPABASE_JWT_SECRET=SECRET, ENVIRONMENT=environment)
    assert status != 0 and "SUPABASE_JWKS_FILE: " in log[-1] and "private or symmetric key" in log[-1]
    assert "AAAA" not in "".join(log) and "c2VjcmV0" not in "".join(log)


@pytest.mark.parametrize(
    "content", (b"", b"{", b"[]", b'{"keys":[]}', b'{"keys":[{}]}', b"\xff", b'{"keys":[],"keys":[]}', b"[" * 70000)
)
def test_files_without_a_key(start, tmp_path, content):
    file = tmp_path / "jwks.json"
    file.write_bytes(content)
    status, log = start(SUPABASE_JWKS_FILE=str(file), SUPABASE_JWT_SECRET=SECRET)
    assert status != 0 and " - SUPABASE_JWKS_FILE: " in log[-1]


def test_files_that_are_not_there(start, tmp_path):
    for path in (tmp_path / "nothing.json", tmp_path):
        refused(start, "SUPABASE_JWKS_FILE", "cannot read", SUPABASE_JWKS_FILE=str(path), SUPABASE_JWT_SECRET=SECRET)


def test_the_sample_secret_in_production(start):
    refused(start, "SUPABASE_JWT_SECRET", "sample", SUPABASE_JWT_SECRET=SAMPLE_SECRET, ENVIRONMENT="production")


@pytest.mark.parametrize("password", ("password", "eventflow-dev"))
def test_sample_passwords_of_the_database_in_production(start, password):
    url = f"postgresql://eventflow_api:{password}@localhost/eventflow"
    settings = {"SUPABASE_JWT_SECRET": SECRET, "ENVIRONMENT": "production", "DATABASE_URL": url}
    assert url not in refused(start, "DATABASE_URL", "has a sample password", **settings)


def test_sample_users_in_production(start, holders, world):
    """The sample data's password still opens the database: no start until it does not."""
    person = world.user("vendor")
    world.sql("INSERT INTO eventflow.user_passwords (user_id, password_hash) VALUES (%s, %s)", person.id, SAMPLE_HASH)
    settings = {"SUPABASE_JWT_SECRET": SECRET, "ENVIRONMENT": "production"}
    refused(start, "DATABASE_URL", "users of the sample data", **settings)
    rows = world.sql("DELETE FROM eventflow.user_passwords WHERE password_hash = %s RETURNING user_id", SAMPLE_HASH)
    try:
        holder = holders(secret=SECRET, ENVIRONMENT="production")
        assert holder.show(holder.token(SecretKey(SECRET))).status == 200
    finally:
        for (user_id,) in rows:
            world.sql("INSERT INTO eventflow.user_passwords VALUES (%s, %s)", user_id, SAMPLE_HASH)


def test_production_without_a_database(holders):
    """A start does not wait for the database to be asked."""
    url = "postgresql://eventflow_api:a-password-of-its-own@127.0.0.1:1/eventflow"
    holder = holders(secret=SECRET, ENVIRONMENT="production", DATABASE_URL=url)
    assert holder.get("/healthz").status == 200 and holder.get("/readyz").status == 503
