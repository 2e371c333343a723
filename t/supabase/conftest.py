"""EventFlow with the stand-in for Supabase Auth, and the callers and people of the API's tests."""

import os
import pathlib
import subprocess
import sys
import tempfile
import types

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "api")]

import stack as stack_module  # noqa: E402
from auth_server import AuthServer  # noqa: E402
from client import Caller, Coverage, Judge, Wire  # noqa: E402
from specification import Specification  # noqa: E402
from world import World, new_id  # noqa: E402

SAMPLE_PASSWORD = "eventflow-dev"
PASSWORD = f"canary-password-{new_id()}"
WORKERS = 2


@pytest.fixture(scope="session")
def server():
    with tempfile.TemporaryDirectory() as folder, AuthServer(pathlib.Path(folder)) as server:
        for algorithm in ("RS256", "EdDSA"):  # besides ES256: all are listed before the workers ask for them
            server.keys.rotate(algorithm)
        yield server


@pytest.fixture(scope="session")
def stack(server):
    """One of the sample users is at Supabase already; quickstart finds that one, and makes the others."""
    server.add_user("admin@eventflow.com", SAMPLE_PASSWORD)
    settings = {
        **server.settings(),
        "SUPABASE_SERVICE_ROLE_KEY": server.secret_key,
        "WORKERS": str(WORKERS),
        "THREADS": "4",
    }
    yield from stack_module.started_stack(stack_module.ROOT / "var" / "test-supabase", settings)


@pytest.fixture(scope="session")
def nobody(stack):
    return Caller(Wire(stack), Judge(Specification(stack_module.ROOT), Coverage()))


@pytest.fixture(scope="session")
def world(stack, nobody):
    with World(stack, nobody) as world:
        yield world


@pytest.fixture(autouse=True)
def sound_server(server, stack):
    """Each test begins with a server that behaves, and an empty record; and no worker may die of any."""
    before = stack.worker_pids()
    assert len(before) == WORKERS
    server.behave()
    server.keys.use("ES256")
    server.requests.clear()
    yield
    server.behave()
    assert stack.worker_pids() == before


@pytest.fixture(scope="session")
def person(world, server):
    """Makes people who have an account at Supabase, and a profile here unless there is to be none."""

    def make(kind="vendor", has_profile=True, is_active=True, **details):
        user = world.user(kind, is_active=is_active) if has_profile else world.stranger()
        user.email = f"{user.id}@example.com"
        user.account = server.add_user(user.email, PASSWORD, user.id, **details)
        return user

    return make


@pytest.fixture(scope="session")
def user(person):
    return person()


@pytest.fixture
def cgi(stack):
    """Answers one request by the worker called as a plain CGI program: with settings, and parameters, of the test's own."""

    def call(path, body, settings=None, **parameters):
        environment = {
            **os.environ,
            "EVENTFLOW_ENV_FILE": str(stack.var / "eventflow.env"),
            "GATEWAY_INTERFACE": "CGI/1.1",
            "REQUEST_METHOD": "POST",
            "REQUEST_URI": path,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": "192.0.2.7",
            **(settings or {}),
            **parameters,
        }
        program = stack_module.BUILD / "eventflow"
        done = subprocess.run(
            [str(program)], env=environment, input=body, capture_output=True, timeout=30, cwd="/", check=True
        )
        head, _, text = done.stdout.partition(b"\r\n\r\n")
        status = int(head.split(b" ")[1])
        return types.SimpleNamespace(status=status, body=text.decode(), log=done.stderr.decode())

    return call
