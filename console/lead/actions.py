"""What staff start from a lead's page, beyond what the queue can start: each message carries record ids."""

from console.lead import people_actions
from console.live import millis
from console.parts import lead_actions
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act, ask
from core.flows.conversation import staff_text
from core.flows.leads import staff_action
from core.flows.sending import sending_now
from core.flows.sending.sending_now import Outlook
from core.reads import audit_trail


def note(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: staff_action.add_note(
            session, actor, message["id"], str(message["body"]), now=now
        ),
        "Note kept",
    )


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
    reference, found = current_app().reference, list[Outlook]()
    asked = act(
        lambda session, actor, now: found.append(
            sending_now.preview_send_now(session, reference, actor, str(message["action_id"]), now=now)
        )
    )
    if not found:
        return asked
    one = found[0]
    until = millis(one.until) if one.until else None
    shown = {"body": one.body, "segments": one.segments, "verdict": one.verdict, "words": one.words}
    return Outcome("done", value=shown | {"until": until})


def send_now(message: Message) -> Outcome:
    reference = current_app().reference
    return act(
        lambda session, actor, now: sending_now.send_now(
            session, reference, actor, str(message["action_id"]), now=now
        ),
        "It goes now, ahead of its plan",
    )


def read(message: Message) -> Outcome:
    """The page is open and looked at: what the patient wrote is read."""
    return act(lambda session, actor, now: staff_action.mark_read(session, actor, message["id"], now=now))


def viewers(message: Message) -> Outcome:
    """Who saw this patient, for managers and admins."""
    return ask(
        lambda session, actor: [
            {"name": one.name, "times": one.times, "at": millis(one.last_at)}
            for one in audit_trail.viewers(session, actor, str(message["id"]))
        ]
    )


def refresh(_message: Message) -> Outcome:
    """The next run of the page brings what it is mounted with, such as the quick texts, as it is by now."""
    return Outcome("done")


def seen(lead_id: str, *, unseen: bool, unread: bool) -> None:
    """Opening a lead is its first look, and reads what was unread."""
    if unseen:
        act(lambda session, actor, now: staff_action.mark_viewed(session, actor, lead_id, now=now))
    if unread:
        act(lambda session, actor, now: staff_action.mark_read(session, actor, lead_id, now=now))


ACTIONS: dict[str, Handler] = {
    **lead_actions.ACTIONS,
    **people_actions.ACTIONS,
    "note": note,
    "cancel_step": cancel_step,
    "restore_step": restore_step,
    "preview_send_now": preview_send_now,
    "send_now": send_now,
    "read": read,
    "viewers": viewers,
    "refresh": refresh,
}
