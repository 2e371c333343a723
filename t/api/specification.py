"""htdocs/openapi.json and the error catalogue as judges: what may be answered to what."""

import copy
import json
import re
import uuid

import jsonschema

METHODS = ("get", "post", "put", "delete", "patch")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
CATALOGUE_LINE = re.compile(r'^ERROR\(\w+, (\d{3}), "(\w+)", "(.*)"\)$', re.MULTILINE)

formats = jsonschema.FormatChecker(())


@formats.checks("uuid", raises=ValueError)
def is_uuid(value):
    return not isinstance(value, str) or str(uuid.UUID(value)) == value


@formats.checks("date-time")
def is_time(value):
    return not isinstance(value, str) or RFC3339.fullmatch(value) is not None


def close_objects(schema):
    """Forbids what an object does not declare: a field that the document does not know must not be answered."""
    if isinstance(schema, list):
        for item in schema:
            close_objects(item)
    elif isinstance(schema, dict):
        for item in schema.values():
            close_objects(item)
        if schema.get("type") == "object" and "properties" in schema:
            schema.setdefault("additionalProperties", False)


class Operation:
    def __init__(self, method, path, item, description):
        self.method, self.path = method.upper(), path
        self.id = description["operationId"]
        self.description = description
        self.parameters = item.get("parameters", []) + description.get("parameters", [])
        self.is_public = description.get("security") == []
        self.is_document = "documents" in description["tags"]
        self.pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", path))


class Specification:
    def __init__(self, root):
        self.document = json.loads((root / "htdocs/openapi.json").read_text())
        self.operations = [
            Operation(method, path, item, item[method])
            for path, item in self.document["paths"].items()
            for method in METHODS
            if method in item
        ]
        self.by_id = {operation.id: operation for operation in self.operations}
        catalogue = CATALOGUE_LINE.findall((root / "src/core/error.def").read_text())
        self.status_of = {code: int(status) for status, code, _ in catalogue}
        self.message_of = {code: message for _, code, message in catalogue}
        closed = copy.deepcopy(self.document)
        close_objects(closed)
        self.closed = closed
        self.resolver = jsonschema.RefResolver("", closed)
        self.validators = {}

    def resolve(self, item):
        while "$ref" in item:
            item = self.resolver.resolve(item["$ref"])[1]
        return item

    def find(self, method, path):
        """The operation of a request, or None. HEAD is GET without a body."""
        method = "GET" if method == "HEAD" else method
        for operation in self.operations:
            if operation.method == method and operation.pattern.fullmatch(path):
                return operation
        return None

    def is_known_path(self, path):
        return any(operation.pattern.fullmatch(path) for operation in self.operations)

    def _validator(self, key, schema):
        if key not in self.validators:
            self.validators[key] = jsonschema.Draft202012Validator(
                schema, resolver=self.resolver, format_checker=formats
            )
        return self.validators[key]

    def _judge(self, validator, value, where):
        error = jsonschema.exceptions.best_match(validator.iter_errors(value))
        assert error is None, f"{where} is not what the document says: {error.message} at {list(error.absolute_path)}"

    def judge_failure(self, value, where):
        self._judge(self._validator("failure", {"$ref": "#/components/schemas/Failure"}), value, where)

    def judge_answer(self, operation, status, value):
        """The status is one of the operation's, and the body (None: there is none) is of the shape of that status."""
        where = f"{operation.id} {status}"
        responses = self.closed["paths"][operation.path][operation.method.lower()]["responses"]
        assert str(status) in responses, f"{where}: the document does not know this status"
        content = self.resolve(responses[str(status)]).get("content")
        if value is None:
            return
        assert content is not None, f"{where} has a body"
        self._judge(self._validator(where, content["application/json"]["schema"]), value, where)
