"""Lead: one patient's request, worked to its end."""

import streamlit as st

from console.lead import missing as lead_missing
from console.lead.actions import ACTIONS, seen
from console.parts import composing, lead_choices, person_choices
from console.parts.component import LiveComponent
from console.shell import Visit, page
from core.domain.errors import NotFound
from core.domain.roles import Permission, closed_why
from core.flows.access.looking import Depth
from core.reads import lead_opening

LEAD = LiveComponent("lead/lead")


def show(visit: Visit, lead_id: str) -> None:
    works = visit.actor.may(Permission.WORK_LEADS)
    with visit.app.db.read() as session:
        found = lead_opening.read(session, visit.actor, lead_id)
        offered = lead_choices.offered(visit, session)
        compose = composing.offered(session, visit.actor, visit.app.reference, lead_id, visit.now)
    visit.saw([lead_id], Depth.OPENED, "lead")
    if works:
        seen(lead_id, unseen=found.viewed_at is None, unread=found.unread > 0)
    LEAD.mount(
        key=f"lead.{lead_id}",
        data={
            "lead": lead_id,
            "me": visit.actor.staff_id,
            "works": works,
            "acknowledges": visit.actor.may(Permission.ACKNOWLEDGE),
            "hands": visit.actor.may(Permission.HAND_OVER),
            "viewers": visit.actor.may(Permission.SEE_VIEWERS),
            "closed": closed_why(visit.actor, Permission.WORK_LEADS),
            **offered,
            "edit": person_choices.offered(visit.app),
            "compose": compose,
        },
        actions=ACTIONS,
    )


with page(Permission.SEE_LEADS, "Lead", wide_title=False) as visit:
    try:
        lead_id = visit.read(lead_opening.find, st.query_params.get("lead", ""))
    except NotFound as missing:
        lead_missing.show(missing)
    else:
        show(visit, lead_id)
