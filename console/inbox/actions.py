"""What the inbox starts beyond what a lead's conversation can: lists, searches, being done with a conversation."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from console.inbox import view
from console.live import millis
from console.parts import composing, lead_actions, thread_actions
from console.parts.component import Handler, Message
from console.parts.message import number
from console.process import current_app, known_people, text_words
from console.shell import Outcome, act, ask, saw
from core.domain.roles import Actor, Permission
from core.flows.access.looking import Depth
from core.flows.conversation import threads
from core.flows.leads import staff_action
from core.reads import inbox, lead_opening
from core.reads import text_words as words_read

LONGEST = 80


def page(message: Message) -> Outcome:
    """One list, as far as somebody looked down it: rows as they are pushed.

    The first of them are the day's work, as what is pushed is. Who looks at what is done, or further down, is noted.
    """
    now = current_app().clock.now()

    def find(session: Session, actor: Actor) -> list[dict[str, Any]]:
        name, most = str(message.get("list") or "all"), number(message, "most", inbox.PAGE)
        found = inbox.page(session, actor, name, most, people=bool(message.get("people")), now=now)
        if name == "done" or most > inbox.PAGE:
            saw(actor, [one.lead.id for one in found], Depth.FOUND, "inbox", now)
        return [view.row(one) for one in found]

    return ask(find)


def names(message: Message) -> Outcome:
    """Conversations by name, phone, email or reference: {rows, whole}."""
    now = current_app().clock.now()

    def find(session: Session, actor: Actor) -> dict[str, Any]:
        found = inbox.names(session, actor, str(message["text"])[:LONGEST], known_people())
        saw(actor, [one.lead.id for one in found.rows], Depth.FOUND, "search", now)
        return {"rows": [view.row(one) for one in found.rows], "whole": found.whole}

    return ask(find)


def words(message: Message) -> Outcome:
    """Conversations by words in their texts: {rows, whole, since}, `since` while older ones are still being read.

    To be shown a text is to open its record.
    """
    now = current_app().clock.now()

    def find(session: Session, actor: Actor) -> dict[str, Any]:
        text = str(message["text"])[:LONGEST]
        found = words_read.search(session, actor, text_words(), text, now=now)
        rows = {one.lead.id: one for one in inbox.rows(session, [hit.lead_id for hit in found.hits])}
        saw(actor, rows, Depth.OPENED, "search in texts", now)
        shown = [view.hit_row(rows[hit.lead_id], hit) for hit in found.hits if hit.lead_id in rows]
        behind = found.since > now - words_read.SPAN
        return {"rows": shown, "whole": found.whole, "since": millis(found.since) if behind else None}

    return ask(find)


def open_thread(message: Message) -> Outcome:
    """A conversation is opened beside the list: {compose}, what its composer is given. Its first look is noted."""
    app, lead_id = current_app(), str(message["id"])
    now = app.clock.now()

    def find(session: Session, actor: Actor) -> dict[str, Any]:
        found = lead_opening.read(session, actor, lead_id)
        saw(actor, [lead_id], Depth.OPENED, "inbox", now)
        unseen = found.viewed_at is None and actor.may(Permission.WORK_LEADS)
        return {"unseen": unseen, "compose": composing.offered(session, actor, app.reference, lead_id, now)}

    opened = ask(find)
    if opened.ok and opened.value["unseen"]:
        act(lambda session, actor, now: staff_action.mark_viewed(session, actor, lead_id, now=now))
    return opened


def done(message: Message) -> Outcome:
    """`seen`: when the newest text of a person that is shown was written, in milliseconds."""
    lead_id, seen = str(message["id"]), _moment(message)
    return act(
        lambda session, actor, now: threads.finish(session, actor, lead_id, seen=seen, now=now),
        "Done. A new text of the patient opens it again",
        undo={"action": "reopen_thread"},
    )


def _moment(message: Message) -> datetime | None:
    at = number(message, "seen", 0)
    return datetime.fromtimestamp(at / 1000, UTC) if 0 < at < 2**43 else None


def reopen_thread(message: Message) -> Outcome:
    return act(
        lambda session, actor, now: threads.reopen(session, actor, str(message["id"]), now=now),
        "Open again",
    )


ACTIONS: dict[str, Handler] = {
    **lead_actions.ACTIONS,
    **thread_actions.ACTIONS,
    "page": page,
    "names": names,
    "words": words,
    "open_thread": open_thread,
    "done": done,
    "reopen_thread": reopen_thread,
}
