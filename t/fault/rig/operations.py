"""A request for every operation of the document, as the web server hands it on; each write in all its kinds."""

import sound
from writes import WRITES

WRITE_OPERATIONS = {"task_pick", "task_assign", "task_transition", "workflow_instantiate", "workflow_template_save"}
READS = [operation for operation in sound.OPERATIONS if operation.id not in WRITE_OPERATIONS]


def request_of(operation):
    """A function as those in WRITES. Cached answers have become stale, so that what fills the cache is run too."""

    def make(scene):
        scene.task("t")
        scene.world.sql("UPDATE eventflow.task_types SET name = name WHERE id = %s", scene.world.task_type)
        things = {
            "event": scene.event,
            "task": scene.tasks["t"],
            "template": None,
            "task_type": scene.world.task_type,
            "user": scene.team["vendor"],
        }
        path, body = sound.path_of(operation, things), sound.body_of(operation, things)
        return scene.request(operation.method, "manager", path, body)

    return make


OPERATIONS = {**WRITES, **{operation.id: request_of(operation) for operation in READS}}
