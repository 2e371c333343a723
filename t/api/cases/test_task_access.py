"""Who may do what to which task: every caller × every situation of a task, against the oracle."""

import itertools

import pytest

import oracle
from oracle import STATES, TASKS, Task, Who, callers, check

ALL = frozenset(oracle.PERMISSIONS)
MANAGER, ADMIN = Who(permissions=ALL), Who(is_admin=True)
NEXT = {"TODO": "IN_PROGRESS", "IN_PROGRESS": "DONE", "BLOCKED": "IN_PROGRESS", "DONE": "IN_PROGRESS"}

PICKS = list(itertools.product(callers("take"), TASKS))
MOVES = [(who, task, NEXT[task.state]) for who, task in itertools.product(callers("move_state", "assign"), TASKS)]
MOVERS = (ADMIN, MANAGER, Who(permissions=frozenset({"move_state"})))
OTHER_MOVES = [
    (who, task, state) for who, task, state in itertools.product(MOVERS, TASKS, STATES) if state != NEXT[task.state]
]
ASSIGNS = [(who, task, ADMIN) for who, task in itertools.product(callers("assign"), TASKS)]
UNASSIGNS = [(who, task, to) for who, task, to in itertools.product((ADMIN, MANAGER), TASKS, ("nobody", "holder"))]
YES_OR_NO = (True, False)
ASSIGNEES = [
    *(
        Who(False, is_customer, held, is_member, is_eligible, is_active)
        for held in (frozenset({"take"}), frozenset())
        for is_customer, is_member, is_eligible, is_active in itertools.product(YES_OR_NO, repeat=4)
    ),
    *(Who(True, False, frozenset(), *traits) for traits in itertools.product(YES_OR_NO, (True,), YES_OR_NO)),
    None,
]
OPEN = (Task("TODO"), Task("BLOCKED", True), Task("IN_PROGRESS"))
GIVEN = list(itertools.product((ADMIN, MANAGER), OPEN, ASSIGNEES))
READS = list(itertools.product(callers("view"), TASKS))


def named(*parts):
    return "--".join("unknown" if part is None else str(part) for part in parts)


def table(cases):
    """The cases as pytest takes them, each with a name."""
    return pytest.mark.parametrize("case", cases, ids=[named(*case) for case in cases])


class Bench:
    """The tasks of a table of cases, one for each, and in the end a look at what became of them."""

    def __init__(self, scenery, cases):
        self.scenery, self.cases = scenery, cases
        ids = scenery.tasks([(case[1], scenery.user(case[0])) for case in cases])
        self.ids = dict(zip(cases, ids))
        self.before = scenery.transition_counts(ids)
        self.changed = {}  # by how many audit rows, of those that were asked

    def path(self, case, action=""):
        return f"/api/tasks/{self.ids[case]}{action}"

    def judge(self, case, answer, verdict, changes=1):
        """changes: the audit rows that a success writes."""
        check(answer, verdict)
        self.changed[self.ids[case]] = 0 if verdict else changes
        return answer.json.get("data")

    def close(self):
        after = self.scenery.transition_counts(self.ids.values())
        wrong = [task for task, changes in self.changed.items() if after[task] != self.before[task] + changes]
        assert not wrong, f"these have not changed as they should, or have though they should not: {wrong}"


@pytest.fixture(scope="module")
def bench(scenery):
    """A function that gives the bench of a table, made at its first case."""
    benches = {}

    def bench_of(cases):
        if id(cases) not in benches:
            benches[id(cases)] = Bench(scenery, cases)
        return benches[id(cases)]

    yield bench_of
    for one in benches.values():
        one.close()


@table(PICKS)
def test_pick(scenery, bench, case):
    who, task = case
    user, tasks = scenery.user(who), bench(PICKS)
    answer = user.post(tasks.path(case, "/pick"))
    data = tasks.judge(case, answer, oracle.pick(who, task), 0 if task.holder == "caller" else 1)
    assert answer.status != 200 or (data["assignee_id"], data["state"]) == (user.id, "TODO")


def move(scenery, tasks, case):
    who, task, state = case
    answer = scenery.user(who).post(tasks.path(case, "/transition"), {"next_state": state, "reason": "For the case."})
    data = tasks.judge(case, answer, oracle.transition(who, task, state))
    assert answer.status != 200 or (data["task"]["state"], data["unlocked"]) == (state, [])


