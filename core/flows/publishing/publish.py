"""What the clinic words and rules itself: drafted, published, taken back. The same story for every kind.

A draft is saved as one types and may be half finished; only publishing asks whether it is sound. A published version
is never changed: what is under way stays on its number. Each function raises Denied by the kind's permission, NotFound,
and LostRace in words that name who was faster; then nothing was changed, and what was typed is still the typist's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.audit import store as audit
from core.domain.errors import Denied, FieldError, InvalidInput, LostRace, NotFound
from core.domain.roles import Actor, require
from core.flows.leads.staff_action import ago
from core.operations import store as operations
from core.staff.store import people as names
from core.versions import store
from core.versions.rules import SHIPPED_NUMBER, Body, InUse, Kind
from core.versions.store import Version
from core.versions.tables import DRAFT, PUBLISHED

LONGEST_NOTE = 200
LONGEST_KEY = 60
LONGEST_BODY = 60_000  # characters of all its words: a sequence with every step fits, a pasted book does not
NONE_SEEN = 0  # the revision of somebody who saw no draft


@dataclass(frozen=True)
class Saved:
    """A draft as it stands now: what the next saving must name is `revision`."""

    number: int
    revision: int
    at: datetime


def save_draft(
    session: Session, actor: Actor, kind: Kind, key: str, body: Body, revision: int, *, now: datetime
) -> Saved:
    """Keep what was typed. `revision` is that of the draft the person saw, NONE_SEEN where there was none.

    Raises LostRace where a colleague saved, published or discarded since, InvalidInput(body, key) beyond all measure.
    """
    _may_edit(session, actor, kind, key, body)
    _must_fit(key, body)
    return _save(session, actor, kind, key, body, revision, None, now)


def restore(
    session: Session, actor: Actor, kind: Kind, key: str, number: int, revision: int, *, now: datetime
) -> Saved:
    """An old version becomes the draft, in place of the one of `revision` where there is one. Publishing it is a step
    of its own."""
    _may_edit(session, actor, kind, key)
    body = _body_of(session, kind, key, number)
    return _save(session, actor, kind, key, body, revision, number, now)


def _save(
    session: Session,
    actor: Actor,
    kind: Kind,
    key: str,
    body: Body,
    revision: int,
    restored_from: int | None,
    now: datetime,
) -> Saved:
    number = _next_number(session, kind, key)
    by = actor.staff_id
    if revision == NONE_SEEN:
        done = store.begin_draft(
            session, kind.name, key, number, body, restored_from=restored_from, by=by, now=now
        )
    else:
        more = {"restored_from": restored_from} if restored_from else {}
        done = store.save_draft(session, kind.name, key, revision, body, by=by, now=now, **more)
    draft = store.in_state(session, kind.name, key, DRAFT)
    # A browser that lost our answer saves the same words again: that is no race.
    same = draft is not None and draft.saved_by == by and draft.body == body
    if draft is None or not (done or same):
        raise LostRace(_who_was_faster(session, kind, key, now))
    return Saved(draft.number, draft.revision, draft.saved_at)


def discard(session: Session, actor: Actor, kind: Kind, key: str, revision: int, *, now: datetime) -> None:
    """Throw the draft away; what is published stays as it is."""
    _may_edit(session, actor, kind, key)
    if not store.discard_draft(session, kind.name, key, revision):
        raise LostRace(_who_was_faster(session, kind, key, now))
    _audit(session, actor, "draft_discarded", kind, key, {}, "", now)


def publish(
    session: Session, actor: Actor, kind: Kind, key: str, revision: int, note: str, *, now: datetime
) -> int:
    """The draft that the person saw is used from now on; its number. The note says why, for whoever reads the history.

    Raises InvalidInput by field where the kind finds problems, or where nothing differs from what is published.
    """
    _may_edit(session, actor, kind, key)
    words = _checked_note(note)
    draft = store.hold_draft(session, kind.name, key, revision)
    if draft is None:
        raise LostRace(_who_was_faster(session, kind, key, now))
    _must_be_sound(session, kind, key, draft.body)
    _must_differ(session, kind, key, draft.body)
    _keep_shipped(session, kind, key, now)
    store.publish_draft(session, kind.name, key, words, by=actor.staff_id, now=now)
    kind.follows(session, draft.body, now)
    operations.note_published(session, by=actor.staff_id, now=now)
    _audit(session, actor, "version_published", kind, key, {"number": draft.number}, words, now)
    return draft.number


def retire(session: Session, actor: Actor, kind: Kind, key: str, note: str, *, now: datetime) -> int:
    """Not used any more: a version like the others that says so; its number. Restoring any version brings it back.

    Raises InvalidInput(draft) while there is a draft, which would be left behind; InvalidInput(key) where it is in use,
    with the places.
    """
    _may_edit(session, actor, kind, key)
    words = _checked_note(note)
    # The number before the look at the draft: one that is begun in between takes this very number, and one of us loses.
    number = _next_number(session, kind, key)
    if store.in_state(session, kind.name, key, DRAFT):
        raise InvalidInput.of("draft", "There is a draft. Publish it or discard it first.")
    current = _in_use(session, kind, key)
    if current is None:
        raise NotFound(f"This {kind.noun} is not in use.")
    _must_not_be_used(session, kind, key)
    _keep_shipped(session, kind, key, now)
    if not store.retire(session, kind.name, key, number, current.body, words, by=actor.staff_id, now=now):
        raise LostRace(_who_was_faster(session, kind, key, now))
    kind.follows(session, None, now)
    operations.note_published(session, by=actor.staff_id, now=now)
    _audit(session, actor, "version_retired", kind, key, {"number": number}, words, now)
    return number


def _must_not_be_used(session: Session, kind: Kind, key: str) -> None:
    places = kind.used(session, key)
    if places:
        raise InvalidInput.of("key", f"This {kind.noun} is in use: {'; '.join(places)}. Change that first.")


def _may_edit(session: Session, actor: Actor, kind: Kind, key: str, *wanted: Body) -> None:
    """What is somebody's own is theirs alone to edit, and needs no more than to see the kind. Raises Denied."""
    found = (store.in_state(session, kind.name, key, state) for state in (DRAFT, PUBLISHED))
    bodies = [*wanted, *(one.body for one in found if one), kind.shipped().get(key)]
    owners = {kind.owner(body) for body in bodies if body is not None}
    if owners == {actor.staff_id}:
        return require(actor, kind.sees)
    require(actor, kind.permission)
    if owners - {"", actor.staff_id}:
        raise Denied(f"This {kind.noun} is somebody's own. Only its owner can change it.")
    return None


