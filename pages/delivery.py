"""Delivery: whether texts leave, what came of them, what is held, and what waits for a person."""

import shutil
from datetime import datetime

import streamlit as st

from console.delivery import standing, view
from console.parts import charts, filters, panels, resend_drawer, sending_drawer
from console.parts.component import LiveComponent
from console.parts.words import sentence_case
from console.shell import Visit, page
from core.domain.roles import Permission
from core.operations.store import TEMPLATE
from core.reads import delivery, delivery_standing, setup
from core.reads.delivery import Ahead, Recent
from core.reads.delivery_standing import Standing
from core.reads.parts import sending_state

STRIP = LiveComponent("delivery/delivery_strip")
LIST = LiveComponent("parts/resend_list")
FEW_ROWS = 4  # as many are seen at a glance


def strip(here: Visit, found: Standing) -> None:
    """What runs, live; what is at rest with it is as of this run."""
    db = here.app.db
    disk = shutil.disk_usage(db.path.parent) if db.is_sqlite else None
    STRIP.mount(
        key="delivery_strip",
        data=standing.strip(
            found,
            simulated=here.app.settings.simulated,
            embedded=db.is_sqlite,
            free=disk.free / disk.total if disk else None,
        ),
        actions=sending_drawer.ACTIONS,
    )


def untold(here: Visit) -> None:
    """Whoever takes leads and no alert reaches: nothing fails there, so nobody would notice."""
    with here.app.db.read() as session:
        people = setup.untold(session)
    for words in people:
        panels.warning(f"{sentence_case(words)}.")


def doubtful(here: Visit) -> None:
    """Texts whose fate is unknown: sent again or dropped by an admin, after a look at exactly what would go."""
    waiting = here.read(delivery.pulse, now=here.now).doubtful
    if here.actor.may(Permission.RESEND):
        done = st.session_state.get(resend_drawer.DONE)
        panels.reserve("resend_list", view.doubtful_height(waiting))
        LIST.mount(
            key="resend_list",
            data={"only": "unknown", "span": "week", "done": done, "expected": waiting},
            actions=resend_drawer.ACTIONS,
        )
        resend_drawer.open_chosen(here)
    elif waiting:
        panels.note("Texts of unknown fate are sent again or dropped by an admin, on page Resend.")


def span_control() -> str:
    """Which stretch of time, kept in the address; and the figures read anew."""
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        span = filters.choice("time", view.SPANS, view.USUAL, label="Time", segments=True)
        st.button(
            "Refresh", icon=":material/refresh:", help="Read the figures below anew. The strip above is live."
        )
    return span


def outcomes(here: Visit) -> Recent:
    """What was handed over lately, and what came of it."""
    zone = here.app.reference.clinic.zone
    panels.heading("Texts that were handed over", "Hatched: they failed, at the provider or at the carrier.")
    span = span_control()
    start, step, steps = view.stretch(span, zone, here.now)
    recent = here.read(delivery.recent, start, step)
    total = recent.total
    panels.figures(view.figures(total, (here.now - start).total_seconds() / 3600))
    if not total.handed_over:
        panels.empty("No text in this time", "Texts appear here as soon as one is handed to the provider.")
        return recent
    charts.show(
        charts.texts(view.bars(recent, steps, zone), charts.colours()),
        key="delivery.texts",
        alt=f"{view.SPANS[span]}: {total.handed_over} texts handed over, {total.failed} of them failed",
    )
    failed(recent, here)
    return recent


def failed(recent: Recent, here: Visit) -> None:
    """By the provider's code, in words."""
    panels.heading(f"Why {recent.total.failed:,} failed" if recent.total.failed else "None has failed")
    if not recent.failures:
        return
    found = recent.failures
    reasons = view.reasons(found)
    if len(reasons) > FEW_ROWS:
        found = view.because(found, filters.several("why", reasons, label="Any reason"))
    with here.app.db.read() as session:
        stops = sending_state.read(session).stops
    stopped = [stop.template for stop in stops if stop.name.startswith(TEMPLATE)]
    rows = view.failure_rows(found, stopped, here.app.reference.clinic.zone)
    panels.table(view.FAILURE_COLUMNS, rows, minor=view.FAILURES_MINOR, words=True)
    if here.actor.may(Permission.RESEND):
        st.page_link(
            st.session_state["pages"]["resend"],
            label="All texts that did not arrive",
            icon=":material/forward_to_inbox:",
        )


