"""What every act of the story needs: the product, who is in it, and the record."""

from dataclasses import dataclass

from sqlalchemy import select

from bench.simulated.acting import Acting, NothingToDo
from bench.simulated.people import Person
from bench.six_weeks.record import Record
from core.domain.roles import Actor
from core.leads.tables import leads


@dataclass
class Scene(Acting):
    """Who is in it, and its log."""

    people: list[Person]
    record: Record
    desk: Actor
    provider_id: str

    def _same_patient(self, lead: str) -> list[str]:
        """Every lead of the patient whose lead this is, in the eyes of the product."""
        whose = select(leads.c.patient_id).where(leads.c.id == lead).scalar_subquery()
        mine = select(leads.c.id).where(leads.c.patient_id == whose)
        found: list[str] = self._read(lambda session: list(session.execute(mine).scalars()))
        return found

    def _patients(self, lead_ids: list[str]) -> dict[str, str]:
        """Whom the product takes for whom: the patient of each lead."""
        found = select(leads.c.id, leads.c.patient_id).where(leads.c.id.in_(lead_ids))
        return dict(self._read(lambda session: [tuple(row) for row in session.execute(found)]))

    def _lead(self, one: Person) -> str:
        if not one.leads:
            raise NothingToDo
        return one.leads[-1]

    def _any_lead(self, one: Person, die: float) -> str:
        """The newest mostly; staff may have an older one on the screen."""
        newest = self._lead(one)
        return newest if die * 5381 % 1 < 0.7 else one.leads[0]
