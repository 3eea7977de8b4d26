"""Speed: when people heard from us, what a person's speed brought, and where it is lost."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from console.parts import band_bars, charts, exporting, filters, panels, picks, speed_page
from console.shell import Visit, page
from console.speed import behind, exported, pictures, view, week
from console.speed.kept import kept
from core.domain.roles import Permission
from core.reads.speed import Speed

Press = Callable[[str], None] | None  # what is told which mark was pressed; None for who sees no leads


def heard(found: Speed, press: Press) -> None:
    """Machine and person on one axis."""
    panels.heading("When people heard from us", view.heard(found))
    with st.container(key="speed_heard"):
        left, right = st.columns([1, 3], gap="large")
    with left:
        week.two(view.two(found))
    with right:
        charts.show(
            pictures.heard(found, charts.colours()), key="speed.heard", alt=view.sentence(found), picks=press
        )


def brought(found: Speed, press: Press) -> None:
    """Reached, booked and value by time to a person."""
    panels.heading(
        "What a person's speed brought here",
        "By time to the first try by a person. Bars with 95% interval. Paler: fewer than 50, read with care."
        " Fewer than 20: counts. Below each: people.",
    )
    with st.container(horizontal=True, vertical_alignment="center", key="speed_compared"):
        alike = filters.choice("compare", view.COMPARED, "was", label="Compared", segments=True) == "alike"
        by = "temperature"
        if alike:
            by = filters.choice("alike", view.ALIKE_BY, by, label="Alike in", segments=True)
    chosen = found.alike[by] if alike else found.bands
    press = None if alike else press  # a bar of the whole's mix is no heap of leads
    bars = view.bars(chosen)
    with st.container(key="speed_bands"):
        columns = st.columns(3, gap="large")
    for column, (code, name, words) in zip(columns, PICTURES, strict=True):
        with column:
            st.html(f'<p class="luxe-note"><b>{name}</b></p>')
            alt = view.bar_sentence(name, bars[code], {})
            figure = band_bars.bars(bars[code], charts.colours(), words, "people")
            charts.show(figure, key=f"speed.{code}", alt=alt, picks=press)
    gap = view.gap_words(found, by)
    panels.insight(gap)
    if alike and not gap:
        panels.note(view.untold(by))
    speed_page.as_table(view.TABLE_COLUMNS, view.table(chosen, opens=bool(press)))


PICTURES = (
    ("reached", "Reached: talked or wrote back", band_bars.per_cent),
    ("booked", "Booked by now", band_bars.per_cent),
    ("value", "Booked value per lead", band_bars.dollars),
)


def slow(here: Visit, found: Speed) -> None:
    """The week, and where the minutes go."""
    with st.container(key="speed_below"):
        left, right = st.columns(2, gap="large")
    with left:
        panels.heading(
            "When we are slow",
            f"Median to a person, {view.in_grid(found):,} forms that came in opening hours. Hatched: over"
            " the goal. Below: people.",
        )
        week.grid(view.grid(found), opens=picks.may(here))
        if view.slow_sentence(found):
            panels.note(view.slow_sentence(found))
    with right:
        panels.heading(
            "Where the minutes go",
            f"Median of each step, {found.within:,} contacted within the goal and {found.later:,} later.",
        )
        panels.table(view.STEP_COLUMNS, view.steps(found))
        if view.lost(found):
            panels.note(view.lost(found))
        panels.heading("Never contacted by a person", view.never(found))
        if found.never and picks.may(here):
            st.html(f'<p class="luxe-note">{panels.pick(f"Show the {found.never:,}", "never")}</p>')


with page(Permission.SEE_RESULTS, "Speed", wide_title=False) as here:
    panels.style()
    speed_page.style()
    corner = panels.title("Speed")
    chosen = speed_page.narrowed(here)
    found = kept(here, chosen)
    if not found.forms:
        panels.empty(
            "No form in this period",
            "Choose a longer period, or fewer filters. Forms appear here as they come.",
        )
    else:
        within = chosen.exported(here)
        text = exported.export(found, chosen.filters.period, within)
        exporting.csv(corner, "speed", chosen.filters.period, text)
        press = picks.ask if picks.may(here) else None
        heard(found, press)
        brought(found, press)
        slow(here, found)
        speed_page.explain(view.MEANINGS)
        picks.listen(here, partial(behind.title, found), partial(behind.read, here, chosen), "speed")
