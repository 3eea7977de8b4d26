"""Lead: one patient's request, worked to its end."""

import streamlit as st

from console.lead import missing as lead_missing
from console.lead.actions import ACTIONS, seen
from console.parts import hand_over as hand_over_view
from console.parts import task_actions
from console.parts.component import LiveComponent
from console.parts.quick_texts import filled
from console.shell import Visit, page
from core.booking import rules as booking
from core.domain.errors import NotFound
from core.domain.roles import Permission, closed_why
from core.leads.reasons import CALL_OUTCOMES, DISQUALIFIED
from core.reads import hand_over, lead, quick_texts

LEAD = LiveComponent("lead/lead")


def show(visit: Visit, lead_id: str) -> None:
    found = visit.read(lead.read, lead_id)
    works = visit.actor.may(Permission.WORK_LEADS)
    if works:
        seen(lead_id, unseen=found.request.viewed_at is None, unread=found.request.unread > 0)
    data = visit.app.reference
    LEAD.mount(
        key=f"lead.{lead_id}",
        data={
            "lead": lead_id,
            "me": visit.actor.staff_id,
            "works": works,
            "acknowledges": visit.actor.may(Permission.ACKNOWLEDGE),
            "closed": closed_why(visit.actor, Permission.WORK_LEADS),
            "colleagues": [
                hand_over_view.row(one, visit.now, visit.app.settings.zone)
                for one in visit.read(hand_over.read, data, visit.now)
            ],
            "choices": task_actions.offered(visit.app, visit.now),
            "providers": [list(one) for one in visit.read(hand_over.providers)],
            "places": [[place.slug, place.name] for place in data.clinic.locations.values()],
            "kinds": list(booking.KINDS.items()),
            "cancelled": list(booking.CANCELLED.items()),
            "reasons": list(DISQUALIFIED.items()),
            "outcomes": list(CALL_OUTCOMES.items()),
            "quick": filled(
                visit.read(quick_texts.offered),
                data.clinic,
                data.clinic.location(found.request.location),
                found.profile.first_name,
                visit.actor.name,
                visit.now,
            ),
        },
        actions=ACTIONS,
    )


with page(Permission.SEE_LEADS, "Lead", wide_title=False) as visit:
    try:
        lead_id = visit.read(lead.find, st.query_params.get("lead", ""))
    except NotFound as missing:
        lead_missing.show(missing)
    else:
        show(visit, lead_id)
