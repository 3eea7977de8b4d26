"""1, 2 or 3 to a text of the waitlist: what was asked last decides what a digit means.

Whatever else somebody writes is for a person, and an offer stands until it runs out.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.app import App
from core.booking import rules
from core.booking import store_offers as offers
from core.booking import store_waitlist as waitlist
from core.booking.store_offers import Offer
from core.booking.waitlist_rules import WAITING, Wanted
from core.conversation.rules import choices
from core.conversation.rules.reading import Label
from core.domain.errors import InvalidInput, LostRace
from core.domain.phone import is_no_persons
from core.domain.roles import PATIENT
from core.flows.booking import answering_offers, waiting
from core.flows.booking.answering_offers import Answer, Answered
from core.flows.booking.ending_offers import TEXT as OFFER_TEXT
from core.flows.conversation.heard import Heard
from core.flows.sending import answering
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.messaging.store import planned, texts
from core.messaging.store.texts import Words

CHOICE_TEXT = "waitlist_choice"
USEFUL = timedelta(minutes=30)
MOST_WORDS = 20  # as `receive_text` reads
OPTIONS = (Label.OPTION_1, Label.OPTION_2, Label.OPTION_3)
ANSWERS = {
    Answered.HAS_IT: "waitlist_taken",
    Answered.GONE: "waitlist_late",
    Answered.PASSED: "waitlist_passed",
    Answered.LEFT: "waitlist_left",
}
KEEPS_A_PLACE = (Answered.GONE, Answered.PASSED)  # what we answer says so


def heed(session: Session, app: App, heard: Heard, now: datetime) -> bool:
    """Do what a digit says that answers the waitlist's last question; whether it did, and nobody has to read it."""
    if heard.reading.label not in OPTIONS:
        return False
    asked = _question(session, heard)
    if asked is None or asked.action_id is None:
        return False
    if asked.template == OFFER_TEXT:
        found = offers.of_action(session, asked.action_id)
        return found is not None and _answer(session, app, heard, found, now)
    return asked.template == CHOICE_TEXT and _choose(session, app, heard, asked.action_id, now)


def _question(session: Session, heard: Heard) -> Words | None:
    """The newest text of ours that asked anything."""
    said = texts.last_texts(session, heard.index, heard.written_at, MOST_WORDS)
    return next((words for words in said if choices.asks(words.body)), None)


def _answer(session: Session, app: App, heard: Heard, found: Offer, now: datetime) -> bool:
    def take() -> Answer:
        return answering_offers.take(session, app.reference, PATIENT, found.id, now=now)

    does: dict[Label, Callable[[], Answer]] = {
        Label.OPTION_1: take,
        Label.OPTION_2: lambda: answering_offers.let_pass(session, PATIENT, found.id, now=now),
        Label.OPTION_3: lambda: answering_offers.leave(session, PATIENT, found.id, now=now),
    }
    lead = leads.get(session, waitlist.get(session, found.entry_id).lead_id)
    if lead.phone_index != heard.index:
        return False  # the number was corrected since: whoever has the old one answers for nobody
    answer = does[heard.reading.label]()
    if answer.what in KEEPS_A_PLACE and answer.entry.state != WAITING:
        return False  # what is true of somebody who waits no more, a person says
    if answer.what is Answered.HAD_IT:  # said already; a 2 or 3 to what they have taken is for a person
        return heard.reading.label is Label.OPTION_1 and answer.stands
    _tell(session, heard, lead, f"offer:{found.id}:{answer.what}", ANSWERS[answer.what], _of(answer), now)
    return True


def _of(answer: Answer) -> dict[str, str]:
    """What the answer prints."""
    visit = answer.visit
    at = visit.starts_at if visit and visit.starts_at else answer.slot.starts_at
    former = {"formerAt": answer.moved_from.isoformat()} if answer.moved_from else {}
    of_visit = rules.as_it_is(visit.id, visit.sequence) if visit else {}
    return {"availableAt": at.isoformat(), "place": answer.slot.location} | former | of_visit


def _choose(session: Session, app: App, heard: Heard, action_id: str, now: datetime) -> bool:
    """1: they wait. Other times and other places are for a person, until a text can offer them."""
    lead_id, variables = planned.about(session, action_id)
    lead = leads.find(session, lead_id or "")
    if heard.reading.label is not Label.OPTION_1 or lead is None:
        return False
    service = waiting.service_for(app.reference, lead, variables.get("service", ""))
    try:
        waiting.join(session, app.reference, PATIENT, lead.id, service, _there(app, lead), now=now)
    except InvalidInput:
        return False
    except LostRace:
        return True  # they wait already
    _tell(session, heard, lead, f"joined:{action_id}", "waitlist_joined", {}, now)
    return True


def _there(app: App, lead: LeadBrief) -> Wanted:
    return Wanted(location=lead.location if lead.location in app.reference.clinic.locations else "")


def _tell(
    session: Session,
    heard: Heard,
    lead: LeadBrief,
    key: str,
    template: str,
    variables: dict[str, str],
    now: datetime,
) -> None:
    """Answered once for each key, however often they say it."""
    phone, until = heard.text.phone, heard.asks_since + USEFUL
    if is_no_persons(phone):
        return
    answering.plan(
        session, key, template, lead, phone, heard.reading.lang,
        useful_until=max(until, now + USEFUL), now=now, variables=variables,
    )  # fmt: skip
