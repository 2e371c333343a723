"""The keys that access tokens are signed with, their rotation, and the key set that Supabase publishes of them."""

import base64
import json
import uuid

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

GENERATORS = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RS256": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


def encoded(number, size):
    return base64.urlsafe_b64encode(number.to_bytes(size, "big")).rstrip(b"=").decode()


class SigningKey:
    """A key pair, known by its `kid`."""

    def __init__(self, algorithm):
        self.algorithm = algorithm
        self.id = str(uuid.uuid4())
        self.private = GENERATORS[algorithm]()

    def sign(self, claims, headers=None):
        return jwt.encode(claims, self.private, self.algorithm, {"kid": self.id, **(headers or {})})

    def public_jwk(self):
        """The key as it stands in the key set (RFC 7517, 7518 and 8037)."""
        public = self.private.public_key()
        common = {"kid": self.id, "alg": self.algorithm, "use": "sig", "key_ops": ["verify"]}
        if self.algorithm == "EdDSA":
            return {**common, **json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(public))}
        numbers = public.public_numbers()
        if self.algorithm == "RS256":
            return {**common, "kty": "RSA", "n": encoded(numbers.n, 256), "e": encoded(numbers.e, 3)}
        return {**common, "kty": "EC", "crv": "P-256", "x": encoded(numbers.x, 32), "y": encoded(numbers.y, 32)}


class SecretKey:
    """The legacy JWT secret of a project, which no key set ever lists."""

    algorithm = "HS256"

    def __init__(self, secret):
        self.secret = secret

    def sign(self, claims, headers=None):
        return jwt.encode(claims, self.secret, "HS256", headers)


class KeyRing:
    """Which key signs, and which may still verify."""

    def __init__(self, secret, algorithm="ES256"):
        self.secret = SecretKey(secret)
        self.listed = []
        self.current = self.secret
        self.rotate(algorithm)

    def rotate(self, algorithm="ES256"):
        """Signs with a new key from now on; the old one stays in the set. HS256 is the secret. Returns the key."""
        if algorithm == "HS256":
            self.current = self.secret
        else:
            self.current = SigningKey(algorithm)
            self.listed.append(self.current)
        return self.current

    def use(self, algorithm):
        """Signs with the last listed key of an algorithm, or with the secret."""
        self.current = next((key for key in reversed(self.listed) if key.algorithm == algorithm), self.secret)
        assert self.current.algorithm == algorithm

    def revoke(self, key):
        self.listed.remove(key)

    def key_set(self):
        return {"keys": [key.public_jwk() for key in self.listed]}

    def verify(self, token):
        """The claims of a token of ours; ValueError for any other."""
        try:
            header = jwt.get_unverified_header(token)
            if header["alg"] == "HS256":
                key = self.secret.secret
            else:
                key = next(key for key in self.listed if key.id == header.get("kid")).private.public_key()
            return jwt.decode(token, key, [header["alg"]], audience="authenticated")
        except (jwt.PyJWTError, KeyError, StopIteration) as error:
            raise ValueError(str(error)) from None
