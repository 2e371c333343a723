"""Bad input, table-driven from the document, for every operation: refused by name, never a 500, never a dead worker."""

import copy
import json
import re

import pytest

from stack import ROOT
from specification import Specification
from world import PASSWORD, new_id

SPECIFICATION = Specification(ROOT)
OPERATIONS = [operation for operation in SPECIFICATION.operations if not operation.is_document]
IDS = [operation.id for operation in OPERATIONS]
POSTS = [operation for operation in OPERATIONS if operation.method == "POST"]
HOSTILE_TEXT = ("' OR 1=1 --", "'; DROP TABLE eventflow.tasks; --", "$1", "%s%n", "{\"a\":1}", "\\x00", "../../etc/passwd", "<script>", "${jndi:x}",
                "\u202e", "\ufeff", "𝄞", "\u0001", "\"", "\\", "{NULL}", "e\u0301")


@pytest.fixture(scope="module", autouse=True)
def the_same_workers(stack):
    """No worker may die of anything in this file."""
    before = stack.worker_pids()
    yield
    assert stack.worker_pids() == before


@pytest.fixture(scope="module")
def scene(world):
    """What a sound request of every operation needs."""
    event = world.event()
    return {"event": event, "task": world.task(event), "template": world.template(), "task_type": world.task_type,
            "user": world.user("vendor", event, with_password=True)}


def path_of(operation, scene):
    return operation.path.replace("{taskId}", scene["task"]).replace("{eventId}", scene["event"])


def body_of(operation, scene):
    """A sound body, so that one fault in it is the only one; None for an operation that takes none."""
    return {
        "task_pick": {},
        "task_transition": {"next_state": "DONE", "reason": "For the test."},
        "task_assign": {"user_id": scene["user"].id},
        "workflow_template_save": {"name": "New", "description": "", "nodes": [
            {"node_id": "a", "task_type_id": scene["task_type"], "label": "A", "metadata": {"description": "x"}},
            {"node_id": "b", "task_type_id": scene["task_type"], "label": "B"}],
            "edges": [{"from_node_id": "a", "to_node_id": "b"}]},
        "workflow_instantiate": {"workflow_id": scene["template"], "event_id": scene["event"]},
        "auth_login": {"email": scene["user"].email, "password": PASSWORD},
    }.get(operation.id)


def refused_naming(answer, name, *codes):
    """400 with one of the codes, and the name of what was wrong in the sentence."""
    assert answer.status == 400 and answer.code in codes, f"{answer} instead of {codes}"
    assert name in answer.json["error"], f"{answer.json['error']!r} does not name {name}"


# ---- Fields of the body ---------------------------------------------------------------------------------------------------

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
        yield from ("x" * (schema["maxLength"] + 1), "€" * (schema["maxLength"] + 1), "𝄞" * (schema["maxLength"] + 1))
    if schema.get("format") == "uuid":
        yield from ("", "x", new_id()[:-1], new_id() + "0", new_id().replace("-", ""), "{" + new_id() + "}", "g" + new_id()[1:], " " + new_id())
    if schema.get("enum"):
        yield from ("", "todo", "NONE", "TODO ", "DONE\u0000")
    if schema.get("pattern"):
        yield from ("", "a b", "x" * 65, "ü", "a\n", "a/b", "a\u0000")
    if schema.get("maxLength"):
        yield "a\u0000b"


def named(place):
    """A field's place as a refusal names it: nodes[0].metadata.description."""
    return re.sub(r"\.\[", "[", ".".join(f"[{key}]" if isinstance(key, int) else key for key in place))


BODY_FIELDS = [(operation, place, schema, is_required) for operation in POSTS for place, schema, is_required in fields_of(
    operation.description["requestBody"]["content"]["application/json"]["schema"],
    body_of(operation, {"user": type("User", (), {"id": "", "email": ""}), "task_type": "", "template": "", "event": ""}))]


@pytest.mark.parametrize("operation, place, schema, is_required", BODY_FIELDS,
                         ids=[f"{operation.id}-{named(place)}" for operation, place, _, _ in BODY_FIELDS])
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
    for name in ("unknown", "state", "assignee_id", "deleted_at", "created_by", "version", "role", "", "ID", "x" * 5000, "ü" * 100, "\n", "__proto__"):
        answer = world.admin.post(path_of(operation, scene), {**body, name: 1})
        assert answer.refused("unknown_field") and name[:20] in answer.json["error"] and len(answer.json["error"]) < 300
    if operation.id == "workflow_template_save":
        for place in (("nodes", 1, "extra"), ("edges", 0, "extra")):
            refused_naming(world.admin.post(path_of(operation, scene), changed(body, place, 1)), named(place), "unknown_field")


