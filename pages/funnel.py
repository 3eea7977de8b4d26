"""Funnel: how far leads come, against the goals and the period before."""

import streamlit as st

from console.funnel import people, view
from console.funnel.stage_table import stage_table
from console.parts import charts, exporting, filters, panels, results, spreadsheet
from console.shell import Visit, page
from core.domain.roles import Permission
from core.reads.funnel import Funnel
from core.reads.parts.scopes import Scope

BOX = 146  # px: filters wrap where the line is short, and stand two by two on a phone


def narrowed(here: Visit) -> results.Filters:
    """One line: period on the left, what to narrow to on the right."""
    on_offer = results.choices_of(here)
    reference = here.app.reference
    with st.container(horizontal=True, vertical_alignment="center", key="filters"):
        name, period = filters.period(here)
        panels.note(results.days_compared(period))
        boxes = [st.container(width=BOX) for _ in range(3)]
    with boxes[0]:
        places = {slug: place.name for slug, place in reference.clinic.locations.items()}
        location = filters.box("location", "All locations", places)
    with boxes[1]:
        source = filters.box("source", "All sources", results.labelled(on_offer.sources))
    with boxes[2]:
        labels = {code: reference.treatment_label(code) for code in on_offer.treatments}
        treatment = filters.box("treatment", "All treatments", labels)
    return results.Filters(name, period, Scope(location, source, treatment))


def stages(found: Funnel) -> None:
    """The bars, and beside them the rates."""
    lines = view.stages(found)
    bars = [charts.FunnelBar(line.name, line.count, line.before) for line in lines]
    left, right = st.columns([3, 2], gap=None)
    with left, st.container(key="funnel_bars"):
        charts.show(charts.funnel(bars, charts.colours()), key="funnel", alt=view.sentence(found))
    with right:
        stage_table(view.stage_lines(lines))


with page(Permission.SEE_RESULTS, "Funnel", wide_title=False) as here:
    panels.style()
    corner = panels.title("Funnel")
    chosen = narrowed(here)
    found = results.funnel_of(here, chosen)
    panels.figures(view.figures(found))
    if not found.stages[0]:
        panels.empty(
            "No form in this period",
            "Choose a longer period, or fewer filters. Forms appear here as they come.",
        )
    else:
        within = spreadsheet.narrowed(chosen.scope, here.app.reference)
        exporting.csv(corner, "funnel", chosen.period, view.export(found, chosen.period, within))
        stages(found)
        if view.talked(found):
            panels.note(view.talked(found))
        if view.opened(found):
            panels.note(view.opened(found))
        people.insight(here, found, view.insight(found), chosen)
        panels.heading("By form")
        panels.table(view.FORM_COLUMNS, view.by_form(found.by_form), minor=("Attempted", "Qualified"))
