"""The frame around every page: style, wordmark, the Now block at the end of the sidebar, banners above the title."""

from functools import cache
from pathlib import Path

import streamlit as st

from console.parts import sending, sending_drawer
from console.parts.component import LiveComponent, Message
from console.shell import Outcome, Visit
from console.signed_in import forget
from core.domain.roles import ROLE_NAMES, Permission

FOLDER = Path(__file__).parent
NOW_BLOCK = LiveComponent("now_block")
BANNERS = LiveComponent("banners")


@cache
def _css() -> str:
    return (FOLDER / "widgets" / "css" / "frame.css").read_text(encoding="utf-8")


def style() -> None:
    st.html(f"<style>{_css()}</style>")


def sidebar(here: Visit) -> None:
    st.logo(FOLDER / "static" / "wordmark.svg", size="large")
    location = here.app.reference.clinic.locations.get(here.signed_in.location)
    place = f", {location.name}" if location else ""
    with st.sidebar:
        NOW_BLOCK.mount(
            key="now_block",
            data={"name": here.actor.name, "role": f"{ROLE_NAMES[here.actor.role]}{place}"},
            actions={"sign_out": _sign_out},
        )


def _sign_out(_message: Message) -> Outcome:
    forget()
    return Outcome("done")


def banners(here: Visit) -> None:
    """Only what stops the work: not live, the scheduler late, sending stopped. Whoever may, lets texts go on here."""
    with here.app.db.read() as session:
        stops = sending.now_stopped(session)
    may = here.actor.may(Permission.STOP_SENDING)
    BANNERS.mount(key="banners", data={"stops": stops, "may": may}, actions=sending_drawer.ACTIONS)
    sending_drawer.open_asked(here)
