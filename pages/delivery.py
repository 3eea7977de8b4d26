"""Delivery: whether texts leave, what came of them, what is held, and what waits for a person."""

import pandas as pd
import streamlit as st

from console.delivery import view
from console.parts import charts, filters, panels, resend_drawer, sending_drawer
from console.parts.component import LiveComponent
from console.shell import Visit, page
from core.domain.roles import Permission
from core.reads import delivery
from core.reads.delivery import Ahead, Recent

STRIP = LiveComponent("delivery/delivery_strip")
LIST = LiveComponent("parts/resend_list")
FEW_ROWS = 4  # as many are seen at a glance


def span_control() -> str:
    """Which stretch of time, kept in the address; and the figures read anew."""
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        span = filters.choice("time", view.SPANS, view.USUAL, label="Time", segments=True)
        st.button(
            "Refresh", icon=":material/refresh:", help="Read the figures below anew. The strip above is live."
        )
    return span


def outcomes(here: Visit) -> None:
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
        return
    charts.show(
        charts.texts(view.bars(recent, steps, zone), charts.colours()),
        key="delivery.texts",
        alt=f"{view.SPANS[span]}: {total.handed_over} texts handed over, {total.failed} of them failed",
    )
    failed(recent, here)
    by_template(recent)


def failed(recent: Recent, here: Visit) -> None:
    """By the provider's code, in words; sortable."""
    panels.heading(f"Why {recent.total.failed:,} failed" if recent.total.failed else "None has failed")
    if not recent.failures:
        return
    frame = pd.DataFrame(view.failure_table(recent.failures))
    reasons = list(dict.fromkeys(frame["why"]))
    if len(reasons) > FEW_ROWS:
        wanted = filters.several("why", reasons, label="Any reason")
        frame = frame[frame["why"].isin(wanted or reasons)]
    frame["last"] = frame["last"].dt.tz_convert(here.app.reference.clinic.zone)
    column = st.column_config
    st.dataframe(
        frame,
        hide_index=True,
        row_height=38,
        key="delivery.failures",
        alt="Failed texts by the provider's code",
        column_config={
            "why": column.TextColumn("Why", width="medium"),
            "code": column.TextColumn("Code", width="small"),
            "texts": column.NumberColumn("Texts", width="small"),
            "templates": column.NumberColumn("Wordings", width="small"),
            "last": column.DatetimeColumn("Newest", format="MMM D, h:mm A", width="small"),
            "remedy": column.TextColumn("What can be done", width="medium"),
        },
    )


def by_template(recent: Recent) -> None:
    """Which wording the carriers do not like; sortable."""
    panels.heading(
        "By template", "Filtered: a carrier refused the wording (30007). Per cent from 20 texts on."
    )
    frame = pd.DataFrame(view.template_table(recent.templates))
    if len(frame) > FEW_ROWS:
        wanted = filters.text("template", label="Find a template")
        frame = frame[frame["template"].str.casefold().str.contains(wanted, regex=False)]
    column = st.column_config
    st.dataframe(
        frame,
        hide_index=True,
        row_height=38,
        key="delivery.templates",
        placeholder="too few",
        alt="What came of the texts of each template",
        column_config={
            "template": column.TextColumn("Template", width="medium"),
            "texts": column.NumberColumn("Handed over", width="small"),
            "delivered": column.NumberColumn("Delivered", format="%.0f%%", width="small"),
            "failed": column.NumberColumn("Failed", width="small"),
            "filtered": column.NumberColumn("Filtered", width="small"),
        },
    )


def doubtful(here: Visit) -> None:
    """Texts whose fate is unknown: sent again or dropped by an admin, after a look at exactly what would go."""
    if here.actor.may(Permission.RESEND):
        LIST.mount(
            key="resend_list",
            data={"only": "unknown", "span": "week", "done": st.session_state.get(resend_drawer.DONE)},
            actions=resend_drawer.ACTIONS,
        )
        st.page_link(
            st.session_state["pages"]["resend"],
            label="All texts that did not arrive",
            icon=":material/forward_to_inbox:",
        )
        resend_drawer.open_chosen(here)
    else:
        panels.note("Texts of unknown fate are sent again or dropped by an admin, on page Resend.")


def plan(here: Visit) -> None:
    """What goes in the next 24 hours as planned now, and what is held back meanwhile."""
    zone = here.app.reference.clinic.zone
    ahead: Ahead = here.read(delivery.ahead, view.full_hour(here.now))
    panels.heading(
        view.ahead_title(ahead), "As planned now. Replies, bookings and opt-outs will cancel some."
    )
    if ahead.texts:
        charts.show(
            charts.texts(view.ahead_bars(ahead, zone), charts.colours(), automatic=True),
            key="delivery.ahead",
            alt=view.ahead_title(ahead),
        )
    if ahead.held:
        panels.heading("Held back")
        panels.table(["Why", "Texts", "First may go"], view.held_rows(ahead, zone))


with page(Permission.SEE_DELIVERY, "Delivery") as visit:
    panels.style()
    STRIP.mount(key="delivery_strip", data={}, actions=sending_drawer.ACTIONS)
    doubtful(visit)
    outcomes(visit)
    plan(visit)
