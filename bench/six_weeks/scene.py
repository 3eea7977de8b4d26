"""What every act of the story needs: the product, who is in it, and the record."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.six_weeks.people import Person
from bench.six_weeks.record import Record
from core.app import App
from core.domain.errors import LuxeError
from core.domain.roles import Actor
from core.leads.tables import leads


class NothingToDo(LuxeError):
    """What was to happen makes no sense for this patient now: no lead yet, no visit ahead."""


@dataclass
class Scene:
    """`later` asks for something to happen at a moment. `seen` counts what happened, and what was refused."""

    app: App
    people: list[Person]
    record: Record
    desk: Actor
    provider_id: str
    later: Callable[[datetime, Callable[[], None]], None]
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def _now(self) -> datetime:
        return self.app.clock.now()

    def _do(self, flow: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        with self.app.db.write() as session:
            return flow(session, *arguments, now=self._now, **named)

    def _read(self, ask: Callable[[Session], Any]) -> Any:
        with self.app.db.read() as session:
            return ask(session)

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
