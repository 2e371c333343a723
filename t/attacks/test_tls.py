"""What an operator gets who takes the TLS lines of a configuration in: HTTP/1.1 and HTTP/2, each answer with HSTS."""

import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time

import stack as stack_module

MODULES = "/usr/lib/apache2/modules"
APACHE_TLS = "".join(
    f"LoadModule {name}_module {MODULES}/mod_{name}.so\n" for name in ("socache_shmcb", "ssl", "http2")
)
PROGRAMS = {
    "nginx": ["/usr/sbin/nginx", "-e", "/dev/null", "-c", "nginx.conf"],
    "lighttpd": ["/usr/sbin/lighttpd", "-f", "eventflow.conf"],
    "apache": ["/usr/sbin/apache2", "-f", "apache.conf"],
}
PATHS = {"/healthz": 200, "/api/tasks": 401, "/api/%74asks": 404, "/docs": 200, "/docs/none": 404}


def with_tls(text, certificate):
    """A configuration with its commented TLS lines taken in, and this certificate."""
    text = re.sub(r"^(\t?)#   (listen|ssl|SSL|Protocols|server\.modules)", r"\1\2", text, flags=re.MULTILINE)
    return re.sub(r"/etc/ssl/(certs|private)/eventflow\.(pem|key)", certificate, text)


def moved(text, name, stack, folder, port):
    """The same configuration for another folder and port; the socket of workers that it does not start stays."""
    var = stack.var
    text = text.replace(f"{var}/{name}", str(folder)).replace(f"{var}/run/{name}.pid", f"{folder}/pid")
    text = text.replace(f'var.run = "{var}/run"', f'var.run = "{folder}"')
    text = text.replace(f"listen 127.0.0.1:{stack.port};", "").replace("listen 443", f"listen 127.0.0.1:{port}")
    text = text.replace(f"server.port = {stack.port}", f"server.port = {port}")
    text = text.replace(f"127.0.0.1:{stack.port}", f"127.0.0.1:{port}")
    return text.replace("TypesConfig", f"{APACHE_TLS}TypesConfig")


def stop(folder, name):
    pid_file = next(path for path in (folder / "pid", folder / f"{name}.pid") if path.exists())
    pid = int(pid_file.read_text())
    os.kill(pid, signal.SIGTERM)
    while os.path.exists(f"/proc/{pid}"):
        time.sleep(0.05)


@contextlib.contextmanager
def served_with_tls(front, certificate):
    """The web server once more, with TLS, in a folder of its own."""
    name, stack = front.name.partition("-")[0], front.stack
    folder, port = pathlib.Path(tempfile.mkdtemp(prefix="eventflow-")), stack_module.free_port()
    pem = shutil.copy(certificate, folder)
    for path in (stack.var / name).glob("*.conf"):
        (folder / path.name).write_text(moved(with_tls(path.read_text(), pem), name, stack, folder, port))
    if os.getuid() == 0:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, pwd.getpwuid((stack.var / name).stat().st_uid).pw_name)
    *command, configuration = PROGRAMS[name]
    subprocess.run([*command, str(folder / configuration)], check=True, capture_output=True, timeout=20)
    try:
        yield port
    finally:
        stop(folder, name)
        shutil.rmtree(folder)


def ask(port, version, path, authority):
    """Protocol, status and headers of an answer, by curl."""
    address = f"https://localhost:{port}{path}"
    command = ["curl", "-s", "-i", "-o", "-", f"--http{version}", "--cacert", authority, address]
    for _ in range(50):
        result = subprocess.run(command, capture_output=True, timeout=20)
        if result.returncode != 7:
            break
        time.sleep(0.1)  # it does not listen yet
    assert result.returncode == 0, result
    first, *lines = result.stdout.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return first.split(" ")[0], int(first.split(" ")[1]), headers


def test_tls(front, supabase):
    with served_with_tls(front, supabase.ca_file.parent / "good.pem") as port:
        for version, protocol in (("1.1", "HTTP/1.1"), ("2", "HTTP/2")):
            for path, expected in PATHS.items():
                seen, status, headers = ask(port, version, path, str(supabase.ca_file))
                assert (seen, status) == (protocol, expected), path
                assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains", path
