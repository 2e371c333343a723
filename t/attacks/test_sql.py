"""Attack 24: two hundred texts that would be SQL if anybody let them, in all that takes a text, names a filter or might
sort. They are refused, or kept byte for byte; and the database has seen no statement that it had not seen before.

nginx is asked for each text in each place. What the worker gets of a body, a query or a header is the same behind every
web server (the raw requests see to that); so the others are asked for each text once, in a place that changes with it.
"""

import itertools
import re
import urllib.parse

import psycopg2
import pytest
import tokens
from attacks_on_identity import signed
from auth_server import RateLimit
from fronts import SERVERS
from world import new_id

ENDS = ("'", '"', "')", "';", "\\'", "$$", "1", "E'\\'", "\u02bc", "\uff07", "%27", "' ", "x' ")
MEANINGS = (
    "OR 1=1--",
    "OR '1'='1",
    "/**/OR/**/1=1#",
    "AND pg_sleep(9)--",
    "union select version(),NULL--",
    "; DROP TABLE tasks; --",
    "; update users set is_active = false; --",
    "; COPY (select 1) TO PROGRAM 'id'; --",
    "||(select password_hash from user_passwords limit 1)||",
    "AND 1=CAST((select current_user) AS int)--",
    "LIMIT 0 OFFSET 1--",
    "; SET ROLE eventflow_owner; --",
)
ALONE = (
    *("'", "''", '"', "`", ";", "--", "/*", "*/", "\\", "\\\\", "\\'", "%", "_", "$1", "$$", "::text", "||", "%d", "?"),
    *("U&'\\0027'", "E'\\x27'", "$a$b$a$", "chr(39)", "0x27", "1e1'", "{}'", "[]'", "NULL", "null", "true", "DEFAULT"),
    *("ARRAY[1]", "ROW(1)", "CAST(1 AS text)", "(select 1)", "(select current_user)", "current_setting('x')"),
    *("pg_catalog.pg_class", "public.tasks", "id; --", "id DESC", "id ASC NULLS FIRST", "1,2", "*", "count(*)"),
)
TEXTS = [f"{end} {meaning}" for end, meaning in itertools.product(ENDS, MEANINGS)] + list(ALONE)
NODE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
STATEMENTS = (
    "SELECT query FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid WHERE rolname = 'eventflow_api'"
)


def refused(code):
    """Nothing more is to be seen than that."""
    return lambda scene, text, answer: answer.refused(code)


def in_query(path, name, code="invalid_parameter"):
    def ask(scene, caller, text):
        return caller.get(path, f"{name}={urllib.parse.quote(text, safe='')}")

    return ask, refused(code)


def as_name(path, rest="=1"):
    def ask(scene, caller, text):
        return caller.get(path, urllib.parse.quote(text, safe="") + rest)

    return ask, refused("unknown_parameter")


def in_path(path):
    def ask(scene, caller, text):
        return caller.get(path.replace("{}", urllib.parse.quote(text, safe="")))

    return ask, refused("not_found")


def in_body(path, body, code="invalid_field"):
    """body: a function of scene and text."""

    def ask(scene, caller, text):
        return caller.post(path.replace("{task}", scene.task), body(scene, text))

    return ask, refused(code)


def template(scene, **changes):
    node = {"node_id": "a", "task_type_id": scene.world.task_type, "label": "A"}
    return {"name": "A", "description": "", "nodes": [{**node, **changes.pop("node", {})}], "edges": [], **changes}


def in_node_id(scene, caller, text):
    return caller.post("/api/workflow-templates", template(scene, node={"node_id": text}))


def is_node_id(scene, text, answer):
    if NODE_ID.fullmatch(text):
        assert answer.ok()["nodes"][0]["node_id"] == text
    else:
        answer.refused("invalid_field")


def takeable(scene, caller, text):
    return caller.get("/api/tasks", f"takeable={urllib.parse.quote(text, safe='')}")


def is_no_boolean(scene, text, answer):
    if text == "true":
        answer.ok()
    else:
        answer.refused("invalid_parameter")


def reason(scene, caller, text):
    body = {"next_state": "IN_PROGRESS", "reason": text}
    return caller.post(f"/api/tasks/{scene.new_task()}/transition", body)


def is_the_reason(scene, text, answer):
    """After trimming."""
    assert scene.world.audit(answer.ok()["task"]["id"])[-1]["reason"] == text.strip()


def texts_of_a_template(scene, caller, text):
    node = {"label": text, "metadata": {"description": text, text: [text]}}
    return caller.post("/api/workflow-templates", template(scene, name=text, description=text, node=node))


def are_in_the_template(scene, text, answer):
    row = scene.world.sql(
        "SELECT name, description, label, metadata FROM eventflow.workflow_template_versions"
        " JOIN eventflow.workflow_template_nodes USING (workflow_id, version) WHERE workflow_id = %s",
        answer.ok()["id"],
    )
    assert row == [(text, text, text, {"description": text, text: [text]})]


def idempotency_key(scene, caller, text):
    caller = caller.with_token(scene.world.user("vendor", scene.event).token)
    return caller.post(f"/api/tasks/{scene.new_task()}/pick", None, {"Idempotency-Key": text.encode()})


def is_the_key(scene, text, answer):
    if not text.isascii():
        answer.refused("invalid_idempotency_key")
    else:
        keys = "SELECT key FROM eventflow.idempotency_keys WHERE user_id = %s"
        assert scene.world.value(keys, answer.ok()["assignee_id"]) == text.strip()


