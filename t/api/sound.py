"""A sound request for every operation of the document, so that a test can put one fault into it."""

from specification import Specification
from stack import ROOT
from world import PASSWORD

SPECIFICATION = Specification(ROOT)
OPERATIONS = [operation for operation in SPECIFICATION.operations if not operation.is_document]
IDS = [operation.id for operation in OPERATIONS]
POSTS = [operation for operation in OPERATIONS if operation.method == "POST"]


def scene_of(world):
    """What sound requests are about: an event with a task, a member, and a workflow template."""
    event = world.event()
    return {
        "event": event,
        "task": world.task(event),
        "template": world.template(),
        "task_type": world.task_type,
        "user": world.user("vendor", event, with_password=True),
    }


def path_of(operation, scene):
    return operation.path.replace("{taskId}", scene["task"]).replace("{eventId}", scene["event"])


def node(name, scene, **more):
    return {"node_id": name, "task_type_id": scene["task_type"], "label": name.upper(), **more}


def body_of(operation, scene):
    """A sound body; None for an operation that takes none."""
    return {
        "task_pick": {},
        "task_transition": {"next_state": "DONE", "reason": "For the test."},
        "task_assign": {"user_id": scene["user"].id},
        "workflow_template_save": {
            "name": "New",
            "description": "",
            "nodes": [node("a", scene, metadata={"description": "x"}), node("b", scene)],
            "edges": [{"from_node_id": "a", "to_node_id": "b"}],
        },
        "workflow_instantiate": {"workflow_id": scene["template"], "event_id": scene["event"]},
        "auth_login": {"email": scene["user"].email, "password": PASSWORD},
        "auth_refresh": {"refresh_token": "unknown"},
        "auth_logout": {"refresh_token": "unknown"},
    }.get(operation.id)


def refused_naming(answer, name, *codes):
    """400 with one of the codes, and the name of what was wrong in the sentence."""
    assert answer.status == 400 and answer.code in codes, f"{answer} instead of {codes}"
    assert name in answer.json["error"], f"{answer.json['error']!r} does not name {name}"
