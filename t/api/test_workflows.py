"""Workflow templates, their faults and versions; instances, and how their tasks unlock one another."""

import pytest

from world import new_id


def node_of(world, name, **changes):
    return {"node_id": name, "task_type_id": world.task_type, "label": f"Do {name}", **changes}


def edge(from_node_id, to_node_id):
    return {"from_node_id": from_node_id, "to_node_id": to_node_id}


def save(world, nodes, edges=(), **changes):
    """Nodes are names or whole nodes, edges pairs of names."""
    nodes = [node if isinstance(node, dict) else node_of(world, node) for node in nodes]
    body = {"name": "A workflow", "nodes": nodes, "edges": [edge(*pair) for pair in edges], **changes}
    return world.admin.post("/api/workflow-templates", body)


def instantiate(user, template, event, headers=None):
    return user.post("/api/workflows/instantiate", {"workflow_id": template, "event_id": event}, headers)


def finish(user, task):
    for state in ("IN_PROGRESS", "DONE"):
        answer = user.post(f"/api/tasks/{task}/transition", {"next_state": state, "reason": "Done."}).ok()
    return answer["unlocked"]


# ---- Faults ------------------------------------------------------------------------------------------------


def faults(world):
    """name: (nodes, edges, the codes and places that are reported)."""
    stranger = new_id()
    many = [f"n{number}" for number in range(1001)]
    return {
        "cycle": (["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a")], {("node", "a", "workflow_cycle")}),
        "two cycles": (
            ["a", "b", "c", "d", "e"],
            [("a", "b"), ("b", "a"), ("b", "c"), ("d", "e"), ("e", "d")],
            {("node", "a", "workflow_cycle"), ("node", "d", "workflow_cycle")},
        ),
        "duplicate node": (["a", "b", "a"], [], {("node", "a", "duplicate_node")}),
        "edge to nowhere": (["a"], [("a", "z")], {("edge", "a -> z", "unknown_node")}),
        "edge from nowhere": (["a"], [("z", "a")], {("edge", "z -> a", "unknown_node")}),
        "self edge": (["a"], [("a", "a")], {("edge", "a -> a", "self_edge")}),
        "duplicate edge": (["a", "b"], [("a", "b"), ("a", "b")], {("edge", "a -> b", "duplicate_edge")}),
        "unknown task type": ([node_of(world, "a", task_type_id=stranger)], [], {("node", "a", "unknown_task_type")}),
        "no nodes": ([], [], {("field", "nodes", "no_nodes")}),
        "too many nodes": (many, [], {("field", "nodes", "too_many_nodes")}),
        "too many edges": (
            many[:200],
            [(many[i], many[j]) for i in range(200) for j in range(i + 1, 200)][:10001],
            {("field", "edges", "too_many_edges")},
        ),
        "everything at once": (
            ["a", "a", node_of(world, "b", task_type_id=stranger), "c", "d"],
            [("c", "d"), ("d", "c"), ("a", "a"), ("b", "z"), ("a", "b"), ("a", "b")],
            {
                ("node", "a", "duplicate_node"),
                ("edge", "a -> a", "self_edge"),
                ("edge", "b -> z", "unknown_node"),
                ("edge", "a -> b", "duplicate_edge"),
                ("node", "c", "workflow_cycle"),
                ("node", "b", "unknown_task_type"),
            },
        ),
    }


FAULTS = (
    "cycle",
    "two cycles",
    "duplicate node",
    "edge to nowhere",
    "edge from nowhere",
    "self edge",
    "duplicate edge",
    "unknown task type",
    "no nodes",
    "too many nodes",
    "too many edges",
    "everything at once",
)


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_template_is_refused_with_every_fault(world, name):
    nodes, edges, expected = faults(world)[name]
    before = world.value("SELECT count(*) FROM eventflow.workflow_templates")
    answer = save(world, nodes, edges)
    assert answer.status == 400
    details = answer.json["details"]
    found = {
        (place, fault[place], fault["code"])
        for fault in details
        for place in ("node", "edge", "field")
        if place in fault
    }
    assert found == expected
    assert (answer.code, answer.json["error"]) == (details[0]["code"], details[0]["message"])
    assert all(fault.get("node") or fault.get("edge") or fault["field"] for fault in details)
    assert world.value("SELECT count(*) FROM eventflow.workflow_templates") == before


