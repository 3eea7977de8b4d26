"""A new colleague: asked for on the Staff page, filled in in a dialog, which shows the first password once."""

from typing import Any

import streamlit as st

from console.parts import step_up
from console.parts.component import Message
from console.shell import Outcome, Visit, act, origin
from core.domain.roles import ROLE_NAMES, Permission, Role, require
from core.flows.access import passwords
from core.flows.staff import accounts
from core.staff.profile_rules import Profile

ASKED, MADE = "staff.asked", "staff.made"


def add(_message: Message) -> Outcome:
    """The dialog of this run asks for the rest."""
    st.session_state[ASKED] = True
    return Outcome("done")


def open_asked(here: Visit) -> None:
    """Open the dialog where the page asked for it in this run."""
    if st.session_state.pop(ASKED, False):
        require(here.actor, Permission.MANAGE_STAFF)
        st.dialog("Add a person", on_dismiss="rerun")(_fill_in)(here)


def _fill_in(here: Visit) -> None:
    if st.session_state.pop(MADE, False):
        st.rerun()
    if not step_up.ask("An account opens patients' data to somebody."):
        return
    places = {place.slug: place.name for place in here.app.reference.clinic.locations.values()}
    with st.form("add_person", border=False):
        name = st.text_input("Full name", max_chars=80)
        username = st.text_input(
            "Username", max_chars=40, placeholder="Small letters and digits, to sign in with"
        )
        role = st.selectbox("Role", list(Role), format_func=lambda one: ROLE_NAMES[one])
        location = st.selectbox("Location", list(places), format_func=lambda one: places[one])
        phone = st.text_input("Phone for alerts", placeholder="Without one nobody tells them of a new lead")
        takes = st.checkbox("Takes leads")
        pressed = st.form_submit_button("Add this person", type="primary")
    if pressed:
        profile = Profile(name, role or "", location=location or "", phone=phone.strip(), accepts_leads=takes)
        _make(here, username.strip(), profile)


def _make(here: Visit, username: str, profile: Profile) -> None:
    fresh = passwords.new_one()
    made = passwords.hashed(fresh)
    reference = here.app.reference

    def flow(session: Any, actor: Any, now: Any) -> None:
        accounts.add(session, reference, actor, username, profile, made, now=now, origin=origin("staff"))

    outcome = act(flow)
    if not outcome.ok:
        st.error(_words(outcome), icon=":material/error:")
        return
    st.markdown(f"**{profile.name}** ({username}) signs in with this once, and then chooses their own:")
    st.code(fresh, language=None)
    st.caption("It is not shown again. Their shifts are the opening hours until you set them.")
    # The password is drawn in this run only: the next one, that of the button, closes the dialog.
    st.button("Done", on_click=_seen)


def _words(outcome: Outcome) -> str:
    return (
        " ".join(f"{name.capitalize()}: {words}" for name, words in outcome.fields.items()) or outcome.words
    )


def _seen() -> None:
    st.session_state[MADE] = True
