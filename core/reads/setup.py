"""What a clinic has to set up before the first lead, in order: page Clinic, the empty console and `luxe doctor` say the
same. What page Clinic edits is in `setup_listed`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.phone import show_phone
from core.reads import status
from core.reads.parts.bookable import givers, lacks
from core.reference import Reference
from core.settings import Settings
from core.setup.bookable import SERVICES
from core.setup.calendars import hours_a_week, never_opens_in_a_year, read_calendar
from core.setup.clinics import read_practice
from core.setup.published import (
    CALENDAR,
    CLINIC,
    TREATMENTS,
    calendar_bodies,
    clinic_body,
    treatments_body,
)
from core.setup.treatments import read_offers
from core.staff.store.people import colleagues
from core.staff.tables import staff
from core.versions import store

SETUP, STAFF = "/setup", "/staff-access"  # pages
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
STAFF_PAGES = {"staff": "/staff"}
MOST_LACKS = 6  # lines of what can't be booked
EVERYBODY_TOLD = "everybody who takes leads can be told of one"
HOSTED_FORMS = ("lead-capture", "consultation-request", "booking-request")


class State(StrEnum):
    """`LATER`: everything works without it, but not for real patients."""

    DONE = "done"
    TO_DO = "to_do"
    LATER = "later"


@dataclass(frozen=True)
class Step:
    """One thing to set up. `words` are what is in order, or what is missing and how to mend it; `go` is where, within
    the console or on the web, '' where it is done elsewhere."""

    about: str
    state: State
    words: str
    go: str = ""


@dataclass(frozen=True)
class _Person:
    """`told`: some way that they chose leads to them."""

    username: str
    name: str
    role: str
    accepts_leads: bool
    told: bool


def read(session: Session, settings: Settings, reference: Reference, now: datetime) -> tuple[Step, ...]:
    """Every step in order."""
    people = _people(session)
    return (
        _admin(people),
        _clinic(session, settings),
        *_hours(session),
        _treatments(session),
        _takers(people),
        *_alerts(people),
        *_bookable(session, reference, now),
        _texts(settings),
        _address(settings),
        _form(session, settings),
    )


def untold(session: Session) -> list[str]:
    """Who takes leads and is told of none, each with what to do about it."""
    return [step.words for step in _alerts(_people(session)) if step.state is not State.DONE]


def _people(session: Session) -> list[_Person]:
    columns = (staff.c.id, staff.c.username, staff.c.name, staff.c.role, staff.c.accepts_leads)
    able = {one.id for one in colleagues(session) if one.can_be_told}
    rows = session.execute(select(*columns).where(staff.c.active).order_by(staff.c.username))
    return [_Person(row.username, row.name, row.role, row.accepts_leads, told=row.id in able) for row in rows]


def hosted_forms(settings: Settings) -> list[str]:
    """Links of the forms that we serve ourselves."""
    return [f"{settings.public}/f/{form}" for form in HOSTED_FORMS]


def _admin(people: list[_Person]) -> Step:
    admins = sum(person.role == "admin" for person in people)
    if admins:
        return Step("staff", State.DONE, f"{_accounts(len(people))}, {admins} of them admin")
    return Step(
        "staff", State.TO_DO, 'no admin can sign in; run: luxe staff add USERNAME --name "..." --role admin'
    )


def _accounts(count: int) -> str:
    return "1 account" if count == 1 else f"{count} accounts"


def _clinic(session: Session, settings: Settings) -> Step:
    """Real patients are never told the made-up name and number that ship."""
    go = f"{SETUP}?part={CLINIC}"
    body = clinic_body(session)
    told = f"{body['name']}, {show_phone(str(body['phone']))}" if body.get("phone") else str(body["name"])
    problems = read_practice(body)[1]
    if problems:
        first = f"{problems[0].field}: {problems[0].message}"
        words = f"this release can't read all of it ({first}); publish it anew on page Clinic"
        return Step("clinic", State.TO_DO, words, go)
    if any(one.key == CLINIC for one in store.published(session, CLINIC)):
        return Step("clinic", State.DONE, told, go)
    words = f"still the made-up one that ships ({told}); give its name, number and locations on page Clinic"
    return Step("clinic", State.LATER if settings.simulated else State.TO_DO, words, go)


def _hours(session: Session) -> Iterator[Step]:
    """One in all where every location opens; one for each that never does."""
    places = {one.slug: one.name for one in read_practice(clinic_body(session))[0].places if not one.retired}
    read = {slug: read_calendar(body) for slug, body in calendar_bodies(session, places).items()}
    unread = [(slug, problems[0]) for slug, (_, problems) in read.items() if problems]
    for slug, problem in unread:
        why = f"those of {places[slug]} can't be read ({problem.message})"
        words = f"{why}, and those that ship hold; publish them anew on page Clinic"
        yield Step("hours", State.TO_DO, words, f"{SETUP}?part={CALENDAR}:{slug}")
    calendars = {slug: calendar for slug, (calendar, problems) in read.items() if not problems}
    never = [slug for slug, calendar in calendars.items() if never_opens_in_a_year(calendar)]
    for slug in never:
        words = f"{places[slug]} has no open hour: no clock of its leads ever comes due; mend its hours on page Clinic"
        yield Step("hours", State.TO_DO, words, f"{SETUP}?part={CALENDAR}:{slug}")
    if never or unread:
        return
    told = ", ".join(
        f"{places[slug]} {hours_a_week(calendar):g} h a week" for slug, calendar in calendars.items()
    )
    own = {one.key for one in store.published(session, CALENDAR)} & set(places)
    state = State.DONE if own else State.LATER
    words = told if own else f"as they came ({told}); set your own, and the holidays, on page Clinic"
    yield Step("hours", state, words, f"{SETUP}?part={CALENDAR}:{next(iter(places))}")


def _treatments(session: Session) -> Step:
    go = f"{SETUP}?part={TREATMENTS}"
    offered = sum(not one.treatment.retired for one in read_offers(treatments_body(session))[0])
    if store.published(session, TREATMENTS):
        return Step("treatments", State.DONE, f"{offered} offered", go)
    words = f"the {offered} that came; change them and their usual values on page Clinic"
    return Step("treatments", State.LATER, words, go)


def _takers(people: list[_Person]) -> Step:
    takers = sum(person.accepts_leads for person in people)
    if takers:
        return Step("who takes leads", State.DONE, f"{takers} of {_accounts(len(people))}", STAFF)
    return Step(
        "who takes leads",
        State.TO_DO,
        'nobody: a new lead would have no owner; run: luxe staff add USERNAME --name "..." --role frontdesk '
        "--title coordinator --phone NUMBER --leads",
        STAFF,
    )


def _alerts(people: list[_Person]) -> Iterator[Step]:
    """Done once somebody who takes leads is told of them by any way; then one for each who is told of none: theirs are
    told to others (`alert_rules.one_alert`)."""
    takers = [person for person in people if person.accepts_leads]
    deaf = [person for person in takers if not person.told]
    reached = len(takers) - len(deaf)
    if reached:
        words = f"{reached} of {len(takers)} who take leads can be told of one" if deaf else EVERYBODY_TOLD
        yield Step("alerts", State.DONE, words, STAFF)
    for person in deaf:
        yield Step("alerts", State.LATER if reached else State.TO_DO, _untold(person), STAFF)


def _untold(person: _Person) -> str:
    return (
        f"{person.name} takes leads and no alert reaches them: a text needs a number (luxe staff set-phone "
        f"{person.username} NUMBER); email, push and chat they choose under My account, Alerts"
    )


def _bookable(session: Session, reference: Reference, now: datetime) -> Iterator[Step]:
    """What can't be booked and why. Leads come in without it; who published services of their own means to."""
    found = lacks(reference, givers(session, reference, now))
    state = State.TO_DO if store.published(session, SERVICES) else State.LATER
    for one in found[:MOST_LACKS]:
        yield Step("booking", state, one.words, STAFF_PAGES.get(one.part, f"{SETUP}?part={one.part}"))
    if len(found) > MOST_LACKS:
        yield Step(
            "booking", state, f"and {len(found) - MOST_LACKS} reasons more", f"{SETUP}?part={SERVICES}"
        )
    offered = len(reference.bookable.offered())
    if not found:
        words = f"all {offered} services can be booked" if offered else "no service is offered"
        yield Step("booking", State.DONE, words, f"{SETUP}?part={SERVICES}")


