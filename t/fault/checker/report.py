"""The report of some runs: one HTML file that needs nothing else, with the timeline of each run."""

import bisect
import collections
import html
import itertools
import json
import pathlib

from nemesis import OUTAGES
from timeline import BIN, OUTCOMES, PERCENTILES, timeline, words

PROMISED = 1.0  # seconds from PostgreSQL's return to the first 200, and until a killed worker is replaced

COLUMNS = ("seed", "seconds", "operations", "per second", "200", "refused", "unknown", "faults", "violations")

STYLE = pathlib.Path(__file__).with_name("report.css").read_text()


class Run:
    """What a report keeps of a campaign: its numbers by time, without the operations."""

    def __init__(self, campaign):
        self.seed, self.violations = campaign.seed, campaign.violations
        self.seconds = (campaign.ended - campaign.began) / 1e9
        self.faults = [self._fault(fault, campaign.began) for fault in campaign.nemesis.faults]
        self.replacements = list(campaign.nemesis.replacements)
        self.outcomes = collections.Counter(operation["t"] for operation in campaign.operations)
        self.operations = len(campaign.operations)
        self.bins = [collections.Counter() for _ in range(int(self.seconds / BIN) + 1)]
        latencies = [[] for _ in self.bins]
        for operation in campaign.operations:
            index = min(int((operation["e"] - campaign.began) / 1e9 / BIN), len(self.bins) - 1)
            self.bins[index][operation["t"]] += 1
            latencies[index].append((operation["e"] - operation["s"]) / 1e6)
        self.latencies = [[percentile(sorted(each), p) for p, _ in PERCENTILES] for each in latencies]
        self.kinds = collections.Counter((o["o"], o["t"], o.get("code") or "") for o in campaign.operations)
        self.recoveries, self.cut_off = recoveries(campaign)

    @staticmethod
    def _fault(fault, began):
        return {"kind": fault.kind, "begin": (fault.begin - began) / 1e9, "end": (fault.end - began) / 1e9}


