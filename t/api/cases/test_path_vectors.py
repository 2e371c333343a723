"""Paths: ids that are none, and every disguise of a path that exists. It is matched as it was sent, or not at all."""

from urllib.parse import quote

import pytest

from test_field_vectors import BAD_IDS, SOME_ID

OF_IDS = {
    "task_get": ("GET", "/api/tasks/{id}", None),
    "transition_list": ("GET", "/api/tasks/{id}/transitions", None),
    "task_pick": ("POST", "/api/tasks/{id}/pick", {}),
    "task_transition": ("POST", "/api/tasks/{id}/transition", {"next_state": "DONE", "reason": "x"}),
    "task_assign": ("POST", "/api/tasks/{id}/assign", {"user_id": None}),
    "member_list": ("GET", "/api/events/{id}/members", None),
}
IDS = {
    **{name: quote(value, safe="") for name, value in BAD_IDS.items() if value},
    "nobody's": SOME_ID,
    "number": "1",
    "zero": "0",
    "negative": "-1",
    "nil": "nil",
    "me": "me",
    "star": "*",
    "long": "a" * 2000,
    "two": SOME_ID + SOME_ID,
    "extension": SOME_ID + ".json",
    "encoded letter": "%35" + SOME_ID[1:],
    "semicolon": SOME_ID + ";x=1",
    "plus": SOME_ID.replace("-", "+"),
}
PATHS = (
    "/api/tasks",
    "/api/events",
    "/api/users",
    "/api/task-types",
    "/api/workflow-templates",
    "/api/auth/me",
    f"/api/tasks/{SOME_ID}",
    "/healthz",
    "/readyz",
)
DISGUISES = {
    "slash behind": "{path}/",
    "two slashes behind": "{path}//",
    "slash in front": "/{path}",
    "doubled slash": "{doubled}",
    "dot": "/.{path}",
    "dot behind": "{path}/.",
    "dots": "/x/..{path}",
    "dots behind": "{path}/x/..",
    "encoded dot": "/%2e{path}",
    "encoded dots": "/x/%2e%2e{path}",
    "half encoded dots": "/x/.%2e{path}",
    "encoded slash": "{encoded_slash}",
    "encoded slash behind": "{path}%2f",
    "encoded letter": "{encoded_letter}",
    "encoded letter, upper": "{encoded_letter_upper}",
    "doubly encoded": "{doubly}",
    "backslash": "{backslash}",
    "encoded backslash": "{encoded_backslash}",
    "semicolon": "{path};x=1",
    "semicolon alone": "{path};",
    "encoded semicolon": "{path}%3b",
    "encoded question mark": "{path}%3fx=1",
    "encoded number sign": "{path}%23",
    "encoded space": "{path}%20",
    "encoded tab": "{path}%09",
    "encoded line end": "{path}%0a",
    "plus": "{path}+",
    "upper case": "{upper}",
    "extension": "{path}.json",
    "dot at the end": "{path}.",
    "tilde": "{path}~",
    "colon": "{path}:x",
    "at": "{path}@x",
    "comma": "{path},",
    "star": "{path}*",
    "colon in front": "/:{path}",
    "no API": "/x{path}",
    "version": "/v1{path}",
    "index": "{path}/index.html",
    "encoded umlaut": "{path}%c3%bc",
    "no UTF-8": "{path}%ff",
    "overlong slash": "{overlong}",
    "NUL": "{path}%00",
    "NUL and extension": "{path}%00.json",
    "malformed escape": "{path}%zz",
    "cut escape": "{path}%2",
    "long": "{path}/" + "x" * 4000,
    "passwd": "/api/../../../etc/passwd",
    "html": "{path}<script>",
}


def disguised(disguise, path):
    letter = path[-1]
    last = path.rindex("/")
    texts = {
        "path": path,
        "doubled": path[:last] + "/" + path[last:],
        "encoded_slash": path[:last] + "%2f" + path[last + 1 :],
        "encoded_letter": path[:-1] + f"%{ord(letter):02x}",
        "encoded_letter_upper": path[:-1] + f"%{ord(letter):02X}",
        "doubly": path[:-1] + f"%25{ord(letter):02x}",
        "backslash": path[:last] + "\\" + path[last + 1 :],
        "encoded_backslash": path[:last] + "%5c" + path[last + 1 :],
        "overlong": path[:last] + "%c0%af" + path[last + 1 :],
        "upper": path.upper(),
    }
    return DISGUISES[disguise].format(**texts)


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("operation", OF_IDS)
def test_an_id_that_is_none(scenery, operation, name):
    """It exists as little as one that nobody has; but an event that a caller names is not theirs."""
    method, path, body = OF_IDS[operation]
    answer = scenery.world.admin.call(method, path.replace("{id}", IDS[name]), value=body)
    answer.refused("not_found")


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("path", PATHS)
def test_a_path_in_disguise(scenery, path, disguise):
    sent = disguised(disguise, path)
    answer = scenery.world.admin.get(sent)
    assert (answer.status, answer.code) in ((404, "not_found"), (400, "bad_request")), str(answer)


@pytest.mark.parametrize(
    "method", ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "BREW", "GETX", "FOO", "M-SEARCH")
)
@pytest.mark.parametrize("path", PATHS)
def test_another_method(scenery, path, method):
    answer = scenery.world.admin.call(method, path)
    known = ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT")
    codes = (
        {"method_not_allowed", "bad_request"}
        if method in known
        else {"method_not_implemented", "bad_request", "method_not_allowed"}
    )
    assert answer.code in codes, str(answer)
