"""What the two pages of speed share: their style, business or wall time, and the meanings under a page."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from console.parts import filters, panels, results, spreadsheet
from console.parts.figure_words import meanings
from console.parts.figures import Cell
from console.parts.words import form_name
from console.shell import Visit
from core.intake.rules import FORM_TYPES
from core.reads.parts.scopes import Scope

CSS = Path(__file__).with_name("speed.css")
TIMES = {"business": "Business time", "wall": "Wall time"}
BOX = 146  # px, as on the funnel


def style() -> None:
    """Once on each of the two pages, after `panels.style`."""
    st.html(f"<style>{CSS.read_text(encoding='utf-8')}</style>")


def places(here: Visit) -> dict[str, str]:
    return {slug: place.name for slug, place in here.app.reference.clinic.locations.items()}


@dataclass(frozen=True)
class Chosen:
    """What one of the two pages is set to."""

    filters: results.Filters
    wall: bool

    def exported(self, here: Visit) -> dict[str, str]:
        """What a file says of the filters that were on."""
        form = self.filters.scope.form
        return {
            **spreadsheet.narrowed(self.filters.scope, here.app.reference),
            "form": form_name(form) if form else "all",
            "time": TIMES["wall" if self.wall else "business"],
        }


def narrowed(here: Visit) -> Chosen:
    """One line: period and kind of time on the left, what to narrow to on the right."""
    with st.container(horizontal=True, vertical_alignment="center", key="speed_filters"):
        name, period = filters.period(here)
        wall = filters.choice("time", TIMES, "business", label="Time", segments=True) == "wall"
        panels.note(results.days(period))
        boxes = [st.container(width=BOX) for _ in range(2)]
    with boxes[0]:
        location = filters.box("location", "All locations", places(here))
    with boxes[1]:
        form = filters.box("form", "All forms", {code: form_name(code) for code in FORM_TYPES})
    return Chosen(results.Filters(name, period, Scope(location=location, form=form)), wall)


def explain(names: Iterable[str]) -> None:
    """Every figure's meaning, for those who cannot hover."""
    with st.expander("What the figures mean"):
        rows = "".join(
            f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(words)}</dd></div>"
            for name, words in meanings(names)
        )
        st.html(f'<dl class="luxe-lines stacked">{rows}</dl>')


def as_table(columns: list[str], rows: Iterable[Sequence[Cell]]) -> None:
    """A chart's figures in a table, folded away."""
    with st.expander("Show as table"):
        panels.table(columns, rows)
