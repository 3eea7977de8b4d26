"""Sources: where leads come from and what becomes of them."""

import pandas as pd
import streamlit as st

from console.funnel.view import period_words
from console.parts import charts, filters, panels, results
from console.shell import Visit, page
from console.sources import view
from core.domain.roles import Permission
from core.reads.parts.scopes import Scope
from core.reads.sources import GROUPINGS


def narrowed(here: Visit) -> tuple[results.Filters, str]:
    """One line: period on the left, what to narrow to and how to group on the right."""
    on_offer = results.choices_of(here)
    reference = here.app.reference
    left, note, *boxes = st.columns([3.2, 2.6, 1.5, 1.5, 1.5], vertical_alignment="center")
    with left:
        name, period = filters.period(here)
    with note:
        panels.note(period_words(period).split(", before")[0])
    with boxes[0]:
        places = {slug: place.name for slug, place in reference.clinic.locations.items()}
        location = filters.box("location", "All locations", places)
    with boxes[1]:
        labels = {code: reference.treatment_label(code) for code in on_offer.treatments}
        treatment = filters.box("treatment", "All treatments", labels)
    with boxes[2]:
        grouping = filters.choice("by", GROUPINGS, "source", label="Grouped")
    return results.Filters(name, period, Scope(location, "", treatment)), grouping


def table(found: list[view.Line], grouping: str) -> None:
    """Sortable. Money spent is not kept yet, and that is said."""
    frame = pd.DataFrame(
        {
            "name": [line.name for line in found],
            "detail": [line.detail for line in found],
            "forms": [line.forms for line in found],
            "attempted": [line.attempted.part for line in found],
            "talked": [line.talked.part for line in found],
            "booked": [line.booked.part for line in found],
            "rate": [None if line.booked.few else 100 * (line.booked.rate or 0) for line in found],
            "rank": pd.array([line.rank for line in found], dtype="Int64"),
            "value": [round(line.booked_cents / 100) for line in found],
            "average": [round(line.average_cents / 100) if line.average_cents else None for line in found],
            "spend": ["no spend entered"] * len(found),
        }
    )
    column = st.column_config
    st.dataframe(
        frame,
        hide_index=True,
        row_height=38,
        key="sources.table",
        placeholder="too few",
        alt="The figures by source",
        column_config={
            "name": column.TextColumn(view.kind_of(grouping).capitalize(), pinned=True),
            "detail": column.TextColumn("Made up of"),
            "forms": column.NumberColumn("Forms", format="localized"),
            "attempted": column.NumberColumn("Attempted", format="localized"),
            "talked": column.NumberColumn("Talked with", format="localized"),
            "booked": column.NumberColumn("Booked", format="localized"),
            "rate": column.NumberColumn("Booked of forms", format="%.0f%%"),
            "rank": column.NumberColumn("Rank", help="By booked of forms; none under 20 forms"),
            "value": column.NumberColumn("Booked value", format="dollar", step=1),
            "average": column.NumberColumn("Average value", format="dollar", step=1),
            "spend": column.TextColumn("Spend"),
        },
    )


def pictures(found: list[view.Line]) -> None:
    """How often a form becomes a booking, and what the bookings are worth."""
    tones = charts.colours()
    whole = view.total(found)
    bars = [charts.SourceBar(**values) for values in view.bars(found[: charts.MOST_SOURCES])]
    left, right = st.columns([3, 2], gap="large")
    with left:
        panels.heading(view.finding(found), view.HOW_TO_READ)
        figure = charts.booked_rates(bars, whole.booked.rate or 0, tones)
        charts.show(figure, key="sources.rates", alt=view.sentence(found))
    with right:
        panels.heading(
            "What the bookings are worth", "Booked value, all on one scale; below each name its average."
        )
        charts.show(charts.values(bars, tones), key="sources.values", alt=view.summary(found))


with page(Permission.SEE_RESULTS, "Sources") as here:
    panels.style()
    chosen, grouping = narrowed(here)
    found = view.lines(results.sources_of(here, chosen, grouping), grouping)
    if not found:
        panels.empty(
            "No form in this period",
            "Choose a longer period, or fewer filters. Forms appear here as they come.",
        )
    else:
        panels.figures(view.figures(found, grouping))
        table(found, grouping)
        pictures(found)
        if view.few_words(found):
            panels.note(view.few_words(found))
        st.download_button(
            "Export CSV",
            view.export(found, chosen.period, grouping),
            file_name=f"sources-{chosen.period.first}-{chosen.period.last}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
