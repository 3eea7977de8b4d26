"""What staff start from a conversation and its composer, on whatever page: each message carries the lead's id."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import millis
from console.parts import composing, lead_actions, task_actions
from console.parts.component import Handler, Message
from console.parts.message import number
from console.parts.wording import moment_words
from console.process import current_app
from console.shell import Outcome, act, ask, refused
from core.domain.errors import InvalidInput
from core.domain.roles import Actor
from core.flows.conversation import correcting_reading, drafting, scheduling, staff_whose
from core.flows.conversation.drafting import Saved
from core.flows.leads import noting, staff_action, taking_over
from core.flows.publishing import saving_quick_text
from core.flows.sending.sending_now import Outlook


def note(message: Message) -> Outcome:
    settings, draft = current_app().settings, number(message, "draft", drafting.NONE_SEEN)
    return act(
        lambda session, actor, now: noting.add_note(
            session, settings, actor, message["id"], str(message["body"]), now=now, draft=draft
        ),
        "Note kept",
    )


def read(message: Message) -> Outcome:
    """The page is open and looked at: what the patient wrote is read."""
    return act(lambda session, actor, now: staff_action.mark_read(session, actor, message["id"], now=now))


def this_is(message: Message) -> Outcome:
    """`text` was written by the patient of `lead`; taking it back gives it to the lead that had it before."""
    reference, text, lead = current_app().reference, str(message["text"]), str(message["lead"])
    moved = act(
        lambda session, actor, now: staff_whose.assign_text(session, reference, actor, text, lead, now=now)
    )
    if not moved.ok:
        return moved
    # One that was unclear may have stood with them already: then this page's lead is who it is taken back to.
    before = next((one for one in (moved.value, message["id"]) if one and one != lead), None)
    if before is None:
        return Outcome("done", "Noted whose text it is")
    back = {"action": "this_is", "text": text, "lead": before}
    return Outcome("done", "Moved to the conversation of who wrote it", back)


def correct_reading(message: Message) -> Outcome:
    """`text` means `becomes` and not `seen`; `reason` where that opens a number again or calls off an alarm."""
    app = current_app()
    text, becomes, seen, reason = (
        str(message.get(name, "")) for name in ("text", "becomes", "seen", "reason")
    )
    done = act(
        lambda session, actor, now: correcting_reading.correct(
            session, app, actor, text, becomes, seen, reason, now=now
        )
    )
    if not done.ok:
        return done
    return Outcome(
        "done", "Corrected, and what followed from it too" if done.value else "It is read so already"
    )


def compose(message: Message) -> Outcome:
    """What the composer of a thread is given, as it is now."""
    app = current_app()
    return ask(
        lambda session, actor: composing.offered(
            session, actor, app.reference, str(message["id"]), app.clock.now()
        )
    )


def save_draft(message: Message) -> Outcome:
    """{revision, at} of the draft as it stands now; lost where another window of the same person wrote since."""
    kind, body = str(message["kind"]), str(message["body"])
    revision, saved = number(message, "revision", drafting.NONE_SEEN), list[Saved]()
    kept = act(
        lambda session, actor, now: saved.append(
            drafting.save(session, actor, message["id"], kind, body, revision, now=now)
        )
    )
    if not kept.ok:
        return kept
    return Outcome("done", value={"revision": saved[0].revision, "at": millis(saved[0].at)})


def outlook(message: Message) -> Outcome:
    """What would become of a text at the chosen moment: {at, verdict, words, until}."""
    app, at = current_app(), _moment(message)
    if isinstance(at, Outcome):
        return at
    try:
        return ask(
            lambda session, actor: _outlook_row(
                at,
                scheduling.outlook(session, app, actor, str(message["id"]), at, now=app.clock.now()),
            )
        )
    except InvalidInput as error:
        return refused(error)


def _outlook_row(at: datetime, found: Outlook) -> dict[str, Any]:
    return {
        "at": millis(at),
        "verdict": found.verdict,
        "reason": found.reason,
        "words": found.words,
        "until": millis(found.until),
    }


def schedule(message: Message) -> Outcome:
    """Plan a text, or with `text` change one that is planned, for `moment`, or for `date` and `time`."""
    app, at = current_app(), _moment(message)
    if isinstance(at, Outcome):
        return at
    body, until_reply = str(message["body"]), bool(message.get("until_reply"))
    draft, edited = number(message, "draft", drafting.NONE_SEEN), str(message.get("text") or "")

    def plan(session: Session, actor: Actor, now: datetime) -> str:
        about, flow = (edited, scheduling.reschedule) if edited else (message["id"], scheduling.schedule)
        return flow(
            session, app.reference, actor, about, body, at, until_reply=until_reply, now=now, draft=draft
        )

    planned = act(plan)
    if not planned.ok:
        return planned
    words = f"It goes {moment_words(at, app.clock.now(), app.settings.zone)}"
    return Outcome("done", words, {"action": "cancel_text", "text": planned.value}, planned.value)


def _moment(message: Message) -> datetime | Outcome:
    """`moment` in ISO, as offered by an outlook; else a choice, or a day and a time."""
    try:
        return task_actions.parsed(message.get("moment")) or task_actions.when(message)
    except InvalidInput as error:
        return refused(error)


def pause(message: Message) -> Outcome:
    """Automatic texts of this lead wait."""
    app, until = current_app(), list[datetime]()
    paused = act(
        lambda session, actor, now: until.append(taking_over.pause(session, actor, message["id"], now=now))
    )
    if not paused.ok:
        return paused
    words = moment_words(until[0], app.clock.now(), app.settings.zone)
    return Outcome("done", f"Automation paused until {words}", {"action": "resume"})


def resume(message: Message) -> Outcome:
    done = act(lambda session, actor, now: taking_over.resume(session, actor, message["id"], now=now))
    if not done.ok:
        return done
    return Outcome("done", "Automation goes on" if done.value else "Automation was not paused")


def save_quick(message: Message) -> Outcome:
    """The words of the box become a quick text of one's own."""
    title, body = str(message["title"]), str(message["body"])
    return act(
        lambda session, actor, now: saving_quick_text.save(
            session, actor, message["id"], title, body, now=now
        ),
        "Saved among your quick texts",
    )


ACTIONS: dict[str, Handler] = {
    "text": lead_actions.text,
    "cancel_text": lead_actions.cancel_text,
    "note": note,
    "read": read,
    "this_is": this_is,
    "correct_reading": correct_reading,
    "compose": compose,
    "save_draft": save_draft,
    "outlook": outlook,
    "schedule": schedule,
    "pause": pause,
    "resume": resume,
    "save_quick": save_quick,
}
