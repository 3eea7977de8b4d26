"""The frame around every page: style, wordmark, the Now block at the end of the sidebar, banners above the title."""

from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from console import nav
from console.live import millis
from console.parts import sending, sending_drawer, status_actions
from console.parts.component import LiveComponent, Message
from console.shell import Outcome, Visit
from console.signed_in import forget
from core.domain.roles import ROLE_NAMES, Permission
from core.reads import hand_overs, now_block
from core.setup.standing import never_open_names

FOLDER = Path(__file__).parent
NOW_BLOCK = LiveComponent("parts/now_block")
BANNERS = LiveComponent("parts/banners")


@cache
def _css() -> str:
    return (FOLDER / "parts" / "frame.css").read_text(encoding="utf-8")


@cache
def picture(name: str) -> str:
    """A picture of static/ as an address of its own: a file would be opened and looked at in every run."""
    kind = {".png": "image/png", ".svg": "image/svg+xml"}[Path(name).suffix]
    return f"data:{kind};base64,{b64encode((FOLDER / 'static' / name).read_bytes()).decode()}"


def style() -> None:
    """Dialogs hang outside the page, so that they don't inherit whether it is light or dark."""
    scheme = "dark" if st.context.theme.type == "dark" else "light"
    st.html(f"<style>{_css()} .stDialog {{ color-scheme: {scheme}; }}</style>")


def sidebar(here: Visit) -> None:
    st.logo(picture("wordmark.svg"), size="large")
    location = here.app.reference.clinic.locations.get(here.signed_in.location)
    place = f", {location.name}" if location else ""
    with st.sidebar:
        _only_page(here)
        NOW_BLOCK.mount(
            key="now_block",
            data={
                "name": here.actor.name,
                "role": f"{ROLE_NAMES[here.actor.role]}{place}",
                "demo": _made_up(here),
                "standing": _standing(here),
                "me": here.actor.staff_id,
                "reads_forms": here.actor.may(Permission.SEE_DEAD_LETTERS),
                "checks_forms": here.actor.may(Permission.CHECK_FORMS),
                "merges": here.actor.may(Permission.WORK_LEADS),
                "told": here.actor.may(Permission.SEE_LEADS),
            },
            actions={"sign_out": _sign_out, "set_status": status_actions.set_status},
        )


def _only_page(here: Visit) -> None:
    """A role with one page has a menu, too: Streamlit shows none where there is nothing to choose."""
    may = [entry for entry in nav.ENTRIES if entry.section and here.actor.may(entry.permission)]
    if len(may) == 1:
        with st.container(key="only_page"):
            st.page_link(st.session_state["pages"][may[0].url], label=may[0].title, icon=may[0].icon)


def _standing(here: Visit) -> dict[str, Any]:
    """Where the signed-in person stands, for roles that the live block tells nothing."""
    own = here.read(now_block.standing)
    return {"status": own.status, "until": millis(own.until)}


def _made_up(here: Visit) -> str:
    """What the sidebar says where product time is not real time; '' where it is."""
    if not here.app.settings.clock:
        return ""
    speed = here.app.clock.speed
    return "Demo time" if speed == 1 else f"Demo time, {speed:g} times as fast"


def _sign_out(_message: Message) -> Outcome:
    forget()
    return Outcome("done")


def _handing_over(here: Visit) -> dict[str, Any]:
    """What the browser asks to know when somebody's day ends, and what colleagues left them."""
    works = here.actor.may(Permission.WORK_LEADS)
    days = here.read(hand_overs.own_days, here.app.reference, here.now) if works else []
    return {
        "me": here.actor.staff_id,
        "works_leads": works,
        "hands": here.actor.may(Permission.HAND_OVER),
        "place": here.signed_in.location or here.app.reference.clinic.default_location,
        "days": [[millis(start), millis(end)] for start, end in days],
    }


def banners(here: Visit) -> None:
    """Only what stops the work: not live, the scheduler late, sending stopped, no open hour. Whoever may, lets texts go
    on here."""
    with here.app.db.read() as session:
        stops = sending.now_stopped(session)
    may, works = here.actor.may(Permission.STOP_SENDING), here.actor.may(Permission.SEE_LEADS)
    never = list(never_open_names(here.app.reference, here.now))
    BANNERS.mount(
        key="banners",
        data={"stops": stops, "may": may, "works": works, "never": never, **_handing_over(here)},
        actions=sending_drawer.ACTIONS,
    )
    sending_drawer.open_asked(here)
