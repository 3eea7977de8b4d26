"""Setting up an authenticator app: the picture, the first code, and the recovery codes that are shown once."""

import html

import segno
import streamlit as st

from console.process import current_app
from console.shell import origin
from core.domain.clock import real_time
from core.domain.errors import InvalidInput, LuxeError
from core.flows.access import second_factor
from core.flows.access.second_factor import Enrolment
from core.flows.access.sign_in import SignedIn
from core.staff import code_rules

CODES = "second_factor.codes"  # shown until their owner says that they are kept


def enrol(who: SignedIn, verb: str) -> bool:
    """The picture and the field for the first code; whether that was right. Its recovery codes wait in CODES then."""
    try:
        enrolment = _begun(who)
    except LuxeError as error:
        st.info(str(error))
        return False
    picture = segno.make(enrolment.address, error="m").svg_data_uri(scale=4, border=3, light="#ffffff")
    st.html(
        '<p class="luxe-muted">Open an authenticator app on your phone, add an account, and point the camera here.</p>'
        f'<img class="luxe-qr" alt="Picture for the authenticator app" src="{picture}">'
    )
    with st.expander("No camera at hand? Type this into the app"):
        st.code(code_rules.in_fours(enrolment.secret), language=None, wrap_lines=True)
        st.caption(f"Account {html.escape(who.username)}, by time, six digits, every 30 seconds.")
    problem = st.empty()
    with st.form("enrol", border=False):
        typed = st.text_input("Code that the app shows now", autocomplete="one-time-code", max_chars=12)
        sent = st.form_submit_button(verb, type="primary", width="stretch")
    if not sent:
        return False
    try:
        st.session_state[CODES] = _confirm(who, typed)
    except LuxeError as error:
        words = error.errors[0].message if isinstance(error, InvalidInput) else str(error)
        problem.error(words, icon=":material/error:")
        return False
    return True


def _begun(who: SignedIn) -> Enrolment:
    app = current_app()
    with app.db.write() as session:
        return second_factor.begin(session, who.actor, who.username, now=app.clock.now())


def _confirm(who: SignedIn, typed: str) -> list[str]:
    app = current_app()
    with app.db.write() as session:
        return second_factor.confirm(
            session,
            who.actor,
            typed,
            at=real_time(),
            now=app.clock.now(),
            origin=origin("second factor"),
        )


def show_codes() -> bool:
    """The recovery codes, this once; whether their owner says that they are kept."""
    codes: list[str] = st.session_state[CODES]
    st.html(
        "<h1>Keep your recovery codes</h1>"
        '<p class="luxe-muted">If your phone is lost, one of these stands in for its code, each of them once. '
        "Print them or write them down; they are not shown again.</p>"
        f'<ol class="luxe-codes">{"".join(f"<li>{code}</li>" for code in codes)}</ol>'
    )
    st.download_button(
        "Save as a text file",
        "Luxe Follow-Up, recovery codes. Each works once.\n\n" + "\n".join(codes) + "\n",
        file_name="luxe-recovery-codes.txt",
        mime="text/plain",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    if st.button("I have kept them", type="primary", width="stretch"):
        st.session_state.pop(CODES, None)
        return True
    return False
