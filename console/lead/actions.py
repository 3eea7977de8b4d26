"""What staff start from a lead's page, beyond what the queue can start: each message carries record ids."""

import streamlit as st

from console.parts import lead_actions
from console.parts.component import Handler, Message
from console.shell import GO_TO, Outcome, act
from core.flows.conversation import staff_text
from core.flows.leads import staff_action, staff_outcome
from core.leads.reasons import CALL_OUTCOMES, STAGES

STAGE_WORDS = {
    "qualified": "Marked qualified",
    "booked": "Marked booked",
    "attended": "Marked attended",
    "treated": "Marked treated",
}


def log_call(message: Message) -> Outcome:
    outcome, note = str(message["outcome"]), str(message.get("note") or "")
    return act(
        lambda session, actor, now: staff_action.log_call(
            session, actor, message["id"], outcome, note, now=now
        ),
        f"Call logged: {CALL_OUTCOMES.get(outcome, outcome).lower()}",
    )


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


def send_now(message: Message) -> Outcome:
    action_id = str(message["action_id"])
    return act(
        lambda session, actor, now: staff_text.send_now(session, actor, action_id, now=now),
        "Sent out of turn",
    )


def finish_task(message: Message) -> Outcome:
    task_id = str(message["task"])
    return act(
        lambda session, actor, now: staff_action.finish_task(session, actor, task_id, now=now),
        "Task done",
        undo={"action": "reopen_task", "task": task_id},
    )


def reopen_task(message: Message) -> Outcome:
    task_id = str(message["task"])
    return act(
        lambda session, actor, now: staff_action.reopen_task(session, actor, task_id, now=now),
        "Task open again",
    )


def stage(message: Message) -> Outcome:
    name = str(message["stage"])
    cents = lead_actions.dollars(str(message.get("dollars") or "0")) * 100
    return act(
        lambda session, actor, now: staff_outcome.mark_stage(
            session, actor, message["id"], name, cents, now=now
        ),
        STAGE_WORDS.get(name, ""),
        undo={"action": "unstage", "stage": name},
    )


def unstage(message: Message) -> Outcome:
    name = str(message["stage"])
    return act(
        lambda session, actor, now: staff_outcome.unmark_stage(session, actor, message["id"], name, now=now),
        f"Not {name}" if name in STAGES else "",
    )


def read(message: Message) -> Outcome:
    """The page is open and looked at: what the patient wrote is read."""
    return act(lambda session, actor, now: staff_action.mark_read(session, actor, message["id"], now=now))


def refresh(_message: Message) -> Outcome:
    """The next run of the page brings what it is mounted with, such as the quick texts, as it is by now."""
    return Outcome("done")


def leave(_message: Message) -> Outcome:
    st.session_state[GO_TO] = ("queue", {})
    return Outcome("done")


def seen(lead_id: str, *, unseen: bool, unread: bool) -> None:
    """Opening a lead is its first look, and reads what was unread."""
    if unseen:
        act(lambda session, actor, now: staff_action.mark_viewed(session, actor, lead_id, now=now))
    if unread:
        act(lambda session, actor, now: staff_action.mark_read(session, actor, lead_id, now=now))


ACTIONS: dict[str, Handler] = {
    **lead_actions.ACTIONS,
    "log_call": log_call,
    "note": note,
    "cancel_step": cancel_step,
    "restore_step": restore_step,
    "send_now": send_now,
    "finish_task": finish_task,
    "reopen_task": reopen_task,
    "stage": stage,
    "unstage": unstage,
    "read": read,
    "refresh": refresh,
    "leave": leave,
}
