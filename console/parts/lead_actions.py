"""What staff start about a lead, from the queue or its own page. Each message names it by its id, and is one flow."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from console.parts import call_actions, task_actions, visit_actions
from console.parts import hand_over as hand_over_view
from console.parts import message as messages
from console.parts.component import Handler, Message
from console.parts.wording import moment_words
from console.process import current_app
from console.shell import Outcome, act, ask, refused
from core.domain.errors import InvalidInput
from core.domain.roles import Actor
from core.flows.conversation import danger, staff_text
from core.flows.escalation import acknowledging
from core.flows.leads import staff_action, staff_outcome
from core.flows.sending import sending_now
from core.flows.sending.sending_now import Outlook
from core.reads.parts import hand_over as hand_over_read

SPANS = {"30m": timedelta(minutes=30)}


def take(message: Message) -> Outcome:
    seen = message.get("seen")
    return act(
        lambda session, actor, now: staff_action.take(
            session, actor, message["id"], now=now, seen_owner=seen
        ),
        "The lead is yours",
        undo={"action": "give_back", "previous": seen},
    )


def acknowledge(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: danger.acknowledge(session, actor, message["id"], now=now),
        "Acknowledged: nobody else is told. Reach the patient now",
    )


def take_up(message: Message) -> Outcome:
    """Somebody acknowledges the alert about a lead, as its link does. It is no contact: the clock runs on."""
    return act(
        lambda session, actor, now: acknowledging.acknowledge(session, actor, message["id"], now=now),
        "Acknowledged. It is no call: the clock runs on until the patient is reached",
    )


def give_back(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: staff_action.give_back(
            session, actor, message["id"], message.get("previous"), now=now
        ),
        "Given back",
    )


def text(message: Message) -> Outcome:
    """`began`: since when it was written, in milliseconds; `draft`: the revision of the draft that it was."""
    reference = current_app().reference
    return _sent(
        lambda session, actor, now: staff_text.send_text(
            session,
            reference,
            actor,
            message["id"],
            str(message["body"]),
            now=now,
            began_at=messages.moment(message, "began"),
            draft=messages.number(message, "draft", 0),
        )
    )


def missed_you(message: Message) -> Outcome:
    """The text that belongs to a missed call, by one click."""
    reference = current_app().reference
    return _sent(
        lambda session, actor, now: staff_text.send_missed_you(
            session, reference, actor, message["id"], now=now
        )
    )


def _sent(plan: Callable[[Session, Actor, datetime], str]) -> Outcome:
    """In ten seconds it goes, or it is said what it waits for; until then it can be taken back."""
    app, outlooks = current_app(), list[Outlook | None]()

    def flow(session: Session, actor: Actor, now: datetime) -> str:
        action_id = plan(session, actor, now)
        outlooks.append(sending_now.what_holds(session, app, action_id, now=now))
        return action_id

    sent = act(flow)
    if not sent.ok:
        return sent
    waits = outlooks[0].words if outlooks[0] else ""
    words = (
        f"{waits} The text waits; you can take it back until it goes."
        if waits
        else "The text goes out in 10 s"
    )
    return Outcome("done", words, {"action": "cancel_text", "text": sent.value})


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
    """`span` names a common choice, else `date` and `time`."""
    app = current_app()
    try:
        until = snoozed_until(message)
    except InvalidInput as error:
        return refused(error)
    return act(
        lambda session, actor, now: staff_outcome.snooze(session, actor, message["id"], until, now=now),
        f"Lead snoozed until {moment_words(until, app.clock.now(), app.settings.zone)}",
        undo={"action": "unsnooze"},
    )


def snoozed_until(message: Message) -> datetime:
    """When a snooze ends. Raises InvalidInput."""
    span = str(message.get("span") or "")
    if span in SPANS:
        return current_app().clock.now() + SPANS[span]
    return task_actions.when(messages.Message({**message, "choice": span}))


def unsnooze(message: Message) -> Outcome:
    reference = current_app().reference
    return act(
        lambda session, actor, now: staff_outcome.unsnooze(session, reference, actor, message["id"], now=now),
        "Back in the queue",
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


def hand_over(message: Message) -> Outcome:
    """Who can take this lead now, without whoever has it: rows of `views.hand_over`."""
    app = current_app()
    now, zone = app.clock.now(), app.settings.zone
    return ask(
        lambda session, actor: [
            hand_over_view.row(one, now, zone)
            for one in hand_over_read.read(session, actor, app.reference, now, str(message["id"]))
        ]
    )


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
    "acknowledge": acknowledge,
    "take_up": take_up,
    **call_actions.ACTIONS,
    **task_actions.ACTIONS,
    **visit_actions.ACTIONS,
    "take": take,
    "give_back": give_back,
    "text": text,
    "missed_you": missed_you,
    "cancel_text": cancel_text,
    "snooze": snooze,
    "unsnooze": unsnooze,
    "hand_over": hand_over,
    "reassign": reassign,
    "disqualify": disqualify,
    "reopen": reopen,
}