def percentile(values, p):
    return values[min(len(values) - 1, len(values) * p // 100)] if values else None


def recoveries(campaign):
    """(kind, seconds from the moment when the thing was back to the first 200 to a request that was sent after it), for
    each fault that has one; and the kinds of those that were cut off: the next fault came before that. But who had
    waited for longer than is promised by then was late already, and counts with that time."""
    sent = sorted((o["s"], o["e"]) for o in campaign.operations if o["t"] == "ok")
    firsts = list(itertools.accumulate((end for _, end in reversed(sent)), min))[::-1]  # of those sent from there on
    found, cut_off = [], []
    faults = campaign.nemesis.faults
    for fault, ending in zip(faults, [*(fault.begin for fault in faults[1:]), campaign.ended]):
        if fault.back is None:
            continue
        position = bisect.bisect_left(sent, (fault.back, 0))
        answered = firsts[position] if position < len(firsts) else ending + 1
        seconds = (min(answered, ending) - fault.back) / 1e9
        if answered <= ending or seconds > PROMISED:
            found.append((fault.kind, seconds))
        else:
            cut_off.append(fault.kind)
    return found, cut_off


def waits_of(runs):
    """Seconds, sorted: from PostgreSQL's return to the first 200, and until a killed worker was replaced."""
    back = sorted(wait for run in runs for kind, wait in run.recoveries if kind in OUTAGES)
    return back, sorted(wait for run in runs for wait in run.replacements)


def count_cut_off(runs):
    """Returns of PostgreSQL after which the next fault came before the first 200."""
    return sum(kind in OUTAGES for run in runs for kind in run.cut_off)


def number(value):
    return f"{value:,.0f}"


def tile(value, label, kind=""):
    return f'<div class="tile {kind}"><b>{value}</b><span>{html.escape(label)}</span></div>'


def legend():
    items = [f'<span><i style="background: var(--{name})"></i>{label}</span>' for name, label in OUTCOMES]
    items += [f'<span><i style="background: var(--p{p})"></i>latency {label}</span>' for p, label in PERCENTILES]
    items.append('<span><i style="background: var(--bad)"></i>fault</span>')
    return f'<div class="legend">{"".join(items)}</div>'


def table(head, rows, texts=(0,)):
    """texts: the columns that hold words; numbers stand to the right."""

    def line(tag, row):
        cells = [
            f"<{tag}{'' if index in texts else ' class=n'}>{html.escape(str(cell))}</{tag}>"
            for index, cell in enumerate(row)
        ]
        return f"<tr>{''.join(cells)}</tr>"

    return f"<table>{line('th', head)}{''.join(line('td', row) for row in rows)}</table>"


def fault_table(runs):
    """Each kind of fault: how often, how long, and how soon the first 200 came once the thing was back."""
    counts, lengths, waits = collections.Counter(), collections.defaultdict(list), collections.defaultdict(list)
    for run in runs:
        for fault in run.faults:
            counts[fault["kind"]] += 1
            lengths[fault["kind"]].append(fault["end"] - fault["begin"])
        for kind, seconds in run.recoveries:
            waits[kind].append(seconds)
    rows = []
    for kind, count in sorted(counts.items()):
        row = [words(kind), count, f"{sum(lengths[kind]) / count:.2f} s"]
        back = sorted(waits[kind])
        row += [f"{percentile(back, p) * 1000:.0f} ms" if back else "" for p in (50, 99, 100)]
        rows.append(row)
    return table(("fault", "times", "mean length", "first 200 behind it: p50", "p99", "slowest"), rows)


def operation_table(runs):
    counts = collections.Counter()
    for run in runs:
        counts.update(run.kinds)
    rows = []
    for operation in sorted({key[0] for key in counts}):
        of_kind, codes = collections.Counter(), collections.Counter()
        for (name, kind, code), count in counts.items():
            if name == operation:
                of_kind[kind] += count
                codes[code] += count if code else 0
        most = ", ".join(f"{code} {number(count)}" for code, count in codes.most_common(6) if count)
        rows.append([operation, *[number(of_kind[kind]) for kind, _ in OUTCOMES], most])
    return table(("operation", "200", "refused", "unknown", "most frequent codes"), rows, texts=(0, 4))


def page(runs, title):
    total = sum(run.operations for run in runs)
    faults = sum(len(run.faults) for run in runs)
    kinds = len({fault["kind"] for run in runs for fault in run.faults})
    found = [(run.seed, *violation) for run in runs for violation in run.violations]
    seconds = sum(run.seconds for run in runs)
    back, replaced = waits_of(runs)
    tiles = [
        tile(len(found), "violations", "bad" if found else "good"),
        tile(number(total), "operations"),
        tile(number(total / seconds), "operations a second"),
        tile(number(faults), f"faults of {kinds} kinds"),
        tile(f"{percentile(back, 99) * 1000:.0f} ms" if back else "–", "first 200 after PostgreSQL is back, p99"),
        tile(f"{replaced[-1] * 1000:.0f} ms" if replaced else "–", "a killed worker replaced, slowest"),
    ]
    rows = [
        [
            run.seed,
            f"{run.seconds:.1f}",
            number(run.operations),
            number(run.operations / run.seconds),
            *[number(run.outcomes[kind]) for kind, _ in OUTCOMES],
            len(run.faults),
            len(run.violations),
        ]
        for run in runs
    ]
    parts = [f'<div class="tiles">{"".join(tiles)}</div>']
    if found:
        items = "".join(
            f"<li><b>{i}</b> seed {seed}: <code>{html.escape(text)}</code></li>" for seed, i, text in found[:200]
        )
        parts.append(f'<section><h2>Violations</h2><div class="scroll"><ul>{items}</ul></div></section>')
    parts.append(f"<section><h2>Runs</h2>{table(COLUMNS, rows)}</section>")
    if faults:
        parts.append(f"<section><h2>Faults</h2>{fault_table(runs)}</section>")
    parts.append(f"<section><h2>Operations</h2>{operation_table(runs)}</section>")
    parts += [f"<section><h2>Seed {run.seed}</h2>{legend()}{timeline(run)}</section>" for run in runs]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>'
        f"<h1>{html.escape(title)}</h1><p>Random operations on a running EventFlow while its parts fail, judged"
        f" against the audit trail and the rules of the API.</p>{''.join(parts)}</main></body></html>"
    )


def write(path, runs, title="EventFlow under faults"):
    path.parent.mkdir(parents=True, exist_ok=True)  # a build may stand in another folder
    path.write_text(page(runs, title))
    data = [{"seed": run.seed, "violations": run.violations, "faults": run.faults} for run in runs]
    path.with_suffix(".json").write_text(json.dumps(data, indent=1))
