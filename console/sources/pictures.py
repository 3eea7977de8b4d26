"""The two figures of sources: how often a form becomes a booking, and what the bookings are worth."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from console.parts.charts import Colours, left_words, luxe, row_line

MOST_SOURCES = 10
SOURCE_ROW = 44


@dataclass(frozen=True)
class SourceBar:
    """One source: its booked rate with the interval's ends (0 to 1), and cents of what was booked."""

    name: str
    forms: int
    booked: int
    few: bool
    low: float
    high: float
    cents: int


def booked_rates(bars: Sequence[SourceBar], overall: float, tones: Colours) -> go.Figure:
    """A dot for each source with its interval; hollow and without per cent where people are too few."""
    able = [(place, bar) for place, bar in enumerate(bars) if not bar.few]
    top = max([0.1, *(bar.high for _, bar in able)]) * 1.08
    figure = _rows(bars, tones, below=lambda bar: f"{bar.forms:,} {'form' if bar.forms == 1 else 'forms'}")
    figure.add_scatter(
        x=[bar.booked / bar.forms for _, bar in able],
        y=[place for place, _ in able],
        mode="markers",
        marker={"size": 11, "color": tones.accent},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [bar.high - bar.booked / bar.forms for _, bar in able],
            "arrayminus": [bar.booked / bar.forms - bar.low for _, bar in able],
            "color": tones.text,
            "thickness": 1.6,
            "width": 0,
        },
        customdata=[[bar.name, bar.booked, bar.forms] for _, bar in able],
        hovertemplate="%{customdata[0]}: %{customdata[1]} of %{customdata[2]} booked<extra></extra>",
    )
    for place, bar in enumerate(bars):
        words = f"{bar.booked} of {bar.forms}" if bar.few else f"{100 * bar.booked / bar.forms:.0f}%"
        figure.add_annotation(_right(words, place, tones.muted if bar.few else tones.text, bold=not bar.few))
    figure.add_shape(
        type="line", x0=overall, x1=overall, y0=-0.5, y1=len(bars) - 0.5, layer="below",
        line={"color": tones.muted, "width": 1.5, "dash": "dash"},
    )  # fmt: skip
    figure.update_xaxes(range=[0, top], visible=False)
    return figure


def values(bars: Sequence[SourceBar], tones: Colours) -> go.Figure:
    """Booked value as bars on one scale."""
    figure = _rows(bars, tones, below=_average)
    figure.add_bar(
        x=[bar.cents / 100 for bar in bars],
        y=list(range(len(bars))),
        width=0.42,
        orientation="h",
        marker={"color": tones.accent, "cornerradius": 2},
        hoverinfo="skip",
    )
    for place, bar in enumerate(bars):
        figure.add_annotation(
            _right(f"${bar.cents / 100:,.0f}" if bar.cents else "none", place, tones.text, bold=True)
        )
    figure.update_xaxes(range=[0, max([1, *(bar.cents / 100 for bar in bars)])], visible=False)
    return figure


def _average(bar: SourceBar) -> str:
    return f"${bar.cents / 100 / bar.booked:,.0f} on average" if bar.booked else "no booking"


def _rows(bars: Sequence[SourceBar], tones: Colours, below: Callable[[SourceBar], str]) -> go.Figure:
    """A row for each source: its name, and muted below it what the figure rests on."""
    figure = go.Figure(layout={"template": luxe(tones)})
    figure.update_layout(
        height=SOURCE_ROW * len(bars) + 8,
        margin={"l": 150, "r": 70, "t": 4, "b": 4},
        yaxis={"range": [len(bars) - 0.5, -0.5], "showticklabels": False},
        shapes=[row_line(place + 0.5, tones) for place in range(len(bars))],
        annotations=[
            left_words(
                f"<b>{html.escape(bar.name[:22])}</b><br>"
                f"<span style='color:{tones.muted};font-size:12.5px'>{below(bar)}</span>",
                place,
                tones.text,
                bold=False,
            )
            for place, bar in enumerate(bars)
        ],
    )
    return figure


def _right(words: str, y: float, colour: str, *, bold: bool) -> dict[str, Any]:
    """Words at the right end of a row."""
    return {
        "text": f"<b>{words}</b>" if bold else words, "xref": "paper", "x": 1, "xshift": 68, "xanchor": "right",
        "yref": "y", "y": y, "yanchor": "middle", "showarrow": False, "font": {"size": 14, "color": colour},
    }  # fmt: skip
