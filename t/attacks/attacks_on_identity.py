"""Attacks 1, 2 and 4 to 11: tokens that are forged, damaged, out of time or somebody else's."""

import base64
import hashlib
import hmac
import json
import time

from attack import Attack, get
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

ME = "/api/auth/me"
FAR = 2**53


def part(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(key, header, claims):
    """Header and claims of any kind, with an HMAC that fits."""
    head = f"{part(header)}.{part(claims)}"
    return f"{head}.{part(hmac.new(key, head.encode(), hashlib.sha256).digest())}"


def hs256(scene, header=None, **changes):
    """A token of the vendor's, sound but for what is changed."""
    return signed(scene.stack.secret.encode(), header or {"alg": "HS256", "typ": "JWT"}, scene.claims(**changes))


def es256(scene, headers=None, sign=lambda r, s: r.to_bytes(32, "big") + s.to_bytes(32, "big"), **changes):
    """The same, signed with the key of the key set; sign writes the two numbers of the signature."""
    head = f"{part({'alg': 'ES256', 'kid': scene.key.id, **(headers or {})})}.{part(scene.claims(**changes))}"
    numbers = utils.decode_dss_signature(scene.key.private.sign(head.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{head}.{part(sign(*numbers))}"


def public_bytes(scene, encoding):
    key = scene.key.private.public_key()
    return key.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)


ATTACKS = []


def attack(number, name, token, status=401, code="invalid_token"):
    """One more, whose token a function of the scene makes."""
    ATTACKS.append(Attack(number, name, lambda scene: get(ME, token(scene)), status, code))


# ---- 1: the algorithm --------------------------------------------------------------------------------------

ALGORITHMS = (
    *("none", "None", "NonE", "nOnE", "NONE", "", " HS256", "hs256", "HS384", "HS512", "PS256"),
    *(1, None, ["HS256"], {}),
)
for algorithm in ALGORITHMS:
    header = {"alg": algorithm, "typ": "JWT"}
    attack(1, f"alg {algorithm!r}", lambda s, h=header: hs256(s, h))
    attack(1, f"alg {algorithm!r}, no signature", lambda s, h=header: f"{part(h)}.{part(s.claims())}.")
attack(1, "no alg", lambda scene: hs256(scene, {"typ": "JWT"}))
attack(1, "HS256, no signature", lambda scene: hs256(scene).rpartition(".")[0] + ".")

# ---- 2: the public key as a secret -------------------------------------------------------------------------

PUBLIC_KEYS = {
    "PEM": lambda scene: public_bytes(scene, serialization.Encoding.PEM),
    "DER": lambda scene: public_bytes(scene, serialization.Encoding.DER),
    "JWK": lambda scene: json.dumps(scene.key.public_jwk()).encode(),
    "nothing": lambda scene: b"",
}


def confused(secret, alg):
    return lambda s: signed(secret(s), {"alg": alg, "kid": s.key.id}, s.claims())


def by_stranger(algorithm, headers):
    """Signed with a key that is in no key set; headers is a function of the scene."""
    return lambda scene: scene.stranger_keys[algorithm].sign(scene.claims(), headers(scene))


for form, secret in PUBLIC_KEYS.items():
    for alg in ("HS256", "ES256"):
        attack(2, f"{form} of the public key as HMAC secret, {alg}", confused(secret, alg))
for algorithm in ("RS256", "ES256"):
    attack(2, f"an {algorithm} key of another", by_stranger(algorithm, lambda scene: {"kid": scene.key.id}))
attack(2, "a sound ES256 token", es256, 200, None)

# ---- 4: keys that the header names -------------------------------------------------------------------------

KEY_IDS = ("../../dev/null", "' or 1=1--", "x" * 1024, 1, None, "", ["x"], "00000000-0000-4000-8000-000000000000")
for kid in KEY_IDS:
    attack(4, f"ES256 of kid {str(kid)[:20]!r}", lambda s, kid=kid: es256(s, {"kid": kid}))
for kid in ("../../dev/null", "' or 1=1--", "x" * 1024, "", 1, None, ["x"]):
    header = {"alg": "HS256", "kid": kid}
    attack(4, f"HS256 of kid {str(kid)[:20]!r}, which is ignored", lambda s, h=header: hs256(s, h), 200, None)
for name in ("jku", "x5u"):
    address = by_stranger("ES256", lambda s, name=name: {name: f"{s.supabase.url}/evil/{name}.json"})
    attack(4, f"a key behind {name}", address)
attack(4, "a key in jwk", by_stranger("ES256", lambda s: {"jwk": s.stranger_keys["ES256"].public_jwk()}))
attack(4, "HS256 of the kid of an ES256 key", lambda s: hs256(s, {"alg": "HS256", "kid": s.key.id}), 200, None)
attack(4, "ES256 of a sound key that the set does not have", by_stranger("ES256", lambda s: {"kid": "mine"}))
attack(4, "the kid in capitals", lambda s: es256(s, {"kid": s.key.id.upper() + "X"}))
attack(4, "a certificate in x5c", by_stranger("ES256", lambda s: {"x5c": ["MIIB"]}))

# ---- 5: time -----------------------------------------------------------------------------------------------

for exp in (None, "9999999999", 9999999999.5, 9999999999.0, 1e30, -1, 2**53 + 1, 2**63, 2**64, True, [], {}):
    attack(5, f"exp {exp!r}", lambda scene, exp=exp: hs256(scene, exp=exp))
    attack(5, f"exp {exp!r}, ES256", lambda scene, exp=exp: es256(scene, exp=exp))
for nbf in ("1", 1.5, 0.0, -1, True, [], {}, FAR, FAR + 1):
    attack(5, f"nbf {nbf!r}", lambda scene, nbf=nbf: hs256(scene, nbf=nbf))
attack(5, "expired an hour ago", lambda scene: hs256(scene, exp=int(time.time()) - 3600), 401, "token_expired")
attack(5, "expired 32 s ago", lambda scene: hs256(scene, exp=int(time.time()) - 32), 401, "token_expired")
attack(5, "expired within the leeway", lambda scene: hs256(scene, exp=int(time.time()) - 20), 200, None)
attack(5, "exp 2^53", lambda scene: hs256(scene, exp=FAR), 200, None)
attack(5, "exp 0", lambda scene: hs256(scene, exp=0), 401, "token_expired")
for iat in ("yesterday", -1.5, 1e30, FAR, [], True, None):
    attack(5, f"iat {iat!r}, which is no reason", lambda scene, iat=iat: hs256(scene, iat=iat), 200, None)
attack(5, "valid in 35 s", lambda scene: hs256(scene, nbf=int(time.time()) + 35))
attack(5, "valid within the leeway", lambda scene: hs256(scene, nbf=int(time.time()) + 20), 200, None)

# ---- 6: shape ----------------------------------------------------------------------------------------------


def shaped(change, header=b'{"alg":"HS256","typ":"JWT"}'):
    """A token whose claims' text is changed and then signed."""

    def token(scene):
        return signed(scene.stack.secret.encode(), header, change(json.dumps(scene.claims()).encode()))

    return token


attack(6, "alg twice", shaped(lambda claims: claims, b'{"alg":"none","alg":"HS256"}'))
attack(6, "a header that is a list", shaped(lambda claims: claims, b'["HS256"]'))
attack(6, "a header with trailing bytes", shaped(lambda claims: claims, b'{"alg":"HS256"}x'))
attack(6, "sub twice", shaped(lambda claims: claims[:-1] + b',"sub":"00000000-0000-4000-8000-000000000000"}'))
attack(6, "a NUL in a claim", shaped(lambda claims: claims[:-1] + b',"x":"\\u0000"}'))
attack(6, "a NUL in a name", shaped(lambda claims: claims[:-1] + b',"sub\\u0000":"x"}'))
attack(6, "a lone surrogate", shaped(lambda claims: claims[:-1] + b',"x":"\\ud800"}'))
attack(6, "bad UTF-8", shaped(lambda claims: claims[:-1] + b',"x":"\xff"}'))
attack(6, "claims in a list", shaped(lambda claims: b"[" + claims + b"]"))
attack(6, "trailing bytes", shaped(lambda claims: claims + b"{}"))
attack(6, "NaN", shaped(lambda claims: claims[:-1] + b',"x":NaN}'))
attack(6, "no claims", shaped(lambda claims: b""))
attack(6, "a byte order mark", shaped(lambda claims: b"\xef\xbb\xbf" + claims))
attack(6, "a comma too many", shaped(lambda claims: claims[:-1] + b",}"))
attack(6, "a comment", shaped(lambda claims: claims + b"//"))
attack(6, "UTF-16", shaped(lambda claims: claims.decode().encode("utf-16")))
attack(6, "a token in a token", shaped(lambda claims: b"a.b.c", b'{"alg":"HS256","cty":"JWT"}'))
attack(6, "claims that are not encoded", shaped(lambda claims: claims, b'{"alg":"HS256","b64":false,"crit":["b64"]}'))
attack(6, "a sub of another spelling twice", shaped(lambda claims: claims[:-1] + b',"s\\u0075b":"x"}'))
attack(6, "exp twice", shaped(lambda claims: claims[:-1] + b',"exp":9999999999}'))
attack(6, "kid twice", shaped(lambda claims: claims, b'{"alg":"HS256","kid":"a","kid":"a"}'))
for exp in (b"1e10", b"1E10", b"10000000000.0", b"0x254", b"+9999999999", b"09999999999", b"9999999999 1", b"NaN"):
    attack(6, f"exp written as {exp.decode()}", shaped(lambda c, e=exp: c.replace(b'"exp": ', b'"exp": %s, "x": ' % e)))
attack(6, "white space", shaped(lambda claims: b" \t\r\n" + claims + b" ", b' { "alg" : "HS256" } '), 200, None)
attack(6, "headers that nobody knows", shaped(lambda c: c, b'{"alg":"HS256","zip":"DEF","x":{"a":[1]}}'), 200, None)
attack(6, "depth 8", shaped(lambda claims: claims[:-1] + b',"x":' + b"[" * 7 + b"]" * 7 + b"}"), 200, None)
attack(6, "depth 9", shaped(lambda claims: claims[:-1] + b',"x":' + b"[" * 9 + b"]" * 9 + b"}"))
for sub in ("somebody", "", 1, None, ["x"], "00000000-0000-4000-8000-00000000000", "00000000000040008000000000000000"):
    attack(6, f"sub {sub!r}", lambda scene, sub=sub: hs256(scene, sub=sub))


def spelled(change_header, change_claims):
    """A token whose first two parts, which end in bits that say nothing, are changed before they are signed."""

    def token(scene):
        claims = json.dumps(scene.claims()).encode()
        head = part(b'{"alg":"HS256" }'), part(claims + b" " * ((1 - len(claims)) % 3))
        message = f"{change_header(head[0])}.{change_claims(head[1])}"
        return f"{message}.{part(hmac.new(scene.stack.secret.encode(), message.encode(), hashlib.sha256).digest())}"

    return token


def same(text):
    return text


SPELLINGS = {
    "bits behind the end": lambda text: text[:-1] + chr(ord(text[-1]) + 1),
    "padding": lambda text: text + "==",
    "half the padding": lambda text: text + "=",
    "a character too many": lambda text: text + "A",
    "three characters too many": lambda text: text + "AAA",
    "a tab": lambda text: text[:4] + "\t" + text[4:],
    "a percent sign": lambda text: text[:-1] + f"%{ord(text[-1]):x}",
    "an exclamation mark": lambda text: text[:4] + "!" + text[4:],
}
attack(6, "bits behind the end that are zero", spelled(same, same), 200, None)
for name, change in SPELLINGS.items():
    attack(6, f"{name} in the header", spelled(change, same))
    attack(6, f"{name} in the claims", spelled(same, change))
for shape in (".{1}.{2}", "{0}..{2}", "{0}", "{0}.{1}", "{0}{1}{2}", "{2}.{1}.{0}", "{0}.{0}.{2}", "{0}.{1}.{1}"):
    attack(6, f"parts {shape}", lambda scene, shape=shape: shape.format(*hs256(scene).split(".")))
attack(6, "JSON serialization", lambda scene: f'{{"payload":"{hs256(scene)}"}}')
attack(6, "padding", lambda scene: hs256(scene) + "=")
attack(6, "padding inside", lambda scene: hs256(scene).replace(".", "=.", 1))
attack(6, "white space inside", lambda scene: hs256(scene).replace(".", ".\t", 1))
attack(6, "standard base64", lambda scene: hs256(scene)[:-4] + "+/+/")

# ---- 7: whose, and for whom --------------------------------------------------------------------------------

for claim, values in {
    "iss": (None, "", "https://evil.example.com/auth/v1", ["x"], 1, {}, True),
    "aud": (
        *(None, "", "others", "Authenticated", "authenticated ", [], ["others"]),
        *({"authenticated": 1}, ["authenticated", 1], [["authenticated"]], True),
    ),
    "role": (None, "anon", "service_role", "", 1, ["authenticated"], "Authenticated", True),
}.items():
    for value in values:
        attack(7, f"{claim} {value!r}", lambda scene, claim=claim, value=value: hs256(scene, **{claim: value}))
for change in ("{}/", "{}#", " {}", "{} ", "{}\0", "{},x"):
    attack(7, f"iss as {change!r}", lambda s, change=change: hs256(s, iss=change.format(s.stack.issuer)))
attack(7, "the iss in capitals", lambda s: hs256(s, iss=s.stack.issuer.upper()))
attack(7, "the iss in a list", lambda s: hs256(s, iss=[s.stack.issuer]))
for aud in (["authenticated"], ["others", "authenticated"]):
    attack(7, f"aud {aud}", lambda scene, aud=aud: hs256(scene, aud=aud), 200, None)
for typ in ("jwt", "at+jwt", "JWS", "JOSE", "", 1, None, ["JWT"]):
    attack(7, f"typ {typ!r}", lambda scene, typ=typ: hs256(scene, {"alg": "HS256", "typ": typ}))
    attack(7, f"typ {typ!r}, ES256", lambda scene, typ=typ: es256(scene, {"typ": typ}))
for value in (1, "false", "", [], {}):
    attack(7, f"is_anonymous {value!r}", lambda scene, value=value: hs256(scene, is_anonymous=value))
attack(7, "anonymous", lambda scene: hs256(scene, is_anonymous=True))
attack(7, "an OAuth client's", lambda scene: hs256(scene, client_id="x"))
for crit in (["exp"], [], ["b64"], "exp"):
    attack(7, f"crit {crit!r}", lambda scene, crit=crit: hs256(scene, {"alg": "HS256", "crit": crit}))

# ---- 8: size -----------------------------------------------------------------------------------------------

attack(8, "over 8 KiB", lambda scene: hs256(scene, x="x" * 6000))
attack(8, "12 KB of nothing", lambda scene: "a" * 12000)
attack(8, "18 KB", lambda scene: hs256(scene, x="x" * 13000), 431, "headers_too_large")
attack(8, "four segments", lambda scene: hs256(scene) + ".x")
attack(8, "five segments (JWE)", lambda scene: hs256(scene) + ".x.y")
attack(8, "two dots alone", lambda scene: "..")
attack(8, "8000 dots", lambda scene: "." * 8000)
attack(8, "a deep header", shaped(lambda claims: claims, b'{"alg":"HS256","x":' + b"[" * 2000 + b"]" * 2000 + b"}"))

# ---- 9: damage ---------------------------------------------------------------------------------------------


def damaged(place, make):
    """The token with the character at a place (a fraction of its length) changed."""

    def token(scene):
        good = make(scene)
        at = min(int(place * len(good)), len(good) - 2)
        at += good[at] == "."
        return good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :]

    return token


for place in (0.1, 0.5, 0.9):  # test_identity damages each byte
    attack(9, f"HS256 damaged at {place}", damaged(place, hs256))
    attack(9, f"ES256 damaged at {place}", damaged(place, es256))
attack(9, "a signature that is too short", lambda scene: hs256(scene)[:-4])
attack(9, "a signature that is too long", lambda scene: hs256(scene) + "AAAA")
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
NUMBERS = {  # what stands in place of a signature's r and s
    "in DER": lambda r, s: utils.encode_dss_signature(r, s),
    "of zeros": lambda r, s: bytes(64),
    "of ones": lambda r, s: (1).to_bytes(32, "big") * 2,
    "with r 0": lambda r, s: bytes(32) + s.to_bytes(32, "big"),
    "with s 0": lambda r, s: r.to_bytes(32, "big") + bytes(32),
    "with r and s of the order": lambda r, s: ORDER.to_bytes(32, "big") * 2,
    "with the largest numbers": lambda r, s: b"\xff" * 64,
    "with r and s the other way round": lambda r, s: s.to_bytes(32, "big") + r.to_bytes(32, "big"),
    "with r and s of 33 bytes": lambda r, s: r.to_bytes(33, "big") + s.to_bytes(33, "big"),
    "with the least significant byte first": lambda r, s: r.to_bytes(32, "little") + s.to_bytes(32, "little"),
    "cut in half": lambda r, s: r.to_bytes(32, "big"),
}
for name, write in NUMBERS.items():
    attack(9, f"a signature {name}", lambda scene, write=write: es256(scene, sign=write))
OTHER_HALF = "the other of the two signatures that ECDSA has for a message"  # RFC 7518 takes both


def other_half(r, s):
    return r.to_bytes(32, "big") + (ORDER - s).to_bytes(32, "big")


attack(9, OTHER_HALF, lambda scene: es256(scene, sign=other_half), 200, None)
attack(9, "HMAC in hexadecimal", lambda s: hs256(s).rpartition(".")[0] + "." + part(b"0123456789abcdef" * 4))
attack(9, "another secret", lambda scene: signed(b"x" * 48, {"alg": "HS256"}, scene.claims()))

# ---- 10: no token ------------------------------------------------------------------------------------------

for name, value in {
    "empty": "",
    "Bearer alone": "Bearer",
    "Basic": "Basic eDp5",
    "without a scheme": "@",
    "another scheme": "Token @",
    "two spaces": "Bearer  @",
    "joined by a comma": "Bearer @, Bearer @",
    "two tokens": "Bearer @ @",
    "a comma behind": "Bearer @,",
}.items():

    def header_of(scene, value=value):
        return get(ME, headers={"Authorization": value.replace("@", hs256(scene))})

    ATTACKS.append(Attack(10, name, header_of, 401, "missing_token"))
ATTACKS.append(Attack(10, "no header", lambda scene: get(ME), 401, "missing_token"))
ATTACKS.append(Attack(10, "in the query", lambda scene: get(f"{ME}?access_token={hs256(scene)}"), 401, "missing_token"))
for scheme in ("bearer", "BEARER", "Bearer"):

    def in_case(scene, scheme=scheme):
        return get(ME, headers={"Authorization": f"{scheme} {hs256(scene)}"})

    ATTACKS.append(Attack(10, scheme, in_case, 200))


def two_headers(scene):
    line = f"Authorization: Bearer {hs256(scene)}\r\n"
    return get(ME, raw=f"GET {ME} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{line}{line}\r\n".encode())


ATTACKS.append(Attack(10, "two headers", two_headers, 401, "missing_token", "repeated_line"))

# ---- 11: nobody's token ------------------------------------------------------------------------------------

ATTACKS.append(Attack(11, "no profile", lambda scene: get(ME, scene.world.stranger()), 401, "profile_not_found"))
ATTACKS.append(
    Attack(
        11, "an inactive profile", lambda s: get(ME, s.world.user("admin", is_active=False)), 401, "profile_inactive"
    )
)
