"""Judges a run: its history against what the tables hold, and against the rules.

Each violation is (invariant, sentence). The invariants:
  I1   an answer of 200 has exactly the audit rows that it tells of; a refusal has none; an unknown outcome, all or none
  I2–I8 hold of the tables by themselves (soundness.py); I8 also: the events' versions count the changes
  I9   what an answer says was so at some moment between request and answer, and stays in the order of real time
  I10  nobody acts who may not, and nobody is refused who may, as the tables said at some moment of the request
  I13  whatever is sent again with the same Idempotency-Key is done once, and answered as the first time
  I11  no client sees an older state than one that any client has seen before it asked
  P5   every answer is JSON in time, and never a 500
  P6   while nothing is wrong, and soon after it was, every request is answered for certain
(I12 is that mutants are caught: t/fault/mutants.)
I9 and I11 are judged together: each read makes the moments at which states began more certain for all that follow.
"""

import collections

import rules
import soundness
from facts import FOREVER, outcomes_of
from repeats import IN_FLIGHT, Repeats
from trail import Trail

WRITES = {"pick", "assign", "move", "instantiate", "save"}
ALLOWED_UNKNOWN = {0, 502, 503, 504}
LONGEST_ANSWER = 6  # seconds: the deadline of five, and what a busy machine adds
RECOVERY = 2e9  # nanoseconds behind a fault in which answers may still be unknown


