"""One line for each request, and no secret in any."""

import re

from stack import LOG_LINE
from world import PASSWORD, new_id


def fields(message):
    return dict(field.split("=", 1) for field in message.split() if "=" in field)


def test_one_line_for_each_request(stack, world, event):
    user, task = world.user("vendor", event), world.task(event)
    for path, operation, status in (
        (f"/api/tasks/{task}", "task_get", "200"),
        (f"/api/tasks/{new_id()}", "task_get", "404"),
        ("/api/none", "-", "404"),
        ("/api/tasks", "task_list", "200"),
    ):
        request_id = f"log-{new_id()}"
        user.get(path, headers={"X-Request-Id": request_id})
        (line,) = stack.log_lines(request_id)
        found = LOG_LINE.match(line)
        assert found, line
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", found["time"]) and found["level"] == "INFO"
        values = fields(found["message"])
        assert (values["operation"], values["status"]) == (operation, status)
        assert values["user"] == (user.id if operation != "-" else "-")
        assert float(values["duration_ms"]) >= 0 and int(values["round_trips"]) >= (0 if operation == "-" else 1)


def test_a_hostile_request_is_one_line_too(stack, nobody):
    for path in ("/api/tasks/%0a%0dforged", "/api/%00", "/api/tasks?x=%0a2026-01-01 - forged"):
        request_id = f"log-{new_id()}"
        nobody.call("GET", path.replace(" ", "%20"), headers={"X-Request-Id": request_id})
    assert "forged" not in stack.log_text()


def test_no_secret_is_logged(stack, world, nobody, event):
    user = world.user("manager", event, with_password=True)
    note, task = f"note-{new_id()}", world.task(event)
    token = nobody.post("/api/auth/login", {"email": user.email, "password": PASSWORD}).ok()["access_token"]
    nobody.with_token(token).post(f"/api/tasks/{task}/transition", {"next_state": "IN_PROGRESS", "reason": note}).ok()
    nobody.post("/api/auth/login", {"email": user.email, "password": f"wrong-{note}"}).refused("invalid_credentials")
    nobody.with_token(token + "x").get("/api/events").refused("invalid_token")
    nobody.get("/api/events", {"access_token": token})
    text = stack.log_text()
    owner_password = re.search(r"://[^:]*:([^@]*)@", stack.owner_url)
    secrets = {
        "token": token,
        "signature": token.rpartition(".")[2],
        "JWT secret": stack.secret,
        "password": PASSWORD,
        "note": note,
    }
    if owner_password:
        secrets["owner's password"] = owner_password[1]
    login_password = re.search(r"://[^:]*:([^@]*)@", stack.settings.get("DATABASE_URL", ""))
    if login_password:
        secrets["login role's password"] = login_password[1]
    assert [name for name, secret in secrets.items() if secret in text] == []
