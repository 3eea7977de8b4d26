"""Experiments: what is tried out, how long it takes, and what came of it."""

import streamlit as st

from console.experiments import acts, form, past, sheet, view
from console.parts import panels
from console.shell import Visit, page
from core.domain.roles import Permission
from core.reads import experiments
from core.reads.experiments import Page, Standing

NEW = "new"


def list_all(here: Visit, found: Page, *, runs: bool) -> None:
    """Those under way, those to be decided, drafts, and the past ones."""
    zone = here.app.reference.clinic.zone
    for standing in found.running:
        head(here, found, standing, view.state_words(standing.experiment, here.now, zone), runs=runs)
    for standing in found.undecided:
        head(here, found, standing, "Ended, to be decided", runs=runs)
    for one in found.drafts:
        with st.container(key=f"exp_head_{one.id}"):
            sheet.draft(here, one, view.about(one, found.titles, found.names, zone))
        if runs and acts.of_draft(one):
            st.query_params["do"] = one.id
            st.rerun()
    if found.past:
        sheet.past([past.past(one, found.names, zone) for one in found.past])


def head(here: Visit, found: Page, standing: Standing, badge: str, *, runs: bool) -> None:
    one, zone = standing.experiment, here.app.reference.clinic.zone
    with st.container(key=f"exp_head_{one.id}", horizontal=True, vertical_alignment="center"):
        sheet.heading(one.fixed.title, badge, view.about(one, found.titles, found.names, zone))
        if runs and one.state == "running":
            acts.of_running(one)
    if runs and one.state == "ended":
        acts.of_ended(one)
    with st.container(key=f"exp_sheet_{one.id}"):
        sheet.show(here, standing)


def ask(here: Visit, found: Page, asked: str) -> None:
    draft = next((one for one in found.drafts if one.id == asked), None)
    if form.show(here, draft):
        del st.query_params["do"]
        st.rerun()


with page(Permission.SEE_RESULTS, "Experiments", wide_title=False) as here:
    panels.style()
    sheet.style()
    acts.said()
    corner = panels.title("Experiments")
    runs = here.actor.may(Permission.RUN_EXPERIMENTS)
    found = here.read(experiments.read, here.app.reference, now=here.now)
    asked = st.query_params.get("do", "") if runs else ""
    if asked:
        ask(here, found, asked)
    else:
        if runs and corner.button("New experiment", icon=":material/add:"):
            st.query_params["do"] = NEW
            st.rerun()
        if found.is_empty:
            panels.empty(
                "Nothing was tried out yet",
                "Does another wording, or another moment, bring more bookings? An experiment gives each person one "
                "of two by lot, and counts. Begin with the very same text twice: it shows that the counting is right.",
            )
        list_all(here, found, runs=runs)
