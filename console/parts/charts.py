"""Plotly figures in one template, light and dark. `graph_objects` only: plotly express costs 60 ms a figure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from textwrap import wrap
from typing import Any, Protocol

import plotly.graph_objects as go
import streamlit as st

from console.parts.figures import Band

FONT = '"Source Sans", sans-serif'
HEAD, ROW = 34, 46  # px: the line of column names, and one row; panels.css draws the table beside it alike
NAME_CHARS = 20  # of a stage: what stands left of the bars without running into them


@dataclass(frozen=True)
class Colours:
    """The tokens of the design that a figure needs."""

    text: str
    muted: str
    line: str
    accent: str
    before: str
    missed: str


LIGHT = Colours("#23211F", "#67625B", "#EBE8E2", "#155E56", "#B9B5AE", "#C8372B")
DARK = Colours("#ECEAE6", "#A7A49D", "#2A2E2C", "#1F8376", "#5B605D", "#E0665B")
MACHINE = "#8578C9"  # what goes by itself, in both themes
SLACK = 6  # px, so that a rounding of the browser brings no scroll bar
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "staticPlot": False}


def colours() -> Colours:
    """Those of the theme that the browser shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT


@cache
def luxe(tones: Colours) -> go.layout.Template:
    """The template `luxe`: no legend, no grid that the values on the marks make needless, nothing that moves."""
    axis = {"showgrid": False, "zeroline": False, "showline": False, "ticks": "", "fixedrange": True}
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": tones.text},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 0, "r": 8, "t": 8, "b": 24},
            "showlegend": False,
            "bargap": 0.36,
            "hoverlabel": {
                "bgcolor": tones.text,
                "font": {"family": FONT, "size": 13, "color": "#FFFFFF" if tones is LIGHT else "#141615"},
            },
            "dragmode": False,
            "xaxis": axis,
            "yaxis": axis,
        }
    )


def show(figure: go.Figure, *, key: str, alt: str, picks: Callable[[str], None] | None = None) -> None:
    """`alt` says in a sentence what the figure shows. Its place has its height before it is drawn: nothing jumps.

    `picks` is told the last of a mark's `customdata` where one is pressed.
    """
    with st.container(height=figure.layout.height + SLACK, border=False):
        if picks is None:
            st.plotly_chart(figure, theme=None, config=CONFIG, key=key, alt=alt)
        else:
            _pressable(figure, key, alt, picks)


def _pressable(figure: go.Figure, key: str, alt: str, picks: Callable[[str], None]) -> None:
    """Each press takes a new key: else the mark stays selected, and pressing it again would mean to let go of it."""
    turn = f"{key}.turn"
    place = f"{key}.{st.session_state.get(turn, 0)}"

    def pressed() -> None:
        points = st.session_state[place].selection.points
        if points:
            st.session_state[turn] = st.session_state.get(turn, 0) + 1
            picks(str(points[0]["customdata"][-1]))

    st.plotly_chart(
        figure, theme=None, config=CONFIG, key=place, alt=alt, on_select=pressed, selection_mode="points"
    )


@dataclass(frozen=True)
class FunnelBar:
    """One stage: leads now and in the period before."""

    name: str
    count: int
    before: int


def funnel(bars: Sequence[FunnelBar], tones: Colours) -> go.Figure:
    """Counts as bars on one scale; the thin grey bar under each is the period before."""
    names = ["<br>".join(wrap(bar.name, NAME_CHARS)) for bar in bars]
    places = list(range(len(bars)))
    top = max([1, *(max(bar.count, bar.before) for bar in bars)])
    figure = go.Figure(layout={"template": luxe(tones)})
    figure.add_bar(
        x=[bar.count for bar in bars],
        y=[place - 0.06 for place in places],
        width=0.5,
        orientation="h",
        marker={"color": tones.accent, "cornerradius": 2},
        text=[f"{bar.count:,}" for bar in bars],
        textposition="outside",
        textfont={"size": 15, "color": tones.text},
        cliponaxis=False,
        customdata=[[bar.name, bar.before] for bar in bars],
        hovertemplate="%{customdata[0]}: %{x:,}<br>period before: %{customdata[1]:,}<extra></extra>",
    )
    figure.add_bar(
        x=[bar.before for bar in bars],
        y=[place + 0.28 for place in places],
        width=0.1,
        orientation="h",
        marker={"color": tones.before, "cornerradius": 2},
        hoverinfo="skip",
    )
    figure.update_layout(
        height=HEAD + ROW * len(bars),
        margin={"l": 150, "r": 56, "t": HEAD, "b": 0},
        barmode="overlay",
        xaxis={"range": [0, top], "visible": False},
        yaxis={"range": [len(bars) - 0.5, -0.5], "showticklabels": False},
        annotations=[
            *(left_words(name, place, tones.text, bold=True) for place, name in enumerate(names)),
            _head("Stage", -152, tones),
            _head("People; thin bar: period before", 0, tones),
        ],
    )
    return figure


