"""Attacks 8, 19 and 28 by what they cost a worker: time of its processor and memory, whatever else the machine does;
and that a small stack is enough, because nothing recurses over what was sent."""

import json
import os
import pathlib
import re
import subprocess

import pytest
import stack as stack_module
from attacks_on_identity import ATTACKS as ON_IDENTITY
from attacks_on_input import ATTACKS as ON_INPUT
from attacks_on_input import NO_JSON, NO_TEXT
from processes import processor_time

MALFORMED = 0.005  # seconds of the processor that refusing a body may take
GRAPH = 0.2  # and a workflow
GROWTH = 2048  # KiB of memory that all of them may leave behind
STACK = 256  # KiB
REPEATS = 10
LARGE = (
    b"[" * 1000000,
    b'{"a":' * 200000,
    b'"' + b"x" * 1000000,
    b"[" * 16 + b"1," * 400000,
    b'{"reason":"' + b"\\u00e4" * 170000,
    b"1" * 1000000,
    b" " * 1000000,
    b"\xff" * 1000000,
)
BODIES = [attack for attack in ON_INPUT if attack.number == 19 and re.search(r"of \d{4,} bytes$", attack.name)]
GRAPHS = [attack for attack in ON_INPUT if attack.number == 28]
TOKENS = [attack for attack in ON_IDENTITY if attack.number == 8 and attack.status != 431]


def memory(pids):
    """KiB that the processes hold."""
    status = (pathlib.Path(f"/proc/{pid}/status").read_text() for pid in pids)
    return sum(int(re.search(r"VmRSS:\s*(\d+)", text)[1]) for text in status)


@pytest.fixture
def nginx(fronts):
    """The workers get the same bytes from every web server."""
    return fronts["nginx"]


def transition(front, scene, body):
    return front.caller(scene.vendor).call("POST", f"/api/tasks/{scene.task}/transition", body=body)


@pytest.mark.parametrize("body", [*NO_JSON, *NO_TEXT, *LARGE], ids=lambda body: f"{body[:20]!r} of {len(body)}")
def test_malformed_json_costs_no_time(nginx, scene, body):
    pids = nginx.stack.worker_pids()
    transition(nginx, scene, body).refused("invalid_json")
    before = processor_time(*pids)
    for _ in range(REPEATS):
        transition(nginx, scene, body)
    assert (processor_time(*pids) - before) / REPEATS < MALFORMED


def test_malformed_json_costs_no_memory(front, scene):
    """Once each thread has met bodies as large as they may be: which of them a request meets is chance, so rounds
    follow until one adds nothing to speak of."""
    pids = front.stack.worker_pids()
    sizes = [memory(pids)]
    for _ in range(8):
        for body in LARGE[:5]:
            for _ in range(REPEATS):
                transition(front, scene, body)
        sizes.append(memory(pids))
        if sizes[-1] - sizes[-2] < GROWTH:
            return
    raise AssertionError(f"the workers grow with every round: {sizes}")


@pytest.mark.parametrize("attack", GRAPHS, ids=str)
def test_graphs_cost_no_time(nginx, scene, attack):
    sent = attack.prepare(scene)
    pids = nginx.stack.worker_pids()
    before = processor_time(*pids)
    nginx.caller(sent.token).call(sent.method, sent.path, value=sent.value).refused(attack.code)
    assert processor_time(*pids) - before < GRAPH


def answer_of_cgi(stack, sent):
    """The answer of one process for one request alone (CGI), which handles it on a stack of 256 KiB."""
    body = sent.body if sent.body is not None else b"" if sent.value is None else json.dumps(sent.value).encode()
    token = getattr(sent.token, "token", sent.token)
    path, _, query = sent.path.partition("?")
    variables = {
        "GATEWAY_INTERFACE": "CGI/1.1",
        "REQUEST_METHOD": sent.method,
        "REQUEST_URI": sent.path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": path,
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (sent.headers or {}).items()},
        "EVENTFLOW_ENV_FILE": str(stack.var / "eventflow.env"),
    }
    command = ["bash", "-c", f'ulimit -s {STACK} && exec "$0"', str(stack_module.ROOT / "build/eventflow")]
    result = subprocess.run(
        command, input=body, capture_output=True, timeout=60, env={"PATH": os.environ["PATH"], **variables}
    )
    assert result.returncode == 0, result
    head, _, content = result.stdout.partition(b"\r\n\r\n")
    return int(re.search(rb"Status: (\d+)", head)[1]), json.loads(content).get("code")


@pytest.mark.parametrize("attack", [*BODIES, *GRAPHS, *TOKENS], ids=str)
def test_a_small_stack_is_enough(fronts, scene, attack):
    expected = (attack.status, attack.code)
    assert answer_of_cgi(fronts["nginx"].stack, attack.prepare(scene)) == expected
