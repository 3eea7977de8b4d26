"""Visits of the story: booked, moved, called off, missed, put back, over."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bench.simulated.acting import NothingToDo
from bench.simulated.people import Person
from bench.six_weeks.scene import Scene
from core.domain.errors import LuxeError
from core.flows.leads import stages, visits

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Visiting(Scene):
    """Each is done by the product's own flow, and written into the record once it is done."""

    def _visit(self, one: Person) -> tuple[str, datetime]:
        """The visit ahead of the newest lead that has one."""
        for visit_id in reversed(one.visits):
            if at := self.record.stands(visit_id):
                return visit_id, at
        raise NothingToDo

    def _book(self, one: Person, die: float) -> None:
        lead, at = self._any_lead(one, die), self._slot(1 + 19 * die, die)
        visit_id = self._do(
            visits.book, self.app.reference, self.desk, lead, at, provider_id=self.provider_id
        )
        one.visits.append(visit_id)
        self.record.lead_of[visit_id] = lead
        self.record.cause(self._same_patient(lead), "booking", self._now)
        self.record.cause(self._same_patient(lead), "contact", self._now)
        self._stands_at(visit_id, at, die)

    def _slot(self, days: float, die: float) -> datetime:
        """So many days from now, between 9:00 and 17:45 at the clinic."""
        there = (self._now + days * DAY).astimezone(self.app.reference.clinic.zone)
        quarter = int(die * 9973) % 36
        opens = there.replace(hour=9, minute=0, second=0, microsecond=0)
        return max(
            (opens + quarter * timedelta(minutes=15)).astimezone(self._now.tzinfo), self._now + 2 * HOUR
        )

    def _stands_at(self, visit_id: str, at: datetime, die: float) -> None:
        self.record.slot(visit_id, at)
        self.later(at + HOUR, lambda: self._takes_place(visit_id, at, die))

    def _takes_place(self, visit_id: str, at: datetime, die: float) -> None:
        if self.record.stands(visit_id) != at:
            return
        lead = self.record.lead_of[visit_id]
        share = die * 7919 % 1
        if share < 0.75:
            self._mark(lead, "treated", visit_id)
        elif share < 0.82:
            self._mark(lead, "attended", visit_id)
        elif share < 0.95:
            self._end(visits.no_show, "no_show", visit_id)

    def _mark(self, lead: str, stage: str, visit_id: str) -> None:
        try:
            self._do(stages.mark_stage, self.desk, lead, stage)
        except LuxeError as refused:
            self.seen[f"{stage}: {type(refused).__name__}"] += 1
            return
        self.seen[stage] += 1
        if visit_id:
            self.record.slot(visit_id, None)
        for cause in ("booking", "contact"):
            self.record.cause(self._same_patient(lead), cause, self._now)
        if stage == "treated":
            self.record.cause([lead], "checkout", self._now)

    def _walk_in(self, one: Person, _die: float) -> None:
        lead = self._lead(one)
        if any(self.record.stands(visit_id) for visit_id in one.visits):
            raise NothingToDo
        self._mark(lead, "treated", "")

    def _end(self, flow: Callable[..., None], what: str, visit_id: str, *more: str) -> None:
        try:
            self._do(flow, self.app.reference, self.desk, visit_id, *more)
        except LuxeError as refused:
            self.seen[f"{what}: {type(refused).__name__}"] += 1
            return
        self.seen[what] += 1
        self.record.slot(visit_id, None)
        if what == "cancelled":
            self.record.cause([self.record.lead_of[visit_id]], what, self._now)

    def _cancel(self, one: Person, _die: float) -> None:
        visit_id, _ = self._visit(one)
        self._end(visits.cancel, "cancelled", visit_id, "time")

    def _put_back(self, one: Person, die: float) -> None:
        if not one.visits or self.record.stands(visit_id := one.visits[-1]):
            raise NothingToDo
        self._do(visits.put_back, self.app.reference, self.desk, visit_id)
        at = [slot.starts_at for slot in self.record.slots[visit_id] if slot.starts_at][-1]
        self.record.uncause(self.record.lead_of[visit_id], "cancelled")
        self._stands_at(visit_id, at, die)

    def _move(self, one: Person, die: float) -> None:
        self._move_to(one, self._slot(1 + 25 * die, die), die)

    def _move_closer(self, one: Person, die: float) -> None:
        self._move_to(one, self._slot(die * 2, die), die)

    def _move_back(self, one: Person, die: float) -> None:
        visit_id, _ = self._visit(one)
        self._move_to(
            one, next(iter(slot.starts_at for slot in self.record.slots[visit_id] if slot.starts_at)), die
        )

    def _move_to(self, one: Person, at: datetime, die: float) -> None:
        visit_id, seen = self._visit(one)
        if at <= self._now or at == seen:
            raise NothingToDo
        self._do(visits.move, self.app.reference, self.desk, visit_id, at, seen=seen)
        self._stands_at(visit_id, at, die)
