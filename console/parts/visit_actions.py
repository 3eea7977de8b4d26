"""What staff do with a visit: book it at a time, move it, cancel it, mark what became of it, take a mark back."""

from datetime import datetime
from typing import Any

from console.parts import task_actions
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act, refused
from core.domain.errors import InvalidInput
from core.flows.leads import stages, visits
from core.leads.reasons import STAGES

MOST_DOLLARS = 1_000_000
STAGE_WORDS = {
    "qualified": "Marked qualified",
    "booked": "Marked booked",
    "attended": "Marked attended",
    "treated": "Marked treated",
}


def dollars(typed: str) -> int:
    """'1,450' or '$1,450'. Raises InvalidInput."""
    plain = typed.strip().removeprefix("$").replace(",", "")
    if not plain.isdecimal() or int(plain) > MOST_DOLLARS:
        raise InvalidInput.of("dollars", "Enter whole dollars, such as 450.")
    return int(plain)


def booked(message: Message) -> Outcome:
    """With `date` and `time` a visit at that time, `location`, `provider`, `kind`, `dollars` where given."""
    if not message.get("date"):
        return stage({**message, "stage": "booked"})
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
    return unstage({**message, "stage": "booked"})


def move_visit(message: Message) -> Outcome:
    """`seen` is the time that stood on the screen, in ISO with its offset, or empty."""
    try:
        starts_at = task_actions.when(message)
    except InvalidInput as error:
        return refused(error)
    seen = task_actions.parsed(message.get("seen"))
    return act(
        lambda session, actor, now: visits.move(
            session, actor, str(message["visit"]), starts_at, seen=seen, now=now
        ),
        f"Moved to {task_actions.said(starts_at, task_actions.place(message))}",
        undo=move_back(str(message["visit"]), starts_at, seen),
    )


def move_back(visit_id: str, moved_to: datetime, seen: datetime | None) -> dict[str, Any] | None:
    """A visit that had a time goes back to it; one that had none keeps its first."""
    if seen is None:
        return None
    wall = seen.astimezone(current_app().settings.zone)
    return {
        "action": "move_visit",
        "visit": visit_id,
        "seen": moved_to.isoformat(),
        "date": wall.date().isoformat(),
        "time": f"{wall:%H:%M}",
        "second": wall.fold == 1,
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
    return act(
        lambda session, actor, now: visits.put_back(session, actor, str(message["visit"]), now=now),
        "The visit stands again",
    )


ACTIONS: dict[str, Handler] = {
    "booked": booked,
    "unbook": unbook,
    "stage": stage,
    "unstage": unstage,
    "move_visit": move_visit,
    "cancel_visit": cancel_visit,
    "no_show": no_show,
    "put_back_visit": put_back_visit,
}
