"""Each row of the matrix has its tests, and holds what is promised of all while clients are at work."""

import pathlib
import re
import subprocess
import sys

import pytest
from campaign import Campaign
from rows import ROWS

TESTS = pathlib.Path(__file__).resolve().parents[2]
OPERATIONS = 3000  # of the run of one row


def collected(folder, files):
    """The tests that pytest finds in these files of a folder: their names, and those of all their cases."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", f"--rootdir={TESTS}"]
    result = subprocess.run([*command, *sorted(files)], cwd=TESTS, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, f"{folder}: {result.stdout}{result.stderr}"
    cases = set(re.findall(r"^(\S+::.+)$", result.stdout, re.MULTILINE))
    return cases | {case.partition("[")[0] for case in cases}


def test_every_row_has_its_tests():
    assert list(ROWS) == [f"F{number}" for number in range(1, 27)]
    named = {test for row in ROWS.values() for test in row.tests}
    folders = {}
    for test in named:
        file = test.partition("::")[0]
        folders.setdefault(file.partition("/")[0], set()).add(file)
    found = set().union(*(collected(folder, files) for folder, files in folders.items()))
    missing = {number: [test for test in row.tests if test not in found] for number, row in ROWS.items()}
    assert {number: tests for number, tests in missing.items() if tests} == {}
    assert all(row.tests for row in ROWS.values())


@pytest.mark.parametrize("number", [number for number, row in ROWS.items() if row.kinds])
def test_a_row_while_clients_are_at_work(site, shim, say, seeds, number, is_long):
    if not is_long:
        pytest.skip("only with --long: the checker's run has all of them at once")
    campaign = Campaign(site, shim, next(seeds), OPERATIONS, ROWS[number].kinds, (0.1, 0.4), say=say)
    assert campaign.run() == []
    assert campaign.nemesis.rounds > 0
