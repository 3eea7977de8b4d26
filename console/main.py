"""Runs at every visit and every click: sign-in gate, navigation, the frame around each page."""

from typing import Any

import streamlit as st

from console import after_password, frame, guard, nav, sign_in
from console.parts import second_factor
from console.process import current_app
from console.shell import begin
from console.signed_in import current_session
from core.flows.access.sign_in import SignedIn

st.set_page_config(
    page_title="Luxe Follow-Up",
    page_icon=frame.picture("icon.png"),
    layout="wide",
    initial_sidebar_state=248,
)


def navigation(pages: dict[str, Any], who: SignedIn | None) -> Any:
    """Declare every page on every run: one that is left out loses its deep link."""
    sections: dict[str, list[Any]] = {}
    for entry in nav.ENTRIES:
        sections.setdefault(entry.section, []).append(pages[entry.url])
    works = who and not who.held and second_factor.CODES not in st.session_state
    return st.navigation(sections, position="sidebar" if works else "hidden", expanded=True)


def declared(who: SignedIn | None) -> dict[str, Any]:
    """Every page by its address; those that are not this person's are there, and hidden."""
    return {
        entry.url: st.Page(
            entry.path,
            title=entry.title,
            icon=entry.icon,
            url_path=entry.url,
            default=entry is nav.ENTRIES[0],
            visibility=("visible" if entry.section and who and who.actor.may(entry.permission) else "hidden"),
        )
        for entry in nav.ENTRIES
    }


def show(page: Any, who: SignedIn) -> None:
    """The page that was asked for, in its frame."""
    here = begin(current_app(), who)
    frame.sidebar(here)
    home = nav.home(who.actor)
    if page.url_path == "" and home and home is not nav.ENTRIES[0]:
        st.switch_page(st.session_state["pages"][home.url], query_params=st.query_params.to_dict())
    frame.banners(here)
    page.run()


with guard.whole_run():
    who, trouble = guard.tried(current_session)
    pages = declared(who)
    st.session_state["pages"] = pages
    page = navigation(pages, who)  # first of all: a run without it would lose the page's address
    frame.style()
    if trouble:
        raise trouble
    if who is None and after_password.WAITING in st.session_state:
        after_password.code_page(st.session_state[after_password.WAITING])
    elif who is None:
        sign_in.page(nav.entry(page.url_path))
    elif not after_password.page(who):
        show(page, who)
