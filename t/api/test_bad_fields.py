"""Faults in the fields of a body, table-driven from the document: each is refused, and named."""

import copy
import re

import pytest

from sound import POSTS, SPECIFICATION, body_of, path_of, refused_naming
from world import new_id

HOSTILE_TEXT = (
    "' OR 1=1 --",
    "'; DROP TABLE eventflow.tasks; --",
    "$1",
    "%s%n",
    '{"a":1}',
    "\\x00",
    "../../etc/passwd",
    "<script>",
    "${jndi:x}",
    "\u202e",
    "\ufeff",
    "𝄞",
    "\u0001",
    '"',
    "\\",
    "{NULL}",
    "e\u0301",
)


def resolved(schema):
    return SPECIFICATION.resolve(schema)


def fields_of(schema, value, place=()):
    """Every field below a schema that a value has: (place as keys and indexes, its schema, whether it is required)."""
    for name, field in resolved(schema).get("properties", {}).items():
        yield (*place, name), resolved(field), name in resolved(schema).get("required", [])
        item = resolved(field)
        if item["type"] == "array" and value.get(name):
            yield from fields_of(item["items"], value[name][0], (*place, name, 0))
        elif item["type"] == "object" and value.get(name):
            yield from fields_of(item, value[name], (*place, name))


def changed(body, place, value):
    """A copy of the body with another value in one place; Ellipsis: without it."""
    body = copy.deepcopy(body)
    target = body
    for key in place[:-1]:
        target = target[key]
    if value is ...:
        del target[place[-1]]
    else:
        target[place[-1]] = value
    return body


def types_of(schema):
    return schema["type"] if isinstance(schema["type"], list) else [schema["type"]]


def bad_values(schema):
    """Values that a field of this schema does not take."""
    samples = {"string": "text", "integer": 1, "boolean": True, "object": {"a": 1}, "array": [1], "null": None}
    yield from (value for name, value in samples.items() if name not in types_of(schema))
    yield 1.5
    if "string" not in types_of(schema):
        return
    if schema.get("minLength"):
        yield ""
    if schema.get("maxLength"):
        yield from (character * (schema["maxLength"] + 1) for character in "x€𝄞")
    if schema.get("format") == "uuid":
        yield from (
            "",
            "x",
            new_id()[:-1],
            new_id() + "0",
            new_id().replace("-", ""),
            "{" + new_id() + "}",
            "g" + new_id()[1:],
            " " + new_id(),
        )
    if schema.get("enum"):
        yield from ("", "todo", "NONE", "TODO ", "DONE\u0000")
    if schema.get("pattern"):
        yield from ("", "a b", "x" * 65, "ü", "a\n", "a/b", "a\u0000")
    if schema.get("maxLength"):
        yield "a\u0000b"


def named(place):
    """A field's place as a refusal names it: nodes[0].metadata.description."""
    return re.sub(r"\.\[", "[", ".".join(f"[{key}]" if isinstance(key, int) else key for key in place))


def body_fields():
    nobody = type("Nobody", (), {"id": "", "email": ""})
    scene = {"user": nobody, "task_type": "", "template": "", "event": ""}
    for operation in POSTS:
        schema = operation.description["requestBody"]["content"]["application/json"]["schema"]
        for place, field, is_required in fields_of(schema, body_of(operation, scene)):
            yield pytest.param(operation, place, field, is_required, id=f"{operation.id}-{named(place)}")


@pytest.mark.parametrize("operation, place, schema, is_required", body_fields())
def test_a_field_of_the_body(world, scene, operation, place, schema, is_required):
    good = {**body_of(operation, scene), **({"id": new_id()} if place == ("id",) else {})}

    def send(value):
        return world.admin.post(path_of(operation, scene), changed(good, place, value))

    if is_required:
        refused_naming(send(...), named(place), "missing_field")
    for value in bad_values(schema):
        answer = send(value)
        if isinstance(value, str) and "\0" in value and answer.code == "invalid_json":
            continue  # U+0000 is refused wherever it stands
        is_too_large = "metadata" in place and len(str(value).encode()) > 16384  # then the whole of it is what is named
        refused_naming(answer, "nodes[0].metadata" if is_too_large else named(place), "invalid_field")


@pytest.mark.parametrize("operation", POSTS, ids=lambda operation: operation.id)
def test_an_unknown_field(world, scene, operation):
    body = body_of(operation, scene)
    for name in (
        "unknown",
        "state",
        "assignee_id",
        "deleted_at",
        "created_by",
        "version",
        "role",
        "",
        "ID",
        "x" * 5000,
        "ü" * 100,
        "\n",
        "__proto__",
    ):
        answer = world.admin.post(path_of(operation, scene), {**body, name: 1})
        assert answer.refused("unknown_field") and name[:20] in answer.json["error"] and len(answer.json["error"]) < 300
    if operation.id == "workflow_template_save":
        for place in (("nodes", 1, "extra"), ("edges", 0, "extra")):
            refused_naming(
                world.admin.post(path_of(operation, scene), changed(body, place, 1)), named(place), "unknown_field"
            )


def test_metadata_may_hold_what_it_likes_up_to_its_size(world, scene):
    operation = SPECIFICATION.by_id["workflow_template_save"]
    body, place = body_of(operation, scene), ("nodes", 0, "metadata")
    for metadata in ({"text": "x" * (16384 - 11)}, {"unknown": {"deep": [{"x": None}]}}, {}):
        saved = world.admin.post("/api/workflow-templates", changed(body, place, metadata)).ok()
        assert saved["nodes"][0]["metadata"] == metadata
    refused_naming(
        world.admin.post("/api/workflow-templates", changed(body, place, {"text": "x" * 16400})),
        named(place),
        "invalid_field",
    )


@pytest.mark.parametrize("text", HOSTILE_TEXT)
def test_hostile_text_is_kept_as_it_is(world, scene, text):
    saved = world.admin.post(
        "/api/workflow-templates",
        {
            "name": text,
            "description": text,
            "edges": [],
            "nodes": [
                {
                    "node_id": "a",
                    "task_type_id": world.task_type,
                    "label": text,
                    "metadata": {"description": text, text: text},
                }
            ],
        },
    ).ok()
    (node,) = saved["nodes"]
    assert (saved["name"], saved["description"], node["label"], node["metadata"][text]) == (text,) * 4
    made = world.admin.post("/api/workflows/instantiate", {"workflow_id": saved["id"], "event_id": scene["event"]}).ok()
    (task,) = made["tasks"]
    assert (task["label"], task["description"]) == (text, text)
    world.admin.post(f"/api/tasks/{task['id']}/transition", {"next_state": "IN_PROGRESS", "reason": f"x{text}x"}).ok()
    assert world.admin.get(f"/api/tasks/{task['id']}/transitions").ok()[-1]["reason"] == f"x{text}x"
    for query in ({"event_id": text}, {"assignee_id": text}, {"state": text}, {"takeable": text}):
        world.admin.get("/api/tasks", query).refused("invalid_parameter")
    world.admin.get("/api/tasks", {"cursor": text}).refused("invalid_cursor")
