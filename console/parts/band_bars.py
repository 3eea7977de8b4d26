"""Bars for groups of people, each with its 95 % interval and how many it rests on: booked by speed, and the like."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from console.parts.charts import Colours, luxe
from console.parts.figures import FEW, SOME

HEIGHT = 230
PALE = 0.55


@dataclass(frozen=True)
class Bar:
    """One group: its value with the interval's ends on one scale; `value` None where it cannot be told.

    `counts`: what is written instead of a value where people are too few; `why` it cannot be told where they are not.
    `pick`: the figure whose leads open where it is pressed.
    """

    name: str
    many: int
    value: float | None
    low: float
    high: float
    counts: str
    why: str = "too few"
    pick: str = ""

    @property
    def drawn(self) -> bool:
        return self.value is not None and self.many >= FEW


def bars(found: Sequence[Bar], tones: Colours, words: Callable[[float], str], noun: str) -> go.Figure:
    """`words` writes a value ('35%'), `noun` says of what ('leads')."""
    drawn = [(place, bar) for place, bar in enumerate(found) if bar.drawn]
    top = max([1e-9, *(bar.high for _, bar in drawn)]) * 1.14
    figure = go.Figure(layout={"template": luxe(tones)})
    figure.add_bar(
        x=[place for place, _ in drawn],
        y=[bar.value for _, bar in drawn],
        width=0.62,
        marker={
            "color": tones.accent, "cornerradius": 2,
            "opacity": [PALE if bar.many < SOME else 1 for _, bar in drawn],
        },
        error_y={
            "type": "data", "symmetric": False, "color": tones.text, "thickness": 1.6, "width": 6,
            "array": [bar.high - (bar.value or 0) for _, bar in drawn],
            "arrayminus": [(bar.value or 0) - bar.low for _, bar in drawn],
        },
        customdata=[_told(bar, words) for _, bar in drawn],
        hovertemplate="%{customdata[0]}: %{customdata[1]} of %{customdata[2]:,} " + noun
        + "<br>between %{customdata[3]} and %{customdata[4]}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 8, "t": 10, "b": 40},
        xaxis={
            "range": [-0.5, len(found) - 0.5], "showline": True, "linecolor": tones.line, "color": tones.text,
            "tickvals": list(range(len(found))), "tickangle": 0,
            "ticktext": [f"{bar.name}<br><span style='color:{tones.muted}'>{bar.many:,}</span>" for bar in found],
        },
        yaxis={"range": [0, top], "visible": False},
        annotations=[_said(place, bar, tones, words) for place, bar in enumerate(found)],
    )  # fmt: skip
    return figure


def _told(bar: Bar, words: Callable[[float], str]) -> list[Any]:
    """What a bar says where the pointer stands, and what it opens."""
    return [bar.name, words(bar.value or 0), bar.many, words(bar.low), words(bar.high), bar.pick]


def _said(place: int, bar: Bar, tones: Colours, words: Callable[[float], str]) -> dict[str, Any]:
    """The value beside the whisker, or where the bar would stand why there is none."""
    if bar.drawn:
        return {
            "text": f"<b>{words(bar.value or 0)}</b>", "x": place, "y": bar.value, "xshift": 5, "yshift": 2,
            "xanchor": "left", "yanchor": "bottom", "showarrow": False, "font": {"size": 13.5, "color": tones.text},
        }  # fmt: skip
    why = "nobody" if not bar.many else f"{bar.counts}<br>{bar.why}"
    return {
        "text": why, "x": place, "y": 0, "yanchor": "bottom", "showarrow": False,
        "font": {"size": 12.5, "color": tones.muted},
    }  # fmt: skip


def per_cent(value: float) -> str:
    return f"{round(100 * value)}%"


def dollars(value: float) -> str:
    return f"${round(value):,}"