class Verdict:
    """faults: what was done to the system, each with the moments and what it excuses (see nemesis.Fault)."""

    def __init__(self, connection, cast, facts, operations, faults, first_versions):
        self.cast, self.facts, self.faults = cast, facts, faults
        self.operations = sorted(operations, key=lambda operation: operation["e"])
        self.violations, self.counts = [], collections.Counter()
        self.first_versions = first_versions
        self.trail = Trail(connection, cast.events)
        self.repeats = Repeats(operations, self.trail)
        self.template_versions = self._template_versions(connection)
        self.sound = soundness.violations(connection, cast.events)

    def judge(self):
        for line in self.sound:
            self.violate(line[:2], line)
        self.trail.date(self.operations)
        self._date_saves()
        self._judge_rows_from_nowhere()
        for operation in self.operations:
            self._judge_answer(operation)
            self.counts["operations"] += 1
        self._judge_versions()
        self._judge_saves()
        for sentence, operation in self.repeats.violations():
            self.violate("I13", sentence, operation)
        return self.violations

    def violate(self, invariant, sentence, operation=None):
        what = (
            f" [{operation['r']} {operation['o']} {operation['st']} {operation.get('code') or ''}]" if operation else ""
        )
        self.violations.append((invariant, sentence + what))

    @staticmethod
    def _template_versions(connection):
        with connection.cursor() as cursor:
            cursor.execute("SELECT id::text, version FROM eventflow.workflow_templates")
            return dict(cursor.fetchall())

    # All answers.

    def _judge_answer(self, operation):
        seconds = (operation["e"] - operation["s"]) / 1e9
        if operation["t"] == "info":
            self._judge_unknown(operation)
        if seconds > LONGEST_ANSWER and operation.get("code") != "hung up" and not self._is_excused(operation, "slow"):
            self.violate("P5", f"the answer took {seconds:.1f} s", operation)
        getattr(self, f"_judge_{operation['o']}")(operation)

    def _judge_unknown(self, operation):
        status = operation["st"]
        if status not in ALLOWED_UNKNOWN and not (status == 500 and self._is_excused(operation, "500")):
            self.violate("P5", "an answer that must not be", operation)
        if status == 0 and operation["code"] == "timeout":
            self.violate("P5", "no answer at all", operation)
        if operation["code"] != "hung up" and not self._is_excused(operation, None):
            self.violate("P6", "not answered for certain, and nothing was wrong", operation)

    def _is_excused(self, operation, excuse):
        """By a fault that was under way, or had been shortly before; None: by any fault."""
        return any(
            (excuse is None or excuse in fault.excuses)
            and fault.begin <= operation["e"]
            and operation["s"] <= fault.end + RECOVERY
            for fault in self.faults
        )

    def _judge_rows_from_nowhere(self):
        known = {operation["r"] for operation in self.operations}
        for request, rows in self.trail.requests.items():
            if request not in known:
                self.violate("I1", f"{len(rows)} audit rows of a request that nobody made: {request}")

    def _admissible(self, judge, operation, end=None):
        return outcomes_of(judge, self.facts, operation["s"], end or operation["e"])

    # Changes of one task.

    def _judge_change(self, operation):
        rows = self.trail.requests.get(operation["r"], [])
        task = self.trail.tasks.get(operation["a"]["task"])
        if task is None:
            self.violate("I1", "a task that does not exist", operation)
        elif operation["t"] == "fail":
            if rows:
                self.violate("I1", f"refused, and yet {len(rows)} audit rows", operation)
            elif operation["code"] == IN_FLIGHT:
                self._judge_in_flight(operation)
            else:
                self._judge_refusal(operation, task)
                self._judge_refused_repeat(operation, task)
        elif rows:
            self._judge_own_rows(operation, task, rows)
        elif operation["t"] == "ok":
            self._judge_no_rows(operation, task)

    _judge_pick = _judge_assign = _judge_move = _judge_change

    def _judge_no_rows(self, operation, task):
        """A 200 that has done nothing itself: a repeat, or there was nothing to do."""
        done = self.repeats.done_by(operation)
        if done:
            self._judge_repeat(operation, task, self.trail.requests[done["r"]])
        elif self.repeats.answered_before(operation):
            self._judge_right(operation, task)
        else:  # whether it was done the first time or now, nobody knows
            self._judge_no_change({**operation, "s": self.repeats.of(operation)[0]["s"]}, task)

    def _judge_repeat(self, operation, task, rows):
        own = [row for row in rows if row.task is task]
        if len(own) != 1:
            return  # that has been said of the one that did it
        self._judge_told(operation, task, own[0].number, [row for row in rows if row.task is not task])
        self._judge_right(operation, task)
        task.was_in(range(own[0].number, len(task.states)), operation["s"], operation["e"])

    def _rights(self, operation, task):
        """The refusals that a repeat may be given; None among them if it may be given its answer. Nothing at all where
        what is known of the task contradicts itself."""
        states = task.possible(operation["s"], operation["e"])
        if not states:
            return set()

        def judge(oracle):
            state = task.states[oracle.choose(states)]
            return rules.right_on_task(oracle, operation["o"], operation["u"], task, state)

        return self._admissible(judge, operation)

    def _judge_right(self, operation, task):
        if None not in self._rights(operation, task):
            self.violate("I10", "a repeat by one who may not know, or of what is not so", operation)

    def _judge_refused_repeat(self, operation, task):
        if self.repeats.answered_before(operation) and operation["code"] not in self._rights(operation, task):
            self.violate("I13", "a repeat is refused what was done", operation)

    def _judge_in_flight(self, operation):
        if not self.repeats.may_be_in_flight(operation):
            self.violate("I13", "said to be in flight, and nothing is", operation)

    def _outcome_in(self, operation, task, states, end=None):
        """What the rules allow if the task was in one of these states. end: when the request was surely over."""
        about, name = operation["a"], operation["o"]
        to = operation["u"] if name == "pick" else about.get("to")

        def judge(oracle):
            state = task.states[oracle.choose(states)]
            return rules.on_task(oracle, name, operation["u"], task, state, to)

        return self._admissible(judge, operation, end)

    def _judge_refusal(self, operation, task):
        states = task.possible(operation["s"], operation["e"])
        if not states:
            self.violate("I9", "refused for a state that no moment allows", operation)
        elif operation["code"] not in self._outcome_in(operation, task, states):
            self.violate(
                "I10", f"refused with a code that no moment allows: {self._tell(operation, task, states)}", operation
            )
        else:
            self._keep(operation, task, states, operation["code"])

    def _judge_no_change(self, operation, task):
        states = task.possible(operation["s"], operation["e"])
        if not states or rules.SAME not in self._outcome_in(operation, task, states):
            self.violate("I1", f"200 without its audit row: {self._tell(operation, task, states)}", operation)
        else:
            self._keep(operation, task, states, rules.SAME)

    def _keep(self, operation, task, states, outcome):
        """What the answer tells of the state."""
        fitting = (
            [k for k in states if outcome in self._outcome_in(operation, task, [k])] if len(states) > 1 else states
        )
        task.was_in(fitting, operation["s"], operation["e"])

    def _judge_own_rows(self, operation, task, rows):
        own = [row for row in rows if row.task is task]
        others = [row for row in rows if row.task is not task]
        expected_kind = "state" if operation["o"] == "move" else "assignee"
        if len(own) != 1 or own[0].kind != expected_kind or own[0].actor != operation["u"]:
            self.violate("I1", f"{len(own)} audit rows of its own, of a wrong kind or by somebody else", operation)
            return
        k = own[0].number
        to = operation["u"] if operation["o"] == "pick" else operation["a"].get("to")
        if (own[0].state if operation["o"] == "move" else own[0].assignee) != to:
            self.violate("I1", "its audit row tells of something else", operation)
        outcomes = self._outcome_in(operation, task, [k - 1], own[0].latest)
        if rules.CHANGES not in outcomes:
            self.violate("I10", f"done by one who may not, or where it may not be: {outcomes}", operation)
        if any(row.actor is not None or row.state != "TODO" or row.kind != "state" for row in others):
            self.violate("I1", "an unlocked child by somebody's hand", operation)
        if operation["t"] == "ok":
            self._judge_told(operation, task, k, others)
        if not task.possible(operation["s"], operation["e"]):
            self.violate("I9", "it was done at no possible moment", operation)

    def _judge_told(self, operation, task, k, others):
        """The 200 says what the rows say."""
        told = operation["d"]
        state = task.states[k]
        if (told[0], told[1], told[2]) != (task.id, state[0], state[1]):
            self.violate("I1", f"the answer says {told[:3]}, the audit {state}", operation)
        unlocked = told[4] if operation["o"] == "move" else []
        if sorted(unlocked) != sorted(row.task.id for row in others):
            self.violate("I1", f"the answer says that {unlocked} are unlocked, the audit {len(others)}", operation)

    def _tell(self, operation, task, states):
        told = [task.states[k] for k in states]
        return f"states {told}, allowed {self._outcome_in(operation, task, states) if states else 'nothing'}"

    # New instances and templates.

    def _judge_in_event(self, operation, permission):
        """Whether the answer, a refusal or not, is allowed by the caller's rights."""
        about = operation["a"]
        if operation.get("code") == IN_FLIGHT:
            self._judge_in_flight(operation)
            return
        outcomes = self._admissible(lambda o: rules.in_event(o, operation["u"], about["event"], permission), operation)
        if operation["t"] == "fail" and operation["code"] not in outcomes:
            self.violate("I10", f"refused, but what is allowed is {outcomes}", operation)
        if operation["t"] == "ok" and None not in outcomes:
            self.violate("I10", f"allowed, but what is right is {outcomes}", operation)

    def _judge_instantiate(self, operation):
        rows = self.trail.requests.get(operation["r"], [])
        self._judge_in_event(operation, "assign")
        if operation["t"] == "fail" and rows:
            self.violate("I1", f"refused, and yet {len(rows)} audit rows", operation)
        done = self.repeats.done_by(operation)
        if operation["t"] == "ok" and not rows and done:
            rows = self.trail.requests[done["r"]]
            operation = {**operation, "s": done["s"]}
        if not rows:
            if operation["t"] == "ok":
                self.violate("I1", "200, and nothing is there", operation)
            return
        nodes = self.cast.templates[operation["a"]["workflow"]]
        instances = {row.task.instance for row in rows}
        if len(rows) != len(nodes) or len(instances) != 1 or any(row.kind != "created" for row in rows):
            self.violate("I1", f"{len(rows)} audit rows for {len(nodes)} nodes", operation)
        if any(row.actor != operation["u"] for row in rows):
            self.violate("I1", "created by somebody else", operation)
        if operation["t"] == "ok":
            instance, version, tasks = operation["d"]
            if {instance} != instances or sorted(tasks) != sorted([row.task.id, row.state] for row in rows):
                self.violate("I1", "the answer tells of other tasks than the audit", operation)
            self._judge_template_version(operation, operation["a"]["workflow"], version)

    def _date_saves(self):
        """When each version of a template can have begun. Unknown outcomes fill the gaps between the known ones."""
        self.saves = {}
        for operation in self.operations:
            if operation["o"] == "save" and operation["t"] != "fail":
                self.saves.setdefault(operation["a"]["workflow"], []).append(operation)
        self.saves = {workflow: self.repeats.as_one(saves) for workflow, saves in self.saves.items()}

    def _judge_saves(self):
        """Each has made one version at most, and one that was answered with 200 has made one."""
        for workflow, saves in self.saves.items():
            made = self.template_versions[workflow] - 1
            if not sum(save["t"] == "ok" for save in saves) <= made <= len(saves):
                self.violate("I1", f"{made} versions of {workflow} by {len(saves)} saves")

    def _judge_save(self, operation):
        workflow = operation["a"]["workflow"]
        outcomes = self._admissible(
            lambda o: None if o.is_true("active", operation["u"]) else "profile_inactive", operation
        )
        if operation.get("code") == IN_FLIGHT:
            self._judge_in_flight(operation)
        elif operation["t"] == "fail" and operation["code"] not in outcomes:
            self.violate("I10", f"refused, but what is allowed is {outcomes}", operation)
        if operation["t"] == "ok":
            same = [o for o in self.saves[workflow] if o["t"] == "ok" and o["d"] == operation["d"]]
            if len(same) != 1 or not 1 < operation["d"] <= self.template_versions[workflow]:
                self.violate("I1", f"the version {operation['d']} is not its own", operation)

    def _judge_template_version(self, operation, workflow, version):
        """The newest version at some moment of the request."""
        saves = self.saves.get(workflow, [])
        known = [o["d"] for o in saves if o["t"] == "ok" and o["e"] < operation["s"]]
        later = [o["d"] for o in saves if o["t"] == "ok" and o["s"] > operation["e"]]
        if version < max(known, default=1) or version >= min(later, default=FOREVER):
            self.violate(
                "I9", f"version {version} of a template: there are {known} before and {later} behind", operation
            )

    # Reads.

    def _judge_get(self, operation):
        task = self.trail.tasks.get(operation["a"]["task"])
        if task is None:
            self.violate("I1", "a task that does not exist", operation)
            return
        states = task.possible(operation["s"], operation["e"])
        if operation["t"] == "fail":
            self._judge_refusal(operation, task)
        elif operation["t"] == "ok":
            self._judge_seen(operation, task, operation["d"], states)
            if states and rules.SEEN not in self._outcome_in(operation, task, states):
                self.violate(
                    "I10", f"shown to one who may not see it: {self._tell(operation, task, states)}", operation
                )

    def _judge_seen(self, operation, task, told, states=None):
        """A task as an answer shows it. Returns the states that fit."""
        begin, end = operation["s"], operation["e"]
        states = task.possible(begin, end) if states is None else states
        fitting = [k for k in states if task.states[k] and task.states[k][:2] == (told[1], told[2])]
        if not fitting:
            possible = [task.states[k] for k in states]
            self.violate("I9", f"the task {task.id} is shown as {told[1:]}; at that time it was {possible}", operation)
            return []
        task.was_in(fitting, begin, end)
        open_least = sum(parent_state(parent, end) != "DONE" for parent in task.parents)
        open_most = sum(parent_state(parent, begin, surely=True) != "DONE" for parent in task.parents)
        if not open_least <= told[3] <= open_most:
            self.violate("I9", f"{told[3]} open parents, not {open_least} to {open_most}: {task.id}", operation)
        return fitting

    def _judge_list(self, operation):
        self._judge_in_event(operation, "view")
        if operation["t"] != "ok":
            return
        version, shown, has_more = operation["d"]
        about = operation["a"]
        spans = []
        for told in shown:
            task = self.trail.tasks.get(told[0])
            if task is None or task.event != about["event"] or about.get("instance") not in (None, task.instance):
                self.violate("I9", f"a task that does not belong there: {told[0]}", operation)
                continue
            fitting = self._judge_seen(operation, task, told)
            if len(fitting) == 1:
                spans.append(span_of(task, fitting[0]))
            self._judge_filter(operation, task, told)
        self._judge_one_moment(operation, spans, version)
        if "instance" in about and not has_more:
            self._judge_missing(operation, {told[0] for told in shown})

    def _judge_filter(self, operation, task, told):
        about, user_type = operation["a"], self.cast.users[operation["u"]]
        if "state" in about and told[1] != about["state"]:
            self.violate("I9", f"a task in {told[1]} where {about['state']} was asked for", operation)
        if user_type == "customer" and told[1] == "TODO":
            self.violate("I10", "a customer sees a task in TODO", operation)
        if about.get("takeable") and not self._may_take(operation, task, told):
            self.violate("I10", f"said to be takeable: {told}", operation)
        if self.facts.during(("deleted", task.id), operation["s"], operation["e"]) == {True}:
            self.violate("I9", f"a deleted task is shown: {task.id}", operation)

    def _may_take(self, operation, task, told):
        user_type = self.cast.users[operation["u"]]
        if told[1] != "TODO" or told[2] is not None:
            return False
        return user_type == "admin" or {CHANGES_PICK} <= self._admissible(
            lambda o: CHANGES_PICK
            if o.is_true("permission", user_type, "take") and o.is_true("eligible", user_type, task.type)
            else None,
            operation,
        )

    def _judge_one_moment(self, operation, spans, version):
        """The rows of a list are those of one version of the event, and not of an older one than its ETag says."""
        if not spans:
            return
        first, last = max(span[0] for span in spans), min(span[1] for span in spans)
        if first > last:
            self.violate("I9", f"a list of two moments: a row of version {first}, another one up to {last}", operation)
        elif version is not None and last < version:
            self.violate("I9", f"the ETag says version {version}, a row is older than {last + 1}", operation)

    def _judge_missing(self, operation, shown):
        """Of the tasks of one instance, what a list leaves out must be hidden or gone, or not have been there yet."""
        begin, end = operation["s"], operation["e"]
        is_customer = self.cast.users[operation["u"]] == "customer"
        for task in self.trail.instances.get(operation["a"]["instance"], ()):
            if task.id in shown or True in self.facts.during(("deleted", task.id), begin, end):
                continue
            states = [task.states[k] for k in task.possible(begin, end)]
            if None in states or (is_customer and any(state[0] == "TODO" for state in states)):
                continue
            self.violate("I9", f"a task is missing: {task.id} in {states}", operation)

    def _judge_history(self, operation):
        task = self.trail.tasks.get(operation["a"]["task"])
        if task is None:
            self.violate("I1", "a task that does not exist", operation)
            return
        if operation["t"] == "fail":
            self._judge_refusal(operation, task)
        if operation["t"] != "ok":
            return
        told = [tuple(row) for row in operation["d"]]
        rows = [
            (r.number, r.state, r.assignee if r.kind == "assignee" else None, r.request) for r in task.rows[: len(told)]
        ]
        if told != rows:
            self.violate("I9", f"the trail of {task.id} was shown as {told}, and is {rows}", operation)
        elif len(told) not in task.possible(operation["s"], operation["e"]):
            self.violate("I9", f"the trail of {task.id} ended at {len(told)}", operation)
        else:
            task.was_in([len(told)], operation["s"], operation["e"])

    def _judge_me(self, operation):
        user, user_type = operation["u"], self.cast.users[operation["u"]]
        active = self.facts.during(("active", user), operation["s"], operation["e"])
        if (operation["t"] == "ok" and True not in active) or (operation["t"] == "fail" and False not in active):
            self.violate("I10", "not what the profile says", operation)
        if operation["t"] != "ok":
            return
        permissions, events = operation["d"]
        for name in ("view", "take", "move_state", "assign"):
            self._judge_fact(operation, ("permission", user_type, name), name in permissions)
        for event in self.cast.events:
            self._judge_fact(operation, ("member", event, user), event in events)

    def _judge_fact(self, operation, fact, value):
        if value not in self.facts.during(fact, operation["s"], operation["e"]):
            self.violate("I9", f"{fact} is shown as {value}", operation)

    def _judge_mappings(self, operation):
        if operation["t"] != "ok":
            return
        shown = {tuple(pair) for pair in operation["d"]}
        for name, type_id in self.cast.types.items():
            for task_type in self.cast.task_types:
                self._judge_fact(operation, ("eligible", name, task_type), (type_id, task_type) in shown)

    def _judge_templates(self, operation):
        if operation["t"] != "ok":
            return
        for workflow, version in operation["d"]:
            if workflow in self.cast.templates:
                self._judge_template_version(operation, workflow, version)

    # The events.

    def _judge_versions(self):
        """Each committed change of an event raises its version by one, and nothing else does."""
        changes = collections.Counter(self.first_versions)
        for rows in self.trail.requests.values():
            changes.update({rows[0].task.event})
        for fact, times in self.facts.changes.items():
            if fact[0] == "member":
                changes[fact[1]] += len(times)
            if fact[0] == "deleted":
                changes[self.trail.tasks[fact[1]].event] += len(times)
        for event, version in self.trail.versions.items():
            if version != changes[event]:
                self.violate("I8", f"the event {event} has version {version} after {changes[event]} changes")


CHANGES_PICK = "takeable"


def parent_state(parent, moment, surely=False):
    """DONE if it was that at the moment, surely or perhaps."""
    last = parent.rows[-1]
    return "DONE" if last.state == "DONE" and (last.latest if surely else last.earliest) <= moment else "open"


def span_of(task, k):
    """The versions of the event during which the task was in state k."""
    last = task.rows[k].version - 1 if k < len(task.rows) else FOREVER
    return task.rows[k - 1].version, last
