"""Requests and the faults that they can have: where each stands in the contract's order of refusals, and its codes."""

import dataclasses

import oracle
from oracle import Task, Who
from world import new_id

# The contract's list: each fault's first and last place in it. What stands in the address has no place of its own among
# type, syntax and fields of the body: it goes with all three.
PLACES = ("PATH", "METHOD", "TOKEN", "TYPE", "SYNTAX", "FIELDS", "SCOPE", "PERMISSION", "HELD", "ELIGIBILITY", "REPEAT")
PLACES += ("STATE", "ROWS", "VERSION")
RANKS = {place: (number, number) for number, place in enumerate(PLACES)}
RANKS["ADDRESS"] = (RANKS["TYPE"][0], RANKS["FIELDS"][1])


@dataclasses.dataclass
class Request:
    """A request that would succeed, until faults are put into it."""

    method: str
    path: str
    body: dict = None
    query: dict = dataclasses.field(default_factory=dict)
    headers: dict = dataclasses.field(default_factory=dict)
    who: dict = dataclasses.field(default_factory=dict)  # of the caller, as in oracle.Who
    task: Task = Task()
    token: str = "good"
    id: str = "good"  # of the task or event in the path
    raw_body: bytes = None
    faults: tuple = ()  # that it has in any case

    def caller(self):
        return Who(**{"permissions": frozenset(oracle.PERMISSIONS), **self.who})


@dataclasses.dataclass(frozen=True)
class Fault:
    """slots: the parts of a request that it needs to itself. Pairs are made of those alone that are pairable."""

    name: str
    place: str
    codes: frozenset
    slots: frozenset
    apply: object
    is_pairable: bool = True

    def comes_after(self, other):
        return RANKS[other.place][1] < RANKS[self.place][0]

    def goes_with(self, other):
        """Whether one request can have both."""
        return not self.slots & other.slots


def fault(name, place, codes, slots, apply, is_pairable=True):
    return Fault(name, place, frozenset(codes.split()), frozenset(slots.split()), apply, is_pairable)


# ---- Changes of a request ------------------------------------------------------------------------------------------


def whole(**values):
    """Replaces parts of the request."""

    def apply(request):
        for name, value in values.items():
            setattr(request, name, value)

    return apply


def within(part, **values):
    """Replaces what is in one part of it."""

    def apply(request):
        getattr(request, part).update(values)

    return apply


def who(**values):
    return within("who", **values)


def body(**values):
    return within("body", **values)


def query(**values):
    return within("query", **values)


def header(name, value):
    return within("headers", **{name: value})


def with_path(suffix):
    def apply(request):
        request.path += suffix

    return apply


def without(field):
    def apply(request):
        del request.body[field]

    return apply


def state(name, waits=False):
    def apply(request):
        request.task = dataclasses.replace(request.task, state=name, waits=waits)

    return apply


def held_by_another(request):
    """And not by one who may give it to others: they could move it all the same."""
    request.task = dataclasses.replace(request.task, holder="other")
    request.who["permissions"] = frozenset({"view", "take", "move_state"})


# ---- The faults that many operations share -------------------------------------------------------------------------

EVERYWHERE = [
    fault("unknown path", "PATH", "not_found", "path", with_path("/no/where")),
    fault("slash at the end", "PATH", "not_found", "path", with_path("/"), False),
    fault("method of another path", "METHOD", "method_not_allowed", "method", whole(method="PUT")),
    fault("unknown method", "METHOD", "method_not_implemented", "method", whole(method="BREW")),
]
TOKENS = {
    "missing": "missing_token",
    "of another scheme": "missing_token",
    "damaged": "invalid_token",
    "signed by another": "invalid_token",
    "expired": "token_expired",
    "without profile": "profile_not_found",
    "of an inactive user": "profile_inactive",
}
PRIVATE = [
    fault(f"token {kind}", "TOKEN", code, "token", whole(token=kind), kind in ("missing", "expired", "without profile"))
    for kind, code in TOKENS.items()
]
QUERY = [
    fault("unknown parameter", "ADDRESS", "unknown_parameter", "query", query(unknown="1")),
    fault("malformed escape", "ADDRESS", "unknown_parameter invalid_parameter", "query", query(**{"%zz": "1"})),
]
LIST = [
    fault("limit of 0", "ADDRESS", "invalid_parameter", "query", query(limit="0"), False),
    fault("limit of 1001", "ADDRESS", "invalid_parameter", "query", query(limit="1001")),
    fault("damaged cursor", "ADDRESS", "invalid_cursor", "query", query(cursor="damaged")),
]
FORM = "application/x-www-form-urlencoded"
BODY = [
    fault("text by its type", "TYPE", "unsupported_media_type", "type", header("Content-Type", "text/plain")),
    fault("form by its type", "TYPE", "unsupported_media_type", "type", header("Content-Type", FORM), False),
    fault("truncated body", "SYNTAX", "invalid_json", "body", whole(raw_body=b'{"next_state":')),
    fault("duplicate key", "SYNTAX", "invalid_json", "body", whole(raw_body=b'{"a":1,"a":1}'), False),
    fault("array as body", "FIELDS", "invalid_json invalid_field bad_request", "body", whole(raw_body=b"[]")),
    fault("unknown field", "FIELDS", "unknown_field", "body", body(unknown=1)),
]
ID = [fault("id that is no UUID", "ADDRESS", "not_found", "id", whole(id="malformed"))]
TASK_SCOPE = [
    fault("unknown id", "SCOPE", "not_found", "id scope", whole(id="unknown")),
    fault("another's event", "SCOPE", "not_found", "member", who(is_member=False)),
]
IF_MATCH = [
    fault("If-Match malformed", "ADDRESS", "invalid_if_match", "if_match", header("If-Match", "malformed")),
    fault("If-Match *", "ADDRESS", "invalid_if_match", "if_match", header("If-Match", "*"), False),
    fault("other version", "VERSION", "version_mismatch", "if_match", header("If-Match", '"999999999-00000000"')),
]
KEY = "Idempotency-Key"
REPEATS = [
    fault("key of 129 characters", "ADDRESS", "invalid_idempotency_key", "key", header(KEY, "x" * 129)),
    fault("key with a tab", "ADDRESS", "invalid_idempotency_key", "key", header(KEY, "a\tb"), False),
    fault("key beyond ASCII", "ADDRESS", "invalid_idempotency_key", "key", header(KEY, "caf\xe9"), False),
    fault("key of another request", "REPEAT", "idempotency_key_reused", "key", header(KEY, "{used}")),
    fault("key in flight", "REPEAT", "request_in_flight", "key", header(KEY, "{in flight}")),
]
EVENT_SCOPE = [fault("another's event", "SCOPE", "not_a_member", "member", who(is_member=False))]
CUSTOMER = fault("customer", "PERMISSION", "customer_read_only", "type of user", who(is_customer=True))
INELIGIBLE = fault("not eligible", "ELIGIBILITY", "not_eligible", "mapping", who(is_eligible=False))
HELD = fault("held by another", "HELD", "task_held_by_another", "type of user", held_by_another)
WAITING = fault("waiting", "STATE", "dependencies_open", "state", lambda request: None)


def lacks(permission):
    rest = frozenset(oracle.PERMISSIONS) - {permission}
    return fault(f"without {permission}", "PERMISSION", "permission_denied", "type of user", who(permissions=rest))


def unknown(part, name, place, code, slots):
    """An id in the body or the query that nobody has."""
    return fault(f"unknown {name}", place, code, slots, within(part, **{name: new_id()}))
