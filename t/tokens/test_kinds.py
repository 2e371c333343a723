"""Tokens of every kind, with all kinds of keys at hand at once or only some of them."""

import base64
import json

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from signing_keys import SecretKey, SigningKey

SECRET = "a secret of the tests, which is long enough"
PUBLIC = ("ES256", "RS256", "EdDSA")


@pytest.fixture
def keys(server):
    return {name: server.keys.rotate(name) for name in PUBLIC}


def test_all_kinds_at_once(holders, server, keys):
    holder = holders(server, secret=SECRET).wait_until_fetched()
    for key in (*keys.values(), SecretKey(SECRET)):
        assert holder.show(holder.token(key)).status == 200, key.algorithm
    for name in PUBLIC:
        stranger = SigningKey(name)
        assert holder.show(holder.token(stranger)).code == "invalid_token"
        stranger.id = keys[name].id  # another key under the id of ours
        assert holder.show(holder.token(stranger)).code == "invalid_token"
    assert holder.show(holder.token(SecretKey(SECRET + "."))).code == "invalid_token"


def test_only_published_keys(holders, server, keys):
    holder = holders(server).wait_until_fetched()
    assert holder.show(holder.token(keys["ES256"])).status == 200
    for secret in (SECRET, "", " ", server.jwt_secret):
        assert holder.show(holder.token(SecretKey(secret))).code == "invalid_token"


def test_only_a_secret(holders):
    holder = holders(secret=SECRET)
    assert holder.show(holder.token(SecretKey(SECRET))).status == 200
    assert holder.show(holder.token(SigningKey("ES256"))).code == "invalid_token"


@pytest.mark.parametrize("secret", ("", SECRET))
def test_a_file(holders, server, keys, tmp_path, secret):
    """A file stands in the place of what is published, which nobody asks for."""
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [keys["RS256"].public_jwk(), keys["EdDSA"].public_jwk()]}))
    holder = holders(server, secret=secret, SUPABASE_JWKS_FILE=str(file))
    assert holder.get("/readyz").status == 200
    for name in PUBLIC:
        expected = None if name != "ES256" else "invalid_token"
        assert holder.show(holder.token(keys[name])).code == expected, name
    assert holder.show(holder.token(SecretKey(SECRET))).code == (None if secret else "invalid_token")
    assert holder.asked() == 0


def test_a_file_without_anything_else(holders, keys, tmp_path):
    """No issuer is expected then, and nobody can log in here."""
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [keys["ES256"].public_jwk()]}))
    holder = holders(SUPABASE_JWKS_FILE=str(file))
    for issuer in ("eventflow", "https://any.example"):
        assert holder.show(holder.token(keys["ES256"], iss=issuer)).status == 200
    assert holder.show(holder.token(SecretKey(""))).code == "invalid_token"
    login = {"email": "vendor1@eventflow.com", "password": "eventflow-dev"}
    assert holder.post("/api/auth/login", login).code == "login_unavailable"
    assert holder.post("/api/auth/refresh", {"refresh_token": "x" * 43}).code == "login_unavailable"


def public_forms(key):
    """What is public of a key, as somebody might take it for a secret."""
    public, jwk = key.private.public_key(), key.public_jwk()
    yield b""
    for encoding in (serialization.Encoding.PEM, serialization.Encoding.DER):
        data = public.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
        yield data
        yield data.strip()
    yield json.dumps(jwk).encode()
    yield json.dumps(jwk, separators=(",", ":")).encode()
    yield json.dumps({"keys": [jwk]}).encode()
    for name in ("x", "y", "n"):
        if name in jwk:
            yield jwk[name].encode()
            yield base64.urlsafe_b64decode(jwk[name] + "==")


@pytest.mark.parametrize("secret", ("", SECRET))
def test_a_public_key_is_no_secret(holders, server, keys, secret):
    """An RSA key without `alg` invites it most: HS256 with the key's public bytes, or with none."""
    server.keys.key_set = lambda: {
        "keys": [{n: v for n, v in key.public_jwk().items() if n != "alg"} for key in keys.values()]
    }
    holder = holders(server, secret=secret).wait_until_fetched()
    for key in keys.values():
        assert holder.show(holder.token(key)).status == 200
        for form in public_forms(key):
            for headers in ({}, {"kid": key.id}):
                token = sign_hs256(holder.claims(), form, headers)
                assert holder.show(token).code == "invalid_token", form


def sign_hs256(claims, secret, headers):
    """As PyJWT, which refuses such secrets."""
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT", **headers}, claims)]
    message = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return (message + b"." + base64.urlsafe_b64encode(algorithm.sign(message, secret)).rstrip(b"=")).decode()


def test_keys_that_a_token_brings_along(holders, server, keys):
    """They are not used, and where they point to nobody goes."""
    holder = holders(server).wait_until_fetched()
    mine = SigningKey("ES256")
    evil = f"{server.url}/evil"
    for headers in (
        {"jwk": mine.public_jwk()},
        {"jku": f"{evil}/jwks.json"},
        {"x5u": f"{evil}/x5u.pem", "x5c": ["MIIB"]},
        {"jku": f"{evil}/jwks.json", "kid": keys["ES256"].id},
        {"kid": f"{evil}/kid"},
        {"kid": "../../../../dev/null"},
        {"kid": "' or 1=1--"},
        {"kid": "k" * 1024},
    ):
        assert holder.show(holder.token(mine, headers)).code == "invalid_token", headers
    assert {request.path for request in server.asked()} == {"/auth/v1/.well-known/jwks.json"}
    assert holder.asked() <= 2


@pytest.mark.parametrize("name", PUBLIC)
def test_every_character_counts(holders, server, keys, name):
    holder = holders(server).wait_until_fetched()
    good = holder.token(keys[name])
    assert holder.show(good).status == 200
    for place, character in enumerate(good):
        other = "A" if character != "A" else "B"
        assert holder.show(good[:place] + other + good[place + 1 :]).status == 401, place
    assert holder.show(good).status == 200


def test_published_private_keys_are_not_used(holders, server, keys):
    leaked, fine = keys["ES256"], keys["RS256"]
    numbers = leaked.private.private_numbers().private_value.to_bytes(32, "big")
    secret = base64.urlsafe_b64encode(numbers).rstrip(b"=").decode()
    server.keys.key_set = lambda: {
        "keys": [
            {**leaked.public_jwk(), "d": secret},
            {"kty": "oct", "kid": "o", "alg": "HS256", "k": base64.urlsafe_b64encode(SECRET.encode()).decode()},
            fine.public_jwk(),
        ]
    }
    holder = holders(server).wait_until_fetched()
    assert holder.show(holder.token(fine)).status == 200
    assert holder.show(holder.token(leaked)).code == "invalid_token"
    assert holder.show(holder.token(SecretKey(SECRET), {"kid": "o"})).code == "invalid_token"
    assert holder.log().count("it is a private or symmetric key") == 2 and secret not in holder.log()
