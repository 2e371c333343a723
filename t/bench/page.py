"""bench.json as a page: charts in SVG, and the table behind them. It needs nothing from outside."""

import html

PARTS = (("nginx", "nginx", "#5b8def"), ("worker", "worker", "#e07a3f"), ("postgresql", "PostgreSQL", "#4f9d69"))
STYLE = """
:root { color-scheme: light dark; --ink: #1d2433; --soft: #667085; --line: #d8dee9; --paper: #ffffff; --card: #f6f8fb; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #344054; --paper: #10141c; --card: #181e29; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
body { max-width: 76rem; margin: 2.5rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; }
p { margin: .25rem 0; }
.soft { color: var(--soft); }
figure { margin: 0; padding: 1rem; background: var(--card); border-radius: 8px; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
svg .soft { fill: var(--soft); }
svg .axis { stroke: var(--line); }
svg .limit { stroke: var(--ink); stroke-width: 2; }
.legend span { display: inline-block; margin: .5rem 1.25rem 0 0; }
.legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .4rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .85rem; }
th, td { text-align: right; padding: .35rem .5rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
"""
LEFT, WIDTH, RIGHT, ROW, BAR = 300, 620, 130, 34, 18


def text(x, y, value, anchor="start", kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{html.escape(value)}</text>'


def bar(x, y, width, colour, title):
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{max(width, 0.5):.1f}" height="{BAR}" rx="2" fill="{colour}">'
        f"<title>{html.escape(title)}</title></rect>"
    )


def chart(rows, legend, label):
    """rows: (title, [(value, colour, name)…], mark or None, text at the end). The bars of a row stand end to end."""
    most = max(max(sum(value for value, _, _ in bars), mark or 0) for _, bars, mark, _ in rows)
    scale = WIDTH / most
    height = len(rows) * ROW + 10
    parts = [f'<svg viewBox="0 0 {LEFT + WIDTH + RIGHT} {height}" role="img" aria-label="{html.escape(label)}">']
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{LEFT}" y1="0" y2="{height}"/>')
    for place, (title, bars, mark, end) in enumerate(rows):
        y, x = place * ROW + 8, float(LEFT)
        parts.append(text(LEFT - 10, y + 14, title, "end"))
        for value, colour, name in bars:
            parts.append(bar(x, y, value * scale, colour, f"{name}: {value:,.1f}"))
            x += value * scale
        if mark:
            at = LEFT + mark * scale
            parts.append(f'<line class="limit" x1="{at:.1f}" x2="{at:.1f}" y1="{y - 4}" y2="{y + BAR + 4}"/>')
            x = max(x, at)
        parts.append(text(x + 8, y + 14, end, kind="soft"))
    parts.append("</svg>")
    keys = "".join(f'<span><i style="background:{colour}"></i>{html.escape(name)}</span>' for name, colour in legend)
    return f'<figure>{"".join(parts)}<div class="legend">{keys}</div></figure>'


def each(result):
    """Every operation with every build that was measured."""
    for operation in result["operations"]:
        for name, subject in operation["subjects"].items():
            several = len(operation["subjects"]) > 1
            yield operation, subject, operation["title"] + (f" · {name}" if several else "")


def throughput(result):
    rows = [
        (
            title,
            [(subject["per_second"], "#5b8def", "requests a second")],
            operation["composed_limit_per_second"],
            f"{subject['per_second']:,.0f} · {subject['of_composed_limit']:.0%}",
        )
        for operation, subject, title in each(result)
    ]
    legend = [("requests a second", "#5b8def"), ("composed limit of transport and database", "currentColor")]
    return chart(rows, legend, "Requests a second")


def cpu(result):
    rows = []
    for _, subject, title in each(result):
        own = subject["cpu_microseconds"]
        bars = [(own[key], colour, name) for key, name, colour in PARTS]
        rows.append((title, bars, None, f"{own['nginx'] + own['worker']:.0f} + {own['postgresql']:.0f} µs"))
    return chart(rows, [(name, colour) for _, name, colour in PARTS], "CPU time of a request")


def latency(result):
    rows = []
    for _, subject, title in each(result):
        middle, late = subject["p50_microseconds"] / 1000, subject["p99_microseconds"] / 1000
        bars = [(middle, "#5b8def", "p50, ms"), (late - middle, "#b9cdf5", "p99 - p50, ms")]
        rows.append((title, bars, None, f"{middle:.1f} · {late:.1f} ms"))
    return chart(rows, [("half of the requests (p50)", "#5b8def"), ("99 of 100 (p99)", "#b9cdf5")], "Latency")


COLUMNS = (
    "Operation",
    "req/s",
    "p50 ms",
    "p99 ms",
    "nginx µs",
    "worker µs",
    "PostgreSQL µs",
    "round trips",
    "statements",
    "bytes",
    "transport µs",
    "transport/s",
    "database/s",
    "of limit",
)


def table(result):
    lines = ["<tr>" + "".join(f"<th>{name}</th>" for name in COLUMNS) + "</tr>"]
    for operation, subject, title in each(result):
        own = subject["cpu_microseconds"]
        cells = (
            html.escape(title),
            f"{subject['per_second']:,.0f}",
            f"{subject['p50_microseconds'] / 1000:.2f}",
            f"{subject['p99_microseconds'] / 1000:.2f}",
            *(f"{own[key]:.1f}" for key, _, _ in PARTS),
            subject["round_trips"],
            subject["statements"],
            f"{operation['answer_bytes']:,}",
            f"{operation['transport_cpu_microseconds']:.1f}",
            f"{operation['transport_per_second']:,.0f}",
            f"{operation['database_per_second']:,.0f}",
            f"{subject['of_composed_limit']:.0%}",
        )
        lines.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f'<div class="wide"><table>{"".join(lines)}</table></div>'


def write(result):
    """The page, as text."""
    machine, settings, data = result["machine"], result["settings"], result["data"]
    memory = ", ".join(f"{size / 1024:.1f} MB" for size in result["private_kilobytes"])
    place = f"{machine['cores']} cores ({machine['processor']})"
    workers = f"{settings['workers']} workers of {settings['threads']} threads"
    about = (
        f"{place} for load, nginx, {workers} and PostgreSQL together; {settings['connections']} connections;"
        f" {data['users']:,} users, {data['events']:,} events of {data['members']} members and 100 tasks; the disk is"
        f" {'' if settings['fsync'] else 'not '}waited for. Private memory of each worker: {memory}."
    )
    origin = f"{result['date']}, revision {result['revision']}, "
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
    return f"""<!doctype html>
<html lang="en"><head><title>EventFlow: benchmark</title>{head}</head><body>
<h1>EventFlow: benchmark</h1>
<p class="soft">{html.escape(origin)}<code>{html.escape(result["command"])}</code></p>
<p>{html.escape(about)}</p>
<h2>Requests a second, and how near they come to the limit</h2>{throughput(result)}
<h2>CPU time of a request: nginx + worker, and PostgreSQL</h2>{cpu(result)}
<h2>Latency</h2>{latency(result)}
<h2>All figures</h2>{table(result)}
</body></html>
"""
