"""Pieces of a page at rest: figures in a row, an insight, a heading with its note, a table, an empty state.

They are HTML because a phone shows figures two by two, which native columns do not. All text is escaped here.
"""

import html
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import streamlit as st

from console.funnel.view import StageLine
from console.parts.figures import Cell, Figure

CSS = Path(__file__).parent / "css" / "panels.css"


@cache
def _css() -> str:
    return CSS.read_text(encoding="utf-8")


def style() -> None:
    """The style of everything below; once on each page that uses it."""
    st.html(f"<style>{_css()}</style>")


def figures(items: Iterable[Figure]) -> None:
    """Four figures with hairlines; two by two on a phone."""
    cells = "".join(
        f"<div><span>{html.escape(item.title)}</span>"
        + (f"<b>{html.escape(item.value)}</b>" if item.value else '<b class="none">none yet</b>')
        + f"<span>{html.escape(item.about)}</span></div>"
        for item in items
    )
    st.html(f'<div class="luxe-figures">{cells}</div>')


def heading(title: str, note: str = "") -> None:
    """A section's title and one muted line that says how to read what follows."""
    below = f'<p class="luxe-note">{html.escape(note)}</p>' if note else ""
    st.html(f'<h2 class="luxe-h2">{html.escape(title)}</h2>{below}')


def note(words: str) -> None:
    """A muted line."""
    st.html(f'<p class="luxe-note">{html.escape(words)}</p>')


def insight(words: str) -> None:
    st.html(f'<div class="luxe-insight"><span>{html.escape(words)}</span></div>')


def empty(title: str, words: str) -> None:
    """What is not there, and what comes next."""
    st.html(f'<div class="luxe-empty"><h2>{html.escape(title)}</h2><p>{html.escape(words)}</p></div>')


def table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """A small table at rest. The first column names the row; a column named '' holds bars."""
    head = "".join(
        f'<th scope="col"{"" if name else " class=wide"}>{html.escape(name)}</th>' for name in columns
    )
    body = "".join(
        f"<tr>{''.join(_cell(place, cell) for place, cell in enumerate(row))}</tr>" for row in rows
    )
    st.html(
        f'<div class="luxe-scroll"><table class="luxe-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(place: int, cell: Cell) -> str:
    if cell.share is not None:
        return f'<td><span class="bar" style="width:{100 * cell.share:.1f}%"></span></td>'
    tag, scope = ("th", ' scope="row"') if place == 0 else ("td", "")
    pale = ' class="pale"' if cell.pale else ""
    return f"<{tag}{scope}{pale}>{html.escape(cell.words)}</{tag}>"


STAGE_COLUMNS = ("of stage before", "Goal", "Before", "Change", "")


def stage_table(lines: Iterable[StageLine]) -> None:
    """Rows as high as the funnel's, so that they stand beside them; a phone shows the stage's name as well."""
    head = "".join(f'<th scope="col">{name}</th>' for name in STAGE_COLUMNS)
    body = "".join(_stage_row(line) for line in lines)
    st.html(
        f'<table class="luxe-stages"><thead><tr><th scope="col" class="stage">Stage</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _stage_row(line: StageLine) -> str:
    rate = html.escape(line.rate) + (f"<small>{html.escape(line.interval)}</small>" if line.interval else "")
    tone = " missed" if line.missed else " pale" if line.pale else ""
    goal, _, note = line.goal.partition(" of ")
    below = f"<small>of {html.escape(note)}</small>" if note else ""
    mark = "<i aria-hidden='true'></i>under goal" if line.missed else ""
    return (
        f'<tr class="{tone.strip()}"><th scope="row" class="stage">{html.escape(line.name)}</th>'
        f'<td class="rate">{rate}</td><td class="goal">{html.escape(goal)}{below}</td>'
        f'<td class="muted">{html.escape(line.before)}</td><td>{html.escape(line.change)}</td>'
        f'<td class="mark">{mark}</td></tr>'
    )
