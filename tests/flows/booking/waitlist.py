"""The waitlist in tests: a visit tomorrow that is cancelled, and people who wait for its time."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.booking.tables import appointments, freed_slots, waitlist_entries, waitlist_offers
from core.booking.waitlist_rules import Wanted
from core.domain.roles import PATIENT
from core.flows.booking import waiting
from core.flows.conversation import receive_text
from core.flows.conversation.receive_text import Received
from core.flows.leads import visits
from core.flows.sequences import stopping
from core.leads.tables import leads
from tests.conftest import TestApp
from tests.flows.booking.booking import DAY, a_lead, add_provider, booked, who, wish
from tests.flows.staffing import do, rows

SERVICE = "hydrafacial"
PASSER_BY = 900  # the number of whoever's visit is cancelled


def at(app: TestApp, hour: int, minute: int = 0, day: int = 1) -> datetime:
    """On the clinic's wall, tomorrow by default."""
    wall = app.clock.now().astimezone(app.settings.zone) + day * DAY
    return wall.replace(hour=hour, minute=minute, second=0, microsecond=0)


def phone(number: int) -> str:
    return f"+1407555{number:04d}"


def quiet_lead(app: TestApp, number: int) -> str:
    """Somebody whose form set nothing off that is still to come."""
    lead_id = a_lead(app, number)
    do(app, stopping.stop_sequences, lead_id, "booked", by=None)
    return lead_id


def waits(app: TestApp, number: int, service: str = SERVICE, **wanted: Any) -> str:
    """Somebody joins the list after everybody before; the lead's id. Nothing else texts them."""
    lead_id = quiet_lead(app, number)
    join(app, lead_id, service, **wanted)
    return lead_id


def join(app: TestApp, lead_id: str, service: str = SERVICE, **wanted: Any) -> str:
    app.clock.advance(timedelta(seconds=1))
    return str(do(app, waiting.join, app.reference, PATIENT, lead_id, service, Wanted(**wanted)).id)


def tess(app: TestApp) -> str:
    return add_provider(app, "tess", "Tess Holloway", ["skin"])


def cancelled(app: TestApp, when: datetime, number: int = PASSER_BY) -> str:
    """A visit at that time is booked and called off; the freed time's id."""
    found = booked(app, quiet_lead(app, number), wish(app, SERVICE), when)
    do(app, visits.cancel, app.reference, who(app, "frontdesk"), found.id, "time")
    return str(rows(app, freed_slots)[-1].id)


def offers(app: TestApp) -> list[tuple[str, str, str]]:
    """(the end of the phone of whoever was asked, state, reason), in order."""
    with_leads = {one.id: one.lead_id for one in rows(app, waitlist_entries)}
    phones = {one.id: (one.phone or "")[-3:] for one in rows(app, leads)}
    every = sorted(rows(app, waitlist_offers), key=lambda one: (one.made_at, one.id))
    return [(phones[with_leads[one.entry_id]], one.state, one.reason) for one in every]


def texted(app: TestApp, words: str = "a time opened") -> list[str]:
    """The end of each number that got a text with these words, in order."""
    return [text.to[-3:] for text, _, _ in app.sms.accepted if words in text.body]


def says(app: TestApp, number: int, words: str) -> Received:
    """A patient texts us."""
    sid = f"SMin{len(rows(app, waitlist_offers))}{app.clock.now().timestamp():.3f}{number}{words[:3]}"
    params = {"MessageSid": sid, "From": phone(number), "To": "+15125550100", "Body": words, "NumMedia": "0"}
    return receive_text.receive(app, params, now=app.clock.now())


def with_rules(app: TestApp, **rules: Any) -> TestApp:
    """The same clinic with other rules of booking."""
    bookable = app.shipped.bookable
    shipped = replace(app.shipped, bookable=replace(bookable, rules=replace(bookable.rules, **rules)))
    return replace(app, shipped=shipped)


def slot(app: TestApp) -> Any:
    """The time that came free last."""
    return rows(app, freed_slots)[-1]


def visit_of(app: TestApp, lead_id: str) -> Any:
    """What a lead has ahead."""
    return next(
        (one for one in rows(app, appointments, appointments.c.lead_id == lead_id) if one.state == "booked"),
        None,
    )


def entry_of(app: TestApp, lead_id: str) -> Any:
    return rows(app, waitlist_entries, waitlist_entries.c.lead_id == lead_id)[-1]


def offer_of(app: TestApp, lead_id: str) -> Any:
    """The last offer to a lead."""
    return rows(app, waitlist_offers, waitlist_offers.c.entry_id == entry_of(app, lead_id).id)[-1]
