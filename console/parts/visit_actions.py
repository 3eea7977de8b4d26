"""What staff do with a visit: book it at a time, move it, cancel it, mark what became of it, take a mark back."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import millis
from console.parts import message as messages
from console.parts import task_actions
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act, ask, refused
from core.domain.errors import InvalidInput
from core.domain.roles import Actor, Permission, require
from core.flows.booking import arriving
from core.flows.leads import stages, visits
from core.free_times import Slot
from core.leads.reasons import STAGES
from core.reads.parts import free_day as free_day_read
from core.reads.parts.free_day import FreeDay

MOST_DOLLARS = 1_000_000
STAGE_WORDS = {
    "qualified": "Marked qualified",
    "booked": "Marked booked",
    "attended": "Marked as arrived",
    "treated": "Checked out",
}


def dollars(typed: str) -> int:
    """'1,450' or '$1,450'. Raises InvalidInput."""
    plain = typed.strip().removeprefix("$").replace(",", "")
    if not plain.isdecimal() or len(plain) > len(str(MOST_DOLLARS)) or int(plain) > MOST_DOLLARS:
        raise InvalidInput.of("dollars", "Enter whole dollars, such as 450.")
    return int(plain)


def booked(message: Message) -> Outcome:
    """With `date` and `time` a visit at that time, `location`, `provider`, `kind`, `dollars` where given."""
    if not message.get("date"):
        return stage(messages.Message({**message, "stage": "booked"}))
    reference = current_app().reference
    try:
        starts_at, cents = task_actions.when(message), dollars(str(message.get("dollars") or "0")) * 100
    except InvalidInput as error:
        return refused(error)
    return act(
        lambda session, actor, now: visits.book(
            session,
            reference,
            actor,
            message["id"],
            starts_at,
            location=str(message.get("location") or ""),
            provider_id=message.get("provider") or None,
            kind=str(message.get("kind") or ""),
            value_cents=cents,
            now=now,
        ),
        f"Booked {task_actions.said(starts_at, task_actions.place(message))}",
        undo={"action": "unstage", "stage": "booked"},
    )


def free_day(message: Message) -> Outcome:
    """The free times of a service on one day: {times: [{at, iso, provider, name}], next, why}."""
    reference, now = current_app().reference, current_app().clock.now()
    place = task_actions.place(message) or reference.clinic.default_location
    try:
        day = date.fromisoformat(str(message.get("date") or ""))
    except ValueError:
        return refused(InvalidInput.of("date", "Choose a date."))
    return ask(
        lambda session, actor: free_value(
            free_day_read.read(
                session,
                actor,
                reference,
                str(message.get("service") or ""),
                place,
                str(message.get("provider") or ""),
                day,
                now=now,
            )
        )
    )


def free_value(found: FreeDay) -> dict[str, Any]:
    return {
        "times": [_slot(one, found.names) for one in found.slots],
        "next": _slot(found.next, found.names) if found.next else None,
        "why": found.why,
    }


def _slot(slot: Slot, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "at": millis(slot.starts_at),
        "iso": slot.starts_at.isoformat(),
        "provider": slot.provider_id,
        "name": names.get(slot.provider_id, ""),
    }


def book_service(message: Message) -> Outcome:
    """`service` at `at` (ISO) with `provider`, at `location`: one of the times that were free."""
    reference = current_app().reference
    place = task_actions.place(message)

    def flow(session: Session, actor: Actor, now: datetime) -> str:
        require(actor, Permission.WORK_LEADS)
        starts_at = task_actions.parsed(message["at"])
        if starts_at is None:
            raise InvalidInput.of("at", "Choose a time.")
        visits.book_service(
            session,
            reference,
            actor,
            message["id"],
            str(message.get("service") or ""),
            starts_at,
            location=place,
            provider_id=str(message.get("provider") or ""),
            now=now,
        )
        return f"Booked {task_actions.said(starts_at, place)}"

    done = act(flow, undo={"action": "unstage", "stage": "booked"})
    return replace(done, words=str(done.value)) if done.ok else done


def mark(flow: Callable[..., Any], words: str, undo: str) -> Handler:
    """One mark of a visit that is under way, by the visit's id. A mark that a colleague or the patient made already is
    not taken back by this click's undo."""

    def handle(message: Message) -> Outcome:
        visit_id = str(message["visit"])
        done = act(
            lambda session, actor, now: flow(session, actor, visit_id, now=now),
            words,
            undo={"action": undo, "visit": visit_id},
        )
        return replace(done, words=f"{words}: marked already", undo=None) if done.value is False else done

    return handle


