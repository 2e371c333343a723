"""Headers with every kind of value: those that are read say what they say, and nothing else is believed."""

import pytest

import tokens
from oracle import Task
from world import new_id

# fmt: off
BAD_IF_MATCH = (
    "*", "", " ", '""', '"', "x", '"x"', '"-x"', '"1-"', '"1"', "1-a", '"1-a', '1-a"', '"1 -a"', '"1- a"', '"a-1"',
    '"-1-a"', '"+1-a"', '"1.0-a"', '"1e1-a"', '"0x1-a"', '"1--a"', '"1-a-b"', '"1_a"', '"1-a,b"', '"1-ü"', '"1-a"x',
    'x"1-a"', '"1-a" x', 'W/"1-a"', 'w/"1-a"', '"1-a", "2-b"', '"1-a","1-a"', '"1-a",', ',"1-a"', '"1-a"; x', "'1-a'",
    '""1-a""', '"1-a""', '"99999999999999999999-a"', '"1-' + "%00" + '"', '"1-a*"', "null", "undefined",
    '"\\"1-a\\""', '"1-a\t"', "<1-a>", '"１-a"', '"1-' + "/" + '"',
)
# fmt: on


@pytest.fixture(scope="module")
def task(scenery):
    (task_id,) = scenery.tasks([(Task("IN_PROGRESS"), scenery.holder)])
    return task_id


def as_bytes(value):
    """http.client takes text of Latin-1 alone."""
    return value.encode()


@pytest.mark.parametrize("value", BAD_IF_MATCH)
def test_if_match_that_is_no_tag_of_an_event(scenery, task, value):
    answer = scenery.world.admin.post(f"/api/tasks/{task}/assign", {"user_id": None}, {"If-Match": as_bytes(value)})
    if value.strip():
        answer.refused("invalid_if_match")
    else:  # a header without a value is one that is not there, to some web servers
        assert answer.code in (None, "invalid_if_match")


@pytest.mark.parametrize("suffix", ("a", "00000000", "ZZZZ9999", "0" * 40))
@pytest.mark.parametrize("offset", (-1, 0, 1, 1000))
def test_if_match_compares_the_version_alone(scenery, task, offset, suffix):
    version = scenery.world.version(scenery.event) + offset
    answer = scenery.world.admin.post(
        f"/api/tasks/{task}/assign", {"user_id": None}, {"If-Match": f'"{version}-{suffix}"'}
    )
    assert answer.code == (None if offset == 0 else "version_mismatch"), str(answer)


NONE_MATCH = {
    "the tag": ("{tag}", 304),
    "any": ("*", 304),
    "the tag, weak": ("W/{tag}", 304),
    "with others": ('"1-a", {tag}', 304),
    "with others behind": ('{tag}, "1-a"', 304),
    "close together": ('"a",{tag},"b"', 304),
    "spaces around": ("  {tag}  ", 304),
    "twice": ("{tag}, {tag}", 304),
    "another": ('"1-a"', 200),
    "nothing": ("", 200),
    "comma": (",", 200),
    "commas": (",,,,", 200),
    "unquoted": ("{bare}", 200),
    "half": ("{half}", 200),
    "longer": ("{tag}x", 200),
    "another version": ('"0{inside}"', 200),
    "upper case": ("{upper}", 200),
    "single quotes": ("'{bare}'", 200),
    "stars": ("**", 200),
    "quoted star": ('"*"', 200),
    "no UTF-8": ("\u00ff", 200),
    "long": ('"' + "x" * 4000 + '"', 200),
    "many": (", ".join(f'"{number}-a"' for number in range(400)), 200),
}


