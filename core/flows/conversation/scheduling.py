"""One text to one patient at a moment that a person chose: an action like any other, and asked as any at hand-over.

An opt-out, quiet hours where the patient lives, a wrong number: what bars or holds a text then is nobody's to know
when it is planned. A reply that comes before it stops it, unless the person said that it goes all the same.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.app import App
from core.conversation import store_drafts as drafts
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor
from core.flows.conversation.staff_text import MANUAL_WAITS, by_person, planned_action, writable
from core.flows.leads import contact
from core.flows.leads.staff_action import open_for_work
from core.flows.sending import sending_now
from core.flows.sending.sending_now import Outlook
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Claimed, Lane, Purpose, unplanned
from core.messaging.store import conversation
from core.messaging.store import planning as messaging
from core.messaging.store.conversation import SCHEDULED, UNTIL_REPLY
from core.reference import Reference

SOONEST = timedelta(minutes=1)
FARTHEST = timedelta(days=365)
EDITED = "edited_by_staff"
REPLIED = "replied_since"


def schedule(
    session: Session,
    reference: Reference,
    actor: Actor,
    lead_id: str,
    body: str,
    at: datetime,
    *,
    until_reply: bool,
    now: datetime,
    draft: int = 0,
) -> str:
    """Plan a text for `at`; its action id. `until_reply`: the patient's next text stops it.

    Raises InvalidInput(body, at), and ClosedToTexts with why and what to do instead.
    """
    lead, words = writable(session, reference, actor, lead_id, body)
    _must_be_ahead(at, now)
    contact.has_read(session, lead_id, now)
    drafts.throw_away(session, lead_id, actor.staff_id, "text", draft)
    variables = {SCHEDULED: "yes"} | ({UNTIL_REPLY: "yes"} if until_reply else {})
    return messaging.plan(session, by_person(actor.staff_id, lead, words, at, now, variables=variables), now)


def reschedule(
    session: Session,
    reference: Reference,
    actor: Actor,
    action_id: str,
    body: str,
    at: datetime,
    *,
    until_reply: bool,
    now: datetime,
    draft: int = 0,
) -> str:
    """Other words or another moment: the old one never goes, the new one is planned, or neither.

    Raises as `schedule`, NotFound, and LostRace where the old one has left its plan.
    """
    lead_id = planned_action(session, actor, action_id).lead_id or ""
    if not messaging.cancel(session, action_id, EDITED, by=actor.staff_id, now=now):
        raise LostRace("This text is on its way, or was stopped. Your change was not made.")
    return schedule(
        session, reference, actor, lead_id, body, at, until_reply=until_reply, now=now, draft=draft
    )


def outlook(
    session: Session, app: App, actor: Actor, lead_id: str, at: datetime, *, now: datetime
) -> Outlook:
    """What would become of a person's text at that moment, as far as it can be known now. Raises InvalidInput(at)."""
    lead = open_for_work(session, actor, lead_id)
    _must_be_ahead(at, now)
    return sending_now.outlook_of(session, app, _as_claimed(lead, actor, at), at, now)


def stop_for_reply(session: Session, lead_ids: Collection[str], written_at: datetime, now: datetime) -> int:
    """The patient wrote: what people had planned for later by then, and only until a reply, stays here. How many."""
    stopped = [
        messaging.cancel(session, action_id, REPLIED, by=None, now=now)
        for action_id, variables in conversation.scheduled(session, lead_ids, written_at)
        if variables.get(UNTIL_REPLY)
    ]
    return sum(stopped)


def _must_be_ahead(at: datetime, now: datetime) -> None:
    if at < now + SOONEST:
        raise InvalidInput.of("at", "This moment has passed. Choose a later one, or send the text now.")
    if at > now + FARTHEST:
        raise InvalidInput.of("at", "Choose a moment within a year.")


def _as_claimed(lead: LeadBrief, actor: Actor, at: datetime) -> Claimed:
    """A text that does not exist yet: its words decide nothing."""
    return unplanned(
        Purpose.MANUAL,
        lead_id=lead.id,
        patient_id=lead.patient_id,
        phone_index=lead.phone_index,
        planned_for=at,
        lane=Lane.URGENT,
        useful_until=at + MANUAL_WAITS,
        staff_id=actor.staff_id,
        phone=lead.phone,
        body="?",
    )