def _not_arrived(session: Session, actor: Actor, visit_id: str, *, now: datetime) -> None:
    arriving.undo_arrived(session, current_app().reference, actor, visit_id, now=now)


MARKS = {
    "arrive": mark(arriving.arrived, "Arrived", "not_arrived"),
    "in_room": mark(arriving.in_room, "In the room", "not_in_room"),
    "not_arrived": mark(_not_arrived, "Not here yet", "arrive"),
    "not_in_room": mark(arriving.undo_in_room, "Waiting still", "in_room"),
}


def stage(message: Message) -> Outcome:
    name = str(message["stage"])
    try:
        cents = dollars(str(message.get("dollars") or "0")) * 100
    except InvalidInput as error:
        return refused(error)
    return act(
        lambda session, actor, now: stages.mark_stage(session, actor, message["id"], name, cents, now=now),
        STAGE_WORDS.get(name, ""),
        undo={"action": "unstage", "stage": name},
    )


def unstage(message: Message) -> Outcome:
    name = str(message["stage"])
    return act(
        lambda session, actor, now: stages.unmark_stage(
            session, current_app().reference, actor, message["id"], name, now=now
        ),
        f"Not {name}" if name in STAGES else "",
    )


def unbook(message: Message) -> Outcome:
    return unstage(messages.Message({**message, "stage": "booked"}))


def move_visit(message: Message) -> Outcome:
    """`seen` is the time that stood on the screen, in ISO with its offset, or empty."""
    try:
        starts_at = task_actions.when(message)
    except InvalidInput as error:
        return refused(error)
    reference, seen = current_app().reference, task_actions.parsed(message.get("seen"))
    return act(
        lambda session, actor, now: visits.move(
            session, reference, actor, str(message["visit"]), starts_at, seen=seen, now=now
        ),
        f"Moved to {task_actions.said(starts_at, task_actions.place(message))}",
        undo=move_back(str(message["visit"]), starts_at, seen, task_actions.place(message)),
    )


def move_back(visit_id: str, moved_to: datetime, seen: datetime | None, place: str) -> dict[str, Any] | None:
    """A visit that had a time goes back to it; one that had none keeps its first. On the wall of `place`."""
    if seen is None:
        return None
    wall = seen.astimezone(current_app().reference.clinic.location(place).hours.zone)
    return {
        "action": "move_visit",
        "visit": visit_id,
        "seen": moved_to.isoformat(),
        "date": wall.date().isoformat(),
        "time": f"{wall:%H:%M}",
        "second": wall.fold == 1,
        "place": place,
    }


def cancel_visit(message: Message) -> Outcome:
    reference, visit_id = current_app().reference, str(message["visit"])
    return act(
        lambda session, actor, now: visits.cancel(
            session, reference, actor, visit_id, str(message.get("reason") or ""), now=now
        ),
        "Visit cancelled; the lead is open again",
        undo={"action": "put_back_visit", "visit": visit_id},
    )


def no_show(message: Message) -> Outcome:
    reference, visit_id = current_app().reference, str(message["visit"])
    return act(
        lambda session, actor, now: visits.no_show(session, reference, actor, visit_id, now=now),
        "Marked as no-show; the lead is open again",
        undo={"action": "put_back_visit", "visit": visit_id},
    )


def put_back_visit(message: Message) -> Outcome:
    reference = current_app().reference
    return act(
        lambda session, actor, now: visits.put_back(
            session, reference, actor, str(message["visit"]), now=now
        ),
        "The visit stands again",
    )


ACTIONS: dict[str, Handler] = {
    **MARKS,
    "free_day": free_day,
    "book_service": book_service,
    "booked": booked,
    "unbook": unbook,
    "stage": stage,
    "unstage": unstage,
    "move_visit": move_visit,
    "cancel_visit": cancel_visit,
    "no_show": no_show,
    "put_back_visit": put_back_visit,
}