def test_metadata_may_hold_what_it_likes_up_to_its_size(world, scene):
    operation = SPECIFICATION.by_id["workflow_template_save"]
    body, place = body_of(operation, scene), ("nodes", 0, "metadata")
    for metadata in ({"text": "x" * (16384 - 11)}, {"unknown": {"deep": [{"x": None}]}}, {}):
        saved = world.admin.post("/api/workflow-templates", changed(body, place, metadata)).ok()
        assert saved["nodes"][0]["metadata"] == metadata
    refused_naming(world.admin.post("/api/workflow-templates", changed(body, place, {"text": "x" * 16400})), named(place), "invalid_field")


@pytest.mark.parametrize("text", HOSTILE_TEXT)
def test_hostile_text_is_kept_as_it_is(world, scene, text):
    saved = world.admin.post("/api/workflow-templates", {"name": text, "description": text, "edges": [], "nodes": [
        {"node_id": "a", "task_type_id": world.task_type, "label": text, "metadata": {"description": text, text: text}}]}).ok()
    node, = saved["nodes"]
    assert (saved["name"], saved["description"], node["label"], node["metadata"][text]) == (text,) * 4
    made = world.admin.post("/api/workflows/instantiate", {"workflow_id": saved["id"], "event_id": scene["event"]}).ok()
    task, = made["tasks"]
    assert (task["label"], task["description"]) == (text, text)
    world.admin.post(f"/api/tasks/{task['id']}/transition", {"next_state": "IN_PROGRESS", "reason": f"x{text}x"}).ok()
    assert world.admin.get(f"/api/tasks/{task['id']}/transitions").ok()[-1]["reason"] == f"x{text}x"
    for query in ({"event_id": text}, {"assignee_id": text}, {"state": text}, {"takeable": text}):
        world.admin.get("/api/tasks", query).refused("invalid_parameter")
    world.admin.get("/api/tasks", {"cursor": text}).refused("invalid_cursor")


# ---- The body as JSON -------------------------------------------------------------------------------------------------------

BAD_JSON = {
    "empty": b"", "white space": b" \n", "truncated": b'{"a":', "trailing bytes": b"{} x", "two values": b"{}{}", "trailing comma": b'{"a":1,}',
    "single quotes": b"{'a':1}", "comment": b"{/* */}", "no quotes": b"{a:1}", "NaN": b'{"a":NaN}', "Infinity": b'{"a":-Infinity}',
    "plus": b'{"a":+1}', "leading zero": b'{"a":01}', "no fraction": b'{"a":1.}', "no integer": b'{"a":.5}', "hex": b'{"a":0x1}',
    "huge number": b'{"a":1e400}', "raw line feed": b'{"a":"x\ny"}', "raw NUL": b'{"a":"x\0y"}', "bad escape": b'{"a":"\\x41"}',
    "short escape": b'{"a":"\\u12"}', "escaped NUL": b'{"a":"\\u0000"}', "escaped NUL in a name": b'{"a\\u0000b":1}',
    "lone surrogate": b'{"a":"\\ud800"}', "swapped surrogates": b'{"a":"\\udc00\\ud800"}', "duplicate names": b'{"a":1,"a":2}',
    "duplicate names by escape": b'{"a":1,"\\u0061":2}', "bad UTF-8": b'{"a":"\xff"}', "overlong UTF-8": b'{"a":"\xc0\xaf"}',
    "surrogate in UTF-8": b'{"a":"\xed\xa0\x80"}', "truncated UTF-8": b'{"a":"\xe2\x82"}', "byte order mark": b"\xef\xbb\xbf{}", "UTF-16": '{"a":1}'.encode("utf-16"),
    "too deep": b'{"a":' + b"[" * 17 + b"]" * 17 + b"}", "very deep": b"[" * 100000, "unclosed text": b'{"a":"', "unclosed": b'{"a":[1', "form feed": b"\x0c{}",
    "text": b'"text"', "number": b"1", "null": b"null", "true": b"true", "array": b"[]", "array of objects": b"[{}]",
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_bad_json(world, scene, name):
    for operation in POSTS:
        if name == "empty" and operation.id == "task_pick":
            continue  # its body may be left out
        world.admin.call("POST", path_of(operation, scene), body=BAD_JSON[name]).refused("invalid_json")


def test_bad_json_inside_a_sound_body(world, scene):
    good = json.dumps(body_of(SPECIFICATION.by_id["workflow_template_save"], scene))
    for old, new in (('"name": "New"', '"name": "New", "name": "Other"'), ('"label": "B"', '"label": "B", "label": "C"'),
                     ('"label": "B"', '"label": "\\ud800"'), ('"description": "x"', '"x": "\\u0000"'), ('"description": "x"', '"x": 1e999')):
        assert old in good
        world.admin.call("POST", "/api/workflow-templates", body=good.replace(old, new).encode()).refused("invalid_json")


@pytest.mark.parametrize("content_type", ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx",
                                          "application/json-patch+json", "application/", "json", "application/json, text/plain", "*/*"))
