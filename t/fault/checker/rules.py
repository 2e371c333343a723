"""The contract's rules once more, by another hand than the worker's: what a request is told, first refusal first."""

CHANGES, SAME, SEEN = "changes", "same", "seen"  # a 200 that changes something, changes nothing, or reads
PERMISSIONS = {"pick": "take", "assign": "assign", "move": "move_state", "get": "view", "history": "view"}
LEGAL = {("TODO", "IN_PROGRESS"), ("IN_PROGRESS", "DONE"), ("IN_PROGRESS", "BLOCKED"), ("BLOCKED", "IN_PROGRESS")}


def permission_refused(oracle, user_type, permission):
    if user_type == "admin":
        return None
    if user_type == "customer" and permission != "view":
        return "customer_read_only"
    return None if oracle.is_true("permission", user_type, permission) else "permission_denied"


def in_event(oracle, user, event, permission=None):
    """An operation on an event that the caller names."""
    user_type = oracle.facts.types[user]
    if not oracle.is_true("active", user):
        return "profile_inactive"
    if user_type != "admin" and not oracle.is_true("member", event, user):
        return "not_a_member"
    return permission and permission_refused(oracle, user_type, permission)


def right_on_task(oracle, operation, user, task, state):
    """What is asked before a repeat is given its answer: the refusal, or None.

    task: a trail.Task; state: (state, holder, whether it waits for parents), or None where there is no task.
    """
    user_type = oracle.facts.types[user]
    if not oracle.is_true("active", user):
        return "profile_inactive"
    if state is None or oracle.is_true("deleted", task.id):
        return "not_found"
    if user_type != "admin" and not oracle.is_true("member", task.event, user):
        return "not_found"
    if user_type == "customer" and state[0] == "TODO":
        return "not_found"
    return permission_refused(oracle, user_type, PERMISSIONS[operation])


def on_task(oracle, operation, user, task, state, to):
    user_type = oracle.facts.types[user]
    refused = right_on_task(oracle, operation, user, task, state)
    if refused:
        return refused
    if operation in ("get", "history"):
        return SEEN
    if user_type != "admin":
        is_held = operation == "move" and state[1] not in (None, user)
        if is_held and not oracle.is_true("permission", user_type, "assign"):
            return "task_held_by_another"
        if not oracle.is_true("eligible", user_type, task.type):
            return "not_eligible"
    return {"pick": pick, "assign": assign, "move": move}[operation](oracle, user, task, state, to)


def pick(_, user, __, state, ___):
    if state[0] != "TODO":
        return "task_not_todo"
    if state[1] == user:
        return SAME
    return "task_already_assigned" if state[1] else CHANGES


def assign(oracle, _, task, state, to):
    if state[0] == "DONE":
        return "task_done"
    if state[1] == to:
        return SAME
    return (to and assignee_refused(oracle, task, to)) or CHANGES


def assignee_refused(oracle, task, user):
    oracle.ask_anew()  # callers may assign a task to themselves, and lose their rights in between
    user_type = oracle.facts.types[user]
    if not oracle.is_true("active", user):
        return "assignee_inactive"
    if user_type == "admin":
        return None
    if user_type == "customer":
        return "assignee_is_customer"
    if not oracle.is_true("member", task.event, user):
        return "assignee_not_member"
    if not oracle.is_true("permission", user_type, "take"):
        return "assignee_cannot_take"
    return None if oracle.is_true("eligible", user_type, task.type) else "assignee_not_eligible"


def move(_, __, ___, state, to):
    if (state[0], to) not in LEGAL:
        return "illegal_transition"
    return "dependencies_open" if state[2] else CHANGES
