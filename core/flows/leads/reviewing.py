"""A manager goes through the cold leads of the week that nobody spoke to: seen, taken up, given to somebody, closed.

Cold leads (priority 4) alert nobody and are followed up by their sequence; this is the look that makes up for it. Each
of the four takes a lead off the list; a contact does so by itself.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput, LostRace
from core.domain.roles import Actor, Permission, require
from core.flows.leads import handing_on, staff_action, staff_outcome
from core.leads import rules
from core.leads.store import owners, reviewing
from core.patients.store import profiles as patients
from core.reference import Reference
from core.settings import Settings

MOST = 200
GONE = "None of these leads is on the list any more. Nothing was changed."


def count(session: Session, reference: Reference, now: datetime) -> int:
    """How many leads are on the list now."""
    return reviewing.count(session, rules.review_since(reference.clinic.zone, now))


def mark_seen(session: Session, actor: Actor, lead_ids: Sequence[str], *, now: datetime) -> int:
    """Looked at, and nothing else is to be done; how many. Raises Denied, InvalidInput(leads)."""
    return reviewing.mark(session, _chosen(actor, lead_ids), now)


def mark_unseen(session: Session, actor: Actor, lead_ids: Sequence[str]) -> int:
    """Undo that. Raises Denied, InvalidInput(leads)."""
    return reviewing.mark(session, _chosen(actor, lead_ids), None)


def take_up(session: Session, actor: Actor, lead_ids: Sequence[str], *, now: datetime) -> int:
    """They are the actor's from now on; how many. Raises Denied, InvalidInput(leads), LostRace where none is left."""

    def take(lead_id: str, owner: str | None) -> None:
        staff_action.take(session, actor, lead_id, now=now, seen_owner=owner)

    return _with_each(session, actor, lead_ids, take, now)


def assign(
    session: Session,
    settings: Settings,
    actor: Actor,
    lead_ids: Sequence[str],
    staff_id: str,
    *,
    now: datetime,
) -> int:
    """They are given to somebody, who is told; how many. Raises Denied, InvalidInput(leads, staff_id), LostRace."""
    still = list(_still(session, _chosen(actor, lead_ids)))
    handing_on.reassign_many(session, settings, actor, still, staff_id, now=now)
    reviewing.mark(session, still, now)
    return len(still)


def close(session: Session, actor: Actor, lead_ids: Sequence[str], reason: str, *, now: datetime) -> int:
    """They lead nowhere, for one reason; how many. One whose patient has written meanwhile is not closed.

    Raises Denied, InvalidInput(leads, reason), LostRace.
    """

    def disqualify(lead_id: str, _owner: str | None) -> None:
        staff_outcome.disqualify(session, actor, lead_id, reason, now=now)

    return _with_each(session, actor, lead_ids, disqualify, now, unread=False)


def _with_each(
    session: Session,
    actor: Actor,
    lead_ids: Sequence[str],
    deed: Callable[[str, str | None], None],
    now: datetime,
    *,
    unread: bool = True,
) -> int:
    still = _still(session, _chosen(actor, lead_ids), unread=unread)
    for lead_id, owner in still.items():
        deed(lead_id, owner)
    reviewing.mark(session, [*still], now)
    return len(still)


def _still(session: Session, lead_ids: Sequence[str], *, unread: bool = True) -> dict[str, str | None]:
    """Those that are on the list by now, with their owner, held until the end: what a colleague does meanwhile comes
    after, and what one has done goes before. `unread`: also those whose patient's text nobody has read.

    Patients before leads, as every story holds them.
    """
    patients.hold(session, reviewing.patients_of(session, lead_ids))
    held = {one.id: one.owner_id for one in owners.hold(session, lead_ids, wait=True)}
    listed = reviewing.still(session, list(held))
    still = {id_: held[id_] for id_, texts in listed.items() if unread or not texts}
    if not still:
        raise LostRace(GONE)
    return still


def _chosen(actor: Actor, lead_ids: Sequence[str]) -> list[str]:
    require(actor, Permission.REVIEW_LEADS)
    if not 0 < len(lead_ids) <= MOST:
        raise InvalidInput.of("leads", f"Choose 1 to {MOST} leads.")
    return list(dict.fromkeys(lead_ids))
