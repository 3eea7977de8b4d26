"""The dialog of wall links: which screens there are, a new one, ending one."""

from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from console.parts.component import Handler, Message
from console.shell import Outcome, Visit, act
from core.domain.roles import Actor
from core.domain.wall import due_words
from core.flows.access import wall_links
from core.staff.store.walls import WallLink

ASKED, MADE = "wall_links.asked", "wall_links.made"
EVERYWHERE = "All locations"


def ask(_message: Message) -> Outcome:
    """The dialog opens in this run."""
    st.session_state[ASKED] = True
    st.session_state.pop(MADE, None)
    return Outcome("done")


ACTIONS: dict[str, Handler] = {"walls": ask}


def open_asked(here: Visit) -> None:
    """Open the dialog where the board asked for it."""
    if st.session_state.pop(ASKED, False):
        st.dialog("Wall displays", width="medium")(dialog)(here)


def dialog(here: Visit) -> None:
    """Links that work, each with its end; then a new one."""
    st.caption(
        "A screen on the wall opens a link of its own: it needs no sign-in, stays on, shows references instead of "
        "names, and can do nothing. Whoever has the address sees the board, so end a link that you do not need."
    )
    links = here.read(wall_links.links)
    for link in links:
        _line(here, link)
    if not links:
        st.markdown("No screen has a link yet.")
    _new(here)


def _line(here: Visit, link: WallLink) -> None:
    place = here.app.reference.clinic.location(link.location).name if link.location else EVERYWHERE
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.markdown(f"**{link.name}**, {place}  \n{_seen(here, link)}")
    if right.button("End", key=f"wall.end.{link.id}", help=f"End the link of {link.name} at once"):
        ended = act(lambda session, actor, now: wall_links.revoke(session, actor, link.id, now=now))
        if not ended.ok:
            st.error(ended.words, icon=":material/error:")
            return
        st.rerun(scope="fragment")


def _seen(here: Visit, link: WallLink) -> str:
    zone, now = here.app.settings.zone, here.app.clock.now()
    made = f"made by {link.made_by}, {due_words(link.made_at, zone, now)}"
    return (
        f"{made}; last opened {due_words(link.seen_at, zone, now)}"
        if link.seen_at
        else f"{made}; never opened"
    )


def _new(here: Visit) -> None:
    places = {"": EVERYWHERE} | {slug: one.name for slug, one in here.app.reference.clinic.locations.items()}
    with st.form("wall_links.new", border=False):
        name = st.text_input(
            "New link for which screen", max_chars=wall_links.LONGEST_NAME, placeholder="Front desk"
        )
        location = st.selectbox("What it shows", list(places), format_func=places.__getitem__)
        pressed = st.form_submit_button("Make link", type="primary")
    if pressed:
        _make(here, name, location)
    address = st.session_state.get(MADE)
    if address:
        st.success("Open this address on the screen. It is shown this once.", icon=":material/tv:")
        st.code(address, language=None, wrap_lines=True)


def _make(here: Visit, name: str, location: str) -> None:
    def flow(session: Session, actor: Actor, now: datetime) -> str:
        return wall_links.make(session, here.app.reference, actor, name, location, now=now)

    made = act(flow)
    if not made.ok:
        st.error(made.words, icon=":material/error:")
        return
    st.session_state[MADE] = f"{here.app.settings.console}/wall/{made.value}"
    st.rerun(scope="fragment")
