"""The order of refusals: every pair of faults that one request can have, for every operation; the earlier is named."""

import copy
import itertools
import json
import time

import psycopg2
import pytest

import oracle
import tokens
from faults import KEY
from operations import OPERATIONS, PUBLIC, faults_of
from oracle import Who
from world import new_id


def combinations_of(name):
    """Each fault alone, and each pair that a request can have."""
    faults = faults_of(name)
    yield from ((one,) for one in faults)
    for first, second in itertools.combinations([one for one in faults if one.is_pairable], 2):
        if first.goes_with(second):
            yield first, second


CASES = [
    pytest.param(name, faults, id=f"{name}: {' + '.join(fault.name for fault in faults)}")
    for name in OPERATIONS
    for faults in combinations_of(name)
]


@pytest.fixture(scope="module")
def ids(scenery):
    """What the words in braces stand for."""
    return {
        "{event}": scenery.event,
        "{template}": scenery.template,
        "{task_type}": scenery.task_type,
        "{colleague}": scenery.colleague.id,
        "{foreigner}": scenery.world.user("vendor", scenery.elsewhere).id,
    }


@pytest.fixture(scope="module")
def known_tasks(scenery):
    """One task for each situation and holder that a case asks for; none has changed in the end."""
    found = {}

    def find(task, caller):
        key = (task, caller.id if task.holder == "caller" else None)
        if key not in found:
            (found[key],) = scenery.tasks([(task, caller)])
            counts.update(scenery.transition_counts([found[key]]))
        return found[key]

    counts = {}
    yield find
    assert scenery.transition_counts(found.values()) == counts


@pytest.fixture(scope="module")
def key_of(scenery):
    """A function that gives a user's key for a word in braces: one of another request, or one that is in flight."""
    elsewhere = psycopg2.connect(scenery.world.stack.owner_url)
    keep = (
        "INSERT INTO eventflow.idempotency_keys (user_id, key, fingerprint, answer)"
        " VALUES (%s, 'used', decode(repeat('00', 32), 'hex'), '{}') ON CONFLICT DO NOTHING"
    )
    in_flight = set()

    def find(word, user):
        if word == "{used}":
            scenery.world.sql(keep, user.id)
        elif word == "{in flight}" and user.id not in in_flight:
            in_flight.add(user.id)
            elsewhere.cursor().execute("SELECT eventflow.take_idempotency_key(%s, 'in flight')", (user.id,))
        return word.strip("{}")

    yield find
    elsewhere.close()


def filled(value, ids):
    """The value with its words in braces replaced."""
    if isinstance(value, dict):
        return {name: filled(item, ids) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item, ids) for item in value]
    return ids.get(value, value) if isinstance(value, str) else value


def signed_by_another(scenery, user):
    return tokens.jwt.encode(tokens.claims(scenery.world.stack, user.id), "x" * 40, algorithm="HS256")


def authorization(scenery, user, kind):
    if kind in ("missing", "of another scheme"):
        return None if kind == "missing" else "Basic YTpi"
    make = {
        "good": lambda: user.token,
        "damaged": lambda: user.token[:-2] + ("AA" if user.token[-2:] != "AA" else "BB"),
        "signed by another": lambda: signed_by_another(scenery, user),
        "expired": lambda: tokens.mint(scenery.world.stack, user.id, exp=int(time.time()) - 3600),
        "without profile": lambda: tokens.mint(scenery.world.stack, new_id()),
        "of an inactive user": lambda: scenery.user(Who(is_active=False)).token,
    }
    return f"Bearer {make[kind]()}"


def send(scenery, ids, task_of, key_of, request):
    user = scenery.user(request.caller())
    path_id = {"malformed": "no-uuid", "unknown": scenery.nobodys_id}.get(request.id)
    if not path_id:
        path_id = task_of(request.task, user) if "/tasks/" in request.path else scenery.event
    body = request.raw_body
    if body is None and request.body is not None:
        body = json.dumps(filled(request.body, ids)).encode()
    headers = {"Authorization": authorization(scenery, user, request.token), **request.headers}
    if KEY in headers:
        headers[KEY] = key_of(headers[KEY], user)
    query = "&".join(f"{name}={filled(value, ids)}" for name, value in request.query.items()) or None
    path = request.path.replace("{id}", path_id)
    return scenery.world.nobody.call(request.method, path, query, body=body, headers=headers)


def codes_of(faults):
    """Those of the faults that no other goes before."""
    first = [one for one in faults if not any(one.comes_after(other) for other in faults)]
    return frozenset().union(*(one.codes for one in first))


@pytest.mark.parametrize("name, faults", CASES)
def test_the_earlier_fault_is_named(scenery, ids, known_tasks, key_of, name, faults):
    request = copy.deepcopy(OPERATIONS[name][0])
    for one in faults:
        one.apply(request)
    oracle.check(send(scenery, ids, known_tasks, key_of, request), codes_of(request.faults + faults))


@pytest.mark.parametrize("name", OPERATIONS)
def test_without_a_fault_it_is_answered(scenery, ids, name):
    """So that each fault above is the reason of its refusal."""
    request = OPERATIONS[name][0]
    expected = {"invalid_credentials"} if name in PUBLIC else codes_of(request.faults) or None
    oracle.check(send(scenery, ids, lambda *wanted: scenery.tasks([wanted])[0], None, request), expected)
