"""Every field of every body: its limits, just within and just beyond, and every other kind of value in its place.

The fields and their limits are written down here as the contract has them.
"""

import copy
import dataclasses
import uuid

import pytest

from oracle import Task

NODES, EDGES = 1000, 10000


@dataclasses.dataclass(frozen=True)
class Field:
    """Of kind text, id, name, state, object, nodes or edges."""

    kind: str
    least: int = 0  # of characters
    most: int = 0
    is_required: bool = True
    is_nullable: bool = False
    is_trimmed: bool = False
    most_bytes: int = 0  # of what it stands in, where that has fewer than the characters could need


ID = Field("id")
FIELDS = {
    "task_transition": {"next_state": Field("state"), "reason": Field("text", 1, 1000, is_trimmed=True)},
    "task_assign": {"user_id": Field("id", is_nullable=True)},
    "workflow_instantiate": {"workflow_id": ID, "event_id": ID},
    "workflow_template_save": {
        "id": Field("id", is_required=False),
        "name": Field("text", 1, 200),
        "description": Field("text", 0, 10000, is_required=False),
        "nodes": Field("nodes"),
        "nodes[0].node_id": Field("name"),
        "nodes[0].task_type_id": ID,
        "nodes[0].label": Field("text", 1, 200),
        "nodes[0].metadata": Field("object", is_required=False),
        "nodes[0].metadata.description": Field("text", 0, 10000, is_required=False, most_bytes=16384),
        "edges": Field("edges"),
        "edges[0].from_node_id": Field("name"),
        "edges[0].to_node_id": Field("name"),
    },
    "auth_login": {"email": Field("text", 1, 320), "password": Field("text", 1, 200)},
    "auth_refresh": {"refresh_token": Field("text", 1, 1024)},
    "auth_logout": {"refresh_token": Field("text", 1, 1024, is_required=False)},
}
PATHS = {
    "task_transition": "/api/tasks/{task}/transition",
    "task_assign": "/api/tasks/{task}/assign",
    "workflow_instantiate": "/api/workflows/instantiate",
    "workflow_template_save": "/api/workflow-templates",
    "auth_login": "/api/auth/login",
    "auth_refresh": "/api/auth/refresh",
    "auth_logout": "/api/auth/logout",
}
OTHER_KINDS = {
    "null": None,
    "true": True,
    "false": False,
    "zero": 0,
    "integer": 1,
    "negative": -1,
    "fraction": 1.5,
    "text": "text",
    "empty text": "",
    "digits": "1",
    "empty array": [],
    "array": ["text"],
    "empty object": {},
    "object": {"id": "text"},
}
FITTING = {
    "text": {"text", "digits", "empty text"},
    "id": set(),
    "name": {"text", "digits"},
    "state": set(),
    "object": {"empty object", "object"},
    "nodes": set(),
    "edges": {"empty array"},
}
CHARACTERS = {"ASCII": "x", "two bytes": "ü", "three bytes": "€", "four bytes": "𝄞", "combining": "\u0301"}
SOME_ID = "5f0c9a3e-7d2b-4c1a-9e8f-0123456789ab"
BAD_IDS = {
    "empty": "",
    "short": SOME_ID[:-1],
    "long": SOME_ID + "0",
    "without dashes": SOME_ID.replace("-", ""),
    "in braces": "{" + SOME_ID + "}",
    "as a URN": "urn:uuid:" + SOME_ID,
    "dashes moved": "5f0c9a3-e7d2b-4c1a-9e8f-0123456789ab",
    "no hexadecimal digit": "g" + SOME_ID[1:],
    "space before": " " + SOME_ID,
    "space behind": SOME_ID + " ",
    "line end behind": SOME_ID + "\n",
    "wide digits": SOME_ID.replace("0", "０"),
    "underlines": SOME_ID.replace("-", "_"),
    "quotes": f"'{SOME_ID}'",
    "injection": f"{SOME_ID}' OR '1'='1",
    "word": "null",
}
BAD_NAMES = {
    "empty": "",
    "65 characters": "x" * 65,
    "space": "a b",
    "slash": "a/b",
    "backslash": "a\\b",
    "colon": "a:b",
    "umlaut": "ü",
    "line end": "a\n",
    "tab": "\t",
    "percent": "a%20b",
    "quote": 'a"b',
    "emoji": "🙂",
    "plus": "a+b",
    "at": "a@b",
}
GOOD_NAMES = {"one": "a", "64 characters": "x" * 64, "all signs": "A.Z_a-z0.9", "dots": "..", "dash": "-"}
# fmt: off
UNKNOWN = (
    "version", "state", "assignee_id", "deleted_at", "created_by", "role", "is_admin", "ID", "Reason", "", " ", "a\nb",
    "__proto__", "$where", "x" * 300, "ü", "\u202e",
)
BAD_STATES = (
    "", "todo", "Todo", "DONE ", " DONE", "IN PROGRESS", "IN-PROGRESS", "INPROGRESS", "CANCELLED", "0", "DONE,TODO",
    "ＤＯＮＥ", "null",
)
# fmt: on
WHITE_SPACE = {
    "space": " ",
    "tab": "\t",
    "line feed": "\n",
    "return": "\r",
    "form feed": "\f",
    "vertical tab": "\v",
    "all of them": " \t\n\r\f\v",
}


