"""A person asks to be forgotten: nothing of theirs can be read any more, here or in any copy.

What stays is what identifies nobody: when a form came, from which campaign, for which treatment; and, by a keyed
fingerprint, that their number said STOP.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.app import App
from core.audit import store as audit
from core.audit.chain import Entry
from core.booking import store as visits
from core.conversation import store_drafts as drafts
from core.db.erasing import erase_values, leave_no_trace
from core.db.trouble import was_deadlock
from core.domain.errors import InvalidInput, NotFound
from core.flows.booking import ending_offers, forgetting
from core.flows.leads import tasks
from core.flows.sequences import stopping
from core.flows.upkeep import key_copies
from core.leads.store import household, leads, threads
from core.links import store as short_links
from core.messaging.store import planning
from core.patients.store import merging
from core.patients.store import profiles as patients
from core.patients.store.forgotten import forgotten, there
from core.sla import store as sla
from core.staff.store import hand_overs
from core.webhooks import store as webhooks

SHORTEST_REASON, TRIES = 3, 4
SINCE_THE_BACKUP = "erased before; a backup from before that was put back"


@dataclass(frozen=True)
class Erased:
    """How many leads the person had, and how many rows were about them.

    `old_copies`: folders whose copy of the data keys could not be written anew, and still holds theirs.
    """

    leads: int
    rows: int
    old_copies: tuple[str, ...] = ()


def erase(app: App, lead_number: int, reason: str, *, actor: str, now: datetime) -> Erased:
    """Erase the patient of a lead, and the profiles merged with theirs. Raises NotFound, InvalidInput(reason)."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput.of("reason", "Say why: it stays in the audit trail.")
    lead_count, rows = _again(lambda: _erase(app, lead_number, reason.strip(), actor, now))
    leave_no_trace(app.db)
    return Erased(lead_count, rows, tuple(key_copies.rewrite_copies(app)))


def _again(work: Callable[[], tuple[int, int]]) -> tuple[int, int]:
    """Every row of a person is touched, so whoever writes of them at this moment may wait for us and we for them."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except OperationalError as error:
            if not was_deadlock(error):
                raise
    return work()


def _erase(app: App, lead_number: int, reason: str, actor: str, now: datetime) -> tuple[int, int]:
    """How many leads they had, and how many rows were about them."""
    with app.db.write() as session:
        found = leads.of_number(session, lead_number)
        if found is None:
            raise NotFound("There is no such lead.")
        done = _take_out(session, merging.selves(session, found.patient_id), now)
        audit.note(
            session, action="erased", actor=actor, subject=f"{done[0]} leads", patient_id=found.patient_id,
            reason=reason, now=now,
        )  # fmt: skip
        return done


def erase_again(app: App, known: Collection[str], *, now: datetime) -> int:
    """A backup was put back that is older than an erasure: what it brought back of that person is taken out again.

    These are patients whose name is under a key that is no more, and those of `known`, who were erased before. It
    could not be read; but its indexes would find the person, and a form of theirs would join it. How many there were.
    """
    with app.db.write() as session:
        people = sorted({*forgotten(session), *there(session, known)})
        if not people:
            return 0
        _take_out(session, people, now)
        entries = [Entry("erased", patient_id=one, reason=SINCE_THE_BACKUP) for one in people]
        audit.note_all(session, entries, now=now)
    leave_no_trace(app.db)
    return len(people)


def _take_out(session: Session, patient_ids: Sequence[str], now: datetime) -> tuple[int, int]:
    """How many leads they had, and how many rows were about them."""
    for one in sorted(patient_ids):
        patients.touch(session, one, now)  # first: see settling.after_sent
    lead_ids = [lead_id for patient in patient_ids for lead_id in household.of_patient(session, patient)]
    for lead_id in lead_ids:
        stopping.stop_sequences(session, lead_id, "erased", by=None, now=now)
        sla.void(session, lead_id, now)
        tasks.end_all(session, lead_id, by=None, now=now)
        leads.change(session, lead_id, now, state="closed", call_only=True, unread=0, snoozed_until=None)
        threads.forget(session, lead_id, now)
    webhooks.drop_of_visits(session, visits.ids_of(session, lead_ids), now)
    ending_offers.end_places(session, lead_ids, now)
    planning.cancel_everything(session, patient_ids, "erased", now)
    drafts.forget(session, lead_ids)
    forgetting.forget(session, lead_ids, now)
    short_links.forget(session, lead_ids)
    hand_overs.forget_notes(session, lead_ids)
    return len(lead_ids), erase_values(session, patient_ids)
