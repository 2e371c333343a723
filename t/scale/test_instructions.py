"""How many instructions the worker takes for one request of each kind, against the figures that are kept in figures.json.

They hardly depend on the machine. One that is higher than its figure by more than the tolerance fails: mend it, or, where the new
cost is worth it, run with --update and say why in the commit. The worker alone is counted, with the libraries in it.
"""

import json
import time

import callgrind
from conftest import HERE
from test_plans import identifier, task_of

FIGURES = HERE / "figures.json"
TOLERANCE = 0.03
WARM, MEASURED = 6, 5  # requests; the least of the measured counts
EVENT = identifier(2, 2)
USER = identifier(1, 43)  # a manager, and a member of the event
TASK, OTHER = task_of(2, 0, 0), task_of(2, 1, 0)
LIST = f"/api/tasks?event_id={EVENT}&limit=50"
SAMPLE_EVENT = "20000000-0000-4000-8000-000000000001"
ADMIN, MANAGER = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2))
OUR_PROGRAM = "eventflow"


def get(uri, user=USER, status=200, **headers):
    return ("GET", uri, user, None, headers, status)


def post(uri, value, user=USER):
    return ("POST", uri, user, value, {}, 200)


def reads(tag):
    """Each kind of read."""
    return {
        "health_live": get("/healthz", None),
        "health_ready": get("/readyz", None),
        "auth_me": get("/api/auth/me"),
        "event_list": get("/api/events"),
        "member_list": get(f"/api/events/{EVENT}/members"),
        "user_list": get("/api/users"),
        "user_type_list": get("/api/user-types"),
        "task_type_list": get("/api/task-types"),
        "eligibility_mapping_list": get("/api/eligibility-mappings"),
        "workflow_template_list": get("/api/workflow-templates"),
        "workflow_instance_list, remembered": get(f"/api/workflow-instances?event_id={EVENT}"),
        "workflow_instance_list, all events": get("/api/workflow-instances"),
        "task_get": get(f"/api/tasks/{TASK}"),
        "transition_list": get(f"/api/tasks/{TASK}/transitions"),
        "task_list, known to the client": get(LIST, status=304, HTTP_IF_NONE_MATCH=tag),
        "task_list, remembered": get(LIST),
        "task_list, read anew": get(f"{LIST}&takeable=false"),
        "task_list, all events": get("/api/tasks?limit=50"),
        "refused: no token": get("/api/events", None, 401),
        "refused: no such path": get("/api/nothing", status=404),
    }


def move(state):
    return post(f"/api/tasks/{TASK}/transition", {"next_state": state, "reason": "To and fro."})


def give(user):
    return post(f"/api/tasks/{OTHER}/assign", {"user_id": user})


def writes(template):
    """Each kind of write: requests, of which the last is counted."""
    saved = {name: template[name] for name in ("name", "description", "nodes", "edges")}
    instantiate = {"workflow_id": template["id"], "event_id": SAMPLE_EVENT}
    return {
        "task_transition": [move("BLOCKED"), move("IN_PROGRESS")],
        "task_assign": [give(None), give(USER)],
        "task_pick": [give(None), post(f"/api/tasks/{OTHER}/pick", None)],
        "workflow_instantiate": [post("/api/workflows/instantiate", instantiate, MANAGER)],
        "workflow_template_save": [post("/api/workflow-templates", saved, ADMIN)],
    }


class Counter:
    """A worker under callgrind, and one connection to it: its requests are numbered as they come."""

    def __init__(self, start_worker, database, folder):
        self.prefix = folder / "callgrind"
        self.worker = start_worker(database, threads=1, prefix=callgrind.command(self.prefix), SANDBOX="off")
        self.client = self.worker.client()
        self.sent = 0

    def ask(self, request):
        method, uri, user, value, headers, status = request
        self.sent += 1
        answer = self.client.ask(method, uri, user, value, **headers)
        assert answer.status == status, f"{method} {uri}: {answer.status} {answer.body[:300]!r}"
        return answer

    def numbers_of(self, requests):
        """The numbers of the last request of each round, warm ones left out."""
        numbers = []
        for turn in range(WARM + MEASURED):
            for request in requests:
                self.ask(request)
            if turn >= WARM:
                numbers.append(self.sent)
        return numbers

    def least(self, numbers):
        requests = [callgrind.Request(self.prefix, number) for number in numbers]
        return min(requests, key=lambda request: request.instructions)


def count(start_worker, database, folder):
    """What each kind of read and each kind of write takes."""
    counter = Counter(start_worker, database, folder)
    tag = counter.ask(get(LIST)).headers["ETag"]
    template = counter.ask(get("/api/workflow-templates")).ok()[0]
    read = {kind: counter.numbers_of([request]) for kind, request in reads(tag).items()}
    counter.ask(move("IN_PROGRESS"))  # from TODO, so that it can go to and fro
    written = {kind: counter.numbers_of(requests) for kind, requests in writes(template).items()}
    counter.ask(get("/healthz", None))  # the file of the one before is whole when this is answered
    time.sleep(0.2)
    return [{kind: counter.least(numbers) for kind, numbers in kinds.items()} for kinds in (read, written)]


def show(kinds, kept):
    print(f"\n{'request':36}{'instructions':>13}{'kept':>11}{'change':>9}   calls of malloc and its like")
    for kind, request in kinds.items():
        before = kept.get(kind, request.instructions)
        change = f"{(request.instructions / before - 1) * 100:+.1f} %"
        callers = ", ".join(f"{name} {calls}" for name, calls in sorted(request.allocations.items()))
        print(f"{kind:36}{request.instructions:13,}{before:11,}{change:>9}   {callers}")


def test_no_request_takes_more_instructions_than_it_did(start_worker, small, tmp_path, request):
    read, written = count(start_worker, small, tmp_path)
    kinds = read | written
    kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    show(kinds, kept)
    if request.config.getoption("update"):
        kept = {kind: each.instructions for kind, each in kinds.items()}
        FIGURES.write_text(json.dumps(kept, indent=1) + "\n")
    assert kept.keys() == kinds.keys(), "there are other kinds of requests: run with --update"
    better = [kind for kind, each in kinds.items() if each.instructions < kept[kind] * (1 - TOLERANCE)]
    worse = [kind for kind, each in kinds.items() if each.instructions > kept[kind] * (1 + TOLERANCE)]
    print(f"better than figures.json (run with --update): {better}")
    assert not worse, f"more than {TOLERANCE:.0%} above figures.json: {worse}"
    ours = [kind for kind, each in read.items() if each.allocations[OUR_PROGRAM] > 0]
    assert not ours, f"the program itself asks for memory in warm reads: {ours}"
