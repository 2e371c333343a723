"""Attack 18: what was taken away is refused by the very next request, whichever worker gets it."""

import concurrent.futures
import glob
import pathlib

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
AT_ONCE = 32  # requests, or a web server could give them all to the one worker that it likes best
ROUNDS = 100
ONE_REQUEST = 100000  # nanoseconds of the processor, of which answering one takes more and waiting less


def times_run(pids):
    """What each process has run so far, in nanoseconds of the processor."""
    return {
        pid: sum(int(pathlib.Path(name).read_text().split()[0]) for name in glob.glob(f"/proc/{pid}/task/*/schedstat"))
        for pid in pids
    }


def ask_all(front, ask):
    """What ask() is answered, until every worker has answered."""
    before = times_run(front.stack.worker_pids())
    answers = set()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as threads:
        for _ in range(ROUNDS):
            for answer in threads.map(lambda _: ask(), range(AT_ONCE)):
                answers.add((answer.status, answer.code))
            if all(time - before[pid] > ONE_REQUEST for pid, time in times_run(before).items()):
                return answers
    raise AssertionError("some worker has answered nothing")


@pytest.mark.parametrize("name", REVOKED)
def test_what_is_revoked_is_gone_at_once(front, scene, name):
    statement, status, code = REVOKED[name]
    user = scene.user_without()
    path = f"/api/tasks/{scene.task}"
    line = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {user.token}\r\n\r\n"
    assert ask_all(front, lambda: front.raw(line.encode())) == {(200, None)}
    scene.world.sql(statement, user.id)
    assert ask_all(front, lambda: front.raw(line.encode())) == {(status, code)}


def test_eligibility_is_gone_at_once(front, scene):
    user, task = scene.user_without(), scene.new_task()
    allowed = front.caller(user).get(f"/api/tasks/{task}").ok()["allowed_actions"]
    assert "pick" in allowed
    scene.world.sql(
        "DELETE FROM eventflow.eligibility_mappings"
        " WHERE user_type_id = (SELECT user_type_id FROM eventflow.users WHERE id = %s)",
        user.id,
    )
    caller = front.caller(user)
    assert ask_all(front, lambda: caller.post(f"/api/tasks/{task}/pick")) == {(403, "not_eligible")}