def _must_fit(key: str, body: Body) -> None:
    if not key or len(key) > LONGEST_KEY:
        raise InvalidInput.of("key", f"A key has 1 to {LONGEST_KEY} characters.")
    if len(str(body)) > LONGEST_BODY:
        raise InvalidInput.of("body", f"This is too long to keep: at most {LONGEST_BODY} characters.")


def _checked_note(note: str) -> str:
    words = note.strip()
    if not words:
        raise InvalidInput.of("note", "Say in a few words what changes, for whoever looks later.")
    if len(words) > LONGEST_NOTE:
        raise InvalidInput.of("note", f"A note has at most {LONGEST_NOTE} characters; this one {len(words)}.")
    return words


def _must_be_sound(session: Session, kind: Kind, key: str, body: Body) -> None:
    problems = kind.parse(body) or kind.sound(session, key, body)
    if problems:
        raise InvalidInput([FieldError(problem.field, problem.message) for problem in problems])


def _must_differ(session: Session, kind: Kind, key: str, body: Body) -> None:
    current = _in_use(session, kind, key)
    if current and current.body == body:
        raise InvalidInput.of("draft", f"Nothing differs from version {current.number}. Discard the draft.")


def _in_use(session: Session, kind: Kind, key: str) -> InUse | None:
    """The clinic's own, else the shipped one; None where it was never published, or retired."""
    own = store.in_state(session, kind.name, key, PUBLISHED)
    if own:
        return None if own.retired else InUse(key, own.number, own.body)
    shipped = kind.shipped().get(key)
    return InUse(key, SHIPPED_NUMBER, shipped) if shipped is not None else None


def _next_number(session: Session, kind: Kind, key: str) -> int:
    """The first number of one's own is 2 where the product ships one."""
    shipped = SHIPPED_NUMBER if key in kind.shipped() else 0
    return max(store.last_number(session, kind.name, key), shipped) + 1


def _keep_shipped(session: Session, kind: Kind, key: str, now: datetime) -> None:
    shipped = kind.shipped().get(key)
    if shipped is not None:
        store.keep_shipped(session, kind.name, key, shipped, now)


def _body_of(session: Session, kind: Kind, key: str, number: int) -> Body:
    found = store.find(session, kind.name, key, number)
    if found:
        return found.body
    shipped = kind.shipped().get(key)
    if shipped is None or number != SHIPPED_NUMBER:
        raise NotFound(f"There is no version {number} of this {kind.noun}.")
    return shipped


def _who_was_faster(session: Session, kind: Kind, key: str, now: datetime) -> str:
    """The words of a lost race: who did what, and how long before."""
    draft = store.in_state(session, kind.name, key, DRAFT)
    if draft:
        return f"{_first_name(session, draft.saved_by)} changed this draft {ago(now - draft.saved_at)} before you."
    last = store.in_state(session, kind.name, key, PUBLISHED)
    if last and last.published_at:
        return f"{_first_name(session, last.published_by)} {_did(last)} {ago(now - last.published_at)} before you."
    return "Somebody discarded this draft before you."


def _did(version: Version) -> str:
    return (
        f"retired it, as version {version.number},"
        if version.retired
        else f"published version {version.number}"
    )


def _first_name(session: Session, staff_id: str | None) -> str:
    return names.name(session, staff_id).split()[0]


def _audit(
    session: Session,
    actor: Actor,
    action: str,
    kind: Kind,
    key: str,
    detail: Mapping[str, object],
    reason: str,
    now: datetime,
) -> None:
    audit.note(
        session,
        staff_id=actor.staff_id,
        action=action,
        subject=f"{kind.name}:{key}",
        reason=reason,
        detail=dict(detail),
        now=now,
    )
