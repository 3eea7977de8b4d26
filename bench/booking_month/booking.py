"""How a visit is booked, moved and called off: by the patient's link, by another system, at the desk."""

from dataclasses import dataclass
from datetime import timedelta

from bench.booking_month.scene import Scene
from bench.simulated.acting import NothingToDo
from core.booking.store import Visit
from core.flows.booking import at_the_desk, by_api, by_link
from core.flows.booking.at_the_desk import Start
from core.flows.booking.by_api import BookingRequest, Contact, Named
from core.flows.booking.by_link import Picked
from core.flows.leads import visits as lead_visits
from core.free_times import Slot, Wish
from core.leads.store import leads
from core.leads.store.leads import LeadBrief

MINUTE = timedelta(minutes=1)
THINKS = 2 * MINUTE
FORGETS, DAWDLES = 0.08, 0.14  # of those who hold a time by their link; who dawdles confirms once it ran out


@dataclass
class Booking(Scene):
    """Each ends with what stands then in the diary. What is refused raises, as the product does."""

    def by_link(self, person: int, slot: Slot, *, moves: bool = False) -> None:
        """Tap a time, think, tap 'Book'."""
        picked = Picked(self.service(person), slot.location, "", slot.starts_at, moves=moves)
        held = self._do(by_link.hold, self.app.reference, self._lead(person), picked, "")
        die = self.chance(person, "confirms", slot.starts_at)
        if die < FORGETS:
            self.seen["held and forgotten"] += 1
            return
        thinks = THINKS if die > DAWDLES else self.app.reference.bookable.rules.hold + MINUTE
        self.act("confirmed by link", self._now + thinks, self._confirm, person, held.id)

    def _confirm(self, person: int, hold_id: str) -> None:
        self._do(by_link.confirm, self.app.reference, self._lead(person), hold_id)
        self.follow(person)

    def by_api(self, person: int, slot: Slot) -> None:
        """Another system books with a key; one in five asks again with the same one."""
        patient_id = self._lead(person).patient_id
        local = slot.starts_at.astimezone(self.app.reference.clinic.hours(slot.location).zone)
        asked = BookingRequest(
            self.service(person), local.date().isoformat(), f"{local:%H:%M}", Contact(), "any", slot.location,
            patient_id,
        )  # fmt: skip
        named = Named("phone line", f"{person}:{slot.starts_at}", repr(asked))
        made = by_api.create(self.app, asked, named, now=self._now)
        if self.chance(person, "again") < 0.2:
            again = by_api.create(self.app, asked, named, now=self._now)
            assert (again.document, again.is_new) == (made.document, False), "one key booked twice"
        self.follow(person)

    def at_the_desk(self, person: int, slot: Slot) -> None:
        wish = Wish(self.app.reference.bookable.services[self.service(person)], slot.location)
        start = Start(wish, slot.starts_at, "phone")
        self._do(at_the_desk.book, self.app.reference, self.desk, self.leads[person], start)
        self.follow(person)

    def move(self, person: int, how: str) -> None:
        """To a time of the days after it."""
        visit = self.ahead(person)
        assert visit.starts_at
        slot = self.free(person, max(self._now, visit.starts_at), "move")
        if slot.starts_at == visit.starts_at or slot.location != visit.location:
            raise NothingToDo
        if how == "link":
            return self.by_link(person, slot, moves=True)
        if how == "api":
            self._move_by_api(visit, slot)
        else:
            self._do(
                lead_visits.move, self.app.reference, self.desk, visit.id, slot.starts_at,
                seen=visit.starts_at, provider_id=slot.provider_id,
            )  # fmt: skip
        self.follow(person)
        return None

    def _move_by_api(self, visit: Visit, slot: Slot) -> None:
        local = slot.starts_at.astimezone(self.app.reference.clinic.hours(slot.location).zone)
        day, time = local.date().isoformat(), f"{local:%H:%M}"
        by_api.reschedule(self.app, visit.id, day, time, "any", now=self._now)

    def cancel(self, person: int, how: str) -> None:
        visit, known = self.ahead(person), self.app.reference
        if how == "link":
            self._do(by_link.cancel, known, self._lead(person), "time", seen=visit.starts_at)
        elif how == "api":
            by_api.cancel(self.app, visit.id, "time", now=self._now)
        else:
            self._do(lead_visits.cancel, known, self.desk, visit.id, "time")
        self.note(person)

    def follow(self, person: int) -> None:
        """What stands anew has a day on which it takes place."""
        raise NotImplementedError

    def _lead(self, person: int) -> LeadBrief:
        found: LeadBrief = self._read(lambda session: leads.get(session, self.leads[person]))
        return found
