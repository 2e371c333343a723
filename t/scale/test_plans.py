"""The plan of every statement on rows whose number grows: none reads a whole table, and none reads more in a large one."""

import json

import psycopg2
import pytest

from conftest import CROWD, create, grow
from statements import read_statements

LARGE = {"tasks", "task_dependencies", "task_transitions", "event_members", "events", "workflow_instances", "users"}
SIZES = (200, 2000)  # events
LOOK_UPS = {"user_list_companions": 50 * 20}  # the members of the caller's events, each looked up by itself at worst
NOTHING = "00000000-0000-0000-0000-000000000000"


def identifier(kind, number):
    return f"7000000{kind}-0000-4000-8000-{number:012d}"


def task_of(event, instance, position):
    return identifier(6, event * 100000 + instance * 20 + position)


CALLER, EVENT, INSTANCE = identifier(1, 1), identifier(2, 7), identifier(5, 72)
CROWDED = identifier(2, 1)
TASK, CHILD = task_of(7, 2, 0), task_of(7, 2, 1)
FIRST = ["-infinity", NOTHING, 101]  # the first page of 100
START = ["-infinity", 0, NOTHING, 51]  # of 50 tasks
MIDDLE = ["2026-05-01 00:00:00Z", 3, NOTHING, 51]
ALL = [*[None] * 4, False, None, None]  # the filter that asks for nothing
TAKEABLE = [*[None] * 4, False, True, identifier(9, 1)]
DONE = ["DONE", *[None] * 3, True, None, None]
NEW_TASK = [[NOTHING], ["a"], [None], ["A"], [""], ["TODO"], [0], [0], ["{}"], ["{}"]]
MOVE = [[TASK], [2], ["state"], ["TODO"], ["IN_PROGRESS"], [None], [None], [CALLER], ["Now."]]

# Parameters that find rows, some of them several times.
PARAMETERS = {
    "caller_read": [[CALLER]],
    "caller_read_time": [[CALLER]],
    "caller_read_reference_version": [[CALLER]],
    "caller_read_event": [[CALLER, EVENT]],
    "caller_read_event_time": [[CALLER, EVENT]],
    "event_list_all": [[None, *FIRST], [None, "2026-01-01 01:00:00Z", NOTHING, 101]],
    "event_list_memberships": [[CALLER, *FIRST]],
    "member_list": [[EVENT, *FIRST]],
    "membership_list": [[CALLER]],
    "user_list_all": [[None, *FIRST]],
    "user_list_companions": [[CALLER, *FIRST]],
    "user_by_email": [["user7@example.com"]],
    "profile_read": [[CALLER]],
    "session_read": [["\\x" + "00" * 32]],
    "task_type_eligible": [[CALLER]],
    "assignee_read": [[CALLER, TASK]],
    "task_list_all": [[None, *START], [None, *MIDDLE]],
    "task_list_event": [[CROWDED, *START], [CROWDED, *MIDDLE], [EVENT, *START]],
    "task_list_memberships": [[CALLER, *START], [CALLER, *MIDDLE]],
    "task_list_filtered_all": [[None, *START, *ALL], [None, *MIDDLE, *ALL]],
    "task_list_filtered_event": [
        *([CROWDED, *page, *ALL] for page in (START, MIDDLE)),
        *([EVENT, *START, *filter] for filter in (TAKEABLE, DONE)),
    ],
    "task_list_filtered_memberships": [[CALLER, *START, *ALL], [CALLER, *MIDDLE, *ALL]],
    "task_read": [[TASK, CALLER]],
    "task_read_time": [[TASK, CALLER]],
    "task_read_lock": [[TASK, CALLER]],
    "task_hidden": [[[TASK], [CHILD, task_of(7, 2, 5)]]],
    "task_children_lock": [[TASK]],
    "task_move": [[EVENT, TASK, "IN_PROGRESS", 2]],
    "task_assign": [[EVENT, TASK, CALLER, 2]],
    "task_children_release": [[EVENT, [CHILD], ["TODO"], [2]]],
    "task_create": [[EVENT, INSTANCE, *NEW_TASK]],
    "task_dependency_create": [[EVENT, [TASK], [task_of(7, 3, 5)]]],
    "transition_list": [[TASK, 0, 101]],
    "transition_create": [[EVENT, None, "id", *MOVE]],
    "transition_create_one": [[EVENT, None, "id", *(value for [value] in MOVE)]],
    "workflow_instance_list_all": [[None, *FIRST]],
    "workflow_instance_list_event": [[EVENT, *FIRST]],
    "workflow_instance_list_memberships": [[CALLER, *FIRST]],
    "workflow_instance_create": [[EVENT, NOTHING, None, 1, CALLER]],
    "proof_task_lock": [[EVENT, TASK]],
    "proof_event_lock": [[EVENT]],
    "proof_transition_find": [[EVENT, TASK, 1, "2026-01-01"]],
}

STATEMENTS = read_statements()


def touches_large_tables(sql):
    return any(f"eventflow.{table} " in f"{sql} " for table in LARGE)


