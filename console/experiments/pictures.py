"""The two figures of an experiment: each variant's share with its interval, and the difference against zero."""

import html
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from console.experiments.view import Bar, Difference, signed
from console.parts.charts import Colours, left_words, luxe

ROW, FOOT = 46, 26  # px
LEFT, RIGHT = 150, 112
PALE = 0.55


def shares(bars: Sequence[Bar], tones: Colours) -> go.Figure:
    """A bar for each variant, paler where it rests on few people."""
    places = list(range(len(bars)))
    able = [(place, bar) for place, bar in enumerate(bars) if bar.share.of]
    top = max([0.1, *(bar.share.interval()[1] for _, bar in able)]) * 1.05
    figure = go.Figure(layout={"template": luxe(tones)})
    figure.add_bar(
        x=[bar.share.rate or 0 for bar in bars],
        y=places,
        width=0.42,
        orientation="h",
        marker={
            "color": tones.accent, "cornerradius": 2, "opacity": [PALE if bar.share.pale else 1 for bar in bars],
        },
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=[bar.share.rate for _, bar in able],
        y=[place for place, _ in able],
        mode="markers",
        marker={"size": 1, "color": tones.text},
        error_x=_whiskers([(bar.share.rate or 0, *bar.share.interval()) for _, bar in able], tones),
        customdata=[[bar.name, bar.share.part, bar.share.of] for _, bar in able],
        hovertemplate="%{customdata[0]}: %{customdata[1]} of %{customdata[2]}<extra></extra>",
    )
    figure.update_layout(
        height=ROW * len(bars) + FOOT,
        margin={"l": LEFT, "r": RIGHT, "t": 4, "b": FOOT},
        xaxis={"range": [0, top], "tickformat": ".0%", "color": tones.muted, "nticks": 4},
        yaxis={"range": [len(bars) - 0.5, -0.5], "showticklabels": False},
        annotations=[
            *(
                _name(html.escape(bar.name), f"{bar.share.part} of {bar.share.of}", place, tones)
                for place, bar in enumerate(bars)
            ),
            *(_right(_share_words(bar), place, tones) for place, bar in enumerate(bars)),
        ],
    )
    return figure


def differences(found: Sequence[Difference], worth: float, interval: str, tones: Colours) -> go.Figure:
    """A dot with its interval for each variant beside the control; the band is what is not worth a change.

    `interval` says how sure its ends are.
    """
    ends = [0.0, worth, -worth, *(end for one in found for end in (one.low, one.high))]
    low, high = min(ends) * 1.08, max(ends) * 1.08
    figure = go.Figure(layout={"template": luxe(tones)})
    figure.add_scatter(
        x=[one.value for one in found],
        y=list(range(len(found))),
        mode="markers",
        marker={
            "size": 13,
            "color": [tones.accent if one.sure else "rgba(0,0,0,0)" for one in found],
            "line": {"color": tones.text, "width": 1.6},
        },
        error_x=_whiskers([(one.value, one.low, one.high) for one in found], tones),
        customdata=[[one.name, one.words] for one in found],
        hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
    )
    figure.update_layout(
        height=ROW * len(found) + FOOT,
        margin={"l": LEFT, "r": RIGHT, "t": 4, "b": FOOT},
        xaxis={"range": [low, high], "visible": False},
        yaxis={"range": [len(found) - 0.5, -0.5], "showticklabels": False},
        shapes=[_band(worth, tones), _upright(0, tones, dash="solid"), _upright(worth, tones, dash="dot")],
        annotations=[
            *(_name(one.name, interval, place, tones) for place, one in enumerate(found)),
            *(_right(_difference_words(one), place, tones) for place, one in enumerate(found)),
            _below("no difference", 0, "right", tones),
            _below(f"{signed(worth)}, worth it", worth, "left", tones),
        ],
    )
    return figure


def _whiskers(found: Sequence[tuple[float, float, float]], tones: Colours) -> dict[str, Any]:
    """From (value, low, high)."""
    return {
        "type": "data", "symmetric": False, "array": [high - value for value, _, high in found],
        "arrayminus": [value - low for value, low, _ in found], "color": tones.text, "thickness": 1.6, "width": 5,
    }  # fmt: skip


def _share_words(bar: Bar) -> str:
    if not bar.share.of:
        return "nobody yet"
    low, high = bar.share.interval()
    return f"<b>{bar.share.percent}%</b> {100 * low:.0f} to {100 * high:.0f}"


def _difference_words(one: Difference) -> str:
    return f"<b>{signed(one.value)}</b> {signed(one.low)} to {signed(one.high)}"


def _name(first: str, second: str, place: int, tones: Colours) -> dict[str, Any]:
    short = first if len(first) <= 21 else f"{first[:20].rstrip()}..."
    words = f"<b>{short}</b><br><span style='color:{tones.muted};font-size:12.5px'>{second}</span>"
    return left_words(words, place, tones.text, bold=False)


def _right(words: str, place: int, tones: Colours) -> dict[str, Any]:
    return {
        "text": words, "xref": "paper", "x": 1, "xshift": RIGHT, "xanchor": "right", "yref": "y", "y": place,
        "yanchor": "middle", "showarrow": False, "font": {"size": 13.5, "color": tones.text},
    }  # fmt: skip


def _below(words: str, x: float, side: str, tones: Colours) -> dict[str, Any]:
    return {
        "text": words, "xref": "x", "x": x, "xanchor": side, "yref": "paper", "y": 0, "yshift": -4, "yanchor": "top",
        "showarrow": False, "font": {"size": 12.5, "color": tones.muted},
    }  # fmt: skip


def _band(worth: float, tones: Colours) -> dict[str, Any]:
    return {
        "type": "rect", "xref": "x", "x0": -worth, "x1": worth, "yref": "paper", "y0": 0, "y1": 1,
        "fillcolor": tones.line, "opacity": 0.55, "line": {"width": 0}, "layer": "below",
    }  # fmt: skip


def _upright(x: float, tones: Colours, *, dash: str) -> dict[str, Any]:
    return {
        "type": "line", "xref": "x", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1,
        "line": {"color": tones.text, "width": 1.3, "dash": dash}, "layer": "below",
    }  # fmt: skip
