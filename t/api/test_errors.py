"""Every error code that can be caused from outside; test_coverage.py sees to it that none is forgotten."""

import socket
import threading
import time

import psycopg2
import pytest

from world import PASSWORD, new_id

BIG = 1024 * 1024


def test_payload_too_large(nobody):
    exact = b'{"email":"' + b"x" * (BIG - 12) + b'"}'
    assert len(exact) == BIG
    nobody.call("POST", "/api/auth/login", body=exact).refused("invalid_field")
    nobody.call("POST", "/api/auth/login", body=exact + b" ").refused("payload_too_large")


def test_uri_and_headers_too_large(nobody):
    nobody.get("/api/tasks", "x=" + "y" * 20000).refused("uri_too_long")
    nobody.get("/api/tasks", headers={"X-Long": "y" * 20000}).refused("headers_too_large")


def test_a_body_without_a_length(nobody, world, event):
    """None is an empty body: refused where there must be one, taken where there may be one."""
    close = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    nobody.raw(b"POST /api/auth/login" + close + b"Content-Type: application/json\r\n\r\n").refused("invalid_json")
    token = f"Authorization: Bearer {world.admin.token}\r\n\r\n".encode()
    nobody.raw(f"POST /api/tasks/{world.task(event)}/pick".encode() + close + token).ok()


def test_methods(world, nobody):
    nobody.call("PUT", "/api/tasks").refused("method_not_allowed")
    world.admin.call("DELETE", f"/api/tasks/{new_id()}").refused("method_not_allowed")
    nobody.call("BREW", "/api/tasks").refused("method_not_implemented")
    assert nobody.call("get", "/api/tasks").code in (
        "method_not_implemented",
        "bad_request",
    )  # nginx takes capitals alone


def test_a_malformed_request(nobody):
    nobody.raw(b"GET /api/tasks HTTP/1.1\r\nConnection: close\r\n\r\n").refused("bad_request")  # without Host


