"""What staff write and have not sent is kept for each thread and person, sealed under the patient's key.

It survives a reload, a sign-out and another machine. Two windows of one person never overwrite each other: each saving
names the revision that it knows.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.conversation import store_drafts as store
from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor
from core.flows.leads.staff_action import ago, open_for_work

LONGEST = 2000
KINDS = ("text", "note")
NONE_SEEN = 0  # the revision of a window that knows of no draft


@dataclass(frozen=True)
class Saved:
    """A draft as it stands now; `revision` NONE_SEEN where there is none any more."""

    revision: int
    at: datetime


def save(
    session: Session, actor: Actor, lead_id: str, kind: str, body: str, revision: int, *, now: datetime
) -> Saved:
    """Keep what somebody is writing; no words throw the draft away. `revision`: the one that this window knows.

    Raises InvalidInput(kind, body), and LostRace where another window of theirs wrote since.
    """
    open_for_work(session, actor, lead_id)
    if kind not in KINDS:
        raise InvalidInput.of("kind", "A draft is a text or a note.")
    if len(body) > LONGEST:
        raise InvalidInput.of("body", f"A draft has at most {LONGEST} characters; this one {len(body)}.")
    if body.strip():
        return _keep(session, actor, lead_id, kind, body, revision, now)
    return _throw_away(session, actor, lead_id, kind, revision, now)


def _keep(
    session: Session, actor: Actor, lead_id: str, kind: str, body: str, revision: int, now: datetime
) -> Saved:
    mine = (lead_id, actor.staff_id, kind)
    if revision == NONE_SEEN:
        done = store.begin(session, *mine, body, now)
    else:
        done = store.save(session, *mine, revision, body, now)
    found = store.find(session, *mine)
    # A browser that lost our answer saves the same words again: that is no race.
    if found and (done or found.body == body):
        return Saved(found.revision, found.saved_at)
    raise _raced(found, now)


def _throw_away(
    session: Session, actor: Actor, lead_id: str, kind: str, revision: int, now: datetime
) -> Saved:
    mine = (lead_id, actor.staff_id, kind)
    store.throw_away(session, *mine, revision)
    found = store.find(session, *mine)
    if found and revision != NONE_SEEN:
        raise _raced(found, now)
    return Saved(found.revision if found else NONE_SEEN, now)


def _raced(found: store.Draft | None, now: datetime) -> LostRace:
    if found is None:
        return LostRace("This draft was sent or thrown away in another window of yours.")
    return LostRace(f"You wrote something else in another window {ago(now - found.saved_at)} ago.")