@table(MOVES)
def test_transition(scenery, bench, case):
    move(scenery, bench(MOVES), case)


@table(OTHER_MOVES)
def test_transition_elsewhere(scenery, bench, case):
    move(scenery, bench(OTHER_MOVES), case)


def give(scenery, tasks, case, user_id, changes):
    who, task, to = case
    answer = scenery.user(who).post(tasks.path(case, "/assign"), {"user_id": user_id})
    data = tasks.judge(case, answer, oracle.assign(who, task, to), changes)
    assert answer.status != 200 or data["assignee_id"] == user_id


@table(ASSIGNS)
def test_assign(scenery, bench, case):
    give(scenery, bench(ASSIGNS), case, scenery.colleague.id, 1)


@table(UNASSIGNS)
def test_assign_nobody_or_the_present_holder(scenery, bench, case):
    who, task, to = case
    holder = {"nobody": None, "caller": scenery.user(who).id, "other": scenery.holder.id}[task.holder]
    user_id = holder if to == "holder" else None
    give(scenery, bench(UNASSIGNS), case, user_id, 0 if user_id == holder else 1)


@table(GIVEN)
def test_assign_to(scenery, bench, case):
    to = case[2]
    give(scenery, bench(GIVEN), case, scenery.user(to).id if to else scenery.nobodys_id, 1)


@table(READS)
def test_transitions(scenery, bench, case):
    who, task = case
    tasks = bench(READS)
    data = tasks.judge(case, scenery.user(who).get(tasks.path(case, "/transitions")), oracle.read(who, task), 0)
    assert data is None or len(data) == tasks.before[tasks.ids[case]]


EVERYBODY = list(callers(*oracle.PERMISSIONS))


@pytest.fixture(scope="module")
def shown(scenery):
    """For each caller, one task of every situation that does not depend on who it is."""
    situations = [task for task in TASKS if task.holder != "caller"]
    return list(zip(situations, scenery.tasks([(task, scenery.holder) for task in situations], scenery.shown_type)))


def expected_actions(who, task):
    verdicts = oracle.actions(who, task)
    return (
        [action for action in ("pick", "assign", "transition") if verdicts[action] is None],
        {action: verdict for action, verdict in verdicts.items() if verdict},
    )


@pytest.mark.parametrize("who", EVERYBODY, ids=str)
def test_get(scenery, shown, who):
    """What a task tells of each action is what the action would answer."""
    user = scenery.user(who)
    own = [task for task in TASKS if task.holder == "caller"]
    for task, task_id in shown + list(zip(own, scenery.tasks([(task, user) for task in own]))):
        answer = user.get(f"/api/tasks/{task_id}")
        check(answer, oracle.read(who, task))
        if answer.status == 200:
            data = answer.ok()
            allowed, refused = expected_actions(who, task)
            assert data["allowed_actions"] == allowed, str(task)
            assert set(data["why_not"]) == set(refused), str(task)
            for action, codes in refused.items():
                assert data["why_not"][action] in codes, f"{task}: {data['why_not']}"
            assert set(data["next_states"]) == set(oracle.next_states(who, task)), str(task)


@pytest.mark.parametrize("who", EVERYBODY, ids=str)
def test_list(scenery, shown, who):
    """Of the tasks on show, a list has those that the caller may see and that the filter means."""
    user, ids = scenery.user(who), {task_id: task for task, task_id in shown}
    filters = [{}, {"event_id": scenery.event}, {"takeable": "true"}, {"takeable": "false"}]
    filters += [{"state": state} for state in STATES] + [{"assignee_id": scenery.holder.id, "event_id": scenery.event}]
    for query in filters:
        answer = user.get("/api/tasks", {"task_type_id": scenery.shown_type, "limit": 1000, **query})
        refusal = oracle.named_event(who, True, False) if "event_id" in query else None
        check(answer, oracle.first(refusal, oracle.permission(who, "view")))
        if answer.status == 200:
            assert {row["id"] for row in answer.ok()} & set(ids) == {
                task_id for task_id, task in ids.items() if oracle.is_listed(who, task) and matches(who, task, query)
            }, str(query)


def matches(who, task, query):
    if "takeable" in query and oracle.is_takeable(who, task) != (query["takeable"] == "true"):
        return False
    return task.state == query.get("state", task.state) and ("assignee_id" not in query or task.holder == "other")