def row_line(y: float, tones: Colours) -> dict[str, Any]:
    """A hairline across the figure, from the left end of the names on."""
    return {
        "type": "line", "xref": "paper", "x0": -1, "x1": 2, "yref": "y", "y0": y, "y1": y,
        "line": {"color": tones.line, "width": 1}, "layer": "below",
    }  # fmt: skip


def left_words(words: str, y: float, colour: str, *, bold: bool) -> dict[str, Any]:
    """Words at the left end of a row."""
    return {
        "text": f"<b>{words}</b>" if bold else words, "align": "left",
        "xref": "paper", "x": 0, "xshift": -152, "xanchor": "left",
        "yref": "y", "y": y, "yanchor": "middle", "showarrow": False, "font": {"size": 14, "color": colour},
    }  # fmt: skip


def _head(words: str, shift: int, tones: Colours) -> dict[str, Any]:
    """A column's name above the rows."""
    return {
        "text": words, "xref": "paper", "x": 0, "xshift": shift, "xanchor": "left", "yref": "paper", "y": 1,
        "yshift": HEAD - 5, "yanchor": "top", "showarrow": False, "font": {"size": 13, "color": tones.muted},
    }  # fmt: skip


class Step(Protocol):
    """Texts of one step of time, `failed` of them; its name, and what the axis says below it ('' for nothing)."""

    @property
    def name(self) -> str: ...

    @property
    def tick(self) -> str: ...

    @property
    def texts(self) -> int: ...

    @property
    def failed(self) -> int: ...


STEPS_HEIGHT = 190
MOST_WRITTEN = 30  # with more bars than this no number fits above them


def texts(
    steps: Sequence[Step], tones: Colours, *, automatic: bool = False, bands: Sequence[Band] = ()
) -> go.Figure:
    """Texts over time; failed ones hatched on top. `automatic`: planned ones, in the machine's colour."""
    places = list(range(len(steps)))
    figure = go.Figure(layout={"template": luxe(tones)})
    arrived, lost = [step.texts - step.failed for step in steps], [step.failed for step in steps]
    names = [[step.name, step.texts, step.failed] for step in steps]
    words = "%{customdata[0]}<br>%{customdata[1]:,} texts" + (
        "" if automatic else ", %{customdata[2]} failed"
    )
    common = {"x": places, "customdata": names, "hovertemplate": f"{words}<extra></extra>"}
    figure.add_bar(
        y=arrived, marker={"color": MACHINE if automatic else tones.accent, "cornerradius": 2}, **common
    )
    hatch = {"shape": "/", "fgcolor": tones.text, "bgcolor": tones.missed, "size": 5, "solidity": 0.2}
    figure.add_bar(y=lost, marker={"color": tones.missed, "pattern": hatch, "cornerradius": 2}, **common)
    marked = [(place, step.tick) for place, step in enumerate(steps) if step.tick]
    figure.update_layout(
        height=STEPS_HEIGHT,
        barmode="stack",
        margin={"l": 0, "r": 8, "t": 22, "b": 24},
        yaxis={"visible": False, "range": [0, 1.02 * max(1, *(step.texts for step in steps))]},
        xaxis={
            "tickvals": [place for place, _ in marked],
            "ticktext": [words for _, words in marked],
            "tickangle": 0,
            "showline": True,
            "linecolor": tones.line,
            "color": tones.muted,
            "range": [-0.6, len(steps) - 0.4],
        },
        annotations=[_above(place, step, tones) for place, step in enumerate(steps) if step.texts]
        if len(steps) <= MOST_WRITTEN
        else [],
    )
    for band in bands:
        figure.add_shape(_shade(band, tones))
        figure.add_annotation(_shade_words(band, tones))
    return figure


def _shade(band: Band, tones: Colours) -> dict[str, Any]:
    """The ground of a band, behind the bars."""
    return {
        "type": "rect", "xref": "x", "x0": band.first - 0.5, "x1": band.last + 0.5, "yref": "paper", "y0": 0, "y1": 1,
        "fillcolor": tones.line, "opacity": 0.55, "line": {"width": 0}, "layer": "below",
    }  # fmt: skip


def _shade_words(band: Band, tones: Colours) -> dict[str, Any]:
    """Its words, on two lines: on a phone the band is narrow."""
    return {
        "text": band.words.replace(" texts ", " texts<br>"), "xref": "x", "yref": "paper",
        "x": (band.first + band.last) / 2, "y": 0.5, "showarrow": False,
        "font": {"size": 13, "color": tones.muted}, "bgcolor": tones.line,  # a bar may stand behind them
    }  # fmt: skip


def _above(place: int, step: Step, tones: Colours) -> dict[str, Any]:
    """The number on a bar."""
    return {
        "text": f"{step.texts:,}", "x": place, "y": step.texts, "yanchor": "bottom", "showarrow": False,
        "font": {"size": 12.5, "color": tones.text},
    }  # fmt: skip
