"""A build that is measured: its stack, and what was recorded of it."""

import json
import time

import load
from operations import RECORDED, RECORDED_WRITES, Client, Tokens
from recording import Recorder, Recording
from stack import DATA, Stack

PRISTINE, REPLAYED = "eventflow_pristine", "eventflow_replayed"
REQUESTS = 20000  # of which a round is made


def say(text):
    print(f"\033[1m==>\033[0m {text}", flush=True)


def progress(text, is_end=False):
    print(f"\r    {text:<76}", end="\n" if is_end else "", flush=True)


class Subject:
    def __init__(self, name, root, var, options):
        self.name, self.options = name, options
        self.stack = Stack(root, var, options.workers, options.threads, options.fsync)
        self.operations = [operation(self.stack) for operation in options.operations]
        self.recordings = {operation.name: Recording() for operation in self.operations}
        self.sizes = {}

    def prepare(self):
        """Starts, fills, checks the answers, and records the statements."""
        say(f"{self.name}: starting, and loading {DATA['events']:,} events of 100 tasks")
        self.stack.remove()
        self.stack.start("INFO")
        self.stack.fill(progress)
        settings = self.stack.settings
        self.tokens = Tokens(settings["SUPABASE_JWT_SECRET"], settings.get("JWT_ISSUER", "eventflow"))
        if any(operation.writes for operation in self.operations):
            self._clone("eventflow", PRISTINE)
        with Recorder(self.stack) as recorder:
            for operation in self.operations:
                operation.tokens = self.tokens
                self._record(operation, recorder)
        say(f"{self.name}: starting anew without a log of requests")
        self.stack.stop()
        self.stack.start("WARNING")
        self.private_kilobytes = self.stack.private_kilobytes()

    def _clone(self, source, target):
        self.stack.database_psql(
            f"DROP DATABASE IF EXISTS {target}",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}'",
            f"CREATE DATABASE {target} TEMPLATE {source}",
        )

    def _record(self, operation, recorder):
        client, recorded = Client(self.stack, self.tokens), []
        requests = operation.requests(RECORDED_WRITES if operation.writes else RECORDED)
        if not operation.writes:
            self._warm(client, requests)
        recorder.take()
        for number, request in enumerate(requests):
            body = self._answer(client, operation, request)
            recorded.append(recorder.take())
            if number % 400 == 0:
                operation.check(request, json.loads(body) if body else None)
                recorder.take()
                progress(f"{operation.name}: {number} of {len(requests)} recorded")
        self.sizes[operation.name] = len(body)
        recording = self.recordings[operation.name]
        recording.add_usual(recorded)
        progress(
            f"{operation.name}: {len(requests)} answers of {len(body)} bytes, {recording.statements} statements in"
            f" {recording.round_trips} round trips",
            is_end=True,
        )

    @staticmethod
    def _warm(client, requests):
        """Statements are prepared, and callers known, in every thread that answers."""
        for request in requests + requests:
            client.send(request)

    @staticmethod
    def _answer(client, operation, request):
        status, _, body = client.send(request)
        if status != operation.status:
            raise RuntimeError(f"{operation.name}: {status} {body[:300]!r}")
        return body

    def clone_pristine(self):
        """The database as it was before anything was recorded, as REPLAYED."""
        self._clone(PRISTINE, REPLAYED)

    def database_rate(self, operation, build):
        database = "eventflow"
        if operation.writes:
            database = REPLAYED
            self.clone_pristine()
            self.stack.database_psql("CHECKPOINT")
        recording = self.recordings[operation.name]
        return load.replay(self.stack, build, recording, not operation.writes, database, self.options.seconds)

    def round(self, operation):
        """Connections are made, caches filled and processes started before anything counts."""
        load.drive(self.stack.url, operation.requests(REQUESTS), self.tokens, self.options.connections, 1)
        if operation.writes:
            time.sleep(0.5)  # what was on its way when wrk ended is not over yet
        requests = operation.requests(REQUESTS)  # anew: writes have changed what the first ones would
        return load.measure(self.stack, requests, self.tokens, self.options.connections, self.options.seconds)
