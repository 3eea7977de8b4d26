"""What a clinic has to set up before the first lead, in order. The empty console and `luxe doctor` say the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.reads import status
from core.settings import Settings
from core.staff.tables import staff

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
HOSTED_FORMS = ("lead-capture", "consultation-request")


class State(StrEnum):
    """`LATER`: everything works without it, but not for real patients."""

    DONE = "done"
    TO_DO = "to_do"
    LATER = "later"


@dataclass(frozen=True)
class Step:
    """One thing to set up. `words` are what is in order, or what is missing and how to mend it."""

    about: str
    state: State
    words: str


@dataclass(frozen=True)
class _Person:
    username: str
    name: str
    role: str
    phone: str | None
    accepts_leads: bool


def read(session: Session, settings: Settings) -> tuple[Step, ...]:
    """Every step in order."""
    people = _people(session)
    return (
        _admin(people),
        _takers(people),
        *_alerts(people),
        _texts(settings),
        _address(settings),
        _form(session, settings),
    )


def untold(session: Session) -> list[str]:
    """Who takes leads and is told of none, each with what to do about it."""
    return [step.words for step in _alerts(_people(session)) if step.state is State.TO_DO]


def _people(session: Session) -> list[_Person]:
    return [
        _Person(*row)
        for row in session.execute(
            select(*(staff.c[name] for name in _Person.__dataclass_fields__))
            .where(staff.c.active)
            .order_by(staff.c.username)
        )
    ]


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


def _takers(people: list[_Person]) -> Step:
    takers = sum(person.accepts_leads for person in people)
    if takers:
        return Step("who takes leads", State.DONE, f"{takers} of {_accounts(len(people))}")
    return Step(
        "who takes leads",
        State.TO_DO,
        'nobody: a new lead would have no owner; run: luxe staff add USERNAME --name "..." --role frontdesk '
        "--title coordinator --phone NUMBER --leads",
    )


def _alerts(people: list[_Person]) -> Iterator[Step]:
    """One for each person who is given leads and told of none."""
    deaf = [person for person in people if person.accepts_leads and not person.phone]
    for person in deaf:
        command = f"luxe staff set-phone {person.username} NUMBER"
        words = f"{person.name} takes leads and has no number for alerts; run: {command}"
        yield Step("alerts", State.TO_DO, words)
    if not deaf and any(person.accepts_leads for person in people):
        yield Step("alerts", State.DONE, "everybody who takes leads has a number for them")


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
        return Step("first form", State.DONE, "leads have come in")
    links = " or ".join(hosted_forms(settings))
    words = f"none has come in yet; link to {links}, or give your form builder the address that 'luxe doctor' shows"
    return Step("first form", State.LATER, words)
