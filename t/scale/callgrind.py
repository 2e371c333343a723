"""What callgrind has counted: instructions, and who has asked for memory."""

import collections
import pathlib
import re

ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"}
NAMED = re.compile(r"(c?(?:ob|fn))=\((\d+)\)(?: (.*))?$")


def command(prefix):
    """A file for each call of exchange_run, which is one request from its first byte to the last of its answer."""
    return (
        "valgrind",
        "--quiet",
        "--tool=callgrind",
        "--toggle-collect=exchange_run",
        "--dump-after=exchange_run",
        f"--callgrind-out-file={prefix}",
    )


class Request:
    """One of these files."""

    def __init__(self, prefix, number):
        self.instructions = 0
        self.allocations = collections.Counter()  # by the file of the program or library that asked
        names, current = {}, {}
        for line in pathlib.Path(f"{prefix}.{number}").read_text(encoding="utf-8").splitlines():
            if match := NAMED.match(line):
                kind, key, name = match.groups()
                if name is not None:
                    names[kind[-2:], key] = name
                current[kind] = names[kind[-2:], key]
            elif line.startswith("calls="):
                if current.get("cfn", "").partition("'")[0] in ALLOCATORS:
                    self.allocations[pathlib.PurePath(current["ob"]).name] += int(line[6:].split()[0])
                current.pop("cfn", None)
            elif line.startswith(("summary:", "totals:")):
                self.instructions = int(line.split()[1])
