"""Attack 3: no server starts with a secret that is none, or with keys that are no public keys."""

import base64
import json
import os
import socket
import subprocess

import pytest
import stack as stack_module
from conftest import stack_behind
from cryptography.hazmat.primitives.asymmetric import ec


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def private_key():
    numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    values = {"x": numbers.public_numbers.x, "y": numbers.public_numbers.y, "d": numbers.private_value}
    return {
        "kty": "EC",
        "crv": "P-256",
        "alg": "ES256",
        "kid": "a",
        **{n: encoded(v.to_bytes(32, "big")) for n, v in values.items()},
    }


KEY_SETS = {
    "a private key": {"keys": [private_key()]},
    "a symmetric key": {"keys": [{"kty": "oct", "alg": "HS256", "kid": "a", "k": encoded(b"x" * 48)}]},
    "no key": {"keys": []},
    "no key set": [],
}
SETTINGS = {
    "an empty secret": {"SUPABASE_JWT_SECRET": ""},
    "a blank secret": {"SUPABASE_JWT_SECRET": " " * 40},
    "a secret of 31 bytes": {"SUPABASE_JWT_SECRET": "x" * 31},
    "a sample secret": {"SUPABASE_JWT_SECRET": "eventflow-sample-secret-for-development-only"},
    **{name: {"SUPABASE_JWKS_FILE": value} for name, value in KEY_SETS.items()},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_worker_does_not_start(fronts, tmp_path, name):
    settings = dict(SETTINGS[name])
    if "SUPABASE_JWKS_FILE" in settings:
        (tmp_path / "jwks.json").write_text(json.dumps(settings["SUPABASE_JWKS_FILE"]))
        settings["SUPABASE_JWKS_FILE"] = str(tmp_path / "jwks.json")
    lines = {**fronts["nginx"].stack.settings, "SUPABASE_URL": "", **settings}
    (tmp_path / "eventflow.env").write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
    command = ["spawn-fcgi", "-n", "-s", str(tmp_path / "socket"), "--", str(stack_module.BUILD / "eventflow")]
    environment = {**os.environ, "EVENTFLOW_ENV_FILE": str(tmp_path / "eventflow.env")}
    result = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10
    )
    assert result.returncode == 1, result
    lines = [line for line in result.stderr.strip().splitlines() if " WARNING " not in line]
    assert len(lines) == 1 and next(iter(settings)) in lines[0], result.stderr


def test_no_web_server_starts_with_a_short_secret(front, variables):
    port = stack_module.free_port()
    more = {"PORT": str(port), "SUPABASE_JWT_SECRET": "short"}
    with pytest.raises(RuntimeError, match="SUPABASE_JWT_SECRET"):
        with stack_behind(front.name, "refused", variables, front.stack, **more):
            pass
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "somebody listens"
