"""The running EventFlow that the tests talk to: started by quickstart, or one that is running already.

Variables: EVENTFLOW_TEST_URL is a stack that is running, with its settings in EVENTFLOW_VAR (var) and the owner's database
in EVENTFLOW_TEST_OWNER_URL; else EVENTFLOW_TEST_VAR (var/test) is where a new one is made, anew for each run, of the
programs in EVENTFLOW_BUILD (build).
"""

import glob
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("EVENTFLOW_BUILD", ROOT / "build"))  # where the programs are
CORS_ORIGIN = "https://app.example.com"
CACHE_TTL = 2  # seconds; short, so that a test can wait for the end of it
LOG_LINE = re.compile(r"^(?P<time>\S+ ?\S*) - (?P<name>\S+) - (?P<level>[A-Z]+) - (?P<message>.*)$")


def read_settings(path):
    """The NAME=value lines of an environment file, as a dictionary."""
    settings = {}
    for line in path.read_text().splitlines():
        name, separator, value = line.partition("=")
        if separator and not name.startswith("#"):
            settings[name.strip()] = value.strip().strip("\"'")
    return settings


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stack:
    """Addresses, secrets and logs of one running EventFlow."""

    def __init__(self, url, var, is_ours, owner_url=None):
        self.is_ours = is_ours  # started by the tests, and with their settings
        self.host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
        self.port = int(port or 80)
        self.var = pathlib.Path(os.path.realpath(var))
        self.settings = read_settings(self.var / "eventflow.env")
        self.owner_url = (
            owner_url
            or os.environ.get("EVENTFLOW_TEST_OWNER_URL")
            or read_settings(self.var / "owner.env")["DATABASE_OWNER_URL"]
        )
        self.secret = self.settings["SUPABASE_JWT_SECRET"]
        supabase = self.settings.get("SUPABASE_URL")
        self.issuer = self.settings.get("JWT_ISSUER") or (f"{supabase}/auth/v1" if supabase else "eventflow")

    def log_text(self):
        return "".join(
            pathlib.Path(name).read_text(errors="replace") for name in sorted(glob.glob(f"{self.var}/log/*.log"))
        )

    def log_lines(self, request_id):
        """The workers' lines about a request; waits for the first, which is written after the answer."""
        deadline = time.monotonic() + 2
        while True:
            found = [line for line in self.log_text().splitlines() if f"request_id={request_id} " in line]
            if found or time.monotonic() > deadline:
                return found
            time.sleep(0.01)

    def superuser_sql(self, statement):
        """Runs a statement in the private cluster as the one who made it; False where there is none."""
        folder = self.var / "postgresql"
        if not folder.exists() or not (match := re.search(r"host=([^&]*)", self.owner_url)):
            return False
        command = ["psql", "--no-psqlrc", "-q", "-h", match[1], "-d", "postgres", "-c", statement]
        if os.getuid() == 0:
            command = ["runuser", "-u", pwd.getpwuid(folder.stat().st_uid).pw_name, "--", *command]
        subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=30)
        return True

    def reload_web_server(self):
        """As `nginx -s reload` does."""
        os.kill(int((self.var / "run" / "nginx.pid").read_text()), signal.SIGHUP)

    def worker_pids(self):
        """The processes of the worker that serve this stack: those whose settings file is ours."""
        setting = f"EVENTFLOW_ENV_FILE={self.var}/eventflow.env".encode()
        pids = set()
        for folder in glob.glob("/proc/[0-9]*"):
            try:
                if os.readlink(f"{folder}/exe").split(" ")[0].endswith("/eventflow"):
                    environment = pathlib.Path(folder, "environ").read_bytes()
                    if setting in environment.split(b"\0"):
                        pids.add(int(folder.rpartition("/")[2]))
            except OSError:
                continue  # it is gone, or somebody else's
        return pids


def quickstart(environment, *arguments):
    process = subprocess.run(
        [str(ROOT / "quickstart"), *arguments],
        env=environment,
        cwd=ROOT,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=600,
    )
    if process.returncode != 0:
        raise RuntimeError(f"quickstart {' '.join(arguments)} failed:\n{process.stdout}")


def running_stack():
    """Yields the stack for the session, and stops it afterwards if it was started here."""
    url = os.environ.get("EVENTFLOW_TEST_URL")
    if url:
        yield Stack(url, os.environ.get("EVENTFLOW_VAR", ROOT / "var"), False)
        return
    yield from started_stack(pathlib.Path(os.environ.get("EVENTFLOW_TEST_VAR", ROOT / "var" / "test")), {})


def started_stack(var, settings, owner_url=None):
    """Yields a stack that is made anew in a folder, with settings of its own, and stops it afterwards. With DATABASE_URL among
    them, owner_url is the owner's of the same database."""
    port = free_port()
    environment = {
        **os.environ,
        "EVENTFLOW_VAR": str(var),
        "PORT": str(port),
        "EVENTFLOW_FSYNC": "off",
        "LOG_LEVEL": "INFO",
        "CORS_ORIGINS": CORS_ORIGIN,
        "CACHE_TTL": str(CACHE_TTL),
    }
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "SUPABASE_URL"):
        environment.pop(name, None)
    environment.update(settings)
    if os.path.lexists(var):  # what is left of an earlier run that was cut short
        subprocess.run([str(ROOT / "quickstart"), "stop"], env=environment, cwd=ROOT, capture_output=True, timeout=60)
        shutil.rmtree(var.resolve(), ignore_errors=True)
        var.unlink(missing_ok=True)  # a link, where the servers cannot reach the checkout
    try:
        quickstart(environment, "--detach")
        yield Stack(f"http://127.0.0.1:{port}", var, True, owner_url)
    finally:
        quickstart(environment, "stop")
