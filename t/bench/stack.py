"""A stack to measure: built from a checkout, started by its quickstart, filled with the benchmark's data."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
TASKS_OF_AN_EVENT = 100
DATA = {"users": 2000, "events": 1000, "members": 20}  # run --tasks asks for more; each user is a member of ten events
PART = 5000  # events that are loaded at once
FILLED = "events", "event_members", "users", "workflow_instances", "tasks", "task_dependencies", "task_transitions"
LIST_MEMORY = 4 * 1024 * 1024  # of a worker, for lists: 40 events' have room, and 1,000 have not


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def settings_of(path):
    pairs = (line.partition("=") for line in path.read_text().splitlines() if not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def cpu_seconds(pids):
    """The CPU time of processes, to the nanosecond: the clock of clock_getcpuclockid(3)."""
    total = 0.0
    for pid in pids:
        try:
            total += time.clock_gettime((~pid << 3) | 2)
        except OSError:
            continue  # it has ended
    return total


def children_of(parent):
    found = []
    try:
        for task in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
            for child in map(int, task.read_text().split()):
                found += [child, *children_of(child)]
    except (FileNotFoundError, ProcessLookupError):
        pass  # it has ended
    return found


class Stack:
    """One EventFlow with its web server and database."""

    def __init__(self, root, var, workers, threads, fsync):
        self.root, self.var = pathlib.Path(root), pathlib.Path(var)
        self.data = self.root / "t/bench/data.sql"  # of the revision that is measured: it knows its own tables
        self.workers, self.threads = workers, threads
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "EVENTFLOW_VAR": str(self.var),
            "EVENTFLOW_BUILD": str(self.root / "build"),
            "EVENTFLOW_FSYNC": "on" if fsync else "off",
            "PORT": str(self.port),
            "WORKERS": str(workers),
            "THREADS": str(threads),
            "CACHE_LIST_BYTES": str(LIST_MEMORY),
        }
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "SUPABASE_URL"):
            self.environment.pop(name, None)

    def quickstart(self, *arguments, **settings):
        process = subprocess.run(
            [str(self.root / "quickstart"), *arguments],
            env={**self.environment, **settings},
            cwd=self.root,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if process.returncode != 0:
            raise RuntimeError(f"quickstart {' '.join(arguments)} failed:\n{process.stdout}")

    def start(self, log_level):
        self.quickstart("--detach", LOG_LEVEL=log_level)
        self.settings = settings_of(self.var / "eventflow.env")
        self.owner_url = settings_of(self.var / "owner.env")["DATABASE_OWNER_URL"]
        self.folder = re.search(r"host=([^&]*)", self.owner_url)[1]

    def stop(self):
        self.quickstart("stop")

    def remove(self):
        if self.var.exists():
            self.stop()
            shutil.rmtree(self.var.resolve(), ignore_errors=True)

    def fill(self, progress):
        """What fits into one part is loaded with all that guards the tables; much more, without, since it takes hours."""
        for first in range(1, DATA["events"] + 1, PART):
            progress(f"events: {first - 1:,} of {DATA['events']:,}")
            variables = {**DATA, "first": first, "last": min(first + PART - 1, DATA["events"])}
            options = [f"--set={name}={value}" for name, value in variables.items()]
            if DATA["events"] <= PART:
                self.owner_psql(*options, "--file", str(self.data))
            else:
                self._load_unguarded(options)
        progress("cleaning up, and counting for the planner")
        self.owner_psql("--command", "VACUUM ANALYZE " + ", ".join(f"eventflow.{table}" for table in FILLED))
        self.database_psql("CHECKPOINT")

    def _load_unguarded(self, options):
        script = "SET session_replication_role = replica;\n" + self.data.read_text()
        self._run([*self._database_command("eventflow"), *options], {}, script)

    def owner_psql(self, *arguments):
        password = re.search(r"//[^:]*:([^@]*)@", self.owner_url)[1]
        url = self.owner_url.replace(f":{password}@", "@")
        command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", url]
        return self._run([*command, *arguments], {"PGPASSWORD": password})

    def database_psql(self, *statements, database="postgres"):
        """As the one who made the cluster; each statement on its own."""
        options = [option for statement in statements for option in ("--command", statement)]
        return self._run([*self._database_command(database), *options], {})

    def _database_command(self, database):
        command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        command += ["--host", self.folder, "--dbname", database]
        return [*self.as_database_owner(), *command]

    def as_database_owner(self):
        """Before a command that is for the one who made the cluster."""
        if os.getuid() != 0:
            return []
        return ["runuser", "-u", (self.var / "postgresql").owner(), "--"]

    @staticmethod
    def _run(command, environment, script=""):
        process = subprocess.run(
            command,
            env={**os.environ, **environment},
            cwd="/",
            text=True,
            input=script,
            capture_output=True,
            check=False,
        )
        if process.returncode != 0:
            raise RuntimeError(f"{command[0]} failed: {process.stderr}")
        return process.stdout.strip()

    def login_environment(self, database="eventflow"):
        """libpq's variables for the role of the workers."""
        user, password = re.search(r"//([^:]*):([^@]*)@", self.settings["DATABASE_URL"]).groups()
        return {"PGHOST": self.folder, "PGUSER": user, "PGPASSWORD": password, "PGDATABASE": database}

    def _pid(self, name):
        return int((self.var / "run" / f"{name}.pid").read_text())

    def pids(self):
        """The processes of each part."""
        postmaster = self.postmaster()
        spawner = self._pid("workers")
        nginx = self._pid("nginx")
        return {
            "nginx": [nginx, *children_of(nginx)],
            "worker": [spawner, *children_of(spawner)],
            "postgresql": [postmaster, *children_of(postmaster)],
        }

    def postmaster(self):
        return int(self.database_psql("SELECT pg_read_file('postmaster.pid')").splitlines()[0])

    def worker_pids(self):
        processes = self.pids()["worker"]
        return [pid for pid in processes if os.readlink(f"/proc/{pid}/exe").endswith("/eventflow")]

    def private_kilobytes(self):
        """The private memory of each worker process."""
        found = []
        for pid in self.worker_pids():
            lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            found.append(sum(int(line.split()[1]) for line in lines if line.startswith("Private_")))
        return found

    def nginx_configuration(self, folder, port, socket_path):
        """The same nginx, with another address and another upstream."""
        main = (self.var / "nginx" / "nginx.conf").read_text()
        site = (self.var / "nginx" / "eventflow.conf").read_text()
        site = re.sub(r"unix:[^;]*/eventflow\.sock", f"unix:{socket_path}", site)
        site = site.replace(f"127.0.0.1:{self.port}", f"127.0.0.1:{port}")
        main = main.replace(str(self.var.resolve()), str(folder)).replace(str(self.var), str(folder))
        for part in ("nginx", "run", "log"):
            (folder / part).mkdir(exist_ok=True)
        (folder / "nginx" / "eventflow.conf").write_text(site)
        (folder / "nginx" / "nginx.conf").write_text(main)
        return folder / "nginx" / "nginx.conf"