@pytest.mark.parametrize("name", NONE_MATCH)
@pytest.mark.parametrize(
    "path",
    ("/api/tasks/{task}", "/api/events/{event}/members", "/api/task-types", "/api/tasks?event_id={event}&limit=1"),
)
def test_if_none_match(scenery, task, path, name):
    path = path.replace("{task}", task).replace("{event}", scenery.event)
    path, _, query = path.partition("?")
    tag = scenery.world.admin.get(path, query or None).etag
    value, status = NONE_MATCH[name]
    value = value.replace("{tag}", tag).replace("{bare}", tag.strip('"')).replace("{half}", tag[: len(tag) // 2])
    value = value.replace("{inside}", tag.strip('"')).replace("{upper}", tag.upper())
    if value == tag and status == 200:
        pytest.skip("this tag has no letter that could be larger")
    answer = scenery.world.admin.get(path, query or None, {"If-None-Match": as_bytes(value)})
    assert answer.status == status and answer.etag == tag


# fmt: off
KEPT_IDS = (
    "a", "A", "0", "-", "_", ".", "..", "a-b_c.D", "x" * 64, "1" * 64, "0" * 64, "null", "None", "a.b-c_d", "--",
    "__proto__", str(new_id()),
)
REPLACED_IDS = (
    "", " ", "x" * 65, "x" * 1000, "a b", "a,b", "a;b", "a:b", "a/b", "a\\b", "a=b", 'a"b', "a'b", "a<b>", "a&b",
    "a%b", "a+b", "a@b", "a#b", "a?b", "a|b", "a(b)", "a[b]", "a{b}", "a*b", "a!b", "a$b", "a^b", "a`b", "a~b", "ü",
    "€", "🙂", "a\tb", "%0a", "${jndi:x}", "' OR 1=1--", "\u202e",
)
# fmt: on


@pytest.mark.parametrize("value", KEPT_IDS)
def test_a_request_id_that_is_kept(scenery, value):
    assert scenery.world.admin.get("/api/auth/me", headers={"X-Request-Id": value}).headers["x-request-id"] == value


@pytest.mark.parametrize("value", REPLACED_IDS)
def test_a_request_id_that_is_replaced(scenery, value):
    answer = scenery.world.admin.get("/api/nothing", headers={"X-Request-Id": as_bytes(value)})
    assert answer.refused("not_found")["request_id"] != value and len(answer.headers["x-request-id"]) == 36


# fmt: off
JSON_TYPES = (
    "application/json", "Application/JSON", "APPLICATION/JSON", "application/json; charset=utf-8",
    "application/json;charset=utf-8", "application/json; charset=UTF-8", 'application/json; charset="utf-8"',
    "application/json ; charset=utf-8", "  application/json  ",
)
OTHER_TYPES = (
    "text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x", "application/octet-stream", "application/jsonx", "xapplication/json",
    "application/json2", "application/javascript", "application/x-json", "json", "application", "application/",
    "/json", "*/*", "application/*", "application/json/x", "application json", "application/ json",
    "application/json, text/plain", "text/plain, application/json", "text/plain; application/json",
    "application/problem+json", "application/vnd.api+json", "application/merge-patch+json", "application/ld+json",
    "null", "x" * 300,
)
# fmt: on


@pytest.mark.parametrize("value", JSON_TYPES)
def test_a_type_that_is_json(scenery, task, value):
    answer = scenery.world.admin.call(
        "POST", f"/api/tasks/{task}/assign", body=b'{"user_id":null}', headers={"Content-Type": value}
    )
    assert answer.status == 200, str(answer)


@pytest.mark.parametrize("value", OTHER_TYPES)
def test_a_type_that_is_not(scenery, task, value):
    answer = scenery.world.admin.call(
        "POST", f"/api/tasks/{task}/assign", body=b'{"user_id":null}', headers={"Content-Type": value}
    )
    answer.refused("unsupported_media_type")


# fmt: off
MISSING = (
    "", " ", "Bearer", "Bearer ", "Bearer  ", "Basic {token}", "Basic YTpi", "Token {token}", "{token}",
    "JWT {token}", "Digest x", "bearer:{token}", "Bearer={token}", "Bearer\t{token}", "Bearer{token}",
    "BearerX {token}", "Negotiate {token}", "null", "Bearer {token} x", "Bearer {token},x",
    "Bearer {token}, Bearer {token}", "Basic YTpi, Bearer {token}", "Bearer  {token}",
)
INVALID = (
    "Bearer x", "Bearer {token}x", "Bearer x{token}", "Bearer .{token}", "Bearer {token}.", "Bearer {token}=",
    "Bearer ..", "Bearer ...", "Bearer null", "Bearer undefined", "Bearer {head}..", "Bearer {head}.{body}.",
    "Bearer {head}.{body}", "Bearer {body}.{head}.{signature}", "Bearer {head}.{body}.{signature}.{signature}",
    "Bearer {signature}", 'Bearer "{token}"', "Bearer <{token}>", "Bearer [object Object]".replace(" O", "O"),
    "Bearer {TOKEN}", "Bearer %s" % ("x" * 5000), "Bearer {head}.{body}.%s" % ("A" * 43), "Bearer ü",
    "Bearer {token}%0a", "Bearer {token};",
)
# fmt: on
GOOD = ("Bearer {token}", "bearer {token}", "BEARER {token}", "bEaReR {token}")


def authorization(scenery, value):
    token = tokens.mint(scenery.world.stack, scenery.holder.id)
    head, body, signature = token.split(".")
    for name, text in {
        "{token}": token,
        "{head}": head,
        "{body}": body,
        "{signature}": signature,
        "{TOKEN}": token.upper(),
    }.items():
        value = value.replace(name, text)
    return scenery.world.nobody.get("/api/auth/me", headers={"Authorization": as_bytes(value)})


@pytest.mark.parametrize("value", MISSING)
def test_an_authorization_without_a_token(scenery, value):
    authorization(scenery, value).refused("missing_token")


@pytest.mark.parametrize("value", INVALID)
def test_an_authorization_with_a_bad_token(scenery, value):
    authorization(scenery, value).refused("invalid_token")


@pytest.mark.parametrize("value", GOOD)
def test_an_authorization_with_a_good_token(scenery, value):
    assert authorization(scenery, value).ok()["user"]["id"] == scenery.holder.id


SPOOFS = {
    "X-User": "{admin}",
    "X-User-Id": "{admin}",
    "X_User": "{admin}",
    "X-Sub": "{admin}",
    "X-Role": "admin",
    "X-Forwarded-User": "{admin}",
    "X-Forwarded-For": "127.0.0.1",
    "X-Real-Ip": "127.0.0.1",
    "Forwarded": "for=127.0.0.1",
    "X-Original-Url": "/api/users",
    "X-Rewrite-Url": "/api/users",
    "X-HTTP-Method-Override": "DELETE",
    "X-HTTP-Method": "PUT",
    "X-Method-Override": "POST",
    "X-Requested-With": "XMLHttpRequest",
    "X-Forwarded-Host": "evil.example.com",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil",
    "Proxy": "http://evil.example.com",
    "Via": "1.1 evil",
    "Cookie": "access_token={token}; sb-access-token={token}",
    "apikey": "{token}",
    "X-Api-Key": "{token}",
    "X-Client-Info": "supabase-js/2",
    "Range": "bytes=0-1",
    "Accept": "text/html",
    "Accept-Encoding": "gzip, br",
    "Accept-Language": "de",
    "Accept-Charset": "utf-16",
    "Referer": "https://evil.example.com",
    "User-Agent": "() { :; }; echo x",
    "Expect-CT": "x",
    "Upgrade": "websocket",
    "DNT": "1",
    "Max-Forwards": "0",
    "Prefer": "return=minimal",
    "X-Event-Version": "1",
    "Remote-User": "{admin}",
    "Remote-Addr": "127.0.0.1",
    "Script-Name": "/x",
    "Path-Info": "/api/users",
    "Request-Uri": "/api/users",
    "Request-Method": "DELETE",
    "Gateway-Interface": "CGI/1.1",
    "Https": "on",
}


@pytest.mark.parametrize("name", SPOOFS)
def test_a_header_that_is_not_believed(scenery, task, name):
    """Nobody becomes another by it, and no answer changes."""
    value = SPOOFS[name].replace("{admin}", scenery.world.admin.id).replace("{token}", scenery.world.admin.token)
    path, headers = f"/api/tasks/{task}", {"X-Request-Id": "the-same", name: value}
    plain = scenery.holder.get(path, headers={"X-Request-Id": "the-same"})
    spoofed = scenery.holder.get(path, headers=headers)
    assert (spoofed.status, spoofed.body) == (plain.status, plain.body)
    scenery.world.nobody.get(path, headers=headers).refused("missing_token")
