"""The people behind the funnel's insight, in a drawer, for those who may see leads. All text is escaped here."""

import html
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from console.funnel.view import not_tried
from console.parts import panels, results
from console.parts.figures import day, label
from console.parts.words import STATES, form_name
from console.shell import Visit
from core.domain.ids import reference
from core.domain.roles import Permission
from core.reads import funnel
from core.reads.funnel import Funnel, Untried

MOST = 100


def insight(here: Visit, found: Funnel, words: str, chosen: results.Filters) -> None:
    """The sentence, and the way to the people it speaks of."""
    many = not_tried(found)
    may = here.actor.may(Permission.SEE_LEADS)
    if panels.insight(words, f"Show the {many:,}" if may else ""):
        title = f"{many:,} {'person' if many == 1 else 'people'} nobody has tried to reach"
        st.dialog(title, position="right")(_drawer)(here, chosen, many)


def _drawer(here: Visit, chosen: results.Filters, many: int) -> None:
    found = here.read(funnel.untried, chosen.period, chosen.scope, most=MOST)
    st.caption("Nobody has called or written to them yet. The newest come first.")
    zone = here.app.reference.clinic.zone
    st.html(f'<ul class="luxe-people">{"".join(person(one, zone) for one in found)}</ul>')
    if many > len(found):
        panels.note(f"And {many - len(found):,} more. A shorter period or a filter shows them.")


def person(one: Untried, zone: ZoneInfo) -> str:
    """One lead as HTML: who, whose it is, what came when."""
    ref = reference(one.number)
    owner = (one.owner or "no owner") if one.state == "open" else STATES.get(one.state, one.state)
    facts = f"{ref}, {form_name(one.form)}, {label(one.source)}"
    return (
        f'<li><a href="lead?lead={ref}" target="_self">{html.escape(one.name or "New number")}</a>'
        f"<span>{html.escape(owner)}</span><span>{html.escape(facts)}</span>"
        f"<span>{_moment(one.created_at, zone)}</span></li>"
    )


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    """'Nov 3, 8:05 AM'"""
    local = moment.astimezone(zone)
    return f"{day(local.date())}, {local.hour % 12 or 12}:{local:%M} {local:%p}"
