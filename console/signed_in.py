"""Whose session this run belongs to: checked against the database on every run and before every action."""

import streamlit as st

from console.process import current_app
from console.routes import cookie_name
from core.flows.access import sign_in
from core.flows.access.sign_in import SignedIn

SESSION = "session_id"
TICKET = "ticket"


def current_session() -> SignedIn | None:
    """The open session of this browser, or None. Forgets one that is over.

    The id is kept beside the page's own state: cookies are read once, when the page connects, so a sign-in made
    since then is in no cookie that we can see.
    """
    app = current_app()
    session_id = st.session_state.get(SESSION) or _from_cookie()
    if not session_id:
        return None
    who = sign_in.resume(app, session_id, app.clock.now())
    if who is None:
        st.session_state.pop(SESSION, None)
        st.session_state["over"] = session_id
        return None
    st.session_state[SESSION] = session_id
    return who


def _from_cookie() -> str:
    token = st.context.cookies.get(cookie_name(current_app().settings.console))
    # Under AppTest the cookies are a stand-in whose values are no text.
    session_id = sign_in.hashed(token) if isinstance(token, str) and token else ""
    return "" if session_id == st.session_state.get("over") else session_id


def remember(who: SignedIn) -> None:
    """Keep a fresh sign-in for this page; its ticket fetches the cookie from the browser."""
    st.session_state[SESSION] = who.session_id
    st.session_state[TICKET] = who.ticket


def forget() -> None:
    """Sign out of this page's session."""
    app = current_app()
    session_id = st.session_state.pop(SESSION, None) or _from_cookie()
    if session_id:
        sign_in.sign_out(app, session_id, app.clock.now())
        st.session_state["over"] = session_id
    for key in (TICKET, "visit", "authentication_status", "username", "name"):
        st.session_state.pop(key, None)
