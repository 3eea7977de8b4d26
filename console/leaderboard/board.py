"""The leaderboard's table and the bars of its causes, as HTML. All text is escaped here."""

import html
from collections.abc import Iterable, Sequence

import streamlit as st

from console.leaderboard.view import CauseLine, Line, Scale
from console.parts import panels
from console.parts.figure_words import FIGURES

HEADS = (
    ("", "", "rank"),
    ("Person", "Whose lead", "person"),
    ("Contacted", "Contacted", ""),
    ("First human contact", "First human contact", "first"),
    ("On time", "On time", ""),
    ("Booked", "Booked", "minor"),
    ("Escalated", "Escalated", "minor"),
    ("Seen within 2 min", "Seen within 2 min", "minor"),
)
HOW_TO_READ = "dot: median, line to the slowest tenth"


def table(lines: Sequence[Line], total: Line, on: Scale) -> None:
    """A row a person, and all together at the end."""
    body = "".join(_row(line, on) for line in lines)
    heads = "".join(_head(one, on) for one in HEADS)
    st.html(
        f'<div class="luxe-scroll"><table class="luxe-board"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody><tfoot>{_total(total)}</tfoot></table></div>"
    )


def _head(one: tuple[str, str, str], on: Scale) -> str:
    name, meaning, kind = one
    goal = "" if on.goal is None else ", dashed: goal"
    below = f"<small>{HOW_TO_READ}{goal}</small>" if kind == "first" else ""
    title = f' title="{html.escape(FIGURES[meaning])}"' if meaning else ""
    return f'<th scope="col" class="{kind}"{title}>{html.escape(name)}{below}</th>'


def _row(line: Line, on: Scale) -> str:
    classes = " ".join(filter(None, ("few" if line.few else "", "me" if line.me else "")))
    below = f"<small>{html.escape(line.below)}</small>" if line.below else ""
    return (
        f'<tr class="{classes}"><td class="rank">{line.rank}</td>'
        f'<th scope="row" class="person"><div><i aria-hidden="true">{html.escape(line.initials)}</i>'
        f"<span>{_pressed(line.name, line.pick)}{below}</span></div></th>"
        f"{_contacted(line)}{_first(line, on)}{_rest(line)}</tr>"
    )


def _pressed(words: str, name: str) -> str:
    return panels.pick(html.escape(words), name) if name else html.escape(words)


def _contacted(line: Line) -> str:
    never = f"<small>{html.escape(line.never)}</small>" if line.never else ""
    return f"<td>{line.contacted}{never}</td>"


def _first(line: Line, on: Scale) -> str:
    if line.median is None or line.slowest is None:
        return f'<td class="first"><b>{html.escape(line.middle)}</b><em>{html.escape(line.end)}</em></td>'
    tone = " slow" if line.slow else ""
    said = f"median {line.middle}, slowest tenth {line.end}" + (", over the goal" if line.slow else "")
    start, end = 100 * line.median, 100 * line.slowest
    return (
        f'<td class="first{tone}"><b>{html.escape(line.middle)}</b>'
        f'<span class="track" role="img" aria-label="{html.escape(said)}">'
        f"{_goal(on)}"
        f'<i class="line" style="left:{start:.1f}%;width:{max(0.0, end - start):.1f}%"></i>'
        f'<i class="dot" style="left:{start:.1f}%"></i>'
        f'<em style="left:{end:.1f}%">{html.escape(line.end)}</em></span></td>'
    )


def _goal(on: Scale) -> str:
    return "" if on.goal is None else f'<i class="goal" style="left:{100 * on.goal:.1f}%"></i>'


def _rest(line: Line) -> str:
    tone = ' class="missed"' if line.missed else ""
    return (
        f"<td{tone}><b>{html.escape(line.on_time)}</b></td>"
        f'<td class="minor">{html.escape(line.booked)}</td><td class="minor">{html.escape(line.escalated)}</td>'
        f'<td class="minor">{html.escape(line.seen)}</td>'
    )


def _total(line: Line) -> str:
    return (
        f'<tr><td class="rank"></td><th scope="row" class="person">{html.escape(line.name)}</th>'
        f'{_contacted(line)}<td class="first"><b>{html.escape(line.middle)}</b>'
        f"<em>{html.escape(line.end)}</em></td>{_rest(line)}</tr>"
    )


def causes(found: Iterable[CauseLine]) -> None:
    """A bar a cause, and beside it what one would look at first."""
    rows = "".join(
        f"<div><dt>{_pressed(one.name, one.pick)}</dt><dd>"
        f'<i style="width:{44 * one.share:.1f}%"></i><b>{one.many:,}</b> {html.escape(one.detail)}</dd></div>'
        for one in found
    )
    st.html(f'<dl class="luxe-causes">{rows}</dl>')