def test_another_content_type(world, scene, content_type):
    for operation in POSTS:
        body = json.dumps(body_of(operation, scene)).encode()
        world.admin.call("POST", path_of(operation, scene), body=body, headers={"Content-Type": content_type}).refused("unsupported_media_type")


def test_no_content_type_and_other_spellings_of_it(nobody, scene):
    operation = SPECIFICATION.by_id["auth_login"]
    body = json.dumps(body_of(operation, scene)).encode()
    nobody.call("POST", operation.path, body=body, headers={"Content-Type": None}).refused("unsupported_media_type")
    for content_type in ("application/json; charset=utf-8", "APPLICATION/JSON", "application/json;charset=UTF-8", "application/json ; x=y"):
        nobody.call("POST", operation.path, body=body, headers={"Content-Type": content_type}).ok()


@pytest.mark.parametrize("operation", POSTS, ids=lambda operation: operation.id)
def test_a_body_that_is_too_large(world, scene, operation):
    world.admin.call("POST", path_of(operation, scene), body=b" " * (1024 * 1024 + 1)).refused("payload_too_large")


def test_a_body_where_none_is_expected(world, scene):
    for operation in OPERATIONS:
        if operation.method == "GET":
            world.admin.call("GET", path_of(operation, scene), body=b"{nonsense").ok()


# ---- The query --------------------------------------------------------------------------------------------------------------

def parameters_of(operation):
    found = [SPECIFICATION.resolve(parameter) for parameter in operation.parameters]
    return {parameter["name"]: resolved(parameter["schema"]) for parameter in found if parameter["in"] == "query"}


@pytest.mark.parametrize("operation", OPERATIONS, ids=IDS)
def test_unknown_parameters(world, scene, operation):
    path, body = path_of(operation, scene), body_of(operation, scene)
    for name in ("unknown", "offset", "select", "EVENT_ID", "x" * 300, "limit%20", "%6cimit", "limit[]", "", "a.b"):
        answer = world.admin.call(operation.method, path, f"{name}=1", value=body)
        answer.refused("unknown_parameter")
    for query in ("a%00b=1", "%ff=1", "%zz=1", "=", "&&=", "%"):
        assert world.admin.call(operation.method, path, query, value=body).code in ("unknown_parameter", "invalid_parameter"), query


def bad_parameters(schema):
    yield from ("", "%00", "%ff", "%c0%af", "%zz", "%", "%2", "a%00b", "%ed%a0%80")
    if schema.get("format") == "uuid":
        yield from ("x", new_id()[:-1], "{" + new_id() + "}", new_id() + "%20", "null")
    if schema["type"] == "boolean":
        yield from ("1", "0", "yes", "TRUE", "null", "true,false")
    if schema.get("enum"):
        yield from ("todo", "DONE,TODO", "NONE")
    if schema["type"] == "integer":
        yield from ("0", "-1", "1001", "1.5", "x", "1e3", "%2B5", "99999999999999999999", "%D9%A3")


PARAMETERS = [(operation, name, schema) for operation in OPERATIONS for name, schema in parameters_of(operation).items()]


@pytest.mark.parametrize("operation, name, schema", PARAMETERS, ids=[f"{operation.id}-{name}" for operation, name, _ in PARAMETERS])
def test_a_parameter(world, scene, operation, name, schema):
    path = path_of(operation, scene)
    for value in bad_parameters(schema):
        refused_naming(world.admin.call(operation.method, path, f"{name}={value}"), name, "invalid_parameter")
    refused_naming(world.admin.call(operation.method, path, name), name, "invalid_parameter")
    good = {"uuid": new_id(), "boolean": "true", "integer": "5"}.get(schema.get("format", schema["type"]), "TODO")
    refused_naming(world.admin.call(operation.method, path, f"{name}={good}&{name}={good}"), name, "repeated_parameter", "invalid_parameter")


# ---- Paths and methods --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("operation", [operation for operation in OPERATIONS if "{" in operation.path], ids=lambda operation: operation.id)
def test_ids_in_the_path(world, scene, operation):
    body = body_of(operation, scene)
    for value in ("x", "1", "null", new_id()[:-1], new_id() + "0", new_id().replace("-", ""), "g" + new_id()[1:], "%7B" + new_id() + "%7D",
                  new_id() + "%20", "..", ".", "%2e%2e", "'", "x" * 5000):
        path = re.sub(r"\{\w+\}", value, operation.path)
        world.admin.call(operation.method, path, value=body).refused("not_found")
    # the path is looked at before query and body
    path = re.sub(r"\{\w+\}", "no-uuid", operation.path)
    world.admin.call(operation.method, path, "unknown=1", value=None if body is None else {"unknown": 1}).refused("not_found")
    if body is not None:
        world.admin.call(operation.method, path, body=b"{").refused("not_found")
    world.admin.call(operation.method, re.sub(r"\{\w+\}", new_id(), operation.path), value=body).refused("not_found")


