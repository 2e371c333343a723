"""An attack, and the request that it is made of."""

import dataclasses
from typing import Any, Callable


@dataclasses.dataclass
class Sent:
    """A request; path may hold a query. token: of a user, or text; value is sent as JSON, body as it is."""

    method: str
    path: str
    token: Any = None
    value: Any = None
    body: bytes = None
    headers: dict = None
    raw: bytes = None  # in place of all else but method and path


@dataclasses.dataclass
class Attack:
    number: int  # the row in the table of attacks
    name: str
    prepare: Callable  # makes what the attack needs, once for each web server, and returns the request
    status: int
    code: str = None  # None: it is no attack, and succeeds
    difference: str = None  # in the list of what cannot be alike
    check: Callable = None  # what else holds for the answer: a function of web server, scene, request and answer

    def __str__(self):
        return f"{self.number:02d} {self.name}"


def get(path, token=None, **more):
    return Sent("GET", path, token, **more)


def post(path, token=None, value=None, **more):
    return Sent("POST", path, token, value, **more)
