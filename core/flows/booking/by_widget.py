"""A stranger on the clinic's own site: a time is held for them, and booked with the form that they fill in.

Whoever is there is known by nothing but their address, so a hold is short, an address has two at most, and all of them
together take at most a quarter of what is free of a day with those who give that service at that location. How many
visits they may book: `widget_limits`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy.orm import Session

from core import free_times
from core.app import App
from core.booking import store_holds as holds
from core.booking import store_widget_holds as widget_holds
from core.booking.store import Visit
from core.booking.store_holds import WIDGET, Hold
from core.domain.errors import FieldError, LostRace, SlotTaken
from core.domain.hours import Span, at
from core.domain.roles import PATIENT
from core.flows.booking import booking, holding, noting, widget_limits
from core.flows.booking.holding import Holder
from core.flows.booking.keeping import TAKEN
from core.flows.intake import receive_form
from core.flows.intake.receive_form import Answer, Verdict
from core.free_times import Times, Wish
from core.intake.draft import Delivery
from core.intake.suspicion_rules import Page
from core.leads.store import leads
from core.leads.store import work as lead_work
from core.reference import Reference

ASKED = "visit_asked"
PART = 4  # one of so many parts of a day
DAY = timedelta(days=1)
EACH_HELD = "Two times are being held from your connection already. Wait a few minutes, or call us."
DAY_HELD = "Many times of this day are being held by others just now. Choose another day, or try again soon."


class TooManyHeld(LostRace):
    """No further time is held now: for this address, or of this day. The message says which."""


@dataclass(frozen=True)
class Sent:
    """What became of a form with a held time. `visit` None where nothing is booked: it has faults, or a person of ours
    looks at it or calls first."""

    answer: Answer
    visit: Visit | None = None


def hold(
    session: Session,
    reference: Reference,
    wish: Wish,
    starts_at: datetime,
    address: str,
    now: datetime,
    *,
    instead_of: str = "",
) -> Hold:
    """Keep that time for whoever asks from `address`; the hold that it is `instead_of` is let go.

    Raises SlotTaken and TooManyHeld: the edge rolls back, and the earlier one stays.
    """
    let_go(session, instead_of)
    _refuse_between_steps(reference, wish.location, starts_at)
    day = starts_at.astimezone(reference.clinic.hours(wish.location).zone).date()
    widget_holds.take_turns(session, wish.location, day.isoformat())
    _refuse_a_full_day(session, reference, wish, _day_of(reference, wish.location, starts_at), now)
    kept = holding.hold(
        session, reference, wish, starts_at, Holder(WIDGET, reference.bookable.rules.hold), now
    )
    if not widget_holds.claim(session, kept.id, address, kept.expires_at, now):
        raise TooManyHeld(EACH_HELD)
    return kept


def let_go(session: Session, hold_id: str) -> None:
    """A hold of a stranger's, where it is one."""
    found = holds.find(session, hold_id) if hold_id else None
    if found and found.kind == WIDGET and not found.lead_id:
        holding.let_go(session, hold_id)


def _refuse_between_steps(reference: Reference, location: str, starts_at: datetime) -> None:
    """A page offers whole steps alone. Raises SlotTaken."""
    local = starts_at.astimezone(reference.clinic.hours(location).zone)
    if local.minute % reference.bookable.rules.step or local.second or local.microsecond:
        raise SlotTaken(TAKEN)


def _day_of(reference: Reference, location: str, moment: datetime) -> Span:
    zone = reference.clinic.hours(location).zone
    day = moment.astimezone(zone).date()
    midnight = datetime.min.time()
    return at(day, midnight, zone), at(day + DAY, midnight, zone)


def _refuse_a_full_day(session: Session, reference: Reference, wish: Wish, day: Span, now: datetime) -> None:
    """Full is a day once a quarter of the time of those who give it is held. The first hold always fits, however little
    of the day is left."""
    times = free_times.read(session, reference, *day, now)
    able = [one.id for one in times.able(replace(wish, provider_id=""))]
    held = widget_holds.held(session, able, day, now)
    if not held:
        return
    open_time = free_time(times, able, wish.location, day) + held
    if held + timedelta(minutes=wish.service.minutes) > open_time / PART:
        raise TooManyHeld(DAY_HELD)


def free_time(times: Times, provider_ids: Collection[str], location: str, span: Span) -> timedelta:
    """What is left of the shifts of these, within opening hours."""
    hours = times.reference.clinic.hours(location)
    begins = takewhile(lambda one: one[0] < span[1], hours.spans_from(max(span[0], times.now)))
    opened = [(start, min(end, span[1])) for start, end in begins]
    left = timedelta()
    for provider_id in provider_ids:
        taken = times.taken.get(f"staff:{provider_id}", ())
        at_work = [
            both
            for shift in times.shifts.get(provider_id, ())
            for one in opened
            if (both := _both(shift, one))
        ]
        left += sum((_left(one, taken) for one in at_work), timedelta())
    return left


def _both(one: Span, other: Span) -> Span | None:
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None


def _left(shift: Span, taken: Sequence[Span]) -> timedelta:
    """Of a shift without what is taken of it, which never overlaps."""
    gone = (min(end, shift[1]) - max(start, shift[0]) for start, end in taken)
    return shift[1] - shift[0] - sum((max(part, timedelta()) for part in gone), timedelta())


def book(
    app: App, delivery: Delivery, found: Sequence[FieldError], page: Page, hold_id: str, *, now: datetime
) -> Sent:
    """A hosted form and the time that was held for whoever filled it in: a lead and their visit, or neither. `found`:
    faults that the page has seen.

    One that looks as if nobody had sent it waits for a person, and keeps no time; so does a lead that is one visit too
    many. Raises SlotTaken and LostRace.
    """
    with app.db.write() as session:
        part = replace(app, db=app.db.within(session), shipped=app.reference)
        answer = receive_form.fill_in(part, delivery, found, page, now=now)
        if answer.verdict in (Verdict.HELD, Verdict.KEPT):
            let_go(session, hold_id)
        if not answer.accepted:
            return Sent(answer)
        lead_id = leads.of_submission(session, answer.submission_id)
        if lead_id is None:
            return Sent(answer)
        _call_who_is_told_too_often(session, lead_id, now)
        visit = _booked(session, app.reference, lead_id, hold_id, delivery.ip, now)
        return Sent(answer, visit)


def _booked(
    session: Session, reference: Reference, lead_id: str, hold_id: str, ip: str, now: datetime
) -> Visit | None:
    """None where it is one visit too many: asked for, and its time let go. A second tap finds what the first one did.

    No two count at one moment: a lead that is taken in has its owner chosen, which goes one by one (`assigning`).
    Raises SlotTaken and LostRace.
    """
    if holds.find(session, hold_id):
        why = widget_limits.over(session, leads.get(session, lead_id), ip, now)
        if why:
            let_go(session, hold_id)
            noting.tell(session, PATIENT, lead_id, ASKED, now, {"why": why})
            return None
        widget_limits.note(session, ip, now)
    elif lead_work.last_event(session, lead_id, (ASKED,)):
        return None
    return booking.confirm(session, reference, PATIENT, lead_id, hold_id, WIDGET, now=now)


def _call_who_is_told_too_often(session: Session, lead_id: str, now: datetime) -> None:
    """A number that was entered so often that it gets no text by itself gets none of the visit either: somebody else
    may be typing it in. Staff call it."""
    if lead_work.last_event(session, lead_id, ("refused_text",)):
        leads.change(session, lead_id, now, call_only=True)
