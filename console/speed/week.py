"""Machine and person as two figures, and the week as cells, in HTML. All text is escaped here."""

import html
from collections.abc import Iterable, Sequence

import streamlit as st

from console.parts import panels
from console.speed.view import SLOT_NAMES, SlowCell, Two


def two(found: Iterable[Two]) -> None:
    cells = "".join(
        f'<div class="{one.kind}"><span>{html.escape(one.name)}</span>'
        f"<b>{html.escape(one.value or 'none yet')}</b><span>{html.escape(one.about)}</span></div>"
        for one in found
    )
    st.html(f'<div class="luxe-two">{cells}</div>')


def grid(rows: Iterable[tuple[str, Sequence[SlowCell]]], *, opens: bool) -> None:
    """A row a weekday. `opens`: a cell opens its leads."""
    head = "".join(f'<th scope="col">{name}</th>' for name in SLOT_NAMES)
    body = "".join(f'<tr><th scope="row">{day}</th>{_cells(cells, opens=opens)}</tr>' for day, cells in rows)
    st.html(
        f'<table class="luxe-slow"><thead><tr><td class="none"></td>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _cells(cells: Sequence[SlowCell], *, opens: bool) -> str:
    return "".join(_cell(cell, cell.pick if opens else "") for cell in cells)


def _cell(cell: SlowCell, name: str) -> str:
    over = '<span class="luxe-hidden"> over the goal</span>' if cell.kind == "over" else ""
    below = f"<small>{html.escape(cell.below)}</small>" if cell.below else ""
    said = panels.pick(html.escape(cell.words), name) if name else html.escape(cell.words)
    return f'<td class="{cell.kind}">{said}{over}{below}</td>'
