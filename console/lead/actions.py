"""What staff start from a lead's page, beyond what the queue can start: each message carries record ids."""

from console.lead import people_actions
from console.live import millis
from console.parts import lead_actions, thread_actions
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act, ask
from core.flows.conversation import staff_text
from core.flows.leads import staff_action
from core.flows.sending import sending_now
from core.flows.sending.sending_now import Outlook
from core.flows.sequences import beginning, ending
from core.reads import audit_trail


def cancel_step(message: Message) -> Outcome:
    action_id = str(message["action_id"])
    done = act(lambda session, actor, now: staff_text.cancel_action(session, actor, action_id, now=now))
    if not done.ok:
        return done
    if not done.value:
        return Outcome("lost", "Too late to stop it: it is on its way, or was stopped already.")
    return Outcome("done", "It will not go out", {"action": "restore_step", "action_id": action_id})


def restore_step(message: Message) -> Outcome:
    action_id = str(message["action_id"])
    done = act(lambda session, actor, now: staff_text.restore_action(session, actor, action_id, now=now))
    if not done.ok or done.value:
        return Outcome("done", "Planned again") if done.ok else done
    return Outcome("refused", "Its moment has passed; it stays stopped.")


def preview_send_now(message: Message) -> Outcome:
    """The wording before it goes, and what holds it: {body, segments, verdict, words, until}."""
    app, found = current_app(), list[Outlook]()
    asked = act(
        lambda session, actor, now: found.append(
            sending_now.preview_send_now(session, app, actor, str(message["action_id"]), now=now)
        )
    )
    if not found:
        return asked
    one = found[0]
    until = millis(one.until) if one.until else None
    shown = {"body": one.body, "segments": one.segments, "verdict": one.verdict, "words": one.words}
    return Outcome("done", value=shown | {"until": until})


def send_now(message: Message) -> Outcome:
    app = current_app()
    return act(
        lambda session, actor, now: sending_now.send_now(
            session, app, actor, str(message["action_id"]), now=now
        ),
        "It goes now, ahead of its plan",
    )


def viewers(message: Message) -> Outcome:
    """Who saw this patient, for managers and admins."""
    return ask(
        lambda session, actor: [
            {"name": one.name, "times": one.times, "at": millis(one.last_at)}
            for one in audit_trail.viewers(session, actor, str(message["id"]))
        ]
    )


def missed_call(message: Message) -> Outcome:
    """They called and nobody picked up."""
    return act(
        lambda session, actor, now: beginning.missed_call(session, actor, message["id"], now=now),
        "Noted; a text says that we are sorry, unless one did today",
    )


def sequences(_message: Message) -> Outcome:
    """Those that a person may begin: [key, title]."""
    return ask(lambda session, actor: [[one.key, one.title] for one in beginning.offered(session, actor)])


def begin_sequence(message: Message) -> Outcome:
    key = str(message.get("sequence") or "")
    return act(
        lambda session, actor, now: beginning.begin(session, actor, message["id"], key, now=now),
        "It begins now",
    )


def end_sequence(message: Message) -> Outcome:
    """`sequence`: the enrollment. What was sent stays, and nothing of it goes any more."""
    enrollment = str(message.get("sequence") or "")
    return act(
        lambda session, actor, now: ending.end(session, actor, enrollment, now=now),
        "It has ended for them: nothing more of it goes",
    )


def seen(lead_id: str, *, unseen: bool, unread: bool) -> None:
    """Opening a lead is its first look, and reads what was unread."""
    if unseen:
        act(lambda session, actor, now: staff_action.mark_viewed(session, actor, lead_id, now=now))
    if unread:
        act(lambda session, actor, now: staff_action.mark_read(session, actor, lead_id, now=now))


ACTIONS: dict[str, Handler] = {
    **lead_actions.ACTIONS,
    **people_actions.ACTIONS,
    **thread_actions.ACTIONS,
    "cancel_step": cancel_step,
    "restore_step": restore_step,
    "preview_send_now": preview_send_now,
    "send_now": send_now,
    "viewers": viewers,
    "missed_call": missed_call,
    "sequences": sequences,
    "begin_sequence": begin_sequence,
    "end_sequence": end_sequence,
}
