"""Times that came free, beside the visits: who is asked in which order, who waits, and what staff do about it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from console.calendar.saying import said
from console.live import READER, millis
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act
from core.booking.waitlist_rules import FILLED, JUMPED, NOTICES, STOPPED_WHY, WHY, Wanted, unsuited
from core.domain.roles import Actor
from core.flows.booking import offering_by_staff as by_staff
from core.flows.booking.answering_offers import Answered
from core.reads import waitlist
from core.reads.waitlist import IN_TURN, OVER, Asked, FreedTime, Person
from core.reference import Reference

Row = dict[str, Any]
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
PARTS = {"morning": "before noon", "afternoon": "after noon"}
GONE = (OVER["booked_otherwise"], OVER["blocked"])  # nobody can be offered such a time any more
AN_HOUR = 60  # minutes: the least notice that anybody has
MOST_WAITING = 100


def rows(
    session: Session, data: Reference, location: str, since: datetime, until: datetime, now: datetime
) -> Iterator[Row]:
    """Times of one location that came free and are not taken yet; each with its people, a row for each. Of who has
    still to be asked it says already where the time will not suit."""
    zone = data.clinic.location(location).hours.zone
    for one in waitlist.freed_times(session, data, READER, since, until):
        if one.location == location and one.state != FILLED and one.why not in GONE:
            yield _freed(one)
            for turn, asked in enumerate(one.asked):
                yield _asked(one.id, asked, turn) | _unsuited(asked, one.starts_at, zone, now)


def _freed(one: FreedTime) -> Row:
    return {
        "id": one.id,
        "kind": "freed",
        "what": one.service,
        "start": millis(one.starts_at),
        "end": millis(one.ends_at),
        "staff": one.provider_id,
        "by": one.freed_by,
        "freed": millis(one.freed_at),
        "state": one.state,
        "why": one.why,
    }


def _asked(slot_id: str, one: Asked, turn: int) -> Row:
    return {
        "id": f"{slot_id}:{one.person.entry_id}",
        "kind": "asked",
        "slot": slot_id,
        "turn": turn,
        "offer": one.offer_id,
        "place": one.place,
        "state": one.state,
        "until": millis(one.until),
        "why": one.why,
        "by": one.by.split()[0] if one.by else "",
        **_person(one.person),
    }


def _unsuited(one: Asked, starts_at: datetime, zone: ZoneInfo, now: datetime) -> Row:
    if one.state != IN_TURN:
        return {}
    asked = one.person
    wanted = Wanted(days=tuple(asked.days), part=asked.part, notice=asked.notice_minutes)
    return {"why": WHY.get(unsuited(wanted, starts_at, zone, now), "")}


def _person(one: Person) -> Row:
    return {
        "entry": one.entry_id,
        "lead": one.lead_id,
        "name": one.name or one.ref,
        "dial": one.dial,
        "phone": one.phone,
        "callOnly": one.call_only,
        "since": millis(one.since),
        "wants": wants(one),
    }


def wants(one: Person) -> str:
    """'Thu or Fri, after noon, with Tess, 1 day before'; 'any time'."""
    days = " or ".join(DAYS[day] for day in one.days)
    provider = f"with {one.provider.split()[0]}" if one.provider else ""
    notice = f"{NOTICES[one.notice_minutes]} before" if one.notice_minutes > AN_HOUR else ""
    said = (days, PARTS.get(one.part, ""), provider, notice)
    return ", ".join(filter(None, said)) or "any time"


def waiting(session: Session, data: Reference, location: str) -> Iterator[Row]:
    """Who waits for a time at this location, or at any, in their order."""
    here = [one for one in waitlist.who_waits(session, data, READER) if one.location in ("", location)]
    yield {"id": "waiting", "kind": "waiting", "count": len(here)}
    services = data.bookable.services
    for turn, one in enumerate(here[:MOST_WAITING]):
        what = services[one.service].label if one.service in services else one.service
        yield {
            "id": f"waits:{one.entry_id}",
            "kind": "waits",
            "turn": turn,
            "what": what,
            "moves": millis(one.moves_from),
            **_person(one),
        }


def choices() -> dict[str, list[tuple[str, str]]]:
    """Why staff ask somebody before their turn, and why they stop offers."""
    return {"jumped": list(JUMPED.items()), "stopped": list(STOPPED_WHY.items())}


def offer_now(message: Message) -> Outcome:
    """`entry` is asked about `slot` before their turn, because of `reason`."""
    app = current_app()
    slot, entry, why = str(message["slot"]), str(message["entry"]), str(message.get("reason") or "")

    def flow(session: Session, actor: Actor, now: datetime) -> str:
        return _said(by_staff.offer_now(session, app, actor, slot, entry, why, now=now).next_at, message)

    return _told(act(flow))


def _told(done: Outcome) -> Outcome:
    return Outcome("done", str(done.value)) if done.ok else done


def _said(next_at: datetime | None, message: Message) -> str:
    if next_at is None:
        return "Asked: the text goes out"
    return f"They are next, by {said(next_at, message)} at the latest"


def call_instead(message: Message) -> Outcome:
    """The time is kept for `entry` while somebody calls them: no text goes."""
    app, slot, entry = current_app(), str(message["slot"]), str(message["entry"])

    def flow(session: Session, actor: Actor, now: datetime) -> str:
        until = by_staff.call_instead(session, app, actor, slot, entry, now=now).expires_at
        kept = f" until {said(until, message)}" if until else ""
        return f"The time is kept for them{kept}. Call now"

    return _told(act(flow))


ANSWERED = {True: "Booked: the time is theirs", False: "Noted: they let it pass"}


def answer_offer(message: Message) -> Outcome:
    """What somebody said on the phone to `offer`: whether they take it."""
    app, offer, takes = current_app(), str(message["offer"]), bool(message.get("takes"))

    def flow(session: Session, actor: Actor, now: datetime) -> bool:
        answer = by_staff.answer_for(session, app.reference, actor, offer, takes=takes, now=now)
        return answer.what is not Answered.GONE

    return act(flow, ANSWERED[takes])


def stop_offers(message: Message) -> Outcome:
    """Nobody else is asked about `slot`; with `withdraw` what is offered now stands no more either."""
    slot, why = str(message["slot"]), str(message.get("reason") or "")
    withdraw = bool(message.get("withdraw"))
    return act(
        lambda session, actor, now: by_staff.stop_offers(
            session, actor, slot, why, withdraw=withdraw, now=now
        ),
        "Nobody else is asked",
    )


ACTIONS: dict[str, Handler] = {
    "offer_now": offer_now,
    "call_instead": call_instead,
    "answer_offer": answer_offer,
    "stop_offers": stop_offers,
}
