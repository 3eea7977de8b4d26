"""Leaderboard: who reaches leads how fast, what that brought, and why targets were missed."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from console.leaderboard import behind, board, view
from console.leaderboard.kept import kept
from console.parts import band_bars, charts, exporting, panels, picks, speed_page
from console.parts.band_bars import Bar
from console.shell import page
from core.domain.roles import Permission
from core.reads.leaderboard import Leaderboard
from core.sla.causes import NOBODY_ON_SHIFT, OVER_CAPACITY


def booked(found: Leaderboard, press: Callable[[str], None] | None) -> None:
    """Booked, by how fast a person made contact."""
    panels.heading(
        "Booked, by how fast a person made contact",
        "Of the leads contacted, with 95% interval; below each how many. Paler: fewer than 50, read with care.",
    )
    bars = [
        Bar(name, one.of, one.rate, one.low, one.high, f"{one.part} of {one.of}", pick=f"fast:{place}")
        for place, (name, one) in enumerate(found.bands)
    ]
    figure = band_bars.bars(bars, charts.colours(), band_bars.per_cent, "leads")
    charts.show(figure, key="leaderboard.booked", alt=view.sentence(found), picks=press)


def why(found: Leaderboard, names: dict[str, str]) -> None:
    """Causes of the missed targets."""
    missed = view.missed(found)
    title = f"Why {missed:,} targets were missed" if missed != 1 else "Why one target was missed"
    panels.heading(title if missed else "No target was missed", "Each missed target has one cause.")
    board.causes(view.causes(found, names))
    words = view.insight(found, names)
    panels.insight(words)
    if words and found.causes[0].code in (NOBODY_ON_SHIFT, OVER_CAPACITY) and not found.own:
        st.html('<p class="luxe-note"><a href="staff" target="_self">Open shifts</a></p>')


with page(Permission.SEE_LEADERBOARD, "Leaderboard", wide_title=False) as here:
    panels.style()
    speed_page.style()
    corner = panels.title("Leaderboard")
    chosen = speed_page.narrowed(here)
    found, names = kept(here, chosen), speed_page.places(here)
    if not found.everyone.leads:
        panels.empty(
            "No form in this period",
            "Choose a longer period, or fewer filters. People appear here with their first lead.",
        )
    else:
        if not found.own:
            within = chosen.exported(here)
            text = view.export(found, chosen.filters.period, within)
            exporting.csv(corner, "leaderboard", chosen.filters.period, text)
        board.table(view.lines(found, names, here.actor.staff_id), view.total(found), view.scale(found))
        if found.own:
            panels.note(
                "Your own row and all together. Managers see everybody's."
                if found.people
                else "You had no lead in this period."
            )
        if view.nobody_words(found):
            panels.note(view.nobody_words(found))
        with st.container(key="board_below"):
            left, right = st.columns([1, 1], gap="large")
        with left:
            booked(found, None if found.own else picks.ask)
        with right:
            why(found, names)
        speed_page.explain(view.MEANINGS)
        picks.listen(here, partial(behind.title, found), partial(behind.read, here, chosen), "leaderboard")
