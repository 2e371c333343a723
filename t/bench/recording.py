"""The statements that a worker sends for a request, from PostgreSQL's log, as a recording for replay.c to send."""

import re
import statistics

EXECUTE = re.compile(r"^(?P<pid>\d+) LOG:  execute (?P<name>[^:]+): (?P<sql>.*)$")
PARAMETERS = re.compile(r"^(?P<pid>\d+) DETAIL:  [Pp]arameters: (?P<values>.*)$")
VALUE = re.compile(r"\$\d+ = (?:NULL|'((?:[^']|'')*)')(?:, )?")
LOGGED = {"log_statement": "all", "log_line_prefix": "%p ", "log_parameter_max_length": "-1"}


def values_of(text):
    """None for NULL."""
    return [match[1].replace("''", "'") if match[1] is not None else None for match in VALUE.finditer(text)]


def is_change(sql):
    return sql.startswith(("UPDATE", "INSERT", "DELETE")) or "UPDATE eventflow.events" in sql


class Recorder:
    """Reads what has been logged since the last time."""

    def __init__(self, stack):
        self.stack = stack
        self.log = (stack.var / "log" / "postgresql.log").open()

    def __enter__(self):
        self._set([f"ALTER SYSTEM SET {name} = '{value}'" for name, value in LOGGED.items()])
        return self

    def __exit__(self, *_):
        self._set([f"ALTER SYSTEM RESET {name}" for name in LOGGED])
        self.log.close()

    def _set(self, statements):
        self.stack.database_psql(*statements, "SELECT pg_reload_conf()", "SELECT pg_sleep(0.3)")
        self.log.seek(0, 2)

    def take(self):
        """The statements of one request as (name, sql, parameters), in order."""
        found = []
        for line in self.log.read().splitlines():
            if match := EXECUTE.match(line):
                found.append([match["name"], match["sql"], []])
            elif (match := PARAMETERS.match(line)) and found:
                found[-1][2] = values_of(match["values"])
        return found


def batches_of(statements):
    """Where a worker waits for results: behind the last that reads before the first that changes, and at the end."""
    first_change = next((place for place, (_, sql, _) in enumerate(statements) if is_change(sql)), None)
    if first_change is None:
        return [statements]
    return [statements[:first_change], statements[first_change:]]


class Recording:
    def __init__(self):
        self.names, self.lines = {}, []
        self.requests, self.statements, self.round_trips = 0, 0, 0

    def _name(self, sql):
        if sql not in self.names:
            self.names[sql] = f"statement_{len(self.names)}"
        return self.names[sql]

    def add_usual(self, recorded):
        """Adds the requests that took as many statements as most did; the others met a cache that was not warm yet."""
        self.statements = statistics.mode(len(statements) for statements in recorded)
        for statements in recorded:
            if len(statements) == self.statements:
                self._add(statements)

    def _add(self, statements):
        for batch in batches_of(statements):
            for _, sql, parameters in batch:
                self.lines.append(f"S {self._name(sql)} {len(parameters)}")
                self.lines += ["-" if value is None else f"+{value}" for value in parameters]
            self.lines.append("F")
        self.lines.append("E")
        self.requests += 1
        self.round_trips = max(self.round_trips, len(batches_of(statements)))

    def part(self, first, last):
        """The requests of these numbers alone."""
        part, number = Recording(), 0
        part.names = self.names
        for line in self.lines:
            if first <= number < last:
                part.lines.append(line)
            number += line == "E"
        return part

    def text(self):
        prepared = [line for sql, name in self.names.items() for line in (f"P {name}", sql)]
        return "\n".join(prepared + self.lines) + "\n"