def _texts(settings: Settings) -> Step:
    if settings.simulated:
        words = (
            f"go to the simulator, {settings.twilio_api}; for real phones set LUXE_TWILIO_ACCOUNT_SID, "
            "LUXE_TWILIO_AUTH_TOKEN and LUXE_TWILIO_FROM"
        )
        return Step("texts", State.LATER, words)
    return Step("texts", State.DONE, "go to Twilio")


def _address(settings: Settings) -> Step:
    parts = urlsplit(settings.public)
    if settings.simulated:
        return Step(
            "public address", State.LATER, f"this machine is enough for the simulator: {settings.public}"
        )
    if parts.scheme != "https" or parts.hostname in LOCAL:
        words = f"{settings.public}; Twilio and patients need https: set LUXE_PUBLIC_URL to the address they reach"
        return Step("public address", State.TO_DO, words)
    return Step("public address", State.DONE, f"Twilio and patients reach {settings.public}")


def _form(session: Session, settings: Settings) -> Step:
    if status.has_leads(session):
        return Step("first form", State.DONE, "leads have come in", "/queue")
    links = " or ".join(hosted_forms(settings))
    words = f"none has come in yet; link to {links}, or give your form builder the address that 'luxe doctor' shows"
    return Step("first form", State.LATER, words, hosted_forms(settings)[0])
