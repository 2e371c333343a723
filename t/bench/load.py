"""Rounds of load: wrk against a web server, replay against a database, and the CPU time that each part took."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from stack import HERE, children_of, cpu_seconds, free_port

WRK_THREADS = 2
COMPILE = ["gcc", "-std=c17", "-O2", "-D_GNU_SOURCE", "-I/usr/include/postgresql"]


def compile_references(folder):
    for name, libraries in (("transport", []), ("replay", ["-lpq", "-lpthread"])):
        subprocess.run([*COMPILE, str(HERE / f"{name}.c"), "-o", str(folder / name), *libraries], check=True)
    folder.chmod(0o755)


def result_of(output, failed):
    for line in output.splitlines():
        if line.startswith("RESULT "):
            return json.loads(line.removeprefix("RESULT "))
    raise RuntimeError(f"wrk gave no result:\n{output}\n{failed}")


def drive(url, requests, tokens, connections, seconds):
    """One round of wrk with these requests."""
    with tempfile.NamedTemporaryFile("w", suffix=".requests") as file:
        for method, path, user, etag, *bodies in requests:
            file.write("\t".join([method, path, tokens.of(user), etag, *bodies]) + "\n")
        file.flush()
        command = ["wrk", f"-t{WRK_THREADS}", f"-c{connections}", f"-d{seconds}s", "-s", str(HERE / "requests.lua")]
        process = subprocess.run(
            [*command, url, "--", file.name, str(WRK_THREADS)], text=True, capture_output=True, check=False
        )
    return result_of(process.stdout, process.stderr)


def measure(stack, requests, tokens, connections, seconds):
    """A round against a stack: rate, latencies, and microseconds of CPU for each request."""
    pids = stack.pids()
    before = {part: cpu_seconds(pids[part]) for part in pids}
    result = drive(stack.url, requests, tokens, connections, seconds)
    after = {part: cpu_seconds(pids[part]) for part in pids}
    if result["failed"]:
        raise RuntimeError(f"{result['failed']} of {result['requests']} requests failed")
    cpu = {part: (after[part] - before[part]) / result["requests"] * 1e6 for part in pids}
    return {"rate": result["requests"] / result["seconds"], "p50": result["p50"], "p99": result["p99"], "cpu": cpu}


class Transport:
    """The same nginx in front of a responder that answers fixed bytes."""

    def __init__(self, stack, build, body_size):
        self.stack, self.build, self.body_size = stack, build, body_size

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="eventflow-transport-"))
        self.folder.chmod(0o755)
        path = self.folder / "transport.sock"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.responder = subprocess.Popen(
            [str(self.build / "transport"), str(path), str(self.body_size), str(self.stack.workers)],
            start_new_session=True,
        )
        configuration = self.stack.nginx_configuration(self.folder, port, path)
        subprocess.run(["chmod", "-R", "a+rwX", str(self.folder)], check=True)
        self.nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", str(configuration), "-g", "daemon off;"])
        self._wait(port)
        return self

    def _wait(self, port):
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("the nginx of the transport limit does not start")

    def __exit__(self, *_):
        self.nginx.terminate()
        os.killpg(self.responder.pid, signal.SIGTERM)
        self.nginx.wait()
        self.responder.wait()
        shutil.rmtree(self.folder)

    def measure(self, requests, tokens, connections, seconds):
        """The rate, and the microseconds of CPU that nginx and responder take for each request."""
        pids = [pid for process in (self.nginx, self.responder) for pid in (process.pid, *children_of(process.pid))]
        before = cpu_seconds(pids)
        result = drive(self.url, requests, tokens, connections, seconds)
        cpu = cpu_seconds(pids) - before
        if result["failed"]:
            raise RuntimeError("the transport limit could not be measured: requests failed")
        return {"rate": result["requests"] / result["seconds"], "cpu": cpu / result["requests"] * 1e6}


def replay(stack, build, recording, again, database, seconds):
    """The rate at which a database answers a recording to as many clients as the workers have threads."""
    clients = stack.workers * stack.threads
    process = subprocess.run(
        [str(build / "replay"), str(clients), str(seconds), "again" if again else "once"],
        input=recording.text(),
        env={**os.environ, **stack.login_environment(database)},
        text=True,
        capture_output=True,
        check=False,
    )
    if process.returncode != 0:
        raise RuntimeError(process.stderr)
    return json.loads(process.stdout)["rate"]
