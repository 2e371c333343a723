"""Query parameters and cursors: every value in the wrong place, and every cursor that is not the list's own."""

import base64
import dataclasses
import itertools
from urllib.parse import quote

import pytest

from oracle import Task, Who
from test_field_vectors import BAD_IDS, SOME_ID

ID, STATE, BOOLEAN, LIMIT, CURSOR = "id", "state", "boolean", "limit", "cursor"
PAGE = {"limit": LIMIT, "cursor": CURSOR}
PARAMETERS = {
    "/api/tasks": {
        "event_id": ID,
        "assignee_id": ID,
        "task_type_id": ID,
        "workflow_instance_id": ID,
        "state": STATE,
        "takeable": BOOLEAN,
        **PAGE,
    },
    "/api/workflow-instances": {"event_id": ID, **PAGE},
    "/api/events": PAGE,
    "/api/users": PAGE,
    "/api/user-types": PAGE,
    "/api/task-types": PAGE,
    "/api/eligibility-mappings": PAGE,
    "/api/workflow-templates": PAGE,
    "/api/tasks/{task}/transitions": PAGE,
    "/api/events/{event}/members": PAGE,
    "/api/tasks/{task}": {},
    "/api/auth/me": {},
}
NO_TEXT = ("%00", "a%00", "%ff", "%c0%af", "%ed%a0%80", "%f4%90%80%80", "%zz", "%", "%2", "%e2%82")
# fmt: off
BAD = {
    ID: [
        *(quote(value, safe="") for value in BAD_IDS.values()), SOME_ID + "," + SOME_ID, "*", "[]", "0", "-1", "me",
    ],
    STATE: [
        "", "todo", "Todo", "TODO%20", "%20TODO", "TODO,DONE", "CANCELLED", "0", "null", "IN-PROGRESS", "IN+PROGRESS",
        "%54ODO%00", "%EF%BC%A4ONE",
    ],
    BOOLEAN: [
        "", "1", "0", "yes", "no", "TRUE", "True", "tRUE", "on", "t", "true%20", "%20true", "true,false", "null",
        "-1", "truefalse",
    ],
    LIMIT: [
        "", "0", "-1", "-0", "1001", "1000000", "1.0", "1.", ".5", "1e2", "%2B5", "+5", "%205", "5%20", "5%0a", "x",
        "0x10", "1_0", "1,0", "5;6", "99999999999999999999", "4294967297", "2147483648", "18446744073709551617",
        "9223372036854775808", "NaN", "Infinity", "null", "true", "[5]", "%D9%A3", "%EF%BC%95", "five", "5x", "--5",
        "1%2F2", "9" * 300,
    ],
    CURSOR: [
        "", "x", "damaged", "0", "-", "null", "AAAA", "A" * 1000, "A" * 1001, "a.b.c", "%25", "'", "../..", "%3Cx%3E",
    ],
}
# fmt: on
GOOD = {
    ID: [SOME_ID, SOME_ID.upper()],
    STATE: ["TODO", "%54ODO"],
    BOOLEAN: ["true", "false"],
    LIMIT: ["1", "1000"],
    CURSOR: [],
}
# fmt: off
UNKNOWN = (
    "unknown", "offset", "page", "per_page", "sort", "order", "order_by", "select", "filter", "fields", "include",
    "q", "id", "EVENT_ID", "Limit", "limit[]", "limit.", "eventId", "event-id", "event_id%20", "%20limit", "limit%00",
    "apikey", "access_token", "token", "callback", "__proto__", "x" * 300, "%C3%BC", "%F0%9F%99%82", "a.b", "a[b]",
    "$where", "1", "%22", "%3Cscript%3E",
)
# fmt: on


@pytest.fixture(scope="module")
def words(scenery):
    (task,) = scenery.tasks([(Task("TODO"), scenery.holder)])
    return {"{task}": task, "{event}": scenery.event}


def filled(path, words):
    for word, value in words.items():
        path = path.replace(word, value)
    return path


def case(path, query, codes):
    return pytest.param(path, query, codes, id=f"{path}?{query[:60]}")


def bad_values():
    """All of them for some lists, and every third for those that are like others."""
    for path, parameters in PARAMETERS.items():
        step = 1 if path in ("/api/tasks", "/api/events", "/api/task-types") or "{" in path else 3
        for name, kind in parameters.items():
            codes = {"invalid_cursor", "invalid_parameter"} if kind == CURSOR else {"invalid_parameter"}
            for value in (*BAD[kind], *NO_TEXT)[::step]:
                yield case(path, f"{name}={value}", codes)
            yield case(path, name, codes)


def repeated():
    for path, parameters in PARAMETERS.items():
        for name, kind in parameters.items():
            for first, second in itertools.product(GOOD[kind][:1], GOOD[kind]):
                yield case(path, f"{name}={first}&{name}={second}", {"repeated_parameter"})
                yield case(
                    path,
                    f"{name}={first}&%{ord(name[0]):x}{name[1:]}={second}",
                    {"repeated_parameter", "unknown_parameter"},
                )