def test_a_cycle_is_named_with_its_nodes(world):
    answer = save(world, ["start", "a", "b", "c"], [("start", "a"), ("a", "b"), ("b", "c"), ("c", "a")])
    assert "a -> b -> c -> a" in answer.refused("workflow_cycle")["error"] and "start" not in answer.json["error"]


def test_a_long_cycle_is_found_without_recursion(world):
    names = [f"n{number}" for number in range(1000)]
    save(world, names, [*zip(names, names[1:]), (names[-1], names[0])]).refused("workflow_cycle")


# ---- Versions ----------------------------------------------------------------------------------------------


def newest(user, template):
    return next(row for row in user.get_all("/api/workflow-templates") if row["id"] == template)


def test_what_is_saved_is_what_is_listed(world):
    nested = {"list": [1, -2.5, True, None, {"deep": "yes"}]}
    metadata = {"description": 'Früh 🎪 "quoted" \\ \u0001', "nested": nested}
    nodes = [
        node_of(world, "z.1_-A", metadata=metadata),
        node_of(world, "b", label="€" * 200),
        node_of(world, "a" * 64),
    ]
    saved = save(world, nodes, [("b", "z.1_-A"), ("b", "a" * 64)], name="N" * 200, description="D" * 10000).ok()
    assert saved["version"] == 1 and saved["name"] == "N" * 200 and saved["description"] == "D" * 10000
    assert [node["node_id"] for node in saved["nodes"]] == ["z.1_-A", "b", "a" * 64], "in the order in which they came"
    assert saved["nodes"][0]["metadata"] == metadata and saved["nodes"][1]["label"] == "€" * 200
    assert saved["edges"] == [edge("b", "z.1_-A"), edge("b", "a" * 64)]
    assert newest(world.user("customer"), saved["id"]) == saved


def test_saving_again_makes_the_next_version(world, event):
    first = save(world, ["a"], description="One").ok()
    manager = world.user("manager", event)
    old = instantiate(manager, first["id"], event).ok()
    second = save(world, ["a", "b"], [("a", "b")], id=first["id"], name="Better").ok()
    assert (second["id"], second["version"], second["name"], second["description"]) == (first["id"], 2, "Better", "")
    assert second["created_at"] == first["created_at"] and second["updated_at"] > first["updated_at"]
    assert newest(manager, first["id"]) == second
    new = instantiate(manager, first["id"], event).ok()
    assert (new["instance"]["workflow_version"], len(new["tasks"])) == (2, 2)
    instances = {row["id"]: row for row in manager.get("/api/workflow-instances", {"event_id": event}).ok()}
    assert instances[old["instance"]["id"]]["workflow_version"] == 1
    assert sum(instances[old["instance"]["id"]]["task_counts"].values()) == 1


def test_an_unknown_id_is_not_found(world):
    save(world, ["a"], id=new_id()).refused("not_found")
    save(world, [], id=new_id()).refused("not_found")  # asked before the graph is looked at


# ---- Instances ---------------------------------------------------------------------------------------------


def test_an_instance_has_the_tasks_of_its_template(world, event):
    user = world.user("manager", event)
    nodes = [
        node_of(world, "a", label="Begin", metadata={"description": "How to begin", "other": 1}),
        node_of(world, "b"),
    ]
    template = save(world, nodes, [("a", "b")]).ok()
    made = instantiate(user, template["id"], event).ok()
    instance, tasks = made["instance"], {task["node_id"]: task for task in made["tasks"]}
    assert (instance["workflow_id"], instance["event_id"], instance["created_by"]) == (template["id"], event, user.id)
    assert instance["task_counts"] == {"BLOCKED": 1, "TODO": 1, "IN_PROGRESS": 0, "DONE": 0}
    assert (tasks["a"]["label"], tasks["a"]["description"]) == ("Begin", "How to begin")
    assert (tasks["b"]["label"], tasks["b"]["description"]) == ("Do b", "")
    assert [tasks[name]["state"] for name in "ab"] == ["TODO", "BLOCKED"]
    assert [tasks[name]["open_parents"] for name in "ab"] == [0, 1]
    assert tasks["a"]["child_ids"] == [tasks["b"]["id"]] and tasks["b"]["parent_ids"] == [tasks["a"]["id"]]
    assert {task["workflow_instance_id"] for task in tasks.values()} == {instance["id"]}
    listed = user.get("/api/tasks", {"event_id": event}).ok()
    assert listed == made["tasks"]
    assert user.get("/api/workflow-instances", {"event_id": event}).ok() == [instance]


