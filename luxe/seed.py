"""`luxe seed`: reference data that lives in tables. Idempotent: what is there already stays as staff left it."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.assignment import store as assignments
from core.flows.upkeep import placing
from core.kinds import ASSIGNMENT, KINDS
from core.shipped import shipped_assignment
from core.versions import store
from core.versions.rules import SHIPPED_NUMBER, InUse, Kind


def seed(app: App, now: datetime) -> int:
    """Lay out the assignment rules in use as rows, where they are not; how many. Patients follow new tables of area and
    ZIP codes."""
    placing.place_everybody(app, now=now)
    with app.db.write() as session:
        own = next((one for one in store.published(session, ASSIGNMENT.name) if not one.retired), None)
        body = own.body if own else shipped_assignment()
        if assignments.is_mirrored(session, body):
            return 0
        assignments.mirror(session, body, now)
        return len(body["rules"])


def left_alone(app: App) -> list[str]:
    """What the clinic published over what ships, which no release overwrites: a line for each."""
    with app.db.read() as session:
        return [line for kind in KINDS.values() for line in _left_alone(session, kind)]


def _left_alone(session: Session, kind: Kind) -> Iterator[str]:
    shipped = kind.shipped()
    for one in sorted(store.published(session, kind.name), key=lambda own: own.key):
        if one.key in shipped:
            yield f"Left alone: {kind.noun} {one.key}, {_state(session, kind, one)}."


def _state(session: Session, kind: Kind, one: InUse) -> str:
    state = "which the clinic retired" if one.retired else f"the clinic's version {one.number}"
    before = store.find(session, kind.name, one.key, SHIPPED_NUMBER)
    newer = before is not None and before.body != kind.shipped()[one.key]
    return f"{state}; what ships has changed since, see its history" if newer else state