def held(here: Visit, ahead: Ahead) -> None:
    panels.heading("Held back")
    lines = view.held_lines(ahead, here.app.reference.clinic.zone)
    panels.lines(lines) if lines else panels.note("Nothing is held back.")


def emails(here: Visit, since: datetime) -> None:
    """What became of emails in the time that is chosen; nothing where none ever goes."""
    found = here.read(delivery.emails_since, since)
    if not found.any and not here.app.email.sender:
        return
    panels.heading("Emails")
    panels.lines(view.email_lines(found), "figures") if found.any else panels.note("No email in this time.")
    if here.actor.may(Permission.RESEND) and (found.failed or found.bounced or found.doubtful):
        st.page_link(
            st.session_state["pages"]["resend"],
            label="Those that did not arrive",
            icon=":material/forward_to_inbox:",
        )


def speed(found: Standing) -> None:
    panels.heading("From form to text")
    lines = standing.speed(found)
    panels.lines(lines, "figures") if lines else panels.note("No form was answered by a text yet.")


def heard(here: Visit, found: Standing) -> None:
    panels.heading("Last heard from")
    panels.lines(standing.heard(found, here.app.reference.clinic.zone, here.now))


def unread(here: Visit, found: Standing) -> None:
    panels.heading(f"Could not be read: {found.unread:,}" if found.unread else "Could not be read")
    if not found.unread:
        panels.note("Every form was read.")
        return
    panels.lines(standing.unread(found, here.app.reference.clinic.zone, here.now), "stacked")
    st.page_link(
        st.session_state["pages"]["unread-forms"],
        label="Open the unread forms",
        icon=":material/unknown_document:",
    )


def plan(here: Visit, ahead: Ahead) -> None:
    """What goes in the next 24 hours as planned now."""
    zone = here.app.reference.clinic.zone
    if not ahead.texts:
        panels.heading("Going out in the next 24 hours", "Nothing is planned.")
        return
    panels.heading(
        view.ahead_title(ahead), "As planned now. Replies, bookings and opt-outs will cancel some."
    )
    week = here.app.reference.texting_hours.for_patient(zone, "", marketing=False)
    figure = charts.texts(
        view.ahead_bars(ahead, zone), charts.colours(), automatic=True, bands=view.quiet(ahead, week)
    )
    charts.show(figure, key="delivery.ahead", alt=view.ahead_title(ahead))


def by_template(recent: Recent) -> None:
    """Which wording the carriers do not like."""
    if not recent.templates:
        return
    panels.heading(
        "By template", "Filtered: a carrier refused the wording (30007). Per cent from 20 texts on."
    )
    found = recent.templates
    if len(found) > FEW_ROWS:
        found = view.named(found, filters.text("template", label="Find a template"))
    panels.table(view.TEMPLATE_COLUMNS, view.template_rows(found))


with page(Permission.SEE_DELIVERY, "Delivery") as visit:
    panels.style()
    around = visit.read(delivery_standing.read, now=visit.now)
    planned = visit.read(delivery.ahead, view.full_hour(visit.now))
    untold(visit)
    strip(visit, around)
    doubtful(visit)
    with st.container(key="delivery_columns", horizontal=True):
        with st.container(key="delivery_texts"):
            newest = outcomes(visit)
        with st.container(key="delivery_side"):
            with st.container():
                held(visit, planned)
                emails(visit, newest.start)
                speed(around)
            with st.container():
                heard(visit, around)
                unread(visit, around)
    plan(visit, planned)
    by_template(newest)
