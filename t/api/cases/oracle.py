"""What the contract says to a request, worked out from its words alone: who asks, for what, in which situation.

A verdict is None for a success, or the set of codes of which the refusal must have one. It is a set of more than one
where the contract leaves open which of several faults of the same rank is named.
"""

import dataclasses
import itertools

PERMISSIONS = ("view", "take", "move_state", "assign")
LEGAL = {("TODO", "IN_PROGRESS"), ("IN_PROGRESS", "DONE"), ("IN_PROGRESS", "BLOCKED"), ("BLOCKED", "IN_PROGRESS")}
STATES = ("BLOCKED", "TODO", "IN_PROGRESS", "DONE")


@dataclasses.dataclass(frozen=True)
class Who:
    """A caller, or somebody who is assigned a task."""

    is_admin: bool = False
    is_customer: bool = False
    permissions: frozenset = frozenset()
    is_member: bool = True
    is_eligible: bool = True
    is_active: bool = True

    def __str__(self):
        kind = "admin" if self.is_admin else "customer" if self.is_customer else "regular"
        held = "+".join(name for name in PERMISSIONS if name in self.permissions) or "nothing"
        scope = "member" if self.is_member else "outsider"
        words = [kind, held, scope, "eligible" if self.is_eligible else "ineligible"]
        return "-".join(words + ([] if self.is_active else ["inactive"]))


@dataclasses.dataclass(frozen=True)
class Task:
    """A task as it is before the request: its state, whether it waits for a parent, and who holds it."""

    state: str = "TODO"
    waits: bool = False
    holder: str = "nobody"  # nobody, caller, other

    def __str__(self):
        return f"{'WAITING' if self.waits else self.state}-held-by-{self.holder}"


SITUATIONS = (("BLOCKED", True), ("BLOCKED", False), ("TODO", False), ("IN_PROGRESS", False), ("DONE", False))
TASKS = tuple(Task(state, waits, holder) for state, waits in SITUATIONS for holder in ("nobody", "caller", "other"))


def callers(*permissions, eligibility=(True, False)):
    """Every caller that differs in the permissions that are named, type, membership or mapping; and admins."""
    for held in itertools.product((True, False), repeat=len(permissions)):
        for is_customer, is_member, is_eligible in itertools.product((False, True), (True, False), eligibility):
            names = frozenset(name for name, is_held in zip(permissions, held) if is_held)
            yield Who(False, is_customer, names, is_member, is_eligible)
    yield Who(is_admin=True, is_member=True)
    yield Who(is_admin=True, is_member=False, is_eligible=False)


def scope_of_task(who, task):
    """Out of scope a task does not exist, and to a customer none that is in TODO."""
    if who.is_admin:
        return None
    if not who.is_member or (who.is_customer and task.state == "TODO"):
        return {"not_found"}
    return None


def permission(who, name):
    if who.is_admin:
        return None
    if who.is_customer and name != "view":
        return {"customer_read_only"}
    return None if name in who.permissions else {"permission_denied"}


def eligibility(who):
    return None if who.is_admin or who.is_eligible else {"not_eligible"}


def first(*verdicts):
    return next((verdict for verdict in verdicts if verdict), None)


def read(who, task):
    return first(scope_of_task(who, task), permission(who, "view"))


def pick(who, task):
    state = None
    if task.state != "TODO":
        state = {"task_not_todo"}
    elif task.holder == "other":
        state = {"task_already_assigned"}
    return first(scope_of_task(who, task), permission(who, "take"), eligibility(who), state)


def move(task, next_state):
    if (task.state, next_state) not in LEGAL:
        return {"illegal_transition"}
    return {"dependencies_open"} if task.waits else None


def may_move(who, task):
    """Whether the caller may move the task at all."""
    is_others = task.holder == "other" and not who.is_admin and "assign" not in who.permissions
    held = {"task_held_by_another"} if is_others else None
    return first(scope_of_task(who, task), permission(who, "move_state"), held, eligibility(who))


