"""Bodies that are no sound JSON, or not JSON at all, for every operation that takes one."""

import json

import pytest

from sound import OPERATIONS, POSTS, SPECIFICATION, body_of, path_of

BAD_JSON = {
    "empty": b"",
    "white space": b" \n",
    "truncated": b'{"a":',
    "trailing bytes": b"{} x",
    "two values": b"{}{}",
    "trailing comma": b'{"a":1,}',
    "single quotes": b"{'a':1}",
    "comment": b"{/* */}",
    "no quotes": b"{a:1}",
    "NaN": b'{"a":NaN}',
    "Infinity": b'{"a":-Infinity}',
    "plus": b'{"a":+1}',
    "leading zero": b'{"a":01}',
    "no fraction": b'{"a":1.}',
    "no integer": b'{"a":.5}',
    "hex": b'{"a":0x1}',
    "huge number": b'{"a":1e400}',
    "raw line feed": b'{"a":"x\ny"}',
    "raw NUL": b'{"a":"x\0y"}',
    "bad escape": b'{"a":"\\x41"}',
    "short escape": b'{"a":"\\u12"}',
    "escaped NUL": b'{"a":"\\u0000"}',
    "escaped NUL in a name": b'{"a\\u0000b":1}',
    "lone surrogate": b'{"a":"\\ud800"}',
    "swapped surrogates": b'{"a":"\\udc00\\ud800"}',
    "duplicate names": b'{"a":1,"a":2}',
    "duplicate names by escape": b'{"a":1,"\\u0061":2}',
    "bad UTF-8": b'{"a":"\xff"}',
    "overlong UTF-8": b'{"a":"\xc0\xaf"}',
    "surrogate in UTF-8": b'{"a":"\xed\xa0\x80"}',
    "truncated UTF-8": b'{"a":"\xe2\x82"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "too deep": b'{"a":' + b"[" * 17 + b"]" * 17 + b"}",
    "very deep": b"[" * 100000,
    "too many values": b"[" + b"0," * 49152 + b"0]",
    "too many objects": b"[" + b'{"a":1},' * 16384 + b"{}]",
    "unclosed text": b'{"a":"',
    "unclosed": b'{"a":[1',
    "form feed": b"\x0c{}",
    "text": b'"text"',
    "number": b"1",
    "null": b"null",
    "true": b"true",
    "array": b"[]",
    "array of objects": b"[{}]",
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_bad_json(world, scene, name):
    for operation in POSTS:
        if name == "empty" and operation.id in ("task_pick", "auth_logout"):
            continue  # its body may be left out
        world.admin.call("POST", path_of(operation, scene), body=BAD_JSON[name]).refused("invalid_json")


def test_bad_json_inside_a_sound_body(world, scene):
    good = json.dumps(body_of(SPECIFICATION.by_id["workflow_template_save"], scene))
    for old, new in (
        ('"name": "New"', '"name": "New", "name": "Other"'),
        ('"label": "B"', '"label": "B", "label": "C"'),
        ('"label": "B"', '"label": "\\ud800"'),
        ('"description": "x"', '"x": "\\u0000"'),
        ('"description": "x"', '"x": 1e999'),
    ):
        assert old in good
        bad = good.replace(old, new).encode()
        world.admin.call("POST", "/api/workflow-templates", body=bad).refused("invalid_json")


@pytest.mark.parametrize(
    "content_type",
    (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonx",
        "application/json-patch+json",
        "application/",
        "json",
        "application/json, text/plain",
        "*/*",
    ),
)
def test_another_content_type(world, scene, content_type):
    for operation in POSTS:
        body = json.dumps(body_of(operation, scene)).encode()
        answer = world.admin.call("POST", path_of(operation, scene), body=body, headers={"Content-Type": content_type})
        answer.refused("unsupported_media_type")


def test_no_content_type_and_other_spellings_of_it(nobody, scene):
    operation = SPECIFICATION.by_id["auth_login"]
    body = json.dumps(body_of(operation, scene)).encode()
    nobody.call("POST", operation.path, body=body, headers={"Content-Type": None}).refused("unsupported_media_type")
    for content_type in (
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/json;charset=UTF-8",
        "application/json ; x=y",
    ):
        nobody.call("POST", operation.path, body=body, headers={"Content-Type": content_type}).ok()


@pytest.mark.parametrize("operation", POSTS, ids=lambda operation: operation.id)
def test_a_body_that_is_too_large(world, scene, operation):
    world.admin.call("POST", path_of(operation, scene), body=b" " * (1024 * 1024 + 1)).refused("payload_too_large")


def test_a_body_where_none_is_expected(world, scene):
    for operation in OPERATIONS:
        if operation.method == "GET":
            world.admin.call("GET", path_of(operation, scene), body=b"{nonsense").ok()
