"""Query parameters that are unknown, repeated or malformed, for every operation."""

import pytest

from sound import IDS, OPERATIONS, SPECIFICATION, body_of, path_of, refused_naming
from world import new_id


def parameters_of(operation):
    found = [SPECIFICATION.resolve(parameter) for parameter in operation.parameters]
    return {
        parameter["name"]: SPECIFICATION.resolve(parameter["schema"])
        for parameter in found
        if parameter["in"] == "query"
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=IDS)
def test_unknown_parameters(world, scene, operation):
    path, body = path_of(operation, scene), body_of(operation, scene)
    for name in ("unknown", "offset", "select", "EVENT_ID", "x" * 300, "limit%20", "%6cimit", "limit[]", "", "a.b"):
        answer = world.admin.call(operation.method, path, f"{name}=1", value=body)
        answer.refused("unknown_parameter")
    for query in ("a%00b=1", "%ff=1", "%zz=1", "=", "&&=", "%"):
        assert world.admin.call(operation.method, path, query, value=body).code in (
            "unknown_parameter",
            "invalid_parameter",
        ), query


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


PARAMETERS = [
    (operation, name, schema) for operation in OPERATIONS for name, schema in parameters_of(operation).items()
]


@pytest.mark.parametrize(
    "operation, name, schema", PARAMETERS, ids=[f"{operation.id}-{name}" for operation, name, _ in PARAMETERS]
)
def test_a_parameter(world, scene, operation, name, schema):
    path = path_of(operation, scene)
    for value in bad_parameters(schema):
        refused_naming(world.admin.call(operation.method, path, f"{name}={value}"), name, "invalid_parameter")
    refused_naming(world.admin.call(operation.method, path, name), name, "invalid_parameter")
    good = {"uuid": new_id(), "boolean": "true", "integer": "5"}.get(schema.get("format", schema["type"]), "TODO")
    refused_naming(
        world.admin.call(operation.method, path, f"{name}={good}&{name}={good}"),
        name,
        "repeated_parameter",
        "invalid_parameter",
    )
