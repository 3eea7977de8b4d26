"""Staff who text back to the number of the alerts are staff, never a new lead, and nothing of it reaches a patient.

1 or ACK acknowledges the last alert; anything else becomes a note on the lead that it names, or that the last alert was
about; where that is not plain, the answer is how to say it. A colleague who is a patient here too is a patient,
unless they answer an alert.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.alerting import store
from core.alerting.answers import Answer, read_answer
from core.app import App
from core.audit import store as audit
from core.conversation.rules.reading import Label, Reading
from core.domain.roles import Actor, Permission, Role
from core.flows.escalation import acknowledging
from core.flows.leads import noting
from core.flows.leads.staff_action import LONGEST_NOTE
from core.flows.sending import alerts
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.messaging.store import texts
from core.messaging.store.texts import InText
from core.staff.alert_rules import SMS, Colleague
from core.staff.store import people

RECENT = timedelta(hours=12)
HELP_SECONDS = 600  # two machines that answer each other get one line of help in ten minutes
UNDERSTOOD = "staff"


def writer(
    session: Session, text: InText, now: datetime, *, is_patient: Callable[[], bool]
) -> Colleague | None:
    """The colleague whose number a text came from, where it is one's word as a colleague."""
    person = next((one for one in people.colleagues(session) if one.phone == text.phone), None)
    if person is None or not is_patient():
        return person
    answers = read_answer(text.body).acknowledges and store.was_told(session, person.id, now - RECENT)
    return person if answers else None


def take_in(
    session: Session, app: App, person: Colleague, text: InText, reading: Reading, *, now: datetime
) -> str:
    """Keep it once, and do what it says; the text's id."""
    kept = replace(text, understood_as=UNDERSTOOD)
    text_id = texts.receive(session, kept, patient_id=None, lead_id=None, now=now)
    match reading.label:
        case Label.OPT_OUT:
            _switch(session, person, on=False, now=now)
        case Label.OPT_IN:
            _switch(session, person, on=True, now=now)
        case _:
            _answer(session, app, person, text, now)
    return text_id


def _switch(session: Session, person: Colleague, *, on: bool, now: datetime) -> None:
    """The carrier lets nothing more through after a STOP: their alerts go by their other way, or to others."""
    others, urgent = (
        [one for one in chosen if one != SMS] for chosen in (person.alert_channels, person.urgent_channels)
    )
    first = [SMS] if on else []
    # Without a choice of its own, what is urgent goes the way of the rest: by text again, too.
    people.set_channels(session, person.id, [*first, *others], [*first, *urgent] if urgent else [])
    action = "alerts_by_text_on" if on else "alerts_by_text_off"
    audit.note(session, staff_id=person.id, action=action, subject=person.id, now=now)


def _answer(session: Session, app: App, person: Colleague, text: InText, now: datetime) -> None:
    said, actor = read_answer(text.body), Actor(person.id, person.name, Role(person.role))
    meant = _meant(session, person, said, now)
    if said.acknowledges and meant and actor.may(Permission.ACKNOWLEDGE):
        for lead in meant:
            acknowledging.acknowledge(session, actor, lead.id, how="text", now=now)
    elif said.words and not said.acknowledges and len(meant) == 1 and actor.may(Permission.WORK_LEADS):
        _note(session, app, actor, meant[0], text, said, now)
    else:
        alerts.tell_each(session, app.settings, [person], "staff_help", HELP_SECONDS, now=now)


def _meant(session: Session, person: Colleague, said: Answer, now: datetime) -> list[LeadBrief]:
    """The lead that it names, else those of the last alert."""
    if said.number:
        named = leads.of_number(session, said.number)
        return [named] if named else []
    told = store.last_to(session, person.id, now - RECENT)
    found = leads.find_all(session, sorted({one.lead_id for one in told if one.lead_id}))
    return list(found.values())


def _note(
    session: Session, app: App, actor: Actor, lead: LeadBrief, text: InText, said: Answer, now: datetime
) -> None:
    """They are told that the patient does not see it: who meant to write to the patient must know."""
    noting.add_note(session, app.settings, actor, lead.id, said.words[:LONGEST_NOTE], now=now)
    about = alerts.About(f"alert:noted:{text.sid}", "staff_noted", lead.id, lead.number, now, urgent=True)
    alerts.alert_one(session, app.settings, actor.staff_id, about, now)
