"""Every write of the API: what stands ready for it, and the request. One line for each."""


def unassign(scene):
    scene.task("t", assignee=scene.team["vendor"])
    return scene.assign("manager", "t", None)


def reassign(scene):
    scene.task("t", assignee=scene.team["vendor"])
    return scene.assign("manager", "t", "manager")


def finish(scene):
    scene.task("t", "IN_PROGRESS")
    scene.task("other", "IN_PROGRESS")
    scene.task("unlocked", parents=("t",))
    scene.task("waiting", parents=("t", "other"))
    return scene.move("vendor", "t", "DONE")


def on_task(state, act):
    def write(scene):
        scene.task("t", state)
        return act(scene)

    return write


WRITES = {
    "pick": on_task("TODO", lambda scene: scene.pick("vendor", "t")),
    "assign": on_task("TODO", lambda scene: scene.assign("manager", "t", "vendor")),
    "unassign": unassign,
    "reassign": reassign,
    "start": on_task("TODO", lambda scene: scene.move("vendor", "t", "IN_PROGRESS")),
    "block": on_task("IN_PROGRESS", lambda scene: scene.move("vendor", "t", "BLOCKED")),
    "unblock": on_task("BLOCKED", lambda scene: scene.move("vendor", "t", "IN_PROGRESS")),
    "finish": finish,
    "finish the last": on_task("IN_PROGRESS", lambda scene: scene.move("vendor", "t", "DONE")),
    "instantiate": lambda scene: scene.instantiate("manager", scene.world.template(("a", "b"), (("a", "b"),))),
    "save": lambda scene: scene.save(),
    "save again": lambda scene: scene.save(scene.world.template(name=scene.template_name)),
}
