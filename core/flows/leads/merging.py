"""Staff look at two profiles that may be one person: merge them, keep them apart for good, or part them again."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from core.analytics import store as events
from core.audit import store as audit
from core.booking import store as visits
from core.booking import store_waitlist as waitlist
from core.db import hand_on
from core.domain.errors import InvalidInput, LostRace, NotFound
from core.domain.ids import new_id
from core.domain.roles import Actor, Permission, require
from core.experiments import store as experiments
from core.flows.sequences import stopping
from core.intake import store_submissions as submissions
from core.leads.store import household as lead_household
from core.leads.store import leads
from core.messaging.store import by_hand
from core.messaging.store import household as texts
from core.patients.store import matching, merging
from core.patients.store import profiles as patients
from core.patients.store.matching import Pair
from core.patients.store.merging import Profile
from core.sequences import store as sequences

Give = Callable[[Session, str, str, list[str] | None], list[str]]
# What belongs to a patient, by the word under which a merge remembers it. The consent ledger is not among it: it is
# never rewritten, and what was agreed to stays with the number.
BELONGINGS: dict[str, Give] = {
    "leads": lead_household.give,
    "submissions": submissions.give,
    "texts": texts.give_texts,
    "emails": texts.give_emails,
    "actions": texts.give_actions,
    "enrollments": sequences.give,
    "visits": visits.give,
    "events": events.give,
    "conflicts": merging.give_conflicts,
    "variants": experiments.give,
    "waitlist": waitlist.give,
}


def keep_apart(session: Session, actor: Actor, pair_id: str, *, now: datetime) -> None:
    """Two people: they are not asked about again. Raises LostRace when a colleague decided otherwise meanwhile."""
    _pair(session, actor, pair_id)
    if not matching.decide(session, pair_id, "open", "apart", by=actor.staff_id, now=now):
        raise LostRace("A colleague has decided about these two already.")
    _audit(session, actor, "kept_apart", pair_id, now)


def ask_again(session: Session, actor: Actor, pair_id: str, *, now: datetime) -> None:
    """Undo of keeping apart: the pair is on the list again."""
    _pair(session, actor, pair_id)
    if not matching.decide(session, pair_id, "apart", "open", by=actor.staff_id, now=now):
        raise LostRace("These two are on the list already.")
    _audit(session, actor, "asked_again", pair_id, now)


def merge(session: Session, actor: Actor, pair_id: str, kept_id: str, *, now: datetime) -> str:
    """One person: everything of the other profile joins `kept_id`; the merge's id, by which it can be undone.

    What the kept profile lacks is added, what disagrees is kept beside it, nothing is overwritten. Raises
    InvalidInput(kept_id, date_of_birth) and LostRace.
    """
    pair = _pair(session, actor, pair_id)
    if kept_id not in (pair.patient_id, pair.other_id):
        raise InvalidInput.of("kept_id", "Choose which of the two profiles stays.")
    gone_id = pair.other_id if kept_id == pair.patient_id else pair.patient_id
    if not matching.decide(session, pair_id, "open", "merged", by=actor.staff_id, now=now):
        raise LostRace("A colleague has decided about these two already.")
    kept, gone = _both(session, kept_id, gone_id)
    merge_id = new_id(now)
    before = patients.identity(session, kept_id) | {"status": kept.status, "vip": kept.vip}
    merging.hide(session, gone_id, kept_id, now)
    patients.fill_in(session, kept_id, _given(session, gone_id), submission_id=merge_id, now=now)
    merging.add_up(session, kept, gone, 1, now)
    patients.touch(session, kept_id, now, vip=kept.vip or gone.vip)
    if gone.status in patients.STATUSES:
        patients.raise_status(session, kept_id, gone.status, now)
    moved = {name: give(session, gone_id, kept_id, None) for name, give in BELONGINGS.items()}
    _follow_up_once(session, kept_id, now)
    merging.keep(session, merge_id, kept_id, gone_id, moved, before, by=actor.staff_id, now=now)
    for lead_id in moved["leads"]:
        leads.note_event(
            session, lead_id, "merged", "staff", now=now, staff_id=actor.staff_id, data={"merge": merge_id}
        )
    _audit(session, actor, "merged", merge_id, now)
    return merge_id


def unmerge(session: Session, actor: Actor, merge_id: str, *, now: datetime) -> None:
    """Part two profiles again: each gets back what was its own, and what the merge had added goes. Raises LostRace."""
    require(actor, Permission.WORK_LEADS)
    done = merging.find(session, merge_id)
    if done is None:
        raise NotFound("This merge does not exist.")
    if not merging.undo(session, merge_id, by=actor.staff_id, now=now):
        raise LostRace("These two were parted already.")
    kept, gone = _known(session, done.kept_id), _known(session, done.gone_id)
    for name, give in BELONGINGS.items():
        give(session, done.kept_id, done.gone_id, done.moved.get(name, []))
    hand_on.follow(session, done.moved["leads"], done.gone_id)
    merging.drop_conflicts(session, merge_id)
    _take_back(session, done, kept, gone, now)
    merging.add_up(session, kept, gone, -1, now)
    merging.show(session, done.gone_id, now)
    for lead_id in [*done.moved["leads"], *lead_household.of_patient(session, done.kept_id)]:
        sequences.go_on(session, lead_id, done.at)
        by_hand.restore_stopped(session, lead_id, "replaced", done.at, by=actor.staff_id, now=now)
        leads.note_event(
            session, lead_id, "unmerged", "staff", now=now, staff_id=actor.staff_id, data={"merge": merge_id}
        )
    pair = matching.pair_of(session, done.kept_id, done.gone_id)
    if pair:
        matching.decide(session, pair, "merged", "open", by=actor.staff_id, now=now)
    _audit(session, actor, "unmerged", merge_id, now)


def _pair(session: Session, actor: Actor, pair_id: str) -> Pair:
    require(actor, Permission.WORK_LEADS)
    pair = matching.pair(session, pair_id)
    if pair is None:
        raise NotFound("This pair is not on the list.")
    return pair


def _both(session: Session, kept_id: str, gone_id: str) -> tuple[Profile, Profile]:
    kept, gone = _known(session, kept_id), _known(session, gone_id)
    if kept.merged_into or gone.merged_into:
        raise LostRace("One of these profiles was merged with another already.")
    born = {matching.person(session, id_).born for id_ in (kept_id, gone_id)} - {""}
    if len(born) > 1:
        raise InvalidInput.of("date_of_birth", "Their birth dates differ. If one is wrong, correct it first.")
    return kept, gone


def _known(session: Session, patient_id: str) -> Profile:
    found = merging.profile(session, patient_id)
    if found is None:
        raise NotFound("This profile does not exist any more.")
    return found


def _given(session: Session, patient_id: str) -> dict[str, str | None]:
    return patients.identity(session, patient_id)


def _follow_up_once(session: Session, patient_id: str, now: datetime) -> None:
    """One person is followed up in one sequence: the newest request's."""
    newest = leads.latest_of_patient(session, patient_id)
    if newest:
        stopping.replace_earlier(session, patient_id, newest.id, now)


def _take_back(session: Session, done: merging.Merge, kept: Profile, gone: Profile, now: datetime) -> None:
    """What the merge had filled in goes, unless somebody wrote something else there since."""
    here, there = patients.identity(session, done.kept_id), patients.identity(session, done.gone_id)
    filled = [name for name in here if not done.before[name] and here[name] and here[name] == there[name]]
    if filled:
        emptied = {name: done.before[name] for name in filled}
        patients.set_identity(session, done.kept_id, here | emptied, emptied, now)
    if done.before["vip"] is False:
        patients.touch(session, done.kept_id, now, vip=False)
    if kept.status == gone.status:
        patients.touch(session, done.kept_id, now, status=done.before["status"])


def _audit(session: Session, actor: Actor, action: str, subject: str, now: datetime) -> None:
    audit.note(session, staff_id=actor.staff_id, action=action, subject=subject, now=now)