def in_header(name):
    return lambda scene, caller, text: caller.get("/api/task-types", None, {name: text.encode()})


def if_match(scene, caller, text):
    return caller.post(f"/api/tasks/{scene.task}/assign", {"user_id": None}, {"If-Match": text.encode()})


def key_id(scene, caller, text):
    header = {"alg": "HS256", "kid": text}
    return caller.with_token(signed(scene.stack.secret.encode(), header, scene.claims())).get("/api/auth/me")


def subject(scene, caller, text):
    return caller.with_token(tokens.mint(scene.stack, text)).get("/api/auth/me")


def login(scene, caller, text):
    return caller.with_token(None).post("/api/auth/login", {"email": text, "password": text})


def refresh(scene, caller, text):
    return caller.with_token(None).post("/api/auth/refresh", {"refresh_token": text})


def is_fine(scene, text, answer):
    answer.ok()


def is_known_or_not(scene, text, answer):
    """A star means any tag."""
    assert answer.status == (304 if text == "*" else 200)


INSTANTIATE = "/api/workflows/instantiate"
TEMPLATES = "/api/workflow-templates"
PLACES = {
    **{
        f"the filter {name}": in_query("/api/tasks", name)
        for name in ("event_id", "assignee_id", "task_type_id", "workflow_instance_id", "state", "limit")
    },
    "the filter takeable": (takeable, is_no_boolean),
    "the cursor": in_query("/api/tasks", "cursor", "invalid_cursor"),
    "the filter event_id of instances": in_query("/api/workflow-instances", "event_id"),
    **{f"{name}": in_query("/api/tasks", name, "unknown_parameter") for name in ("sort", "order_by", "select", "or")},
    "a parameter's name": as_name("/api/tasks"),
    "a whole query": as_name("/api/users", ""),
    "a task's id": in_path("/api/tasks/{}"),
    "an event's id": in_path("/api/events/{}/members"),
    "next_state": in_body("/api/tasks/{task}/transition", lambda scene, text: {"next_state": text, "reason": "x"}),
    "user_id": in_body("/api/tasks/{task}/assign", lambda scene, text: {"user_id": text}),
    "workflow_id": in_body(INSTANTIATE, lambda scene, text: {"workflow_id": text, "event_id": scene.event}),
    "event_id": in_body(INSTANTIATE, lambda scene, text: {"workflow_id": scene.template, "event_id": text}),
    "a template's id": in_body(TEMPLATES, lambda scene, text: template(scene, id=text)),
    "task_type_id": in_body(TEMPLATES, lambda scene, text: template(scene, node={"task_type_id": text})),
    "a field's name": in_body("/api/tasks/{task}/assign", lambda _, text: {text: 1, "user_id": None}, "unknown_field"),
    "node_id": (in_node_id, is_node_id),
    "reason": (reason, is_the_reason),
    "the texts of a template": (texts_of_a_template, are_in_the_template),
    "Idempotency-Key": (idempotency_key, is_the_key),
    "If-Match": (if_match, refused("invalid_if_match")),
    "If-None-Match": (in_header("If-None-Match"), is_known_or_not),
    "X-Request-Id": (in_header("X-Request-Id"), is_fine),
    "kid": (key_id, is_fine),
    "sub": (subject, refused("invalid_token")),
    "email and password": (login, refused("invalid_credentials")),
    "refresh_token": (refresh, refused("invalid_refresh_token")),
}


@pytest.fixture(scope="module", autouse=True)
def as_many_logins_as_it_takes(supabase):
    limit = supabase.rate_limit
    supabase.rate_limit = RateLimit(burst=1000000)
    yield
    supabase.rate_limit = limit


@pytest.fixture(scope="module")
def statements(fronts, scene):
    """A function that gives the statements that the workers have sent since the database was made."""
    stack = fronts[SERVERS[0]].stack
    stack.superuser_sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements; GRANT pg_read_all_stats TO eventflow_owner")
    connection = psycopg2.connect(stack.owner_url.replace("/eventflow?", "/postgres?"))
    connection.autocommit = True

    def seen():
        with connection.cursor() as cursor:
            cursor.execute(STATEMENTS)
            return {query for (query,) in cursor.fetchall()}

    fronts[SERVERS[0]].caller(scene.admin).get(f"/api/tasks/{scene.task}").ok()
    assert any("eventflow.tasks" in query for query in seen())
    yield seen
    connection.close()


def ask(front, scene, place, text):
    asking, check = PLACES[place]
    check(scene, text, asking(scene, front.caller(scene.admin), text))


@pytest.mark.parametrize("place", PLACES)
def test_every_text_in_one_place(fronts, scene, statements, place):
    front = fronts[SERVERS[0]]
    for text in ("true", "id", "\u00e9"):
        ask(front, scene, place, text)  # so that the statements of the place are known
    before = statements()
    for text in TEXTS:
        ask(front, scene, place, text)
    assert statements() - before == set()


@pytest.mark.parametrize("server", SERVERS[1:])
def test_every_text_in_some_place(fronts, scene, statements, server):
    places = list(PLACES)
    before = statements()
    for number, text in enumerate(TEXTS):
        ask(fronts[server], scene, places[number % len(places)], text)
    assert statements() - before == set()


def test_there_are_enough_of_them():
    assert len(set(TEXTS)) == len(TEXTS) >= 200
