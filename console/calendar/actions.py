"""What the calendar starts: book, walk-in, block, mark at the desk, move, ask to move, and each taken back."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from console.calendar import asking, freed, marking, view
from console.calendar.saying import said
from console.live import millis
from console.parts.component import Handler, Message
from console.parts.message import OLD, moment, number
from console.process import current_app, known_people
from console.shell import Outcome, act, ask, saw
from core import free_times
from core.domain.errors import InvalidInput, LostRace, LuxeError
from core.domain.hours import at
from core.domain.ids import reference
from core.domain.phone import show_phone
from core.domain.roles import Actor, Permission, require
from core.flows.access.looking import Depth
from core.flows.booking import at_the_desk, blocking, booking
from core.flows.booking.at_the_desk import Start
from core.flows.leads import stages
from core.flows.leads.lead_by_hand import ByHand
from core.free_times import Wish
from core.reads import lead_queue

MOST_SLOTS, MOST_DAYS, MOST_FOUND = 600, 7, 8
MINUTE = timedelta(minutes=1)


def wanted(message: Message, name: str = "at") -> datetime:
    """A moment that must be there. Raises LuxeError."""
    found = moment(message, name)
    if found is None:
        raise InvalidInput.of(name, "Choose a time.")
    return found


def wish(message: Message) -> Wish:
    """Raises InvalidInput(service)."""
    service = booking.service_of(current_app().reference, str(message.get("service") or ""))
    return Wish(service, str(message["location"]), str(message.get("provider") or ""))


def find(message: Message) -> Outcome:
    """Leads by name, number or reference, as they are found in the queue."""
    text = str(message["text"])[:80]

    def search(session: Session, actor: Actor) -> list[dict[str, Any]]:
        found = lead_queue.search(session, actor, text, known_people()).rows[:MOST_FOUND]
        saw(actor, [one.id for one in found], Depth.FOUND, "calendar", current_app().clock.now())
        return [
            {
                "id": one.id,
                "ref": reference(one.number),
                "name": f"{one.first_name} {one.last_name}".strip() or "New number",
                "phone": show_phone(one.phone or "", one.extension or ""),
                "wants": one.treatment,
                "booked": one.state == "booked",
            }
            for one in found
        ]

    return ask(search)


def free(message: Message) -> Outcome:
    """Free times of `days` days from `day` on, MOST_SLOTS at most; with `now` who is free this very minute too."""
    app, asked = current_app(), wish(message)
    days = min(max(number(message, "days", 1), 1), MOST_DAYS)
    try:
        first = date.fromisoformat(str(message["day"]))
    except ValueError:
        raise LuxeError(OLD) from None

    def read(session: Session, actor: Actor) -> list[dict[str, Any]]:
        require(actor, Permission.SEE_CALENDAR)
        now = app.clock.now()
        if not view.near(app, asked.location, first, now):
            raise InvalidInput.of("day", f"Choose a day within {view.FURTHEST.days} days of today.")
        zone = app.reference.clinic.location(asked.location).hours.zone
        since, until = at(first, time(), zone), at(first + timedelta(days=days), time(), zone)
        times = free_times.read(session, app.reference, since, until, now)
        found = times.free(asked, by_staff=True)[:MOST_SLOTS]
        if message.get("now"):
            found = [*times.fits(asked, next_minute(now), by_staff=True), *found]
        names = {one.id: one.first_name for one in times.providers}
        return [view.slot(one, names) for one in found]

    return ask(read)


def next_minute(now: datetime) -> datetime:
    """A visit begins at a whole minute, and none that has begun already can be free."""
    whole = now.astimezone(UTC).replace(second=0, microsecond=0)
    return whole if whole == now else whole + MINUTE


def book(message: Message) -> Outcome:
    """A lead that is known."""
    app, lead_id = current_app(), str(message["lead"])
    start = Start(wish(message), wanted(message), "walk_in" if message.get("walkIn") else "staff")

    def flow(session: Session, actor: Actor, now: datetime) -> str:
        return at_the_desk.book(session, app.reference, actor, lead_id, start, now=now).id

    done = act(flow, f"Booked {said(start.at, message)}", undo={"action": "unbook", "lead": lead_id})
    return done


def unbook(message: Message) -> Outcome:
    app, lead_id = current_app(), str(message["lead"])
    return act(
        lambda session, actor, now: stages.unmark_stage(
            session, app.reference, actor, lead_id, "booked", now=now
        ),
        "Not booked",
    )


TYPED = ("first_name", "last_name", "phone", "email", "notes")


def walk_in(message: Message) -> Outcome:
    """Somebody new at the desk: lead and visit in one. A form with the same new number may come in at this moment: then
    it is done once more, after it."""
    first = _walk_in(message)
    return _walk_in(message) if first.state == "lost" and first.words == CAME_IN else first


CAME_IN = "A form with this number came in at this moment. Press Book again."


def _walk_in(message: Message) -> Outcome:
    app = current_app()
    start = Start(wish(message), wanted(message), "walk_in")
    typed: dict[str, Any] = {name: str(message.get(name) or "") for name in TYPED}
    told = ByHand(
        request_id=str(message["request"]),
        how="walk_in",
        **typed,
        treatment=start.wish.service.treatment,
        location=start.wish.location,
        already_talked=True,
    )

    def flow(session: Session, actor: Actor, now: datetime) -> str:
        try:
            made = at_the_desk.walk_in(session, app.reference, app.settings, actor, told, start, now=now)
        except IntegrityError as error:
            raise LostRace(CAME_IN) from error
        return made.lead_id

    done = act(flow, f"Booked {said(start.at, message)}")
    return replace(done, undo={"action": "unbook", "lead": done.value}) if done.ok else done


def block(message: Message) -> Outcome:
    """`resource` from `at` for `minutes`."""
    app, since = current_app(), wanted(message)
    until = since + number(message, "minutes") * MINUTE
    asked = blocking.Wanted(str(message["resource"]), since, until, str(message.get("note") or ""))
    done = act(lambda session, actor, now: blocking.block(session, app.reference, actor, asked, now=now))
    if not done.ok:
        return done
    return Outcome("done", f"Blocked from {said(since, message)}", {"action": "unblock", "block": done.value})


def unblock(message: Message) -> Outcome:
    was: dict[str, Any] = {}

    def flow(session: Session, actor: Actor, _now: datetime) -> None:
        gone = blocking.unblock(session, actor, str(message["block"]))
        minutes = (gone.ends_at - gone.starts_at) // MINUTE
        was.update(resource=gone.resource, at=millis(gone.starts_at), minutes=minutes, note=gone.note)

    done = act(flow, "Not blocked any more")
    return replace(done, undo={"action": "block", **was}) if done.ok else done


ACTIONS: dict[str, Handler] = {
    "find": find,
    "free": free,
    "book": book,
    "unbook": unbook,
    "walk_in": walk_in,
    "block": block,
    "unblock": unblock,
    **marking.ACTIONS,
    **asking.ACTIONS,
    **freed.ACTIONS,
}
