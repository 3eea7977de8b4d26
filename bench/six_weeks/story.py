"""What happens to patients, done by the product's own flows and written into the record once it is done."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bench.simulated.acting import NothingToDo
from bench.simulated.people import Person
from bench.six_weeks.people import WORDS, Planned, form_type, pick
from bench.six_weeks.visiting import Visiting
from core.domain.errors import LuxeError
from core.flows.booking import links
from core.flows.conversation import receive_text, staff_text
from core.flows.intake.accept_submission import accept
from core.flows.leads import calls, merging, staff_outcome, taking_over
from core.flows.sequences import beginning, ending, skipping
from core.intake.submission import ConsentGiven, Origin, Submission
from core.messaging.tables import timed_actions
from core.patients.tables import possible_duplicates
from core.sequences.tables import enrollments

WORDING = "I agree to receive texts from Luxe Medical Spa LLC at the number provided."
CALLED_BACK = timedelta(minutes=20)
SAID = "Hello, this is the front desk. Call us whenever it suits you."


class Story(Visiting):
    """Patients who write and send forms, staff who work their leads."""

    def happen(self, planned: Planned) -> None:
        """It happens now, or is refused as it would be."""
        act = getattr(self, f"_{planned.what}", None) or self._writes(planned.what)
        try:
            act(self.people[planned.who], planned.die)
            self.seen[planned.what] += 1
        except LuxeError as refused:
            self.seen[f"{planned.what}: {type(refused).__name__}"] += 1

    def _form(self, one: Person, die: float) -> None:
        self._submit(one, form_type(die), one.last, one.email)

    def _second_form(self, one: Person, die: float) -> None:
        self._lead(one)
        self._form(one, die)

    def _namesake_form(self, one: Person, die: float) -> None:
        """Married since, with a new address: too little to be sure that it is the same person."""
        self._lead(one)
        self._submit(one, form_type(die), f"Wed{one.last.lower()}", f"new{one.number}@example.com")

    def _submit(self, one: Person, form: str, last: str, email: str) -> None:
        before = list(one.leads)
        with self.app.db.write() as session:
            submission = self._submission(one, form, last, email)
            done = accept(
                session, self.app.reference, self.app.settings, submission, raw_payload_id=None, now=self._now
            )
        assert done.lead_id
        one.leads.append(done.lead_id)
        self.record.forms[done.lead_id] = self._now
        whose = self._patients(one.leads)
        same = [lead for lead in before if whose[lead] == whose[done.lead_id]]
        self.record.cause(same, "new_form", self._now)
        self.seen[f"form {form}"] += 1

    def _submission(self, one: Person, form: str, last: str, email: str) -> Submission:
        given = tuple(
            ConsentGiven(scope, True, WORDING, "2026-10") for scope in ("transactional", "marketing")
        )
        return Submission(
            connector="generic",
            external_id=f"{one.number}-{len(one.leads)}",
            source="website",
            form_type=form,
            submitted_at=self._now,
            first_name=one.first,
            last_name=last,
            phone=one.phone,
            email=email,
            treatment="botox",
            timeframe="this_week",
            consents=given,
            origin=Origin(ip="203.0.113.9"),
        )

    def _writes(self, kind: str) -> Callable[[Person, float], None]:
        words, causes = WORDS[kind]
        return lambda one, die: self._write(one, kind, pick(words, die), causes)

    def _write(self, one: Person, kind: str, body: str, causes: tuple[str, ...]) -> None:
        self._lead(one)
        sid = f"SMin{self.record.next()}"
        receive_text.receive(self.app, {"MessageSid": sid, "From": one.phone, "Body": body}, now=self._now)
        on_number = [lead for other in self.people if other.phone == one.phone for lead in other.leads]
        alone = len(set(self._patients(on_number).values())) == 1
        for cause in causes:
            # Whose words they are where several share a number, the product guesses: that is not judged here.
            if alone or cause != "reply":
                self.record.cause(on_number, cause, self._now)
        if kind in ("stop", "start"):
            self.record.opt(one.phone, out=kind == "stop")
        if kind == "danger":  # somebody calls back, or colleagues were told anew for weeks
            self.later(
                self._now + CALLED_BACK, lambda: self.happen(Planned(self._now, one.number, "call_talked", 0))
            )

    def _open_link(self, one: Person, _die: float) -> None:
        """They look at times, and leave it at that."""
        code = self._do(links.make, self.app.reference, self._lead(one), "six weeks")
        self._do(links.opened, code, f"browser of {one.number}")

    def _missed_call(self, one: Person, _die: float) -> None:
        self._do(beginning.missed_call, self.desk, self._lead(one))

    # Staff

    def _call_talked(self, one: Person, die: float) -> None:
        self._do(calls.log, self.app.reference, self.desk, lead := self._any_lead(one, die), "talked")
        self.record.cause(self._same_patient(lead), "contact", self._now)

    def _call_voicemail(self, one: Person, _die: float) -> None:
        self._do(calls.log, self.app.reference, self.desk, self._lead(one), "voicemail")

    def _staff_text(self, one: Person, _die: float) -> None:
        self._do(staff_text.send_text, self.app.reference, self.desk, self._lead(one), SAID)

    def _pause(self, one: Person, _die: float) -> None:
        self._do(taking_over.pause, self.desk, self._lead(one))

    def _resume(self, one: Person, _die: float) -> None:
        if not self._do(taking_over.resume, self.desk, self._lead(one)):
            raise NothingToDo

    def _disqualify(self, one: Person, _die: float) -> None:
        self._do(staff_outcome.disqualify, self.desk, lead := self._lead(one), "price")
        self.record.cause([lead], "disqualified", self._now)

    def _reopen(self, one: Person, _die: float) -> None:
        self._do(staff_outcome.reopen, self.app.reference, self.desk, self._lead(one))

    def _come_back(self, one: Person, _die: float) -> None:
        self._do(beginning.begin, self.desk, self._lead(one), "reengagement")

    def _merge(self, one: Person, _die: float) -> None:
        whose = self._patients(one.leads)
        pair = self._read(lambda session: session.execute(_pair_of(set(whose.values()))).first())
        if pair is None:
            raise NothingToDo
        self._do(merging.merge, self.desk, pair.id, pair.patient_id)
        both = [lead for lead in one.leads if whose[lead] in (pair.patient_id, pair.other_id)]
        self.record.cause(both[:-1], "new_form", self._now)

    def _end_one(self, one: Person, _die: float) -> None:
        lead = self._lead(one)
        mine = select(enrollments.c.id).where(enrollments.c.lead_id == lead, enrollments.c.state == "active")
        found = self._read(
            lambda session: session.execute(mine.order_by(enrollments.c.sequence)).scalars().first()
        )
        if found is None:
            raise NothingToDo
        self._do(ending.end, self.desk, found)
        self.record.out[found] = self.record.next()

    def _skip_step(self, one: Person, _die: float) -> None:
        a = timed_actions.c
        mine = select(a.enrollment_id, a.step).where(
            a.lead_id == self._lead(one), a.state == "planned", a.enrollment_id.is_not(None), a.kind == "text"
        )
        found = self._read(
            lambda session: session.execute(mine.order_by(a.due_at, a.sequence, a.step)).first()
        )
        if found is None:
            raise NothingToDo
        self._do(skipping.skip_step, self.desk, found.enrollment_id, found.step)
        self.record.skipped[found.enrollment_id, found.step] = self.record.next()


def _pair_of(patient_ids: set[str]) -> Any:
    """Two profiles that wait to be looked at, both of them this person's."""
    d = possible_duplicates.c
    both = (d.patient_id.in_(patient_ids), d.other_id.in_(patient_ids), d.state == "open")
    return select(d.id, d.patient_id, d.other_id).where(*both).order_by(d.found_at)
