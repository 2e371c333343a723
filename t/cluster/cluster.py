"""The example of conf/cluster, started by its own script on free ports; and what can go wrong with it."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

import psycopg2
from nemesis import Nemesis
from site_control import Site, as_user, wait_for
from stack import ROOT, Stack, free_port

SCRIPT = ROOT / "conf" / "cluster" / "quickstart"
PORTS = 7  # in a row: etcd, its peers, HAProxy, Patroni's of a and b, PostgreSQL's of a and b
HELD = 30  # seconds for which something hangs: longer than Patroni's ttl


def free_ports():
    """The first of PORTS free ones in a row."""
    while True:
        first = free_port()
        with contextlib.ExitStack() as probes, contextlib.suppress(OSError, OverflowError):
            for port in range(first, first + PORTS):
                probes.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first


class Cluster:
    """To the checker a site, as site_control.Site."""

    pair = None  # it is Patroni who moves the primary

    def __init__(self, var):
        self.first_port, self.port = free_ports(), free_port()
        self.environment = {
            **os.environ,
            "EVENTFLOW_VAR": str(var),
            "FIRST_PORT": str(self.first_port),
            "PORT": str(self.port),
            "LOG_LEVEL": "WARNING",
        }
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "SUPABASE_URL"):
            self.environment.pop(name, None)
        self.var, self.stack = var, None

    def run(self, *arguments):
        """conf/cluster/quickstart."""
        result = subprocess.run(
            [SCRIPT, *arguments], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, cwd=ROOT, timeout=600, check=False
        )
        assert result.returncode == 0, f"quickstart {arguments}: {result.stdout}"
        return result.stdout

    def start(self):
        self.run()
        self.var = self.var.resolve()
        self.stack = Stack(f"http://127.0.0.1:{self.port}", self.var / "eventflow", True)
        self.superuser("GRANT pg_signal_backend, pg_monitor TO eventflow_owner")

    def superuser(self, statement):
        node = self.primary()
        folder = re.search(r"unix_socket_directories: (\S+)", (self.var / node / "patroni.yml").read_text())[1]
        command = ["psql", "-X", "-q", "-h", folder, "-p", str(self.postgresql_port(node)), "-d", "postgres", "-c", statement]
        subprocess.run(as_user("postgres", *command), check=True, cwd="/", timeout=30)

    def postgresql_port(self, node):
        return self.first_port + 5 + "ab".index(node)

    def is_role(self, node, role):
        """What Patroni says of a node."""
        try:
            port = self.first_port + 3 + "ab".index(node)
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/{role}", timeout=2).status == 200
        except OSError:
            return False

    def primary(self):
        return next((node for node in "ab" if self.is_role(node, "primary")), None)

    def has_synchronous_standby(self):
        return any(self.is_role(node, "sync") for node in "ab")

    def pid(self, part):
        return int((self.var / "run" / f"{part}.pid").read_text())

    def direct_url(self):
        """The workers' DATABASE_URL without HAProxy: both nodes, of which libpq takes the primary."""
        hosts = f"127.0.0.1:{self.postgresql_port('a')},127.0.0.1:{self.postgresql_port('b')}"
        url = re.sub(r"@[^/]*/", f"@{hosts}/", self.stack.settings["DATABASE_URL"])
        return f"{url}?target_session_attrs=read-write"

    def connect(self, name="rig"):
        """As the owner of the schema, through HAProxy; each statement is a transaction."""
        connection = psycopg2.connect(self.stack.owner_url, application_name=name, connect_timeout=5)
        connection.autocommit = True
        return connection

    def rows(self, statement):
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return [[str(value) for value in row] for row in cursor.fetchall()]

    status_of = Site.status_of
    is_ready = Site.is_ready


@contextlib.contextmanager
def running_cluster(var):
    cluster = Cluster(var)
    if os.path.lexists(var):  # what is left of an earlier run that was cut short
        cluster.run("stop")
        shutil.rmtree(var.resolve())
        var.unlink(missing_ok=True)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.run("stop")


class Misfortune(Nemesis):
    """Each fault once. It is over when the standby is synchronous again. With `back`, EventFlow served again."""

    def __init__(self, cluster, campaign):
        count, clients = lambda: campaign.count("ok"), campaign.nemesis.clients
        super().__init__(cluster, None, campaign.shared, campaign.seed, (5, 5), KINDS, count, clients)

    def switchover(self, fault):
        self.site.run("switchover")
        self._see_it_through(fault)

    def kill_primary(self, fault):
        """PostgreSQL and Patroni at once; the node comes back when another is the primary."""
        node = self.site.primary()
        self.site.run("kill", node)
        wait_for(lambda: self.site.primary() not in (None, node), 90, "another primary")
        self._see_it_through(fault)

    def kill_standby(self, fault):
        node = "ab".replace(self.site.primary(), "")
        self.site.run("kill", node)
        time.sleep(HELD)
        self._see_it_through(fault)

    def hang_patroni(self, fault):
        """Patroni of the primary does nothing any more, and its PostgreSQL goes on."""
        node = self.site.primary()
        with self._hanging(f"patroni-{node}"):
            wait_for(lambda: self.site.is_role("ab".replace(node, ""), "primary"), 90, "another primary")
            time.sleep(5)
        self._see_it_through(fault)

    def hang_etcd(self, fault):
        with self._hanging("etcd"):
            time.sleep(HELD)
        self._see_it_through(fault)

    @contextlib.contextmanager
    def _hanging(self, part):
        pid = self.site.pid(part)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def _see_it_through(self, fault):
        wait_for(self.site.is_ready, 60, "readiness")
        fault.back = time.monotonic_ns()
        self.site.run()  # starts what was killed
        wait_for(self.site.has_synchronous_standby, 60, "a synchronous standby")


KINDS = ("switchover", "kill_primary", "kill_standby", "hang_patroni", "hang_etcd")
