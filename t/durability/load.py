"""Clients who ask the web server without a pause, each request on a connection of its own, and count what they get."""

import itertools
import json
import socket
import threading


def request(method, path, token, body=None):
    """The bytes of a request that is alone on its connection."""
    content = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: eventflow\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n"
    if method == "POST":
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return head.encode() + b"\r\n" + content


class Client:
    """Reads a task of its own three times, and moves it once, again and again."""

    def __init__(self, stack, world):
        event = world.event()
        self.address = (stack.host, stack.port)
        self.user = world.user("manager", event)
        self.task = world.task(event, "IN_PROGRESS", assignee=self.user)
        self.moved = 0
        self.failures = []

    def _requests(self):
        path, token = f"/api/tasks/{self.task}", self.user.token
        read = request("GET", path, token)
        moves = [
            request("POST", f"{path}/transition", token, {"next_state": state, "reason": "The load."})
            for state in ("BLOCKED", "IN_PROGRESS")
        ]
        for move in itertools.cycle(moves):
            yield from [(read, 0)] * 3
            yield move, 1

    def run(self, count):
        for data, moves in itertools.islice(self._requests(), count):
            status, text = self._ask(data)
            if status == 200:
                self.moved += moves
            else:
                self.failures.append(f"{data.split(b' HTTP')[0].decode()}: {status} {text[:300]}")

    def _ask(self, data):
        """The status and what was said; 0 for none."""
        answer = b""
        try:
            with socket.create_connection(self.address, timeout=20) as connection:
                connection.sendall(data)
                while piece := connection.recv(65536):
                    answer += piece
            return int(answer[9:12]), answer
        except (OSError, ValueError) as error:
            return 0, repr(error)


class Load:
    """Some clients, each with a share of the requests, while the block runs; it must go on until is_over()."""

    def __init__(self, stack, world, requests, clients=8):
        self.clients = [Client(stack, world) for _ in range(clients)]
        share = requests // clients
        self.threads = [threading.Thread(target=client.run, args=(share,)) for client in self.clients]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        for thread in self.threads:
            thread.join()

    def is_over(self):
        return not any(thread.is_alive() for thread in self.threads)

    @property
    def failures(self):
        return [failure for client in self.clients for failure in client.failures]
