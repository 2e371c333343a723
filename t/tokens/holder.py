"""A worker with keys of its own, as one who shows it tokens sees it."""

import json
import signal
import time

import fastcgi
from auth_server import JWKS
from worker import Worker


class Answer:
    def __init__(self, data, seconds):
        head, _, body = data.partition(b"\r\n\r\n")
        self.headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.status = int(self.headers["Status"].split(" ")[0])
        self.json = json.loads(body)
        self.code = self.json.get("code")
        self.seconds = seconds

    def __repr__(self):
        return f"{self.status} {self.json}"


class Holder:
    """server: the stand-in whose keys it fetches; without it nothing is fetched. secret: that of HS256, or none."""

    def __init__(self, stack, user, folder, name, server=None, secret="", threads=1, **settings):
        self.user, self.server = user, server
        if server:
            settings = {"SUPABASE_URL": server.url, "SUPABASE_CA_FILE": str(server.ca_file), **settings}
        lines = dict(stack.settings)
        lines.pop("SUPABASE_JWT_SECRET")
        lines.update(settings)
        if secret:
            lines["SUPABASE_JWT_SECRET"] = secret
        file = folder / f"{name}.env"
        file.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        self.worker = Worker(stack, folder, threads=threads, name=name, EVENTFLOW_ENV_FILE=str(file))
        self.connection = None

    def close(self):
        if self.connection:
            self.connection.socket.close()  # a worker serves kept connections to their end
        if self.worker.process.poll() is None:
            self.worker.stop()

    def get(self, path, token=None):
        return self.call("GET", path, **({"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}))

    def post(self, path, value):
        return self.call("POST", path, json.dumps(value).encode(), CONTENT_TYPE="application/json")

    def call(self, *request, **parameters):
        self.connection = self.connection or fastcgi.Connection(self.worker.path, timeout=15)
        began = time.monotonic()
        self.connection.send(fastcgi.request(*request, **parameters))
        return Answer(self.connection.answer(), time.monotonic() - began)

    def show(self, token):
        """What becomes of a request with the token."""
        return self.get("/api/auth/me", token)

    def becomes(self, expected, token, seconds=10):
        """Shows the token until it is answered with this code (None: success); fails if that takes too long."""
        deadline = time.monotonic() + seconds
        while (answer := self.show(token)).code != expected:
            assert time.monotonic() < deadline, f"{answer} instead of {expected}"
            time.sleep(0.02)
        return answer

    def wait_until_fetched(self):
        while "keys from" not in self.log():
            time.sleep(0.02)
        return self

    def claims(self, **changes):
        now = int(time.time())
        good = {
            "sub": self.user.id,
            "aud": "authenticated",
            "role": "authenticated",
            "iss": f"{self.server.url}/auth/v1" if self.server else "eventflow",
            "iat": now,
            "exp": now + 3600,
        }
        return {**good, **changes}

    def token(self, key, headers=None, **changes):
        """A token that a key of the stand-in has signed."""
        return key.sign(self.claims(**changes), headers)

    def asked(self):
        """How often the key set was asked for."""
        return len(self.server.asked(JWKS))

    def log(self):
        return self.worker.log.read_text()

    def hang_up(self):
        """SIGHUP to the process that serves."""
        self.worker.process.send_signal(signal.SIGHUP)
