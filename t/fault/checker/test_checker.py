"""Random operations of many clients while the parts of EventFlow fail, and the checker's verdict. The report is left in
var/fault-report.html."""

import pytest
import report
import stack as stack_module
from campaign import Campaign

SHORT, LONG = (1, 10000, 1), (10, 50000, 6)  # runs; operations, and faults of each kind, of one run
REPORT = stack_module.ROOT / "var" / "fault-report.html"


@pytest.fixture(scope="module")
def runs():
    return []


def pytest_generate_tests(metafunc):
    count = (LONG if metafunc.config.getoption("--long") else SHORT)[0]
    first = metafunc.config.getoption("--seed")
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(first, first + count))


def test_random_operations_under_random_faults(site, shim, runs, say, seed, request, is_long):
    operations = request.config.getoption("--operations") or (LONG if is_long else SHORT)[1]
    rounds = (LONG if is_long else SHORT)[2]
    campaign = Campaign(site, shim, seed, operations, say=say, rounds=rounds)
    violations = campaign.run()
    runs.append(report.Run(campaign))
    report.write(REPORT, runs)
    say(f"the report: {REPORT}")
    assert violations == []
    assert campaign.nemesis.faults and len(campaign.operations) >= operations


def test_what_was_down_is_back_soon(runs, is_long, say):
    """The first 200 within a second of PostgreSQL being back, and a killed worker replaced within a second: p99 of a
    long run; of a short one, which has few of each, the median."""
    percent = 99 if is_long else 50
    say(f"of the outages {report.count_cut_off(runs)} were followed too soon by another fault, and do not count")
    for what, waits in zip(("the first 200 after an outage", "a killed worker replaced"), report.waits_of(runs)):
        assert waits, what
        shown = ", ".join(f"p{p} {report.percentile(waits, p):.3f} s" for p in (50, 99, 100))
        say(f"{what}: {len(waits)} times, {shown}")
        assert report.percentile(waits, percent) < report.PROMISED, what
