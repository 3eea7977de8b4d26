"""Staff are done with a conversation, or not after all. The lead stays as it is: open, its clocks running.

A text that the patient writes afterwards opens it again by itself (`receive_text`), and so does one of ours that turns
out not to have arrived (`core/flows/sending/settling.py`).
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.conversation import store as conversation
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor
from core.flows.leads import contact
from core.flows.leads.staff_action import ago, open_for_work
from core.leads.store import leads, threads
from core.leads.store import work as lead_work
from core.staff.store import people as names

ROUNDED = timedelta(milliseconds=1)  # browsers know moments to the millisecond


def finish(session: Session, actor: Actor, lead_id: str, *, seen: datetime | None, now: datetime) -> None:
    """Staff are done with a conversation of which they have seen all until `seen`; what was unread is read.

    Raises LostRace where the patient wrote since, or a colleague was faster; InvalidInput(thread) while the patient may
    be in danger and nobody has reached them.
    """
    open_for_work(session, actor, lead_id)
    if conversation.is_urgent(session, [lead_id]):
        raise InvalidInput.of(
            "thread", "This patient may be in danger. Reach them first, then be done with it."
        )
    heard = lead_work.last_event(session, lead_id, ("replied",))
    if heard and (seen is None or heard.at > seen + ROUNDED):
        raise LostRace(f"The patient wrote {ago(now - heard.at)} ago. Read it first.")
    thread = threads.get(session, lead_id)
    if not threads.finish(session, lead_id, thread.spoken_at, actor.staff_id, now):
        raise LostRace(_who_was_faster(session, lead_id, now))
    contact.has_read(session, lead_id, now)
    leads.note_event(session, lead_id, "thread_done", "staff", now=now, staff_id=actor.staff_id)


def reopen(session: Session, actor: Actor, lead_id: str, *, now: datetime) -> None:
    """Not done after all. Raises LostRace where it is open already."""
    open_for_work(session, actor, lead_id)
    if not threads.reopen(session, lead_id, now):
        raise LostRace("This conversation is open already.")
    leads.note_event(session, lead_id, "thread_reopened", "staff", now=now, staff_id=actor.staff_id)


def _who_was_faster(session: Session, lead_id: str, now: datetime) -> str:
    thread = threads.get(session, lead_id)
    if thread.done_at is None:
        return "Somebody wrote at this moment. Read it first."
    who = names.name(session, thread.done_by or "").split()[0]
    return f"{who} was done with this conversation {ago(now - thread.done_at)} before you."
