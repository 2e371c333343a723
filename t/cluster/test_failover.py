"""Patroni moves the primary, and loses parts, while clients write: nothing acknowledged is lost, and all of it comes back by
itself. Prints how long no write was acknowledged. The report is left in var/cluster-report.html."""

import report
from campaign import Campaign
from client import Caller
from cluster import KINDS, Misfortune
from pair import Writers, longest_gap
from rig import FastCgiWire
from stack import ROOT
from verdict import WRITES
from worker import Worker

SEED = 1
# Seconds without an acknowledged write, through HAProxy. Patroni's ttl is 20, its loop_wait 5.
GAPS = {"switchover": 10, "kill_primary": 35, "kill_standby": 15, "hang_patroni": 35, "hang_etcd": 10}


def test_nothing_acknowledged_is_lost(cluster, world, judge, tmp_path, say):
    campaign = Campaign(cluster, None, SEED, 1, say=say)
    campaign.nemesis = Misfortune(cluster, campaign)
    direct = Worker(cluster.stack, tmp_path, threads=4, DATABASE_URL=cluster.direct_url())
    try:
        with Writers(world, Caller(FastCgiWire(direct), judge), tasks=4000, pause=0.02) as writers:
            violations = campaign.run()
    finally:
        direct.stop()
    report.write(ROOT / "var" / "cluster-report.html", [report.Run(campaign)])
    moments = [operation["e"] / 1e9 for operation in campaign.operations if operation["t"] == "ok" and operation["o"] in WRITES]
    gaps = {}
    for fault in campaign.nemesis.faults:
        begin, end = fault.begin / 1e9, fault.end / 1e9
        gaps[fault.kind] = longest_gap(moments, begin, end)
        say(
            f"{fault.kind:13}: no write acknowledged for {gaps[fault.kind]:4.1f} s through HAProxy,"
            f" {writers.gap(begin, end):4.1f} s by hosts in DATABASE_URL"
        )
    lost = writers.lost(cluster)
    say(f"{len(moments)} writes acknowledged through HAProxy, {len(writers.acknowledged)} by hosts, {len(lost)} of these lost")
    assert violations == [] and lost == set() and writers.refused == [] and set(gaps) == set(KINDS)
    assert {kind: seconds for kind, seconds in gaps.items() if seconds > GAPS[kind]} == {}