def test_an_unknown_workflow_or_event(world, event):
    manager = world.user("manager", event)
    instantiate(manager, new_id(), event).refused("not_found")
    instantiate(world.admin, new_id(), event).refused("not_found")
    instantiate(manager, new_id(), new_id()).refused("not_a_member")
    instantiate(world.admin, world.template(), new_id()).refused("unknown_event")


def test_a_diamond_unlocks_step_by_step(world, event):
    user = world.user("manager", event)
    template = world.template(
        ("top", "left", "right", "bottom", "end"),
        (("top", "left"), ("top", "right"), ("left", "bottom"), ("right", "bottom"), ("bottom", "end")),
    )
    ids = {task["node_id"]: task["id"] for task in instantiate(user, template, event).ok()["tasks"]}
    steps = (("top", {"left", "right"}), ("right", set()), ("left", {"bottom"}), ("bottom", {"end"}), ("end", set()))
    for name, unlocked in steps:
        assert set(finish(user, ids[name])) == {ids[other] for other in unlocked}
    (instance,) = user.get("/api/workflow-instances", {"event_id": event}).ok()
    assert instance["task_counts"] == {"BLOCKED": 0, "TODO": 0, "IN_PROGRESS": 0, "DONE": 5}


def test_the_order_of_tasks_follows_the_graph(world, event):
    """created_at, rank, id: a child never comes before its parent, however the nodes were sent."""
    user = world.user("manager", event)
    names = [f"n{number:02}" for number in range(30)]
    template = world.template(names[::-1], list(zip(names, names[1:])))
    made = instantiate(user, template, event).ok()
    listed = user.get("/api/tasks", {"event_id": event}).ok()
    assert [task["node_id"] for task in listed] == names and listed == made["tasks"]


def test_a_dense_graph_is_answered_as_it_is_listed(world, event):
    user = world.user("manager", event)
    names = [f"n{number}" for number in range(40)]
    pairs = [(names[i], names[j]) for i in range(40) for j in range(i + 1, 40) if (i * 7 + j) % 3]
    made = instantiate(user, world.template(names, pairs), event).ok()
    assert user.get("/api/tasks", {"event_id": event}).ok() == made["tasks"]


def test_a_thousand_nodes_and_ten_thousand_edges(world, event):
    user = world.user("manager", event)
    names = [f"n{number}" for number in range(1000)]
    pairs = [(names[i], names[j]) for i in range(1000) for j in range(i + 1, min(i + 11, 1000))]
    pairs += [(names[0], names[j]) for j in range(11, 11 + 10000 - len(pairs))]
    template = save(world, names, pairs).ok()
    assert (len(template["nodes"]), len(template["edges"])) == (1000, 10000)
    made = instantiate(user, template["id"], event).ok()
    assert (len(made["tasks"]), sum(len(task["parent_ids"]) for task in made["tasks"])) == (1000, 10000)
    assert made["instance"]["task_counts"] == {"BLOCKED": 999, "TODO": 1, "IN_PROGRESS": 0, "DONE": 0}
    assert finish(user, made["tasks"][0]["id"]) == [made["tasks"][1]["id"]]


def test_instantiating_costs_a_constant_number_of_statements(stack, world, event):
    user, costs = world.user("manager", event), {}
    for count in (1, 10, 200):
        names = [f"n{number}" for number in range(count)]
        request_id = f"instantiate-{new_id()}"
        instantiate(user, world.template(names, list(zip(names, names[1:]))), event, {"X-Request-Id": request_id}).ok()
        (line,) = stack.log_lines(request_id)
        costs[count] = [field for field in line.split() if field.startswith(("statements=", "round_trips="))]
    assert costs[1] == costs[10] == costs[200] and costs[1], costs


def test_a_task_with_many_children_unlocks_them_in_one_change(stack, world, event):
    user, costs = world.user("manager", event), {}
    for count in (1, 200):
        parent = world.task(event, "IN_PROGRESS")
        children = world.tasks(event, count, parents=[parent])
        request_id, version = f"unlock-{new_id()}", world.version(event)
        answer = user.post(
            f"/api/tasks/{parent}/transition", {"next_state": "DONE", "reason": "So."}, {"X-Request-Id": request_id}
        )
        assert set(answer.ok()["unlocked"]) == set(children) and len(answer.ok()["unlocked"]) == count
        assert world.version(event) == version + 1
        (line,) = stack.log_lines(request_id)
        costs[count] = [field for field in line.split() if field.startswith(("statements=", "round_trips="))]
    assert costs[1] == costs[200] and costs[1], costs
