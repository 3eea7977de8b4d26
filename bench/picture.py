"""The engine beside the queues one could have taken, in one picture: bench/figures.json -> docs/images/engine.png.

`python -m bench.picture [--take var/bench-peers.json ...]`. `--take` first puts what those runs of `bench.peers` found
into the file: medians of the rounds, and sums where texts were counted. Of two runs the later one counts, engine by
engine and figure by figure. Needs Chromium.
"""

import argparse
import json
import math
import sys
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from statistics import median
from string import Template
from typing import Any

from playwright.sync_api import sync_playwright

from bench.screen import CHROMIUM
from bench.stage import ROOT

FIGURES = ROOT / "bench" / "figures.json"
PICTURE = ROOT / "docs" / "images" / "engine.png"
WIDTH = 1200
NAMES = {
    "ours-sqlite": "SQLite",
    "ours-pg": "PostgreSQL",
    "apscheduler-sqlite": "APScheduler, SQLite",
    "apscheduler-pg": "APScheduler, PostgreSQL",
    "huey-sqlite": "Huey, SQLite",
    "huey-redis": "Huey, Redis",
    "celery-redis": "Celery, Redis",
    "procrastinate-pg": "Procrastinate, PostgreSQL",
}
COUNTED = {"lost", "doubled"}
FULL = 63  # percent of a cell that the longest bar takes; figures stand to the right of all of them

Figures = dict[str, Any]
Run = Mapping[str, Mapping[str, list[float]]]

PAGE = Template("""<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: $background; color: $text; font: 15px/1.35 "Liberation Sans", Arial, sans-serif; }
main { width: ${width}px; box-sizing: border-box; padding: 28px 30px 24px; }
h1 { font: 600 25px/1.2 "DejaVu Serif", Georgia, serif; margin: 0 0 6px; }
p { margin: 0; color: $quiet; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin: 20px 0 14px; }
th { text-align: left; font-weight: 400; vertical-align: top; padding: 0 0 10px 12px; }
th.name, td.name { width: 206px; padding-left: 0; }
th b { display: block; font-size: 16px; }
th span { display: block; font-size: 13px; color: $quiet; }
th .aim { color: $aim; }
td { padding: 0 0 0 12px; height: 31px; }
td.name { white-space: nowrap; }
tr.ours td.name { font-weight: 700; color: $ours; }
tr.first td { border-top: 1px solid $line; }
tr.gap td { height: 9px; }
.cell { position: relative; height: 31px; }
.bar { position: absolute; left: 0; top: 6px; height: 19px; background: $peers; border-radius: 0 3px 3px 0; }
.ours .bar { background: $ours; }
.value { position: absolute; top: 5px; right: 6px; white-space: nowrap; font-variant-numeric: tabular-nums; }
.ours .value { font-weight: 700; }
.mark { position: absolute; top: 0; height: 100%; border-left: 2px dashed $aim; }
.tick { position: absolute; top: 0; height: 100%; border-left: 1px solid $line; }
tr.scale td, tr.scale .cell { height: 20px; }
.scale .tick { height: 6px; }
.cell .none { left: 0; right: auto; font-weight: 400; font-size: 13px; color: $quiet; }
.scale .value { top: 5px; right: auto; font-size: 12px; color: $quiet; transform: translateX(-50%); }
.scale .value.start { transform: none; }
</style><main><h1>Timed texts beside the queues one could have taken</h1><p>$conditions</p>
<table>$rows</table><p>$caption</p></main>""")


def take(figures: Figures, runs: Iterable[Run]) -> None:
    """Put what `bench.peers` found into `figures`; what no run has is left empty."""
    found: dict[str, dict[str, list[float]]] = {}
    for run in runs:
        for engine, columns in run.items():
            found.setdefault(engine, {}).update(columns)
    for measure in figures["measures"]:
        values = {NAMES[engine]: _of(columns, measure["from"]) for engine, columns in found.items()}
        measure["ours"] = {name: values.get(name) for name in ("SQLite", "PostgreSQL")}
        measure["peers"] = {name: value for name, value in values.items() if name not in measure["ours"]}
    timed = [
        len(columns["burst_per_second"]) for columns in found.values() if columns.get("burst_per_second")
    ]
    figures["rounds"] = min(timed, default=0)


def _of(columns: Mapping[str, list[float]], names: list[str]) -> float | None:
    """The sum of these columns, each over its rounds; None where one was not measured."""
    if not all(columns.get(name) for name in names):
        return None
    total = sum(sum(columns[name]) if name in COUNTED else median(columns[name]) for name in names)
    return float(f"{total:.3g}") if total < 1000 else round(total)


def page(figures: Figures, colours: Mapping[str, str]) -> str:
    """The picture as a page of its own."""
    measures = figures["measures"]
    ours, peers = list(measures[0]["ours"]), list(measures[0]["peers"])
    rows = [_heads(measures)]
    rows += [_row(f"Luxe, {name}", "ours", name, measures, first=name == ours[0]) for name in ours]
    rows.append(f'<tr class="gap"><td colspan="{len(measures) + 1}"></td></tr>')
    rows += [_row(name, "peers", name, measures, first=name == peers[0]) for name in peers]
    rows.append(_scales(measures))
    rounds = "one round" if figures["rounds"] == 1 else f"medians of {figures['rounds']} rounds"
    when = f"{escape(figures['measured'])}, {rounds} of python -m bench.peers"
    caption = f"Bars are on a logarithmic scale. {when}, in several runs of one day."
    return PAGE.substitute(
        colours, width=WIDTH, rows="".join(rows), conditions=escape(figures["conditions"]), caption=caption
    )


