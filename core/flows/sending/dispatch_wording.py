"""What the wordings of a batch name and no plan holds: last names, owners, visits. Read only where one has them."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from core.booking import store as visits
from core.booking.rules import SEQUENCE, VISIT
from core.booking.store import VisitBrief
from core.flows.sending import filling
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Claimed
from core.messaging.library import Catalogue
from core.sequences import store as sequences
from core.staff.store import people


def _with(texts: list[Claimed], catalogue: Catalogue, names: frozenset[str]) -> list[Claimed]:
    """Those whose template has one of these variables: few do, and only for them more is read."""
    return [a for a in texts if (template := catalogue.get(a.template or "")) and template.names & names]


def patients_with(texts: list[Claimed], catalogue: Catalogue, names: frozenset[str]) -> list[str]:
    return sorted({a.patient_id for a in _with(texts, catalogue, names) if a.patient_id})


def owners(
    session: Session, texts: list[Claimed], catalogue: Catalogue, found: dict[str, LeadBrief]
) -> dict[str, str]:
    """The first names of who looks after the leads, where the plan did not name them already."""
    asking = [
        a for a in _with(texts, catalogue, frozenset({filling.OWNER})) if not a.variables.get(filling.OWNER)
    ]
    theirs = {found[a.lead_id].owner_id for a in asking if a.lead_id in found}
    ids = sorted(owner for owner in theirs if owner)
    return {id_: name.split()[0] for id_, name in people.names(session, ids).items()} if ids else {}


def outdated(session: Session, actions: list[Claimed]) -> frozenset[str]:
    """The ids of those that speak of a visit as it is no more: it was moved, ended or stands again since."""
    speaking = [one for one in actions if SEQUENCE in one.variables]
    known = visits.find_all(session, sorted({one.variables[VISIT] for one in speaking}))
    now = {id_: str(visit.sequence) for id_, visit in known.items()}
    return frozenset(a.id for a in speaking if now.get(a.variables[VISIT]) != a.variables[SEQUENCE])


def visit_key(action: Claimed) -> str:
    """By what `visits_of` names the visit of a text; '' for one of no visit."""
    return action.enrollment_id or action.variables.get(VISIT, "")


def visits_of(
    session: Session,
    texts: list[Claimed],
    catalogue: Catalogue,
    enrollments: Mapping[str, sequences.Standing],
) -> dict[str, VisitBrief]:
    """By enrollment, the visit that a text goes out for, where its wording says something of it; that of an email which
    no sequence planned by itself."""
    asking = {visit_key(a) for a in _with(texts, catalogue, filling.VISIT)} - {""}
    theirs = {id_: standing.visit_id for id_, standing in enrollments.items() if id_ in asking}
    theirs |= {id_: id_ for id_ in asking if id_ not in enrollments}
    found = visits.find_all(session, sorted({id_ for id_ in theirs.values() if id_}))
    names = people.names(session, sorted({one.provider_id for one in found.values() if one.provider_id}))
    briefs = {
        id_: VisitBrief(one.starts_at, one.location, names.get(one.provider_id or "", ""))
        for id_, one in found.items()
    }
    return {id_: briefs[visit_id] for id_, visit_id in theirs.items() if visit_id in briefs}
