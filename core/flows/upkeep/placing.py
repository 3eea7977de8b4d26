"""Where patients are, and so when they may be texted, follows from what is known of them and from our tables.

It is kept with the patient, because it is asked for every text. Whoever changes a number or a ZIP code calls `place`;
an update of the tables places everybody anew, once.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.audit import store as audit
from core.operations import store as operations
from core.patients.rules import edition, whereabouts
from core.patients.store import profiles as patients
from core.patients.store.profiles import Placed
from core.reference import Reference

BATCH = 500


def place(session: Session, reference: Reference, patient_id: str, *, now: datetime) -> None:
    """A number or a ZIP code of this patient is new."""
    _place(session, reference, patients.placed(session, patient_id), now)


def place_everybody(app: App, *, now: datetime) -> int:
    """After the tables changed: a transaction for each few hundred patients; how many moved. Safe to interrupt."""
    mark = f"placed:{edition(app.reference.area_codes)}"
    with app.db.read() as session:
        if operations.reached(session, mark):
            return 0
    moved, last_id = 0, ""
    while True:
        with app.db.write() as session:
            batch = patients.placed_after(session, last_id, BATCH)
            moved += sum(_place(session, app.reference, patient, now) for patient in batch)
            if not batch:
                operations.reach(session, mark, now)
                if moved:
                    audit.note(session, action="placed_anew", detail={"patients": moved}, now=now)
                return moved
        last_id = batch[-1].id


def _place(session: Session, reference: Reference, known: Placed, now: datetime) -> bool:
    where = whereabouts(known.zip_code, known.phone, reference.area_codes, reference.clinic.zone.key)
    zone = ",".join(where.zones)
    if (zone, where.state) == (known.zone, known.state):
        return False
    patients.touch(session, known.id, now, zone=zone, state=where.state)
    return True