def unknown():
    for path in PARAMETERS:
        for name in UNKNOWN if path in ("/api/tasks", "/api/auth/me") else UNKNOWN[::4]:
            yield case(
                path,
                f"{name}=1",
                {"unknown_parameter", "invalid_parameter"} if "%00" in name else {"unknown_parameter"},
            )


@pytest.mark.parametrize("path, query, codes", [*bad_values(), *repeated(), *unknown()])
def test_a_bad_query(scenery, words, path, query, codes):
    answer = scenery.world.admin.get(filled(path, words), query)
    assert answer.status == 400 and answer.code in codes, f"{answer} instead of {codes}"


@pytest.mark.parametrize(
    "path, query",
    [
        pytest.param(path, f"{name}={value}", id=f"{path}?{name}={value}")
        for path, parameters in PARAMETERS.items()
        for name, kind in parameters.items()
        for value in GOOD[kind]
    ],
)
def test_a_good_query(scenery, words, path, query):
    """Of ids that nobody has a list has nothing, but an event must be one."""
    answer = scenery.world.admin.get(filled(path, words), query)
    if query.startswith("event_id="):
        answer.refused("unknown_event")
    else:
        assert answer.status == 200 and (SOME_ID not in query.lower() or answer.ok() == [])


# ---- Cursors -----------------------------------------------------------------------------------------------------

LISTS = {
    "tasks": ("/api/tasks", {}),
    "tasks of an event": ("/api/tasks", {"event_id": "{event}"}),
    "tasks in TODO": ("/api/tasks", {"state": "TODO"}),
    "takeable tasks": ("/api/tasks", {"takeable": "true"}),
    "instances": ("/api/workflow-instances", {}),
    "instances of an event": ("/api/workflow-instances", {"event_id": "{event}"}),
    "events": ("/api/events", {}),
    "users": ("/api/users", {}),
    "user types": ("/api/user-types", {}),
    "task types": ("/api/task-types", {}),
    "mappings": ("/api/eligibility-mappings", {}),
    "templates": ("/api/workflow-templates", {}),
    "transitions": ("/api/tasks/{task}/transitions", {}),
    "members": ("/api/events/{event}/members", {}),
}


def other_character(cursor, position):
    position %= len(cursor)
    return cursor[:position] + ("A" if cursor[position] != "A" else "B") + cursor[position + 1 :]


DAMAGES = {
    **{
        f"another character at {position}": lambda cursor, at=position: other_character(cursor, at)
        for position in (0, 1, 5, 10, 20, -1, -2, -8)
    },
    "a character less": lambda cursor: cursor[:-1],
    "half": lambda cursor: cursor[: len(cursor) // 2],
    "a character more": lambda cursor: cursor + "A",
    "padded": lambda cursor: cursor + "=",
    "space behind": lambda cursor: cursor + "%20",
    "twice": lambda cursor: cursor * 2,
    "other case": lambda cursor: cursor.swapcase(),
    "backwards": lambda cursor: cursor[::-1],
    "encoded again": lambda cursor: base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("="),
}


@dataclasses.dataclass
class Pages:
    """The first page's cursor of every list."""

    cursors: dict
    queries: dict


@pytest.fixture(scope="module")
def pages(scenery, words):
    scenery.user(Who())  # so that there are two members
    scenery.tasks([(Task("IN_PROGRESS", False, "other"), scenery.holder), (Task("TODO"), scenery.holder)])
    for event in (scenery.event, scenery.elsewhere):
        scenery.world.instances(event, scenery.template, 2)
    pages = Pages({}, {})
    (task,) = scenery.tasks([(Task("DONE"), scenery.holder)])  # with more than one transition
    for name, (path, query) in LISTS.items():
        path = filled(path, {**words, "{task}": task})
        query = {key: filled(value, words) for key, value in query.items()}
        pages.queries[name] = (path, query)
        pages.cursors[name] = scenery.world.admin.get(path, {**query, "limit": 1}).next_cursor
        assert pages.cursors[name], f"{name} has one page only"
    return pages


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", LISTS)
def test_a_damaged_cursor(scenery, pages, name, damage):
    path, query = pages.queries[name]
    damaged = DAMAGES[damage](pages.cursors[name])
    text = "&".join([*(f"{key}={value}" for key, value in query.items()), f"cursor={damaged}"])
    scenery.world.admin.get(path, text).refused("invalid_cursor")


@pytest.mark.parametrize(
    "name, other", [pytest.param(*pair, id=f"{pair[1]} in {pair[0]}") for pair in itertools.permutations(LISTS, 2)]
)
def test_the_cursor_of_another_list(scenery, pages, name, other):
    path, query = pages.queries[name]
    scenery.world.admin.get(path, {**query, "cursor": pages.cursors[other]}).refused("invalid_cursor")


@pytest.mark.parametrize("limit", (1, 2, 1000))
@pytest.mark.parametrize("name", LISTS)
def test_the_list_s_own_cursor(scenery, pages, name, limit):
    path, query = pages.queries[name]
    assert scenery.world.admin.get(path, {**query, "limit": limit, "cursor": pages.cursors[name]}).ok()
