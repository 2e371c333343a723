"""The timeline of one run as a picture (SVG): throughput, latency, and the faults."""

import html
import math

BIN = 0.25  # seconds
WIDTH, HEIGHT, LATENCY_HEIGHT, BAND = 1120, 150, 130, 16
OUTCOMES = (("ok", "answered with 200"), ("fail", "refused by a rule"), ("info", "unknown outcome (503, 502, hung up)"))
PERCENTILES = ((50, "p50"), (99, "p99"), (100, "slowest"))


def axis(x_of, seconds, top, bottom):
    step = next(s for s in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 3600) if seconds / s <= 14)
    lines = []
    for second in range(0, int(seconds) + 1, step):
        x = x_of(second)
        lines.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>')
        lines.append(f'<text x="{x + 3:.1f}" y="{bottom + 12}">{second} s</text>')
    return "".join(lines)


def throughput(run, x_of, top):
    """Stacked bars, one for each moment."""
    highest = max(sum(each.values()) for each in run.bins) or 1
    parts = [f'<text x="{WIDTH + 8}" y="{top + 10}">{highest / BIN:,.0f} a second</text>']
    width = max(x_of(BIN) - x_of(0) - 0.4, 0.6)
    for index, each in enumerate(run.bins):
        y = top + HEIGHT
        for name, _ in OUTCOMES:
            height = HEIGHT * each[name] / highest
            y -= height
            if height:
                parts.append(
                    f'<rect x="{x_of(index * BIN):.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
                    f' fill="var(--{name})"/>'
                )
    return "".join(parts)


def latency(run, x_of, top):
    """Lines on a logarithmic scale from 0.5 ms to 10 s."""
    low, high = math.log10(0.5), 4.0

    def y_of(milliseconds):
        return top + LATENCY_HEIGHT * (high - math.log10(max(milliseconds, 0.5))) / (high - low)

    parts = []
    for milliseconds, label in ((1, "1 ms"), (10, "10 ms"), (100, "100 ms"), (1000, "1 s"), (10000, "10 s")):
        y = y_of(milliseconds)
        parts.append(f'<line class="grid" x1="0" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{WIDTH + 8}" y="{y + 4:.1f}">{label}</text>')
    for column, (p, _) in reversed(list(enumerate(PERCENTILES))):
        points, lines = [], []
        for index, values in enumerate([*run.latencies, [None] * len(PERCENTILES)]):
            if values[column] is None:
                if len(points) > 1:
                    lines.append(" ".join(points))
                points = []
            else:
                points.append(f"{x_of((index + 0.5) * BIN):.1f},{y_of(values[column]):.1f}")
        parts += [f'<polyline points="{line}" fill="none" stroke="var(--p{p})" stroke-width="1.4"/>' for line in lines]
    return "".join(parts)


def bands(run, x_of, top, bottom):
    """The faults, each kind in a row of its own, and a shade through the charts."""
    kinds = sorted({fault["kind"] for fault in run.faults})
    parts = []
    for fault in run.faults:
        x, width = x_of(fault["begin"]), max(x_of(fault["end"]) - x_of(fault["begin"]), 1.5)
        row = top + kinds.index(fault["kind"]) * BAND
        title = html.escape(
            f"{words(fault['kind'])}: {fault['begin']:.2f} s, for {fault['end'] - fault['begin']:.2f} s"
        )
        parts.append(
            f'<rect x="{x:.1f}" y="0" width="{width:.1f}" height="{bottom}" fill="var(--bad)" opacity="0.05"/>'
        )
        parts.append(
            f'<rect x="{x:.1f}" y="{row + 3}" width="{width:.1f}" height="{BAND - 6}" rx="2" fill="var(--bad)">'
            f"<title>{title}</title></rect>"
        )
    labels = [
        f'<text x="{WIDTH + 8}" y="{top + index * BAND + 12}">{html.escape(words(kind))}</text>'
        for index, kind in enumerate(kinds)
    ]
    return "".join(parts + labels), len(kinds) * BAND


def words(kind):
    return kind.replace("_", " ")


def timeline(run):
    def x_of(second):
        return WIDTH * second / max(run.seconds, 1)

    latency_top = HEIGHT + 34
    bands_top = latency_top + LATENCY_HEIGHT + 12
    rows = len({fault["kind"] for fault in run.faults})
    bottom = bands_top + rows * BAND
    faults, _ = bands(run, x_of, bands_top, bottom)
    return (
        f'<svg viewBox="0 0 {WIDTH + 150} {bottom + 16}" role="img">'
        + axis(x_of, run.seconds, 0, bottom)
        + throughput(run, x_of, 0)
        + latency(run, x_of, latency_top)
        + faults
        + "</svg>"
    )
