"""A network that swallows everything: over TCP, with a filter in the kernel that drops each packet unseen."""

import contextlib
import ctypes
import socket
import struct
import threading
import time

import pytest

from rig import took, wait_for

AWAY = "database_unavailable"
DEADLINE = 5  # seconds: what EventFlow promises, by default
SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27  # socket(7)
DROP = ctypes.create_string_buffer(struct.pack("=HBBI", 0x06, 0, 0, 0))  # return 0: nothing of the packet is kept


class Network:
    """A TCP port behind which is the database's Unix socket, until it is cut."""

    def __init__(self, database):
        self.target = f"{database.folder}/.s.PGSQL.5432"
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.ends = [self.listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, server = self.listener.accept()[0], socket.socket(socket.AF_UNIX)
                server.connect(self.target)
                self.ends += [client, server]
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pass_on(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_RDWR)

    def _tcp_ends(self):
        return [end for end in self.ends if end.family == socket.AF_INET and end.fileno() >= 0]

    def cut(self):
        """From now on packets to the database are not even acknowledged."""
        program = struct.pack("@HP", 1, ctypes.addressof(DROP))
        for end in self._tcp_ends():
            end.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)

    def mend(self):
        for end in self._tcp_ends():
            end.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)

    def close(self):
        for end in self.ends:
            end.close()


@pytest.fixture
def network(database):
    network = Network(database)
    yield network
    network.close()


@pytest.fixture
def caller(database, network, start_worker):
    url = database.url_by("127.0.0.1") + f"&port={network.port}"
    return start_worker(threads=2, DATABASE_URL=url)


def test_a_connection_that_cannot_be_made(network, caller):
    network.cut()
    answer, seconds = took(lambda: caller.get("/readyz"))
    answer.refused(AWAY)
    assert answer.status == 503 and seconds < DEADLINE
    caller.get("/healthz").ok()
    network.mend()
    wait_for(lambda: caller.get("/readyz").status == 200, 6)


@pytest.mark.parametrize("is_write", (False, True), ids=("read", "write"))
def test_a_connection_that_goes_silent(world, event, network, caller, is_write):
    user, task = world.user("manager", event), world.task(event)
    known = caller.with_token(user.token)
    known.get(f"/api/tasks/{task}").ok()
    network.cut()
    began = time.monotonic()
    answer = known.post(f"/api/tasks/{task}/pick") if is_write else known.get(f"/api/tasks/{task}")
    assert answer.status == 503 and time.monotonic() - began < DEADLINE
    assert len(world.audit(task)) == 1
    network.mend()
    wait_for(lambda: known.get(f"/api/tasks/{task}").status == 200, 6)
    wait_for(lambda: known.post(f"/api/tasks/{task}/pick").status == 200, 6)  # each thread finds out for itself
