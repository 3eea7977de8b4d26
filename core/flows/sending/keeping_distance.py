"""Two sequences at once: their texts to one number lie a gap apart, and what matters more goes first."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy.orm import Session

from core.leads.store import groups
from core.messaging.actions import Claimed, Lane, Purpose
from core.messaging.rules.send_hold_drop import Other
from core.messaging.store import steps
from core.messaging.store.steps import Coming
from core.messaging.store.texts import Recent
from core.shipped import read_toml

# Which text matters more where two sequences meet: an answer, then what concerns a visit, then what advertises.
RANK = {
    purpose: at for at, purpose in enumerate((Purpose.CONFIRMATION, Purpose.TRANSACTIONAL, Purpose.MARKETING))
}


@cache
def gap() -> timedelta:
    """How far automated texts of different sequences to one number lie apart."""
    return timedelta(minutes=read_toml("automation.toml")["gap_minutes"])


def of_others(recent: Iterable[Recent], action: Claimed) -> tuple[Other, ...]:
    """What went out to this number for other sequences."""
    return tuple(
        Other(text.at, text.sequence)
        for text in recent
        if action.sequence and text.sequence and text.sequence != action.sequence
    )


def ahead(coming: Iterable[Coming], action: Claimed, now: datetime) -> tuple[Other, ...]:
    """What is due within the gap for another sequence, and matters more."""
    return tuple(
        Other(max(text.due_at, now), text.sequence)
        for text in coming
        if text.sequence != action.sequence and RANK[Purpose(text.purpose)] < RANK.get(action.purpose, 0)
    )


def gives_way(action: Claimed) -> bool:
    """Whether it waits for what matters more and is about to go: a step that advertises."""
    return bool(action.sequence) and action.lane == Lane.BULK and action.purpose is Purpose.MARKETING


def coming(session: Session, texts: list[Claimed], now: datetime) -> dict[str, list[Coming]]:
    """By number: asked only for what gives way to something, which is what advertises."""
    giving_way = {a.phone_index for a in texts if a.phone_index and gives_way(a)}
    theirs = groups.with_phones(session, sorted(giving_way)) if giving_way else []
    found: dict[str, list[Coming]] = {}
    for text in steps.coming(session, theirs, now + gap()):
        found.setdefault(text.phone_index, []).append(text)
    return found
