"""Machine and person on one axis of time: dashed and violet, filled and teal."""

from math import log10
from typing import Any

import plotly.graph_objects as go

from console.parts.charts import MACHINE, Colours, luxe
from console.parts.figure_words import minutes
from core.reads.parts.speed_figures import Histogram
from core.reads.speed import Speed

HEIGHT = 210
MACHINE_TINT = "rgba(133, 120, 201, 0.14)"
TICKS = {
    0.1: "0.1 s", 1: "1 s", 10: "10 s", 60: "1 min", 300: "5 min", 3600: "1 h",
    86_400: "1 day",
}  # fmt: skip
LATER = 0.55  # opacity of what came after the goal


def heard(found: Speed, tones: Colours) -> go.Figure:
    """Two histograms, each scaled to its own tallest bar, and the goal."""
    figure = go.Figure(layout={"template": luxe(tones)})
    _add(figure, found.machine_histogram, _machine_marks(), "")
    _add(figure, found.person_histogram, _person_marks(found, tones), "bar:")
    goal = log10(found.goal_seconds)
    ends = found.person_histogram.ends
    figure.add_shape(
        type="line", x0=goal, x1=goal, y0=0, y1=1.3, line={"color": tones.text, "width": 1.5, "dash": "dash"}
    )
    figure.update_layout(
        height=HEIGHT,
        bargap=0.06,
        barmode="overlay",
        margin={"l": 0, "r": 8, "t": 4, "b": 24},
        yaxis={"visible": False, "range": [0, 1.36]},
        xaxis={
            "range": [log10(ends[0]) - 0.15, log10(ends[-1]) + 0.2], "showline": True,
            "linecolor": tones.line, "color": tones.muted,
            "tickvals": [log10(value) for value in TICKS], "ticktext": list(TICKS.values()), "tickangle": 0,
        },
        annotations=[
            _words(f"<b>{found.within:,} within</b>", goal, 1.22, "right", tones.text),
            _words(("" if found.wall else "goal ") + minutes(found.goal_seconds), goal, 1.3, "left", tones.text),
            _words(f"{found.later:,} later, {found.never:,} never", goal, 1.14, "left", tones.muted),
        ],
    )  # fmt: skip
    if found.machine:
        figure.add_annotation(_words("<b>automatic</b>", log10(found.machine.median), 1.1, "center", MACHINE))
    return figure


def _machine_marks() -> dict[str, Any]:
    return {
        "color": MACHINE_TINT, "line": {"color": MACHINE, "width": 1.4}, "cornerradius": 2,
        "pattern": {"shape": "/", "fgcolor": MACHINE, "bgcolor": MACHINE_TINT, "size": 6, "solidity": 0.12},
    }  # fmt: skip


def _person_marks(found: Speed, tones: Colours) -> dict[str, Any]:
    ends = found.person_histogram.ends[1:]
    opacity = [1 if end <= found.goal_seconds * 1.001 else LATER for end in ends]
    return {"color": tones.accent, "opacity": opacity, "cornerradius": 2}


def _add(figure: go.Figure, histogram: Histogram, marks: dict[str, Any], pick: str) -> None:
    """`pick`: what a bar is called, with its place behind it, where it opens its leads; '' where it opens none."""
    tallest = max([1, *histogram.counts])
    steps = list(zip(histogram.ends[:-1], histogram.ends[1:], histogram.counts, strict=True))
    figure.add_bar(
        x=[(log10(start) + log10(end)) / 2 for start, end, _ in steps],
        y=[count / tallest if count else None for _, _, count in steps],  # an empty bar would draw its edge
        width=[0.94 * (log10(end) - log10(start)) for start, end, _ in steps],
        marker=marks,
        customdata=[
            [_span(start), _span(end), count, f"{pick}{place}" if pick else ""]
            for place, (start, end, count) in enumerate(steps)
        ],
        hovertemplate="%{customdata[0]} to %{customdata[1]}: %{customdata[2]:,}<extra></extra>",
    )


def _span(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else minutes(seconds)


def _words(text: str, x: float, y: float, anchor: str, colour: str) -> dict[str, Any]:
    return {
        "text": text, "x": x, "y": y, "xanchor": anchor, "xshift": {"right": -6, "left": 6}.get(anchor, 0),
        "yanchor": "middle", "showarrow": False, "font": {"size": 13, "color": colour},
    }  # fmt: skip