def transition(who, task, next_state):
    return first(may_move(who, task), move(task, next_state))


def may_assign(who, task):
    state = {"task_done"} if task.state == "DONE" else None
    return first(scope_of_task(who, task), permission(who, "assign"), eligibility(who), state)


def assignee(who):
    """What there is against somebody as a task's assignee; who is None where there is no such user."""
    if who is None:
        return {"unknown_user"}
    faults = set() if who.is_active else {"assignee_inactive"}
    if not who.is_admin:
        faults |= {"assignee_is_customer"} if who.is_customer else set()
        faults |= set() if who.is_member else {"assignee_not_member"}
        faults |= set() if "take" in who.permissions else {"assignee_cannot_take"}
        faults |= set() if who.is_eligible else {"assignee_not_eligible"}
    return faults or None


def assign(who, task, to):
    """to: a Who, None for an unknown user, or "nobody" or "holder"."""
    return first(may_assign(who, task), None if to in ("nobody", "holder") else assignee(to))


def next_states(who, task):
    return [state for state in STATES if transition(who, task, state) is None]


def actions(who, task):
    """What a task tells the caller of each action: None where it is allowed, or the codes of the refusal."""
    moves = [move(task, state) for state in STATES]
    if None in moves:
        state = None
    else:
        state = {"dependencies_open"} if task.waits else {"illegal_transition"}
    return {"pick": pick(who, task), "assign": may_assign(who, task), "transition": first(may_move(who, task), state)}


def is_listed(who, task):
    return scope_of_task(who, task) is None


def is_takeable(who, task):
    return pick(who, task) is None and task.holder == "nobody"


def named_event(who, exists, in_path):
    """The scope of an event that the caller names."""
    if not who.is_admin:
        return None if who.is_member and exists else {"not_a_member"}
    return None if exists else {"not_found"} if in_path else {"unknown_event"}


def instantiate(who, event_exists, workflow_exists):
    return first(
        named_event(who, event_exists, False),
        permission(who, "assign"),
        None if workflow_exists else {"not_found"},
    )


def save_template(who, is_new, id_exists):
    """A new template, or the next version of one."""
    if not who.is_admin:
        return {"admin_required"}
    return None if is_new or id_exists else {"not_found"}


STATUS = {
    **dict.fromkeys(
        (
            "bad_request",
            "invalid_json",
            "missing_field",
            "unknown_field",
            "invalid_field",
            "unknown_parameter",
            "repeated_parameter",
            "invalid_parameter",
            "invalid_cursor",
            "invalid_if_match",
            "invalid_idempotency_key",
            "idempotency_key_reused",
            "unknown_event",
            "unknown_user",
            "unknown_task_type",
            "task_not_todo",
            "task_already_assigned",
            "task_done",
            "illegal_transition",
            "dependencies_open",
            "assignee_inactive",
            "assignee_is_customer",
            "assignee_not_member",
            "assignee_cannot_take",
            "assignee_not_eligible",
            "no_nodes",
            "self_edge",
            "workflow_cycle",
        ),
        400,
    ),
    **dict.fromkeys(
        (
            "missing_token",
            "invalid_token",
            "token_expired",
            "profile_not_found",
            "profile_inactive",
            "invalid_credentials",
        ),
        401,
    ),
    **dict.fromkeys(
        (
            "not_a_member",
            "customer_read_only",
            "permission_denied",
            "admin_required",
            "task_held_by_another",
            "not_eligible",
        ),
        403,
    ),
    "not_found": 404,
    "method_not_allowed": 405,
    "request_in_flight": 409,
    "version_mismatch": 412,
    "unsupported_media_type": 415,
    "method_not_implemented": 501,
}


def check(answer, verdict):
    """The answer is the success, or one of the refusals, that the verdict says."""
    if verdict is None:
        assert answer.status == 200, f"{answer} instead of 200"
    else:
        assert answer.code in verdict and answer.status == STATUS[answer.code], f"{answer} instead of {verdict}"