def test_an_id_may_be_in_capitals(world, scene):
    """It is the same id (RFC 9562), and is answered in small letters."""
    answer = world.admin.get(f"/api/tasks/{scene['task'].upper()}")
    assert answer.status == 404 or answer.ok()["id"] == scene["task"]


HOSTILE_PATHS = ("/api", "/api/", "/api/nothing", "/api/tasks/", "/api//tasks", "//api/tasks", "/api/./tasks", "/api/../api/tasks", "/api/tasks/.", "/api/%74asks",
                 "/api/tasks%2F", "/api%2Ftasks", "/api/tasks;x", "/api/tasks;", "/api\\tasks", "/api/tasks%5C", "/API/tasks", "/api/Tasks", "/api/tasks%20", "/api/tasks%00",
                 "/api/tasks%c0%af", "/api/tasks%ff", "/api/tasks/%2e%2e/events", "/api/user_types", "/api/tasks.json", "/api/tasks/\u00fc", "/healthz/", "/readyz/x",
                 "/openapi.json/", "/docs%2f", "/%64ocs", "/openapi%2ejson", "/api/../docs", "/.env", "/api/tasks/*", "/api/tasks'", "/api/workflow-templates/x", "/api/auth", "/api/auth/login/")


@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_hostile_paths(world, path):
    for method in ("GET", "POST", "OPTIONS"):
        answer = world.admin.raw(f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.admin.token}\r\n"
                                 f"Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        assert answer.code in ("not_found", "bad_request") or (path == "/api/auth" and answer.status == 404), answer


@pytest.mark.parametrize("operation", OPERATIONS, ids=IDS)
def test_other_methods(world, scene, operation):
    path = path_of(operation, scene)
    taken = {other.method for other in OPERATIONS if other.path == operation.path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - taken:
        answer = world.admin.call(method, path, body=b"{}")
        answer.refused("method_not_allowed")
        assert method == "TRACE" or taken <= set(answer.headers["allow"].replace(" ", "").split(","))
    for method in ("BREW", "PROPFIND", "GETX"):
        world.admin.call(method, path).refused("method_not_implemented")


RAW_REQUESTS = {
    "NUL in the path": b"GET /api/tasks\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "high bytes in the path": b"GET /api/tasks\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "absolute form": b"GET http://evil.example.com/api/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "no version": b"GET /api/tasks HTTQ/1.1\r\nHost: x\r\n\r\n",
    "negative length": b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "two lengths": b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length and chunks": b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad chunks": b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "too large by its chunks": b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n" + b" " * 0x200000 + b"\r\n0\r\n\r\n",
    "header without a colon": b"GET /api/tasks HTTP/1.1\r\nHost: x\r\nnonsense\r\nConnection: close\r\n\r\n",
    "a header a second time": b"GET /api/tasks HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\r\nX-Request-Id: b\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("name", RAW_REQUESTS)
def test_raw_requests(nobody, name):
    assert 400 <= nobody.raw(RAW_REQUESTS[name]).status < 500


def test_a_body_in_chunks(nobody, scene):
    """The web server puts it together."""
    body = json.dumps(body_of(SPECIFICATION.by_id["auth_login"], scene)).encode()
    head = b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:20], body[20:]))
    nobody.raw(head + chunks + b"0\r\n\r\n").ok()


# ---- Ids that exist, but not there ----------------------------------------------------------------------------------------------

def test_ids_of_another_event_or_kind(world, event):
    """Ids of one kind in the place of another are unknown there; rows of another event are out of scope."""
    user, other = world.user("manager", event), world.event()
    task, theirs = world.task(event), world.task(other)
    for kind_of_another in (event, user.id, world.task_type, theirs):
        user.get(f"/api/tasks/{kind_of_another}").refused("not_found")
    user.post(f"/api/tasks/{task}/assign", {"user_id": event}).refused("unknown_user")
    user.post("/api/workflows/instantiate", {"workflow_id": task, "event_id": event}).refused("not_found")
    world.admin.post("/api/workflows/instantiate", {"workflow_id": world.template(), "event_id": task}).refused("unknown_event")
    node = {"node_id": "a", "task_type_id": user.id, "label": "A"}
    world.admin.post("/api/workflow-templates", {"name": "x", "nodes": [node], "edges": []}).refused("unknown_task_type")
    instance, = world.instances(other, world.template(), 1)
    assert user.get("/api/tasks", {"event_id": event, "workflow_instance_id": instance}).ok() == []
    assert user.get("/api/tasks", {"workflow_instance_id": instance}).ok() == []
