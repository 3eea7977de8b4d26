"""Who comes when, and what they do: a form, a booking, second thoughts, the visit, the waitlist and its offers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.booking_month.booking import Booking
from bench.booking_month.record import Waits
from bench.booking_month.scene import DAY
from bench.booking_month.words import kind_of
from bench.simulated.acting import NothingToDo
from bench.simulated.provider import Taken
from core.booking import store_waitlist as waitlist
from core.booking.waitlist_rules import Wanted
from core.domain.roles import PATIENT
from core.flows.booking import arriving, waiting
from core.flows.conversation import receive_text
from core.flows.intake.accept_submission import accept
from core.flows.leads import stages
from core.flows.leads import visits as lead_visits
from core.intake.submission import ConsentGiven, Origin, Submission

MINUTE, GRID = timedelta(minutes=1), timedelta(minutes=5)
WORDING = "I agree to receive texts from Luxe Medical Spa LLC at the number provided."
FORMS = ("consultation_request", "lead_capture", "booking")
WAYS = ("link", "link", "api", "desk")
PARTS = ("any", "any", "morning", "afternoon")
NOTICES = (60, 240, 1440)
MOVES, CANCELS, WAITS_TOO, STOPS, NO_SHOW, SAYS_HERE = 0.2, 0.2, 0.35, 0.02, 0.08, 0.4
# What somebody who is offered a time writes, and how often: after so many minutes.
ANSWERS = ((0.4, "1", (1, 25)), (0.55, "2", (1, 25)), (0.6, "3", (1, 25)), (0.7, "1", (31, 55)))


@dataclass
class Story(Booking):
    """The acts by their names."""

    def plan(self, begins: datetime, span: timedelta, waiters: int) -> None:
        """Everybody's first acts. The last `waiters` book nothing and wait."""
        for one in self.people:
            number = one.number
            at = begins + GRID * int(self.chance(number, "form") * (span * 0.75 / GRID))
            books = at + GRID * int(1 + self.chance(number, "books") ** 3 * (2 * DAY / GRID))
            self.act("form", at, self._form, number)
            if number < len(self.people) - waiters:
                self.act("book", books, self._book, number, 0)
            else:
                self.act("wait", books, self._wait, number)
            if self.chance(number, "stop") < STOPS:
                self.act("stop", books + self.chance(number, "stops") * 9 * DAY, self.write, number, "STOP")

    # Patients

    def _form(self, person: int) -> None:
        one = self.people[person]
        given = tuple(
            ConsentGiven(scope, True, WORDING, "2026-10") for scope in ("transactional", "marketing")
        )
        form = Submission(
            connector="generic", external_id=f"month-{person}", source="website",
            form_type=FORMS[int(self.chance(person, "kind") * len(FORMS))], submitted_at=self._now,
            first_name=one.first, last_name=one.last, phone=one.phone, email=one.email,
            treatment=self.service(person), timeframe="this_week", location=self.location(person), consents=given,
            origin=Origin(ip="203.0.113.9"),
        )  # fmt: skip
        with self.app.db.write() as session:
            known = self.app.reference, self.app.settings
            done = accept(session, *known, form, raw_payload_id=None, now=self._now)
        assert done.lead_id
        self.leads[person] = done.lead_id
        self.diary.forms[person] = self._now

    def _book(self, person: int, turn: int) -> None:
        """Where nothing suits they look further on, three times at most."""
        way = WAYS[int(self.chance(person, "way") * len(WAYS))]
        since = self._now + (self.chance(person, "days", turn) ** 2 * 11 + turn * 2) * DAY
        try:
            slot = self.free(person, since, turn)
            {"link": self.by_link, "api": self.by_api, "desk": self.at_the_desk}[way](person, slot)
        except NothingToDo:
            if turn == 2:
                raise
            self.act("book again", self._now + GRID, self._book, person, turn + 1)

    def follow(self, person: int) -> None:
        for visit_id in self.note(person):
            state = self.diary.visits[visit_id][-1]
            self._second_thoughts(person, state.starts_at)
            self.act("came", state.starts_at + 3 * MINUTE, self._comes, person, visit_id, state.starts_at)

    def _second_thoughts(self, person: int, starts_at: datetime) -> None:
        ahead = starts_at - self._now
        way = WAYS[int(self.chance(person, "way", starts_at) * len(WAYS))]
        at = self._now + ahead * self.chance(person, "changes", starts_at)
        die = self.chance(person, "second thoughts", starts_at)
        if die < CANCELS:
            self.act(f"cancelled by {way}", at, self.cancel, person, way)
        elif die < CANCELS + MOVES:
            self.act(f"moved by {way}", at, self.move, person, way)
        if ahead > 3 * DAY and self.chance(person, "waits") < WAITS_TOO:
            self.act("wait for sooner", self._now + GRID, self._wait, person)

    def _wait(self, person: int) -> None:
        part = PARTS[int(self.chance(person, "part") * len(PARTS))]
        notice = NOTICES[int(self.chance(person, "notice") * len(NOTICES))]
        location = self.location(person) if self.chance(person, "anywhere") < 0.7 else ""
        wanted = Wanted(location=location, part=part, notice=notice)
        service, lead_id = self.service(person), self.leads[person]
        self._do(waiting.join, self.app.reference, PATIENT, lead_id, service, wanted)
        self.diary.waits.append(Waits(self.diary.next(), person, service, location, part, notice))

    def hear(self, taken: Taken) -> None:
        """Somebody got a text: what they make of an offer."""
        if kind_of(taken.body) != "offer":
            return
        person = next(one.number for one in self.people if one.phone == taken.to)
        die = self.chance(person, "offer", taken.at)
        for share, words, (least, most) in ANSWERS:
            if die < share:
                minutes = least + self.chance(person, "minutes", taken.at) * (most - least)
                what = f"offer: {words}" + (" late" if least > 30 else "")
                self.act(what, taken.at + minutes * MINUTE, self.write, person, words)
                return
        self.seen["offer: no answer"] += 1

    def write(self, person: int, words: str) -> None:
        """A patient texts us."""
        one = self.people[person]
        if person not in self.leads:
            raise NothingToDo
        params = {"MessageSid": f"SMin{self.diary.next()}", "From": one.phone, "Body": words}
        receive_text.receive(self.app, params, now=self._now)
        self.diary.said.setdefault(person, []).append((self.diary.next(), self._now, words))
        self.follow(person)
        self._leaves_the_list(person, words)

    def _leaves_the_list(self, person: int, words: str) -> None:
        """What they took, or gave up, ends their place."""
        waits = self._read(lambda session: waitlist.waiting_of(session, [self.leads[person]]))
        for place in self.diary.waits:
            if place.person == person and not waits:
                self.diary.left.setdefault(place.serial, self.diary.next())
                self.seen[f"off the list by {words}"] += 1

    # The day of a visit

    def _comes(self, person: int, visit_id: str, starts_at: datetime) -> None:
        state = self.diary.visits[visit_id][-1]
        if not state.stands or state.here or state.starts_at != starts_at:
            raise NothingToDo
        if self.chance(person, "no show", starts_at) < NO_SHOW:
            self.act("no show", starts_at + 25 * MINUTE, self._no_show, person, visit_id)
            return
        if self.chance(person, "here", starts_at) < SAYS_HERE:
            self.write(person, "HERE")
        self._do(arriving.arrived, self.desk, visit_id)
        self.note(person)
        self.act("completed", state.ends_at, self._completed, person)

    def _no_show(self, person: int, visit_id: str) -> None:
        self._do(lead_visits.no_show, self.app.reference, self.desk, visit_id)
        self.note(person)

    def _completed(self, person: int) -> None:
        self._do(stages.mark_stage, self.desk, self.leads[person], "treated", 18900)
        self.note(person)
