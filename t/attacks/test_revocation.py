"""Attack 18: what was taken away is refused by the very next request, whichever worker gets it."""

import pytest

REVOKED = {
    "membership": ("DELETE FROM eventflow.event_members WHERE user_id = %s", 404, "not_found"),
    "profile": ("UPDATE eventflow.users SET is_active = false WHERE id = %s", 401, "profile_inactive"),
    "permission": (
        "UPDATE eventflow.user_types SET can_view = false"
        " WHERE id = (SELECT user_type_id FROM eventflow.users WHERE id = %s)",
        403,
        "permission_denied",
    ),
}
CONNECTIONS = 12  # that many hit each of two workers but for one chance in two thousand


def ask_all(front, user, path):
    """The codes of answers on connections of their own, and so of every worker."""
    line = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {user.token}\r\n\r\n".encode()
    answers = [front.raw(line) for _ in range(CONNECTIONS)]
    return {(answer.status, answer.code) for answer in answers}


@pytest.mark.parametrize("name", REVOKED)
def test_what_is_revoked_is_gone_at_once(front, scene, name):
    statement, status, code = REVOKED[name]
    user = scene.user_without()
    path = f"/api/tasks/{scene.task}"
    assert ask_all(front, user, path) == {(200, None)}
    scene.world.sql(statement, user.id)
    assert ask_all(front, user, path) == {(status, code)}


def test_eligibility_is_gone_at_once(front, scene):
    user, task = scene.user_without(), scene.new_task()
    allowed = front.caller(user).get(f"/api/tasks/{task}").ok()["allowed_actions"]
    assert "pick" in allowed
    scene.world.sql(
        "DELETE FROM eventflow.eligibility_mappings"
        " WHERE user_type_id = (SELECT user_type_id FROM eventflow.users WHERE id = %s)",
        user.id,
    )
    for _ in range(CONNECTIONS):
        front.caller(user).post(f"/api/tasks/{task}/pick").refused("not_eligible")
