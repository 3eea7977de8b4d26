"""What staff start about a lead, from the queue or its own page. Each message names it by its id, and is one flow."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act
from core.domain.errors import InvalidInput
from core.domain.hours import at
from core.flows.conversation import staff_text
from core.flows.leads import staff_action, staff_outcome
from core.leads.reasons import CALL_OUTCOMES

SPANS = {"30m": timedelta(minutes=30), "1h": timedelta(hours=1), "3h": timedelta(hours=3)}
MORNING = time(9)
MOST_DOLLARS = 1_000_000


def take(message: Message) -> Outcome:
    seen = message.get("seen")
    return act(
        lambda session, actor, now: staff_action.take(
            session, actor, message["id"], now=now, seen_owner=seen
        ),
        "The lead is yours",
        undo={"action": "give_back", "previous": seen},
    )


def give_back(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: staff_action.give_back(
            session, actor, message["id"], message.get("previous"), now=now
        ),
        "Given back",
    )


def log_call(message: Message) -> Outcome:
    outcome = str(message["outcome"])
    return act(
        lambda session, actor, now: staff_action.log_call(session, actor, message["id"], outcome, now=now),
        f"Call logged: {CALL_OUTCOMES.get(outcome, outcome).lower()}",
    )


def text(message: Message) -> Outcome:
    reference = current_app().reference
    sent = act(
        lambda session, actor, now: staff_text.send_text(
            session, reference, actor, message["id"], str(message["body"]), now=now
        )
    )
    if not sent.ok:
        return sent
    return Outcome("done", "The text goes out in 10 s", {"action": "cancel_text", "text": sent.value})


def cancel_text(message: Message) -> Outcome:
    taken_back = act(
        lambda session, actor, now: staff_text.cancel_action(session, actor, message["text"], now=now)
    )
    if not taken_back.ok:
        return taken_back
    return (
        Outcome("done", "Not sent")
        if taken_back.value
        else Outcome("lost", "The text is on its way already.")
    )


def snooze(message: Message) -> Outcome:
    app = current_app()
    span = str(message["span"])
    until = snoozed_until(span, app.clock.now())
    return act(
        lambda session, actor, now: staff_outcome.snooze(session, actor, message["id"], until, now=now),
        f"Lead snoozed until {moment_words(until, app.clock.now(), app.settings.zone)}",
        undo={"action": "unsnooze"},
    )


def snoozed_until(span: str, now: datetime) -> datetime:
    """When a snooze ends: after a span, or at nine tomorrow in the clinic's zone. Raises InvalidInput."""
    if span in SPANS:
        return now + SPANS[span]
    if span != "tomorrow":
        raise InvalidInput.of("span", "Choose how long to snooze.")
    zone = current_app().settings.zone
    return at(now.astimezone(zone).date() + timedelta(days=1), MORNING, zone)


def moment_words(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """'4:00 PM' today, 'Tue 9:00 AM' on another day."""
    local = moment.astimezone(zone)
    clock = f"{local.hour % 12 or 12}:{local:%M} {local:%p}"
    return clock if local.date() == now.astimezone(zone).date() else f"{local:%a} {clock}"


def unsnooze(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: staff_outcome.unsnooze(session, actor, message["id"], now=now),
        "Back in the queue",
    )


def booked(message: Message) -> Outcome:
    cents = dollars(str(message.get("dollars") or "0")) * 100
    return act(
        lambda session, actor, now: staff_outcome.mark_stage(
            session, actor, message["id"], "booked", cents, now=now
        ),
        "Marked as booked",
        undo={"action": "unbook"},
    )


def dollars(typed: str) -> int:
    """'1,450' or '$1,450'. Raises InvalidInput."""
    plain = typed.strip().removeprefix("$").replace(",", "")
    if not plain.isdecimal() or int(plain) > MOST_DOLLARS:
        raise InvalidInput.of("dollars", "Enter whole dollars, such as 450.")
    return int(plain)


def unbook(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: staff_outcome.unmark_stage(
            session, actor, message["id"], "booked", now=now
        ),
        "Not booked",
    )


def reassign(message: Message) -> Outcome:
    settings = current_app().settings
    handed = act(
        lambda session, actor, now: staff_action.reassign(
            session, settings, actor, message["id"], message["staff"], now=now
        )
    )
    if not handed.ok:
        return handed
    undo = {"action": "reassign", "staff": handed.value} if handed.value else None
    return Outcome("done", "Handed over", undo)


def disqualify(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: staff_outcome.disqualify(
            session, actor, message["id"], str(message["reason"]), now=now
        ),
        "Disqualified",
        undo={"action": "reopen"},
    )


def reopen(message: Message) -> Outcome:
    reference = current_app().reference
    return act(
        lambda session, actor, now: staff_outcome.reopen(session, reference, actor, message["id"], now=now),
        "Open again",
    )


ACTIONS: dict[str, Handler] = {
    "take": take,
    "give_back": give_back,
    "log_call": log_call,
    "text": text,
    "cancel_text": cancel_text,
    "snooze": snooze,
    "unsnooze": unsnooze,
    "booked": booked,
    "unbook": unbook,
    "reassign": reassign,
    "disqualify": disqualify,
    "reopen": reopen,
}
