"""Workers that are wrong on purpose: the checker finds each of them out. One that has never failed proves nothing."""

import pathlib
import subprocess
import time

import pytest
from campaign import Campaign
from cast import EVENTS
from mutant import Workshop

HERE = pathlib.Path(__file__).parent
PATCHES = sorted(HERE.glob("*.patch"))
SHORT = "lock_dropped"  # the one that is tried without --long
SECONDS = 60
OPERATIONS = 3000  # of one round; rounds follow until the mutant is caught or the time is over
LEAST = 12


@pytest.fixture(scope="module")
def workshop():
    workshop = Workshop()
    yield workshop
    workshop.close()


def words_of(patch, name):
    """What stands behind a name in the patch's first lines: "Faults: a b" are the kinds under which the mutant shows,
    and "Events: 1" brings all clients together in one."""
    line = next((line for line in patch.read_text().splitlines() if line.startswith(f"{name}:")), name)
    return tuple(line.split()[1:])


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_a_mutant_is_caught(site, shim, say, workshop, patch, is_long, seeds):
    if not is_long and patch.stem != SHORT:
        pytest.skip("only with --long")
    own = site.binary
    site.replace_workers(workshop.make(patch))
    deadline = time.monotonic() + SECONDS
    kinds, events = words_of(patch, "Faults"), int((words_of(patch, "Events") or (EVENTS,))[0])
    found = []
    try:
        while not found and time.monotonic() < deadline:
            campaign = Campaign(site, shim, next(seeds), OPERATIONS, kinds, (0.02, 0.1), events, say)
            campaign.until = deadline
            found = campaign.run()
    finally:
        site.replace_workers(own)
    assert found, f"not caught in {SECONDS} s"
    say(f"{patch.stem}: caught after {SECONDS - deadline + time.monotonic():.0f} s: {found[0]}")


def test_the_patches_apply():
    """All of them, whichever are tried."""
    assert len(PATCHES) >= LEAST
    for patch in PATCHES:
        command = ["patch", "--dry-run", "--quiet", "--strip=1", "--fuzz=0", f"--input={patch}"]
        result = subprocess.run(command, cwd=HERE.parents[2], capture_output=True, text=True)
        assert result.returncode == 0, f"{patch.name}: {result.stdout}"
