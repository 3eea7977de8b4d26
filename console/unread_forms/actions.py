"""What the Unread forms page does: open one, make a lead of it, have it read again, put it aside, let it wait again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, act
from console.unread_forms import view
from core.domain.errors import LostRace
from core.domain.roles import Actor
from core.flows.conversation import twilio_webhooks
from core.flows.intake import mend_form, unread_forms
from core.reads import lead

Flow = Callable[[Session, Actor, datetime], Any]


def open_one(message: Message) -> Outcome:
    """Its content, and its fields with their faults. The look is noted, so this happens once for each."""
    app, raw_id = current_app(), str(message["id"])

    def flow(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
        if message.get("text"):
            return view.text_content(unread_forms.open_form(session, actor, raw_id, now=now))
        found = mend_form.open_to_mend(session, app.reference, actor, raw_id, now=now)
        return view.form_content(found, app.reference)

    return _valued(flow)


def mend(message: Message) -> Outcome:
    """Make a lead with the corrected fields. `value` as `view.became` gives it."""
    app, raw_id = current_app(), str(message["id"])
    fields = {str(name): str(value) for name, value in dict(message["fields"]).items()}

    def flow(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
        done = mend_form.mend(session, app.reference, app.settings, actor, raw_id, fields, now=now)
        return _became(session, actor, done.lead_id, repeated=done.repeated)

    return _valued(_or_once_more(flow))


def _became(session: Session, actor: Actor, lead_id: str | None, *, repeated: bool) -> dict[str, Any]:
    made = lead.read(session, actor, lead_id) if lead_id else None
    return view.became(made, current_app().settings.zone, repeated=repeated)


def replay(message: Message) -> Outcome:
    """Read a form or a text again, once the cause is mended."""
    app, raw_id = current_app(), str(message["id"])

    def flow(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
        if message.get("text"):
            twilio_webhooks.read_again(session, app, actor, raw_id, now=now)
            return {"title": "Read: it stands in its conversation", "ref": "", "texting": ""}
        done = unread_forms.replay(session, app.reference, app.settings, actor, raw_id, now=now)
        return _became(session, actor, done.lead_id, repeated=done.repeated)

    return _valued(_or_once_more(flow))


def dismiss(message: Message) -> Outcome:
    raw_id, reason, note = str(message["id"]), str(message["reason"]), str(message.get("note", ""))

    def flow(session: Session, actor: Actor, now: datetime) -> None:
        if not unread_forms.dismiss(session, actor, raw_id, reason, note=note, now=now):
            raise LostRace("Somebody had handled it already. Your click changed nothing.")

    return act(flow, "Dismissed", undo={"action": "reopen", "id": raw_id})


def reopen(message: Message) -> Outcome:
    app, raw_id = current_app(), str(message["id"])
    return act(
        lambda session, actor, now: unread_forms.reopen(session, app.reference, actor, raw_id, now=now),
        "It waits again",
    )


def _valued(flow: Flow) -> Outcome:
    """Run it; what it returns goes to the browser."""
    found: list[Any] = []
    outcome = act(lambda session, actor, now: found.append(flow(session, actor, now)))
    return Outcome("done", value=found[0]) if outcome.ok else outcome


def _or_once_more(flow: Flow) -> Flow:
    """Where the same form arrives at this very moment the database keeps one: a second press finds it stored."""

    def guarded(session: Session, actor: Actor, now: datetime) -> Any:
        try:
            return flow(session, actor, now)
        except IntegrityError as clash:
            raise LostRace("The same form came in at this moment. Press once more.") from clash

    return guarded


ACTIONS: dict[str, Handler] = {
    "open": open_one,
    "mend": mend,
    "replay": replay,
    "dismiss": dismiss,
    "reopen": reopen,
}
