"""Runs at every visit and every click: sign-in gate, navigation, the frame around each page."""

from typing import Any

import streamlit as st

from console import frame, nav, sign_in
from console.process import current_app
from console.shell import begin
from console.signed_in import current_session

st.set_page_config(
    page_title="Luxe Follow-Up",
    page_icon=frame.picture("icon.png"),
    layout="wide",
    initial_sidebar_state=248,
)


def navigation(pages: dict[str, Any], who: Any) -> Any:
    """Declare every page on every run: one that is left out loses its deep link."""
    sections: dict[str, list[Any]] = {}
    for entry in nav.ENTRIES:
        sections.setdefault(entry.section, []).append(pages[entry.url])
    works = who and not who.must_change_password
    return st.navigation(sections, position="sidebar" if works else "hidden")


who = current_session()
pages = {
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
st.session_state["pages"] = pages
page = navigation(pages, who)
frame.style()
if who is None:
    sign_in.page(nav.entry(page.url_path))
elif who.must_change_password:
    sign_in.change_page(who)
else:
    here = begin(current_app(), who)
    frame.sidebar(here)
    home = nav.home(who.actor)
    if page.url_path == "" and home and home is not nav.ENTRIES[0]:
        st.switch_page(pages[home.url], query_params=st.query_params.to_dict())
    frame.banners(here)
    page.run()
