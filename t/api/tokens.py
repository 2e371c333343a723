"""Access tokens, made as the issuer makes them, or damaged in one place."""

import time

import jwt


def claims(stack, user_id, **changes):
    """The claims of a good token, with changes; a claim that is changed to None is left out."""
    now = int(time.time())
    good = {
        "sub": user_id,
        "aud": "authenticated",
        "role": "authenticated",
        "iss": stack.issuer,
        "iat": now,
        "exp": now + 3600,
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def mint(stack, user_id, **changes):
    return jwt.encode(claims(stack, user_id, **changes), stack.secret, algorithm="HS256")
