"""Leads in a drawer of a page of results, as HTML. All text is escaped here."""

import html
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import streamlit as st

from console.parts.figure_words import minutes
from console.parts.figures import day, label
from console.parts.words import STATES, form_name
from console.shell import Visit
from core.domain.ids import reference


class Listed(Protocol):
    """A lead as such a drawer names it: who, whose it is ('' for nobody's), what came when."""

    @property
    def number(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def form(self) -> str: ...

    @property
    def source(self) -> str: ...

    @property
    def created_at(self) -> datetime: ...

    @property
    def state(self) -> str: ...

    @property
    def owner(self) -> str: ...


def show(here: Visit, found: Iterable[Listed]) -> None:
    """Each with its link."""
    zone = here.app.reference.clinic.zone
    st.html(f'<ul class="luxe-people">{"".join(person(one, zone) for one in found)}</ul>')


def person(one: Listed, zone: ZoneInfo) -> str:
    """One lead: who, whose it is, what came when, and how long a person took where that was asked."""
    ref = reference(one.number)
    owner = (one.owner or "no owner") if one.state == "open" else STATES.get(one.state, one.state)
    facts = ", ".join(filter(None, (ref, form_name(one.form), label(one.source), _took(one))))
    return (
        f'<li><a href="lead?lead={ref}" target="_self">{html.escape(one.name or "New number")}</a>'
        f"<span>{html.escape(owner)}</span><span>{html.escape(facts)}</span>"
        f"<span>{_moment(one.created_at, zone)}</span></li>"
    )


def _took(one: Listed) -> str:
    """'tried after 4:10', 'never tried'; '' where nobody asked."""
    if not hasattr(one, "seconds"):
        return ""
    return "never tried" if one.seconds is None else f"tried after {minutes(one.seconds)}"


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    """'Nov 3, 8:05 AM'"""
    local = moment.astimezone(zone)
    return f"{day(local.date())}, {local.hour % 12 or 12}:{local:%M} {local:%p}"