class Explainer:
    """Plans as the workers get them: by their role, whose settings ask for one plan whatever the parameters."""

    def __init__(self, cluster, database):
        self.connection = psycopg2.connect(cluster.url(database, "eventflow_api"))
        self.cursor = self.connection.cursor()
        self.cursor.execute("SHOW plan_cache_mode")
        assert self.cursor.fetchone() == ("force_generic_plan",)
        self.template = self.value("SELECT min(workflow_id::text) FROM eventflow.workflow_template_versions")
        self.task_type = self.value("SELECT min(id::text) FROM eventflow.task_types")

    def value(self, statement):
        self.cursor.execute(statement)
        return self.cursor.fetchone()[0]

    def explain(self, name, parameters, options=""):
        """The plan; what the statement does is rolled back."""
        if name == "workflow_instance_create":
            parameters = [*parameters[:2], self.template, *parameters[3:]]
        if name == "task_create":
            parameters = [*parameters[:4], [self.task_type], *parameters[5:]]
        self.cursor.execute(f"PREPARE statement AS {STATEMENTS[name]}")
        literals = ", ".join(self.literal(parameter) for parameter in parameters)
        self.cursor.execute(f"EXPLAIN (FORMAT JSON{options}) EXECUTE statement({literals})")
        plan = self.cursor.fetchone()[0][0]["Plan"]
        self.cursor.execute("DEALLOCATE statement")
        self.connection.rollback()
        return plan

    def literal(self, parameter):
        if isinstance(parameter, list):
            items = ["NULL" if item is None else json.dumps(str(item)) for item in parameter]
            parameter = "{" + ",".join(items) + "}"
        return "NULL" if parameter is None else self.cursor.mogrify("%s", (str(parameter),)).decode()

    def pages_read(self, name, parameters):
        """How many pages the statement looked at; once before, so that the session knows the tables."""
        for _ in range(2):
            plan = self.explain(name, parameters, ", ANALYZE, BUFFERS, TIMING off")
        return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def nodes_of(plan):
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes_of(part)


def pages_by_statement(explainer):
    return {
        (name, number): explainer.pages_read(name, parameters)
        for name, several in PARAMETERS.items()
        for number, parameters in enumerate(several)
    }


@pytest.fixture(scope="module")
def measured(cluster):
    """What each statement reads in a small database, what it reads in one ten times as large, and the plans there."""
    create(cluster, "scale")
    pages, first = [], 1
    for last in SIZES:
        grow(cluster, "scale", first, last)
        first = last + 1
        explainer = Explainer(cluster, "scale")
        pages.append(pages_by_statement(explainer))
        plans = {name: explainer.explain(name, several[0]) for name, several in PARAMETERS.items()}
        explainer.connection.close()
    assert int(cluster.psql("scale", "-c", "SELECT count(*) FROM eventflow.tasks")) > 100 * SIZES[1] + CROWD
    return pages[0], pages[1], plans


def test_every_statement_is_known_here():
    large = {name for name, sql in STATEMENTS.items() if touches_large_tables(sql)}
    assert large - PARAMETERS.keys() == set(), "give them parameters"
    assert PARAMETERS.keys() - STATEMENTS.keys() == set(), "they are no more"


@pytest.mark.parametrize("name", PARAMETERS)
def test_no_statement_reads_a_whole_table(measured, name):
    for node in nodes_of(measured[2][name]):
        if node.get("Relation Name") not in LARGE or node["Node Type"] in ("ModifyTable", "LockRows"):
            continue
        shown = json.dumps(node, indent=1)[:1000]
        assert node["Node Type"] in ("Index Scan", "Index Only Scan"), f"{node['Node Type']} of a large table: {shown}"
        assert "Index Cond" in node or node["Index Name"] == "tasks_deleted", f"the whole index is read: {shown}"


PAGES_OF_AN_EVENT = [
    "task_list_event",
    "task_list_filtered_event",
    "workflow_instance_list_event",
    "member_list",
]


@pytest.mark.parametrize("name", PAGES_OF_AN_EVENT)
def test_a_page_of_an_event_is_read_in_its_order(measured, name):
    """The index gives the order: nothing is sorted that is longer than the page."""
    limits = [node for node in nodes_of(measured[2][name]) if node["Node Type"] == "Limit"]
    assert limits
    for node in limits:
        for below in nodes_of(node["Plans"][0]):
            assert below["Node Type"] != "Sort", json.dumps(node, indent=1)[:1000]


@pytest.mark.parametrize("name", PARAMETERS)
def test_no_statement_reads_more_in_a_larger_database(measured, name):
    small, large, _ = measured
    for number in range(len(PARAMETERS[name])):
        before, after = small[name, number], large[name, number]
        print(f"\n{name}, parameters {number}: {before} pages among 30,000 tasks, {after} among 210,000", end="")
        # an index may have grown by a level, and then each look-up reads a page more
        most = 2 * before + 10 + LOOK_UPS.get(name, 0)
        assert after <= most, f"parameters {number}: {before} pages, and {after} in the larger database"
