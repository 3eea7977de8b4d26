"""Pieces of a page at rest: figures in a row, an insight, a heading with its note, a table, an empty state.

They are HTML because a phone shows figures two by two, which native columns do not. All text is escaped here.
"""

import html
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from console.parts.figures import Cell, Figure

CSS = Path(__file__).with_name("panels.css")


@cache
def _css() -> str:
    return CSS.read_text(encoding="utf-8")


def style() -> None:
    """The style of everything below; once on each page that uses it."""
    st.html(f"<style>{_css()}</style>")


def reserve(key: str, height: int) -> None:
    """Keep the place of a live part, in px, before its script has come: what stands below it does not jump."""
    st.html(f"<style>.st-key-{key} {{ min-height: {height}px; }}</style>")


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


def insight(words: str, action: str = "") -> bool:
    """A finding, and where there is more behind it a button at its end; whether that was pressed."""
    if not words:
        return False
    with st.container(key="insight", horizontal=True, vertical_alignment="center"):
        st.html(f'<div class="luxe-insight"><span>{html.escape(words)}</span></div>')
        return bool(action) and st.button(action, type="tertiary", key="insight.more")


def title(words: str) -> DeltaGenerator:
    """A page's title with a place at the right for what is done with the page; give `page` wide_title=False."""
    with st.container(key="title", horizontal=True, vertical_alignment="center"):
        st.html(f'<h1 class="luxe-title">{html.escape(words)}</h1>')
        return st.empty()


def empty(title: str, words: str) -> None:
    """What is not there, and what comes next."""
    st.html(f'<div class="luxe-empty"><h2>{html.escape(title)}</h2><p>{html.escape(words)}</p></div>')


def warning(words: str) -> None:
    """What somebody should mend, above the figures."""
    st.html(f'<div class="luxe-warning" role="status"><span>{html.escape(words)}</span></div>')


def lines(items: Iterable[tuple[str, str]], kind: str = "") -> None:
    """Short lines, each a name and at its right what is to be said of it.

    `kind`: 'figures' for values that stand first, 'stacked' where the second part has a line of its own.
    """
    rows = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(words)}</dd></div>" for name, words in items
    )
    st.html(f'<dl class="luxe-lines {kind}">{rows}</dl>')


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    minor: Collection[str] = (),
    total: Sequence[Cell] = (),
    words: bool = False,
) -> None:
    """A small table at rest. The first column names the row; a column named '' holds bars.

    Columns in `minor` are left out on a phone; `total` is the tinted row at the end. `words`: what follows the
    figures is prose and stands left.
    """
    hidden = [name in minor or not name for name in columns]
    head = "".join(
        f'<th scope="col"{_classes("" if name else "wide", "minor" if hide else "")}>{html.escape(name)}</th>'
        for name, hide in zip(columns, hidden, strict=True)
    )
    body = "".join(f"<tr>{_cells(row, hidden)}</tr>" for row in rows)
    foot = f"<tfoot><tr>{_cells(total, hidden)}</tr></tfoot>" if total else ""
    st.html(
        f'<div class="luxe-scroll"><table class="luxe-table{" words" if words else ""}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody>{foot}</table></div>"
    )


def _cells(row: Sequence[Cell], hidden: Sequence[bool]) -> str:
    return "".join(
        _cell(cell, "th" if place == 0 else "td", minor=hide)
        for place, (cell, hide) in enumerate(zip(row, hidden, strict=True))
    )


def _cell(cell: Cell, tag: str, *, minor: bool) -> str:
    classes = _classes("pale" if cell.pale else "", "minor" if minor else "")
    if cell.share is not None:
        return f'<td{classes}><span class="bar" style="width:{100 * cell.share:.1f}%"></span></td>'
    scope = ' scope="row"' if tag == "th" else ""
    below = f"<small>{html.escape(cell.below)}</small>" if cell.below else ""
    return f"<{tag}{scope}{classes}>{_words(cell)}{below}</{tag}>"


def _words(cell: Cell) -> str:
    said = html.escape(cell.words)
    return pick(said, cell.pick) if cell.pick else said


def pick(said: str, name: str) -> str:
    """HTML that opens the drawer of a figure (`picks`)."""
    return f'<button type="button" class="luxe-pick" data-pick="{html.escape(name)}">{said}</button>'


def _classes(*names: str) -> str:
    kept = " ".join(filter(None, names))
    return f' class="{kept}"' if kept else ""
