"""The accounts of the stand-in, their sessions and refresh tokens, by the rules of Supabase Auth (GoTrue)."""

import dataclasses
import datetime
import secrets
import time
import uuid


class Refusal(Exception):
    """What Supabase Auth refuses, with its status, code and message."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclasses.dataclass
class Account:
    id: str
    email: str
    password: str
    is_confirmed: bool = True
    is_banned: bool = False
    app_metadata: dict = dataclasses.field(default_factory=lambda: {"provider": "email", "providers": ["email"]})

    def public(self):
        """The user object of its answers."""
        now = datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
        confirmed_at = now if self.is_confirmed else None
        return {
            "id": self.id,
            "aud": "authenticated",
            "role": "authenticated",
            "email": self.email,
            "email_confirmed_at": confirmed_at,
            "phone": "",
            "confirmed_at": confirmed_at,
            "last_sign_in_at": now,
            "app_metadata": self.app_metadata,
            "user_metadata": {"email_verified": True},
            "identities": [],
            "created_at": now,
            "updated_at": now,
            "is_anonymous": False,
        }


@dataclasses.dataclass
class Session:
    """What one login began. Its last refresh token is the active one."""

    id: str
    account: Account
    refresh_tokens: list


class Accounts:
    def __init__(self, keys, issuer, lifetime=3600):
        self.keys, self.issuer, self.lifetime = keys, issuer, lifetime
        self.by_email, self.sessions = {}, {}

    def add(self, email, password, user_id=None, **details):
        if email.lower() in self.by_email:
            raise Refusal(422, "email_exists", "A user with this email address has already been registered")
        account = Account(user_id or str(uuid.uuid4()), email.lower(), password, **details)
        self.by_email[account.email] = account
        return account

    def find(self, user_id):
        return next((account for account in self.by_email.values() if account.id == user_id), None)

    def password_grant(self, email, password):
        if not email:
            raise Refusal(400, "validation_failed", "missing email or phone")
        account = self.by_email.get(email.lower())
        if account is None:
            raise Refusal(400, "invalid_credentials", "Invalid login credentials")
        if account.is_banned:  # asked before the password, as Supabase Auth does
            raise Refusal(400, "user_banned", "User is banned")
        if account.password != password:
            raise Refusal(400, "invalid_credentials", "Invalid login credentials")
        if not account.is_confirmed:
            raise Refusal(400, "email_not_confirmed", "Email not confirmed")
        session = Session(str(uuid.uuid4()), account, [])
        self.sessions[session.id] = session
        return self._grant(session, "password")

    def refresh_grant(self, token):
        if not token:
            raise Refusal(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
        session = next((found for found in self.sessions.values() if token in found.refresh_tokens), None)
        if session is None:
            raise Refusal(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
        if session.account.is_banned:
            raise Refusal(400, "user_banned", "Invalid Refresh Token: User Banned")
        age = len(session.refresh_tokens) - 1 - session.refresh_tokens.index(token)
        if age == 1:  # the answer may have been lost: the active token is given once more
            return self._answer(session, "token_refresh")
        if age > 1:
            del self.sessions[session.id]
            raise Refusal(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
        return self._grant(session, "token_refresh")

    def logout(self, claims, scope):
        if scope not in ("global", "local", "others"):
            raise Refusal(400, "validation_failed", f'Unsupported logout scope "{scope}"')
        if claims.get("session_id") not in self.sessions:
            raise Refusal(403, "session_not_found", "Session from session_id claim in JWT does not exist")
        for session in list(self.sessions.values()):
            is_own = session.id == claims["session_id"]
            if session.account.id == claims["sub"] and scope in ("global", "local" if is_own else "others"):
                del self.sessions[session.id]

    def _grant(self, session, method):
        session.refresh_tokens.append(secrets.token_urlsafe(9))
        return self._answer(session, method)

    def _answer(self, session, method):
        now = int(time.time())
        return {
            "access_token": self.keys.current.sign(self.claims(session.account, session.id, method)),
            "token_type": "bearer",
            "expires_in": self.lifetime,
            "expires_at": now + self.lifetime,
            "refresh_token": session.refresh_tokens[-1],
            "user": session.account.public(),
        }

    def claims(self, account, session_id=None, method="password"):
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": account.id,
            "aud": "authenticated",
            "exp": now + self.lifetime,
            "iat": now,
            "email": account.email,
            "phone": "",
            "app_metadata": account.app_metadata,
            "user_metadata": {"email_verified": True},
            "role": "authenticated",
            "aal": "aal1",
            "amr": [{"method": method, "timestamp": now}],
            "session_id": session_id or str(uuid.uuid4()),
            "is_anonymous": False,
        }
