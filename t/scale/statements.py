"""The statements of src/crud as the compiler sees them: their names and their text, all macros expanded."""

import json
import re
import subprocess

from cluster import ROOT

STATEMENT = re.compile(r'\{\s*"(\w+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*\w+,?\s*\}')
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')


def expanded(source):
    includes = subprocess.run(["pg_config", "--includedir"], check=True, capture_output=True, text=True).stdout.strip()
    command = ["cc", "-E", "-P", "-D_GNU_SOURCE", f"-I{ROOT}/src", f"-I{ROOT}/build/src", f"-I{includes}", source]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def read_statements():
    """A dictionary from the statement's name to its SQL."""
    found = {}
    for source in sorted((ROOT / "src/crud").glob("*.c")):
        for name, literals in STATEMENT.findall(expanded(source)):
            assert name not in found, f"two statements are called {name}"
            found[name] = "".join(json.loads(f'"{literal}"') for literal in LITERAL.findall(literals))
    assert len(found) > 50, "the statements were not found in the sources"
    return found
