"""A file that leaves the house: made at the click, for somebody who has just shown who they are, and audited."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from console.parts import step_up
from console.process import current_app
from console.shell import origin
from console.signed_in import current_session
from core.domain.errors import NotAuthentic
from core.flows.access import exporting
from core.reads.parts.periods import Period

WHY = "Figures of the clinic are about to leave the house."


def csv(place: DeltaGenerator, name: str, period: Period, text: str) -> None:
    """A button that saves `text` as 'name-from-to.csv', after a question where the last proof is some time ago."""
    file = f"{name}-{period.first}-{period.last}.csv"
    if step_up.fresh():
        _save(place, file, text, "Export CSV")
    elif place.button("Export CSV", icon=":material/download:"):
        st.dialog("Export CSV")(_asked)(file, text)


def _asked(file: str, text: str) -> None:
    if step_up.ask(WHY):
        st.markdown(f"**{file}** is ready.")
        _save(st.container(), file, text, "Save the file")


def _save(place: DeltaGenerator, file: str, text: str, verb: str) -> None:
    who = current_session()
    if who is not None:
        place.download_button(
            verb,
            partial(_made, who.session_id, file, text, origin("export")),
            file_name=file,
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _made(session_id: str, file: str, text: str, where: str) -> str:
    """Runs at the click, outside any page: a page that was left open gives nothing away ten minutes later."""
    app = current_app()
    if not exporting.may_leave(app, session_id, file, origin=where, now=app.clock.now()):
        raise NotAuthentic("Reload the page and confirm once more that it is you.")
    return text
