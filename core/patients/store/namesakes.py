"""SQL of names that are to be compared with everybody's."""

from collections.abc import Iterator, Sequence

from sqlalchemy import bindparam, delete, insert, literal, select
from sqlalchemy.orm import Session

from core.db.prepared import Bulk, Query
from core.patients.likeness import Person
from core.patients.tables import namesake_checks, patients

P, N = patients.c, namesake_checks.c
BATCH = 1000
_WAIT = Bulk(insert(namesake_checks), ("patient_id",), once=("patient_id",))
_NAMES = Query(
    select(P.id, P.first_name, P.last_name)
    .where(P.id > bindparam("after"), P.merged_into.is_(None))
    .order_by(P.id)
    .limit(literal(BATCH))
)


def compare_later(session: Session, patient_id: str) -> None:
    """This name is new."""
    _WAIT.run(session, [{"patient_id": patient_id}])


def waiting(session: Session, limit: int) -> list[Person]:
    """Profiles whose names wait, the oldest first."""
    names = select(P.id, P.first_name, P.last_name).join(namesake_checks, N.patient_id == P.id)
    return [
        Person(first, last, id=id_)
        for id_, first, last in session.execute(names.order_by(P.id).limit(limit)).all()
    ]


def everybody(session: Session) -> Iterator[Person]:
    """All names, a batch at a time; not those of profiles that were merged into another."""
    after = ""
    while True:
        rows = _NAMES.rows(session, after=after)
        yield from (Person(first, last, id=id_) for id_, first, last in rows)
        if len(rows) < BATCH:
            return
        after = rows[-1][0]


def compared(session: Session, patient_ids: Sequence[str]) -> None:
    session.execute(delete(namesake_checks).where(N.patient_id.in_(patient_ids)))
