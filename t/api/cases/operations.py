"""Every operation: a request for it that is answered, and the faults that it can have. Words in braces are ids."""

from faults import BODY, CUSTOMER, EVENT_SCOPE, EVERYWHERE, HELD, ID, IF_MATCH, INELIGIBLE, LIST, PRIVATE, QUERY
from faults import REPEATS, TASK_SCOPE, WAITING, Request, body, fault, lacks, query, state, unknown, who, whole, without
from oracle import PERMISSIONS, Task
from world import new_id

TYPE_AND_STATE = "state type of user"  # where a fault of the state would be another to those who see or hold less


def node(**changes):
    return {"node_id": "a", "task_type_id": "{task_type}", "label": "A", **changes}


PICK = [
    fault("customer", "SCOPE", "not_found", "type of user", who(is_customer=True)),  # to whom it is hidden
    fault("done", "STATE", "task_not_todo", TYPE_AND_STATE, state("DONE")),
    fault("waiting", "STATE", "task_not_todo", TYPE_AND_STATE, state("BLOCKED", True)),
    fault("held by another", "STATE", "task_already_assigned", "state", whole(task=Task("TODO", False, "other"))),
]
TRANSITION = [
    fault("no reason", "FIELDS", "missing_field", "body", without("reason")),
    fault("blank reason", "FIELDS", "invalid_field", "body", body(reason=" \t ")),
    fault("no such state", "FIELDS", "invalid_field", "body", body(next_state="PAUSED")),
    fault("done", "STATE", "illegal_transition", "state", state("DONE")),
    fault("not begun", "STATE", "illegal_transition", TYPE_AND_STATE, state("TODO")),
    fault("illegal state", "STATE", "illegal_transition", "state body", body(next_state="TODO")),
]
ASSIGN = [
    fault("no user_id", "FIELDS", "missing_field", "body", without("user_id")),
    fault("user_id that is no UUID", "FIELDS", "invalid_field", "body", body(user_id="x")),
    fault("done", "STATE", "task_done", "state", state("DONE")),
    unknown("body", "user_id", "ROWS", "unknown_user", "body"),
    fault("user of another event", "ROWS", "assignee_not_member", "body", body(user_id="{foreigner}")),
]
TASK_LIST = [
    fault("state in small letters", "ADDRESS", "invalid_parameter", "query", query(state="todo")),
    fault("event_id that is no UUID", "ADDRESS", "invalid_parameter", "query event", query(event_id="x")),
    unknown("query", "event_id", "SCOPE", "not_a_member", "event"),
]
INSTANTIATE = [
    fault("no event_id", "FIELDS", "missing_field", "body event", without("event_id")),
    unknown("body", "event_id", "SCOPE", "not_a_member", "body event"),
    unknown("body", "workflow_id", "ROWS", "not_found", "body workflow"),
]
ANYBODY = who(is_admin=False, permissions=frozenset(PERMISSIONS))
SELF_EDGE = [{"from_node_id": "a", "to_node_id": "a"}]
SAVE = [
    fault("no name", "FIELDS", "missing_field", "body", without("name")),
    fault("no label", "FIELDS", "missing_field", "body", body(nodes=[{"node_id": "a", "task_type_id": new_id()}])),
    fault("no admin", "PERMISSION", "admin_required", "type of user", ANYBODY),
    fault("no nodes", "ROWS", "no_nodes", "body", body(nodes=[])),
    fault("unknown type", "ROWS", "unknown_task_type", "body", body(nodes=[node(task_type_id=new_id())])),
    fault("cycle", "ROWS", "workflow_cycle self_edge", "body", body(edges=SELF_EDGE)),
    unknown("body", "id", "ROWS", "not_found", "body"),
]

