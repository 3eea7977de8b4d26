"""Pieces of a page at rest: figures in a row, an insight, a heading with its note, a table, an empty state.

They are HTML because a phone shows figures two by two, which native columns do not. All text is escaped here.
"""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st

CSS = Path(__file__).parent / "css" / "panels.css"
BULB = (
    '<svg viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.8" '
    'stroke-linecap="round" aria-hidden="true"><path d="M9.500 17h5M10 20h4M12 3.500a6 6 0 0 0-3.500 10.900'
    'c.6.500 1 1.100 1 1.800h5c0-.7.4-1.300 1-1.800A6 6 0 0 0 12 3.500Z"/></svg>'
)


@cache
def _css() -> str:
    return CSS.read_text(encoding="utf-8")


def style() -> None:
    """The style of everything below; once on each page that uses it."""
    st.html(f"<style>{_css()}</style>")


@dataclass(frozen=True)
class Figure:
    """One figure: what it is, its value in words ('' for none yet), and what to hold it against."""

    title: str
    value: str
    about: str


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


def insight(words: str) -> None:
    st.html(f'<div class="luxe-insight">{BULB}<span>{html.escape(words)}</span></div>')


def empty(title: str, words: str) -> None:
    """What is not there, and what comes next."""
    st.html(f'<div class="luxe-empty"><h2>{html.escape(title)}</h2><p>{html.escape(words)}</p></div>')


@dataclass(frozen=True)
class Cell:
    """One cell: words, or a bar of `share` (0 to 1). `pale` where the figure rests on few people."""

    words: str = ""
    share: float | None = None
    pale: bool = False


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
