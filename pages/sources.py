"""Sources: where leads come from and what becomes of them."""

import streamlit as st

from console.parts import charts, exporting, filters, panels, results, spreadsheet
from console.shell import Visit, page
from console.sources import view
from console.sources.pictures import MOST_SOURCES, SourceBar, booked_rates, values
from core.domain.roles import Permission
from core.reads.parts.scopes import Scope
from core.reads.sources import GROUPINGS

BOX = 146  # px: filters wrap where the line is short, and stand two by two on a phone


def narrowed(here: Visit) -> tuple[results.Filters, str, str]:
    """One line: period on the left, what to narrow to, how to group and how to order on the right."""
    on_offer = results.choices_of(here)
    reference = here.app.reference
    with st.container(horizontal=True, vertical_alignment="center", key="filters"):
        name, period = filters.period(here)
        panels.note(results.days(period))
        boxes = [st.container(width=BOX) for _ in range(4)]
    with boxes[0]:
        places = {slug: place.name for slug, place in reference.clinic.locations.items()}
        location = filters.box("location", "All locations", places)
    with boxes[1]:
        labels = {code: reference.treatment_label(code) for code in on_offer.treatments}
        treatment = filters.box("treatment", "All treatments", labels)
    with boxes[2]:
        grouping = filters.choice("by", GROUPINGS, "source", label="Grouped")
    with boxes[3]:
        order = filters.box(
            "order", view.USUAL_ORDER, {code: words for code, (words, _) in view.ORDERS.items()}
        )
    return results.Filters(name, period, Scope(location, "", treatment)), grouping, order


def pictures(found: list[view.Line], grouping: str) -> None:
    """How often a form becomes a booking, and what the bookings are worth."""
    tones = charts.colours()
    whole = view.total(found)
    bars = [SourceBar(**one) for one in view.bars(found[:MOST_SOURCES])]
    with st.container(key="sources_charts"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        panels.heading(view.finding(found, grouping), view.HOW_TO_READ)
        figure = booked_rates(bars, whole.booked.rate or 0, tones)
        charts.show(figure, key="sources.rates", alt=view.sentence(found, grouping))
    with right:
        panels.heading(
            "What the bookings are worth", "Booked value, all on one scale; below each name its average."
        )
        charts.show(values(bars, tones), key="sources.values", alt=view.summary(found))


with page(Permission.SEE_RESULTS, "Sources", wide_title=False) as here:
    panels.style()
    corner = panels.title("Sources")
    chosen, grouping, order = narrowed(here)
    found = view.ordered(view.lines(results.sources_of(here, chosen, grouping), grouping), order)
    if not found:
        panels.empty(
            "No form in this period",
            "Choose a longer period, or fewer filters. Forms appear here as they come.",
        )
    else:
        within = spreadsheet.narrowed(chosen.scope, here.app.reference)
        exporting.csv(corner, "sources", chosen.period, view.export(found, chosen.period, within, grouping))
        panels.figures(view.figures(found, grouping))
        panels.table(
            view.columns(grouping),
            map(view.cells, found),
            minor=view.MINOR,
            total=view.cells(view.total(found)),
        )
        pictures(found, grouping)
        if view.few_words(found):
            panels.note(view.few_words(found))