def of_length(field):
    """Texts as long as may be and longer; counted in characters, not in bytes."""
    for name, character in CHARACTERS.items():
        if not field.most_bytes or len(character.encode()) * field.most < field.most_bytes:
            yield f"{field.most} of {name}", character * field.most, None
            yield f"{field.most + 1} of {name}", character * (field.most + 1), "invalid_field"
    if not field.most_bytes:
        yield f"{10 * field.most} of ASCII", "x" * 10 * field.most, "invalid_field"
    yield "U+0000", "a\0b", "invalid_json"
    if field.least:
        yield "one character", "x", None


def trimmed(field):
    for name, space in WHITE_SPACE.items():
        yield f"nothing but {name}", space * 3, "invalid_field"
        yield f"{name} around", f"{space}x{space}", None
        yield f"{name} around {field.most}", space + "x" * field.most + space, None
        yield f"{name} around {field.most + 1}", space + "x" * (field.most + 1) + space, "invalid_field"
    yield "no-break space alone", "\u00a0", None  # ASCII white space is trimmed, and no other


def of_kind(field):
    """(name, value, the code of the refusal or None) of values of the field's own kind."""
    if field.kind == "text":
        yield from of_length(field)
        if field.is_trimmed:
            yield from trimmed(field)
    elif field.kind == "id":
        yield from ((name, value, "invalid_field") for name, value in BAD_IDS.items())
    elif field.kind == "name":
        yield from ((name, value, "invalid_field") for name, value in BAD_NAMES.items())
        yield from ((name, value, None) for name, value in GOOD_NAMES.items())
    elif field.kind == "state":
        yield from ((f"the word '{value}'", value, "invalid_field") for value in BAD_STATES)
    elif field.kind == "object":
        yield "16 KiB", {"v": "x" * (16384 - 8)}, None
        yield "16 KiB and a byte", {"v": "x" * (16384 - 7)}, "invalid_field"
        yield "16 KiB of two bytes", {"v": "ü" * (8192 - 4)}, None
        yield "16 KiB of two bytes and two more", {"v": "ü" * (8192 - 3)}, "invalid_field"
    elif field.kind == "nodes":
        yield "none", [], "no_nodes"
        yield f"{NODES}", nodes_of(NODES), None
        yield f"{NODES + 1}", nodes_of(NODES + 1), "too_many_nodes"


def nodes_of(count):
    return [{"node_id": f"n{number}", "task_type_id": "{task_type}", "label": "N"} for number in range(count)]


def of_other_kinds(field):
    for name, value in OTHER_KINDS.items():
        if name in FITTING[field.kind] and not (name == "empty text" and field.least):
            continue
        if value is None and field.is_nullable:
            continue
        yield name, value, "no_nodes" if field.kind == "nodes" and value == [] else "invalid_field"


def cases():
    for operation, fields in FIELDS.items():
        for place, field in fields.items():
            values = [("absent", ..., "missing_field" if field.is_required else None)]
            values += [*of_other_kinds(field), *of_kind(field)]
            for name, value, code in values:
                yield pytest.param(operation, place, value, code, id=f"{operation}.{place}: {name}")


