"""The units under conf/systemd, as systemd reads and rates them, and the worker as systemd starts it."""

import os
import re
import shutil
import socket
import subprocess
import time

import fastcgi
import pytest
import stack as stack_module

UNITS = stack_module.ROOT / "conf/systemd"
WORKER = stack_module.BUILD / "eventflow"
READY = fastcgi.request("GET", "/readyz")

# What the worker's unit must have, besides its rating: each of these shuts one door.
HARDENING = {
    "DynamicUser": "yes",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "AmbientCapabilities": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "PrivateUsers": "yes",
    "PrivateIPC": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectClock": "yes",
    "ProtectHostname": "yes",
    "ProtectControlGroups": "yes",
    "ProtectProc": "invisible",
    "ProcSubset": "pid",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "RestrictNamespaces": "yes",
    "MemoryDenyWriteExecute": "yes",
    "LockPersonality": "yes",
    "IPAddressDeny": "any",
    "UMask": "0077",
    "LimitCORE": "0",
    "MemoryMax": "1G",
    "TasksMax": "300",
}


@pytest.fixture
def units(tmp_path):
    """The units as an operator has them, but for the place of the worker, which systemd looks for."""
    for path in UNITS.iterdir():
        (tmp_path / path.name).write_text(path.read_text().replace("/usr/bin/eventflow", str(WORKER)))
    shutil.copy(tmp_path / "eventflow@.service", tmp_path / "eventflow@1.service")
    return tmp_path


def analyze(*arguments):
    result = subprocess.run(
        ["systemd-analyze", "--no-pager", *map(str, arguments)], capture_output=True, text=True, timeout=60
    )
    return result.returncode, result.stdout + result.stderr


def settings_of(unit):
    """The unit's assignments, each with all of its values."""
    settings = {}
    for line in (UNITS / unit).read_text().splitlines():
        if re.match(r"[A-Za-z]+=", line):
            name, value = line.split("=", 1)
            settings.setdefault(name, []).append(value)
    return settings


def test_systemd_has_nothing_to_say_against_the_units(units):
    assert analyze("verify", units / "eventflow.socket", units / "eventflow@1.service") == (0, "")


def test_systemd_rates_the_worker_s_exposure_low(units):
    status, output = analyze("security", "--offline=yes", "--threshold=15", units / "eventflow@1.service")
    rating = re.search(r"Overall exposure level for \S+: ([0-9.]+)", output)
    assert rating and float(rating[1]) <= 1.5 and status == 0, output


def test_the_worker_s_unit_shuts_each_door():
    settings = settings_of("eventflow@.service")
    assert {name: settings.get(name) for name in HARDENING} == {name: [value] for name, value in HARDENING.items()}
    assert settings["SystemCallFilter"][:2] == ["@system-service", "~@privileged @resources"]


def test_the_worker_may_make_the_system_calls_of_its_own_sandbox():
    """They are in no set of systemd's that a service gets."""
    allowed = settings_of("eventflow@.service")["SystemCallFilter"][2].split()
    assert set(allowed) == {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "seccomp"}


def test_secrets_come_as_credentials():
    settings = settings_of("eventflow@.service")
    assert settings["LoadCredential"] == ["eventflow.env:/etc/eventflow/eventflow.env"]
    assert settings["Environment"] == ["EVENTFLOW_ENV_FILE=%d/eventflow.env"]


def test_the_web_server_alone_may_connect():
    settings = settings_of("eventflow.socket")
    assert (settings["SocketMode"], settings["SocketGroup"]) == (["0660"], ["www-data"])
    nginx = (stack_module.ROOT / "conf/nginx/eventflow.conf").read_text()
    assert f"unix:{settings['ListenStream'][0]};" in nginx


def environment_of(stack, **more):
    return {**os.environ, "EVENTFLOW_ENV_FILE": str(stack.var / "eventflow.env"), "LOG_LEVEL": "INFO", **more}


def connection_to(path):
    """As soon as somebody listens there."""
    deadline = time.monotonic() + 5
    while True:
        try:
            return fastcgi.Connection(str(path))
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def test_it_serves_the_socket_that_systemd_passes(stack, tmp_path):
    path = tmp_path / "activated.sock"
    with (tmp_path / "log").open("w+") as log:
        command = [
            "systemd-socket-activate",
            "-l",
            path,
            *(f"-E{name}" for name in ("EVENTFLOW_ENV_FILE", "LOG_LEVEL")),
            WORKER,
        ]
        process = subprocess.Popen(command, env=environment_of(stack), stdin=subprocess.DEVNULL, stderr=log)
        try:
            connection = connection_to(path)
            connection.send(READY)
            assert b'"status":"ready"' in connection.answer()
            connection.socket.close()
        finally:
            process.terminate()
        assert process.wait(timeout=15) == 0


@pytest.mark.parametrize("place", ["file", "abstract"])
def test_it_tells_systemd_when_it_serves_and_when_it_stops(stack, tmp_path, workers, place):
    name = str(tmp_path / "notify") if place == "file" else f"@eventflow-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(name.replace("@", "\0", 1) if place == "abstract" else name)
        supervisor.settimeout(5)
        worker = workers(NOTIFY_SOCKET=name)
        assert supervisor.recv(100) == b"READY=1"
        worker.process.terminate()
        assert supervisor.recv(100) == b"STOPPING=1"
        assert worker.process.wait(timeout=15) == 0


def test_a_supervisor_that_is_gone_is_no_reason_not_to_serve(tmp_path, workers):
    worker = workers(NOTIFY_SOCKET=str(tmp_path / "nobody"))
    connection = fastcgi.Connection(worker.path)
    connection.send(READY)
    assert b'"status":"ready"' in connection.answer()
    assert "cannot tell the supervisor READY=1" in worker.log.read_text()
