"""The compiler of the specification: a document that it does not fully understand ends the build, with the place and the reason."""

import copy
import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("EVENTFLOW_BUILD", ROOT / "build"))
DOCUMENT = json.loads((ROOT / "htdocs/openapi.json").read_text())


def compile_document(document, folder):
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    return subprocess.run([BUILD / "openapi-compile", path, folder], capture_output=True, text=True)


def change(document, *path, value):
    for name in path[:-1]:
        document = document[name]
    document[path[-1]] = value


def remove(document, *path):
    for name in path[:-1]:
        document = document[name]
    del document[path[-1]]


def login(*path):
    return ("components", "schemas", "LoginRequest", *path)


FAULTS = [
    ("keyword multipleOf is not implemented", lambda d: change(d, *login("properties", "email", "multipleOf"), value=2)),
    ("keyword oneOf is not implemented", lambda d: change(d, *login("oneOf"), value=[])),
    ("format date-time is not implemented", lambda d: change(d, *login("properties", "email", "format"), value="date-time")),
    ("the type number is not implemented", lambda d: change(d, *login("properties", "email", "type"), value="number")),
    ("a string needs maxLength", lambda d: remove(d, *login("properties", "email", "maxLength"))),
    ("a pattern must be of the form", lambda d: change(d, *login("properties", "email", "pattern"), value=".*")),
    ("must say additionalProperties: false", lambda d: remove(d, *login("additionalProperties"))),
    ("leads nowhere", lambda d: change(d, "components", "schemas", "TransitionRequest", "properties", "next_state", "$ref", value="#/components/schemas/Nothing")),
    ("is used twice", lambda d: change(d, "paths", "/api/tasks", "get", "operationId", value="task_get")),
    ("the string operationId is missing", lambda d: remove(d, "paths", "/api/tasks", "get", "operationId")),
    ("in the order of the path", lambda d: d["paths"]["/api/tasks/{taskId}"]["get"]["parameters"].pop(0)),
    ("parameters in cookie are not implemented", lambda d: change(d, "components", "parameters", "Limit", "in", value="cookie")),
    ("an integer needs minimum and maximum", lambda d: remove(d, "components", "parameters", "Limit", "schema", "maximum")),
    ("missing_token of the error catalogue is missing", lambda d: d["components"]["schemas"]["ErrorCode"]["enum"].remove("missing_token")),
    ("codes that are not in the error catalogue", lambda d: d["components"]["schemas"]["ErrorCode"]["enum"].append("invented")),
    ("paths: it is missing", lambda d: remove(d, "paths")),
]


def test_the_document_itself(tmp_path):
    result = compile_document(DOCUMENT, tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    operations = (tmp_path / "operations.c").read_text()
    for path in DOCUMENT["paths"].values():
        for operation in path.values():
            assert (f'.id = "{operation["operationId"]}"' in operations) == ("x-served-by-web-server" not in operation)


@pytest.mark.parametrize("message, damage", FAULTS, ids=[message for message, _ in FAULTS])
def test_a_document_with_a_fault_is_refused(message, damage, tmp_path):
    document = copy.deepcopy(DOCUMENT)
    damage(document)
    result = compile_document(document, tmp_path)
    assert result.returncode == 1
    assert message in result.stderr


def test_no_document_at_all(tmp_path):
    result = subprocess.run([BUILD / "openapi-compile", tmp_path / "nothing", tmp_path], capture_output=True, text=True)
    assert result.returncode == 1 and "nothing" in result.stderr
