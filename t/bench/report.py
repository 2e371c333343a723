"""What the rounds of an operation come to, and the table that is printed."""

import os
import pathlib
import platform
import statistics
import subprocess

COLUMNS = (
    "operation",
    "req/s",
    "p50 us",
    "p99 us",
    "nginx us",
    "worker us",
    "PG us",
    "trips",
    "statements",
    "transport us",
    "transport",
    "database",
    "of limit",
)


def median_of(rounds, key):
    return statistics.median(item[key] for item in rounds)


def summary(subjects, number, rounds):
    """One operation: the limits, and each build against them."""
    first = subjects[0]
    operation = first.operations[number]
    transport, database = (median_of(rounds[part], "rate") for part in ("transport", "database"))
    composed = 1 / (1 / transport + 1 / database)
    result = {
        "name": operation.name,
        "title": operation.title,
        "answer_bytes": first.sizes[operation.name],
        "transport_per_second": transport,
        "transport_cpu_microseconds": median_of(rounds["transport"], "cpu"),
        "database_per_second": database,
        "composed_limit_per_second": composed,
        "subjects": {},
    }
    for subject in subjects:
        own = rounds[subject.name]
        recording = subject.recordings[operation.name]
        result["subjects"][subject.name] = {
            "per_second": median_of(own, "rate"),
            "p50_microseconds": median_of(own, "p50"),
            "p99_microseconds": median_of(own, "p99"),
            "cpu_microseconds": {part: median_of([item["cpu"] for item in own], part) for part in own[0]["cpu"]},
            "round_trips": recording.round_trips,
            "statements": recording.statements,
            "of_composed_limit": median_of(own, "rate") / composed,
            "rounds": own,
        }
    return result


def row_of(operation, name, subject):
    cpu = subject["cpu_microseconds"]
    label = f"{operation['name']} ({name})" if len(operation["subjects"]) > 1 else operation["name"]
    return (
        label,
        f"{subject['per_second']:,.0f}",
        f"{subject['p50_microseconds']:,.0f}",
        f"{subject['p99_microseconds']:,.0f}",
        f"{cpu['nginx']:.1f}",
        f"{cpu['worker']:.1f}",
        f"{cpu['postgresql']:.1f}",
        str(subject["round_trips"]),
        str(subject["statements"]),
        f"{operation['transport_cpu_microseconds']:.1f}",
        f"{operation['transport_per_second']:,.0f}",
        f"{operation['database_per_second']:,.0f}",
        f"{subject['of_composed_limit']:.0%}",
    )


def table(operations):
    rows = [COLUMNS]
    rows += [row_of(operation, *item) for operation in operations for item in operation["subjects"].items()]
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = []
    for first, *rest in rows:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:])]
        lines.append("  ".join(["", first.ljust(widths[0]), *cells]))
    return "\n".join(lines)


def machine():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return {
        "cores": os.cpu_count(),
        "processor": models[0] if models else platform.machine(),
        "kernel": platform.release(),
    }


def revision(root):
    command = ["git", "-C", str(root), "describe", "--always", "--dirty"]
    process = subprocess.run(command, text=True, capture_output=True, check=False)
    return process.stdout.strip() or "unknown"
