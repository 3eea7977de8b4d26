"""Whose session this run belongs to: checked against the database on every run and before every action."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from console.gate.pages import PAGES
from console.process import current_app
from console.routes import cookie_name
from core.flows.access import sign_in
from core.flows.access.sign_in import SignedIn

SESSION = "session_id"
TICKET = "ticket"
OVER = "over"  # a session that ended or was replaced here: the socket's cookie may still name it


def current_session() -> SignedIn | None:
    """The open session of this browser, or None. Forgets one that is over, and all that was shown of it.

    The id is kept beside the page's own state: cookies are read once, when the page connects, so a sign-in made
    since then is in no cookie that we can see. Where both are there and differ, the page's state is another's.
    """
    app, cookie = current_app(), _cookie()
    session_id = str(st.session_state.get(SESSION, ""))
    if session_id and cookie and cookie != session_id:
        leave()
        session_id = ""
    session_id = session_id or cookie
    if not session_id:
        return None
    who = sign_in.resume(app, session_id, app.clock.now())
    if who is None:
        leave(session_id)
        return None
    st.session_state[SESSION] = session_id
    PAGES.belongs(_page(), session_id)
    return who


def _cookie() -> str:
    """The session that the socket's cookie names, unless it is known here to be over; '' for none."""
    token = st.context.cookies.get(cookie_name(current_app().settings.console))
    # Under AppTest the cookies are a stand-in whose values are no text.
    session_id = sign_in.hashed(token) if isinstance(token, str) and token else ""
    return "" if session_id == st.session_state.get(OVER) else session_id


def _page() -> str:
    """The id under which a browser comes back to this page."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def remember(who: SignedIn) -> None:
    """Keep a fresh sign-in for this page; its ticket fetches the cookie from the browser."""
    replaced = _cookie()
    if replaced:
        st.session_state[OVER] = replaced
    st.session_state[SESSION] = who.session_id
    st.session_state[TICKET] = who.ticket


def leave(session_id: str = "") -> None:
    """Nothing of one person's page may be there for the next one in this tab: lists, hits of a search, answers."""
    over = session_id or st.session_state.get(OVER)
    st.session_state.clear()
    st.session_state[OVER] = over
    PAGES.leave(_page())


def forget() -> None:
    """Sign out of this page's session."""
    app = current_app()
    session_id = st.session_state.get(SESSION) or _cookie()
    if session_id:
        sign_in.sign_out(app, session_id, app.clock.now())
        leave(session_id)
