"""People and tasks of the stack that may be treated badly, and a worker of one thread beside its own."""

import psycopg2
import pytest
import stack as stack_module
from client import Caller, Coverage, Judge, Wire
from host import Host
from specification import Specification
from world import World


@pytest.fixture(scope="module")
def site_world(site):
    nobody = Caller(Wire(site.stack), Judge(Specification(stack_module.ROOT), Coverage()))
    with World(site.stack, nobody) as world:
        yield world


@pytest.fixture(scope="module")
def site_team(site_world):
    return {"manager": site_world.user("manager"), "vendor": site_world.user("vendor")}


@pytest.fixture(scope="module")
def site_host(site):
    host = Host(site.stack)
    yield host
    host.close()


@pytest.fixture
def reconnect(site, site_world):
    """A function that gives us a session anew, as one does not outlive the site's PostgreSQL."""

    def reconnect():
        site_world.connection.close()
        site_world.connection = psycopg2.connect(site.stack.owner_url)

    return reconnect


@pytest.fixture
def restart(site, reconnect):
    """A function that restarts the site's PostgreSQL."""

    def restart(mode):
        site.control("restart", "-m", mode)
        reconnect()

    return restart


@pytest.fixture
def role_setting(stack):
    """A function that changes a setting of the workers' role, for sessions to come; afterwards it is as before."""
    changed = {}

    def change(name, value, before):
        changed[name] = before
        stack.superuser_sql(f"ALTER ROLE eventflow_api SET {name} = '{value}'")

    yield change
    for name, before in changed.items():
        stack.superuser_sql(f"ALTER ROLE eventflow_api SET {name} = '{before}'")