@pytest.fixture(scope="module")
def task(scenery):
    (task_id,) = scenery.tasks([(Task("TODO"), scenery.holder)])
    return task_id


def sound_body(operation, scenery):
    node = {"node_id": "a", "task_type_id": scenery.task_type, "label": "A", "metadata": {"description": "About A."}}
    return {
        "task_transition": {"next_state": "DONE", "reason": "For the case."},
        "task_assign": {"user_id": scenery.nobodys_id},
        "workflow_instantiate": {"workflow_id": scenery.nobodys_id, "event_id": scenery.event},
        "workflow_template_save": {
            "id": scenery.nobodys_id,
            "name": "A case of fields",
            "description": "",
            "nodes": [node, {**node, "node_id": "b"}],
            "edges": [{"from_node_id": "a", "to_node_id": "b"}],
        },
        "auth_login": {"email": "nobody@example.com", "password": "x"},
        "auth_refresh": {"refresh_token": "x"},
        "auth_logout": {"refresh_token": "x"},
    }[operation]


# What is said to a body that is sound: none of these does anything.
BEYOND = {
    "task_transition": {"illegal_transition"},
    "task_assign": {"unknown_user"},
    "workflow_instantiate": {"not_found"},
    "workflow_template_save": {"not_found", "unknown_node", "duplicate_node", "self_edge", "unknown_task_type"},
    "auth_login": {"invalid_credentials"},
    "auth_refresh": {"invalid_refresh_token"},
    "auth_logout": {None},
}


def changed(body, place, value):
    """The body with another value in one place."""
    body = copy.deepcopy(body)
    *way, last = place.replace("[0]", ".0").split(".")
    target = body
    for key in way:
        target = target[int(key) if key == "0" else key]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return body


@pytest.mark.parametrize("operation, place, value, code", cases())
def test_a_field(scenery, task, operation, place, value, code):
    if place == "nodes" and isinstance(value, list):
        value = [{**node, "task_type_id": scenery.task_type} if isinstance(node, dict) else node for node in value]
    body = changed(sound_body(operation, scenery), place, value)
    if place == "nodes":
        del body["id"]  # or it might be said of the template that it does not exist
    caller = scenery.world.nobody if operation in ("auth_login", "auth_refresh") else scenery.world.admin
    answer = caller.post(PATHS[operation].replace("{task}", task), body)
    if code is None:
        absent = value is ... or value is None
        beyond = BEYOND[operation] | ({None} if absent and place in ("id", "user_id") else set())
        assert answer.code in beyond, f"{answer} instead of {beyond}"
    else:
        answer.refused(code)
        if code in ("invalid_field", "missing_field"):
            assert place.split(".")[-1] in answer.json["error"], str(answer)


@pytest.mark.parametrize("name", UNKNOWN)
@pytest.mark.parametrize("operation", FIELDS)
def test_an_unknown_field(scenery, task, operation, name):
    body = {**sound_body(operation, scenery), name: 1}
    caller = scenery.world.nobody if operation in ("auth_login", "auth_refresh") else scenery.world.admin
    caller.post(PATHS[operation].replace("{task}", task), body).refused("unknown_field")


@pytest.mark.parametrize("place", ("nodes[0]", "edges[0]"))
@pytest.mark.parametrize("name", ("version", "state", "id", "Label", ""))
def test_an_unknown_field_within(scenery, place, name):
    body = changed(sound_body("workflow_template_save", scenery), f"{place}.{name}", 1)
    scenery.world.admin.post(PATHS["workflow_template_save"], body).refused("unknown_field")


@pytest.mark.parametrize("count, code", ((EDGES, "not_found"), (EDGES + 1, "too_many_edges")))
def test_many_edges(scenery, count, code):
    nodes = [{**node, "task_type_id": scenery.task_type} for node in nodes_of(200)]
    pairs = [(i, j) for i in range(200) for j in range(i + 1, 200)][:count]
    edges = [{"from_node_id": f"n{i}", "to_node_id": f"n{j}"} for i, j in pairs]
    assert len(edges) == count
    body = {"name": "Many", "nodes": nodes, "edges": edges}
    if code == "not_found":
        body["id"] = str(uuid.uuid4())
    scenery.world.admin.post(PATHS["workflow_template_save"], body).refused(code)