def test_too_many_logins_at_once(world, nobody):
    user, answers = world.user("vendor", with_password=True), []
    body = {"email": user.email, "password": PASSWORD}
    threads = [threading.Thread(target=lambda: answers.append(nobody.post("/api/auth/login", body))) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = [answer.code for answer in answers]
    assert len(codes) == 24 and set(codes) == {None, "login_busy"}, codes


def test_a_row_that_somebody_has_locked(stack, world, event):
    """The database is busy: 503, and nothing has changed; others are served meanwhile."""
    user, task = world.user("vendor", event), world.task(event)
    with psycopg2.connect(stack.owner_url) as locker:
        locker.cursor().execute("SELECT FROM eventflow.tasks WHERE id = %s FOR UPDATE", (task,))
        user.post(f"/api/tasks/{task}/pick").refused("database_busy")
        user.get(f"/api/tasks/{task}").ok()
    locker.close()
    assert len(world.audit(task)) == 1
    user.post(f"/api/tasks/{task}/pick").ok()


def test_a_read_only_database(stack, world, event):
    """Reads go on, and writes say so."""
    user, task = world.user("manager", event), world.task(event)

    def write_until(code):
        """A change of settings reaches the connections in a moment."""
        for _ in range(100):
            for assignee in (user.id, None):
                answer = user.post(f"/api/tasks/{task}/assign", {"user_id": assignee})
                if answer.code == code:
                    return
            time.sleep(0.02)
        raise AssertionError(f"{answer} instead of {code}")

    try:
        if not stack.superuser_sql("ALTER SYSTEM SET default_transaction_read_only = on"):
            pytest.skip("the database is not ours to configure")
        stack.superuser_sql("SELECT pg_reload_conf()")
        write_until("database_read_only")
        user.get(f"/api/tasks/{task}").ok()
    finally:
        stack.superuser_sql("ALTER SYSTEM RESET default_transaction_read_only")
        stack.superuser_sql("SELECT pg_reload_conf()")
    for _ in range(20):
        write_until(None)


def test_a_connection_that_is_cut(stack, world, event):
    """Every connection of the workers is ended: at worst one 503 each, and then all is well again."""
    user = world.user("vendor", event)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'eventflow_api'"
    for _ in range(3):
        if not stack.superuser_sql(cut):
            pytest.skip("the database is not ours to configure")
        codes = [user.get("/api/tasks").code for _ in range(20)]
        assert set(codes) <= {None, "database_unavailable"} and codes[-5:] == [None] * 5, codes


def test_the_fixed_text_of_a_failure_does_not_name_what_was_asked_for(world, event):
    task = world.task(event)
    answer = world.user("vendor").get(f"/api/tasks/{task}").refused("not_found")
    assert task not in answer["error"]


# The order of refusals: of two faults in one request the first of the contract's list is named.


def test_the_order_of_refusals(world, nobody, event):
    customer, vendor, task = (
        world.user("customer", event),
        world.user("vendor", event),
        world.task(event, "IN_PROGRESS"),
    )
    path, bad, big = f"/api/tasks/{task}/transition", {"unknown": 1}, b"x" * (BIG // 2)
    nobody.call("PUT", "/api/nothing", value=bad).refused("not_found")
    nobody.call("PUT", path, value=bad).refused("method_not_allowed")
    nobody.call("POST", path, value=bad).refused("missing_token")
    nobody.with_token("x").call("POST", path, body=big, headers={"Content-Type": "text/plain"}).refused("invalid_token")
    nobody.with_token("x").call("POST", "/api/tasks/no-uuid/pick", "unknown=1").refused("invalid_token")
    world.stranger().call("POST", path, body=b"{", headers={"Content-Type": "text/plain"}).refused("profile_not_found")
    world.stranger().get("/api/events", {"cursor": "damaged"}).refused("profile_not_found")
    world.stranger().post(f"/api/tasks/{task}/pick", None, {"If-Match": "malformed"}).refused("profile_not_found")
    world.user("vendor").post(f"/api/tasks/{task}/pick", None, {"If-Match": "malformed"}).refused("invalid_if_match")
    world.user("vendor").get("/api/tasks", {"cursor": "damaged", "event_id": event}).refused("invalid_cursor")
    customer.call("POST", path, body=b"{", headers={"Content-Type": "text/plain"}).refused("unsupported_media_type")
    customer.call("POST", "/api/tasks/no-uuid/transition", body=b"{").refused("not_found")
    customer.call("POST", path, value=bad).refused("missing_field")
    world.user("customer").post(path, {"next_state": "DONE", "reason": "x"}).refused("not_found")
    customer.post(path, {"next_state": "TODO", "reason": "x"}).refused("customer_read_only")
    world.user("coordinator", event).post(path, {"next_state": "TODO", "reason": "x"}).refused("not_eligible")
    vendor.post(f"/api/tasks/{task}/assign", {"user_id": new_id()}).refused("permission_denied")
    done = world.task(event, "DONE")
    world.user("manager", event).post(f"/api/tasks/{done}/assign", {"user_id": new_id()}).refused("task_done")
    body = {"workflow_id": new_id(), "event_id": event}
    world.user("manager").post("/api/workflows/instantiate", body).refused("not_a_member")
    vendor.post("/api/workflows/instantiate", body).refused("permission_denied")
    world.user("vendor").post(
        "/api/workflow-templates", {"name": "x", "nodes": [], "edges": [], "id": new_id()}
    ).refused("admin_required")


def test_a_client_that_goes_away_in_the_middle(stack, world, event):
    """Nothing is half-written, and the next one is served."""
    user, task = world.user("vendor", event), world.task(event)
    head = (
        f"POST /api/tasks/{task}/pick HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {user.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    ).encode()
    for _ in range(8):
        with socket.create_connection((stack.host, stack.port)) as connection:
            connection.sendall(head)
    assert len(world.audit(task)) == 1
    user.post(f"/api/tasks/{task}/pick").ok()
