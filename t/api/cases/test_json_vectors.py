"""JSON texts, sound and not: what must pass is kept as it is, and what must not is refused before anything is done."""

import decimal
import json

import pytest

from json_vectors import BODIES, VALUES

PATH = "/api/workflow-templates"


def table(vectors):
    return [
        pytest.param(text, is_sound, id=name + ("" if is_sound else "-refused")) for name, text, is_sound in vectors
    ]


def body_with(task_type, text):
    node = b'{"node_id":"a","task_type_id":"%s","label":"A","metadata":{"v":%s}}' % (task_type.encode(), text)
    return b'{"name":"A vector","nodes":[%s],"edges":[]}' % node


def exact(text):
    """The value of a text, its numbers to the last digit."""
    return json.loads(text, parse_float=decimal.Decimal)


@pytest.fixture(scope="module")
def kept(scenery):
    """The values that were taken; in the end as many templates are there, and not one more."""
    counted = "SELECT count(*) FROM eventflow.workflow_template_versions WHERE name = 'A vector'"
    before, taken = scenery.world.value(counted), []
    yield taken
    assert scenery.world.value(counted) - before == len(taken)


@pytest.mark.parametrize("text, is_sound", table(VALUES))
def test_a_value(scenery, kept, text, is_sound):
    answer = scenery.world.admin.call("POST", PATH, body=body_with(scenery.task_type, text))
    if is_sound:
        kept.append(text)
        assert answer.status == 200, str(answer)
        assert exact(answer.body)["data"]["nodes"][0]["metadata"]["v"] == exact(text)
    else:
        answer.refused("invalid_json")


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text, _ in BODIES])
def test_a_body(scenery, text):
    """Of a request that would be refused for its task, were it sound."""
    path = f"/api/tasks/{scenery.nobodys_id}/transition"
    scenery.world.admin.call("POST", path, body=text).refused("invalid_json")