OPERATIONS = {
    "task_get": (Request("GET", "/api/tasks/{id}"), [*QUERY, *ID, *TASK_SCOPE, lacks("view")]),
    "transition_list": (
        Request("GET", "/api/tasks/{id}/transitions"),
        [*QUERY, *LIST, *ID, *TASK_SCOPE, lacks("view")],
    ),
    "task_pick": (
        Request("POST", "/api/tasks/{id}/pick", {}),
        [*QUERY, *BODY, *ID, *TASK_SCOPE, *IF_MATCH, *REPEATS, lacks("take"), INELIGIBLE, *PICK],
    ),
    "task_transition": (
        Request(
            "POST", "/api/tasks/{id}/transition", {"next_state": "DONE", "reason": "Go."}, task=Task("IN_PROGRESS")
        ),
        [
            *(*QUERY, *BODY, *ID, *TASK_SCOPE, *IF_MATCH, *REPEATS),
            *(lacks("move_state"), CUSTOMER, HELD, INELIGIBLE, *TRANSITION),
        ],
    ),
    "task_transition of a waiting task": (
        Request(
            "POST",
            "/api/tasks/{id}/transition",
            {"next_state": "IN_PROGRESS", "reason": "Go."},
            task=Task("BLOCKED", True),
            faults=(WAITING,),
        ),
        [*TASK_SCOPE, *IF_MATCH, lacks("move_state"), CUSTOMER, HELD, INELIGIBLE],
    ),
    "task_assign": (
        Request("POST", "/api/tasks/{id}/assign", {"user_id": "{colleague}"}, task=Task("IN_PROGRESS")),
        [*QUERY, *BODY, *ID, *TASK_SCOPE, *IF_MATCH, *REPEATS, lacks("assign"), CUSTOMER, INELIGIBLE, *ASSIGN],
    ),
    "member_list": (
        Request("GET", "/api/events/{id}/members"),
        [*QUERY, *LIST, *ID, *EVENT_SCOPE, fault("unknown id", "SCOPE", "not_a_member", "id", whole(id="unknown"))],
    ),
    "task_list": (
        Request("GET", "/api/tasks", query={"event_id": "{event}"}),
        [*QUERY, *LIST, *EVENT_SCOPE, lacks("view"), *TASK_LIST],
    ),
    "workflow_instance_list": (
        Request("GET", "/api/workflow-instances", query={"event_id": "{event}"}),
        [*QUERY, *LIST, *EVENT_SCOPE, unknown("query", "event_id", "SCOPE", "not_a_member", "event")],
    ),
    "workflow_instantiate": (
        Request("POST", "/api/workflows/instantiate", {"workflow_id": "{template}", "event_id": "{event}"}),
        [*QUERY, *BODY, *IF_MATCH, *REPEATS, *EVENT_SCOPE, lacks("assign"), CUSTOMER, *INSTANTIATE],
    ),
    "workflow_template_save": (
        Request(
            "POST",
            "/api/workflow-templates",
            {"name": "A case of order", "nodes": [node()], "edges": []},
            who={"is_admin": True, "permissions": frozenset()},
        ),
        [*QUERY, *BODY, *REPEATS, *SAVE],
    ),
    "event_list": (Request("GET", "/api/events"), [*QUERY, *LIST]),
    "user_list": (Request("GET", "/api/users"), [*QUERY, *LIST]),
    "task_type_list": (Request("GET", "/api/task-types"), [*QUERY, *LIST]),
    "workflow_template_list": (Request("GET", "/api/workflow-templates"), [*QUERY, *LIST]),
    "auth_me": (Request("GET", "/api/auth/me"), QUERY),
    "auth_login": (
        Request("POST", "/api/auth/login", {"email": "nobody@example.com", "password": "x"}, token="missing"),
        [*QUERY, *BODY, fault("no password", "FIELDS", "missing_field", "body", without("password"))],
    ),
}
PUBLIC = {"auth_login"}


def faults_of(name):
    return EVERYWHERE + ([] if name in PUBLIC else PRIVATE) + OPERATIONS[name][1]