def _heads(measures: list[Figures]) -> str:
    heads = [
        f"<th><b>{escape(m['name'])}</b><span>{escape(m['what'])}</span><span>{escape(m['unit'])}</span>"
        f"<span>{m['better']} is better</span>{_aim(m)}</th>"
        for m in measures
    ]
    return f'<tr><th class="name"></th>{"".join(heads)}</tr>'


def _aim(measure: Figures) -> str:
    aim = measure["aim"]
    return "<span>&nbsp;</span>" if aim is None else f'<span class="aim">aim {aim:g}</span>'


def _row(title: str, group: str, name: str, measures: list[Figures], *, first: bool) -> str:
    cells = "".join(f"<td>{_cell(measure, measure[group].get(name))}</td>" for measure in measures)
    return f'<tr class="{group}{" first" if first else ""}"><td class="name">{escape(title)}</td>{cells}</tr>'


def _cell(measure: Figures, value: float | None) -> str:
    if value is None:
        return '<div class="cell"><span class="value none">not measured</span></div>'
    length = place(measure, value)
    bar = f'<i class="bar" style="width:{length:.1f}%"></i>' if length else ""
    aim = f'<i class="mark" style="left:{place(measure, measure["aim"]):.1f}%"></i>' if measure["aim"] else ""
    ticks = "".join(
        f'<i class="tick" style="left:{place(measure, tick):.1f}%"></i>' for tick in decades(measure)
    )
    number = f'<span class="value">{f"{value:,.0f}" if _is_counted(measure) else shown(value)}</span>'
    return f'<div class="cell">{ticks}{bar}{aim}{number}</div>'


def _scales(measures: list[Figures]) -> str:
    cells = "".join(f'<td><div class="cell">{_scale(measure)}</div></td>' for measure in measures)
    return f'<tr class="scale"><td class="name"></td>{cells}</tr>'


def _scale(measure: Figures) -> str:
    ticks = decades(measure)
    named = ticks[:: 1 + len(ticks) // 4]  # more of them would touch one another
    return "".join(_tick(place(measure, tick), f"{tick:,g}" if tick in named else "") for tick in ticks)


def _tick(at: float, name: str) -> str:
    start = "" if at else " start"
    return f'<i class="tick" style="left:{at:.1f}%"></i><span class="value{start}" style="left:{at:.1f}%">{name}</span>'


def span(measure: Figures) -> tuple[float, float]:
    """The scale's ends: a power of ten well below everything, and the largest figure."""
    every = [*measure["ours"].values(), *measure["peers"].values(), measure["aim"]]
    seen = [value for value in every if value]
    return 10.0 ** math.floor(math.log10(min(seen) / 1.3)), max(seen)


def place(measure: Figures, value: float) -> float:
    """Where a figure stands, in percent of a cell; nothing at all has no place on a logarithmic scale."""
    low, high = span(measure)
    return FULL * math.log(value / low) / math.log(high / low) if value else 0.0


def decades(measure: Figures) -> list[float]:
    """The powers of ten on a scale."""
    low, high = span(measure)
    return [10.0**n for n in range(round(math.log10(low)), math.floor(math.log10(high)) + 1)]


def shown(value: float) -> str:
    """Two digits, or all of a whole number, thousands apart."""
    return f"{value:,.{2 if value < 1 else 1 if value < 10 else 0}f}"


def _is_counted(measure: Figures) -> bool:
    return COUNTED.issuperset(measure["from"])


def palette() -> dict[str, str]:
    """The console's own colours."""
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]["light"]
    return {
        "background": theme["backgroundColor"],
        "text": theme["textColor"],
        "quiet": theme["grayTextColor"],
        "line": theme["borderColor"],
        "ours": theme["primaryColor"],
        "peers": "#C9C3B8",
        "aim": theme["yellowTextColor"],
    }


def draw(content: str, path: Path) -> None:
    """The page's main part as a picture, two pixels for each of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        sheet = browser.new_page(viewport={"width": WIDTH, "height": 800}, device_scale_factor=2)
        sheet.set_content(content)
        sheet.locator("main").screenshot(path=path)
        browser.close()


def main() -> None:
    """Take figures where any are given, and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--take", type=Path, nargs="*", default=[], help="what runs of bench.peers wrote")
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("This needs Chromium (apt-get install chromium).")
    figures = json.loads(FIGURES.read_text())
    if options.take:
        take(figures, [json.loads(path.read_text()) for path in options.take])
        day = datetime.fromtimestamp(max(path.stat().st_mtime for path in options.take), UTC)
        figures["measured"] = f"{day.day} {day:%B %Y}"
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n")
    draw(page(figures, palette()), PICTURE)
    print(PICTURE.relative_to(ROOT))


if __name__ == "__main__":
    main()
