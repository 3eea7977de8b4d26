"""A case of `cases` played through the engine itself: forms, calls and texts as they come, due time by due time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.flows.booking import noting
from core.flows.conversation import receive_text
from core.flows.leads import calls, stages
from core.flows.sequences.enrolling import Cause, enroll
from core.flows.sequences.entering import entrant_of
from core.intake.submission import ConsentGiven, Submission
from core.leads.store import leads
from core.messaging.actions import State
from core.messaging.tables import action_moves, timed_actions
from core.sequences.rules.definition import Anchor
from core.versions.tables import versions
from tests.conftest import TestApp
from tests.factories import WORDING, actor, submission
from tests.flows.dispatching import run_due, take_in
from tests.flows.sequences.cases import Begins, Case

A, M = timed_actions.c, action_moves.c
# Whoever is known before anything begins sent this form, and nobody follows it up.
KNOWN_FORM = "pre_treatment"
NOTHING: Mapping[str, Any] = {
    "title": "Nothing",
    "starts_on": "submission",
    "forms": [KNOWN_FORM],
    "consent": "transactional",
    "stops_on": [],
    "steps": [{"name": "never", "kind": "exit", "on": False}],
}
SENT = (State.SENT, State.SENDING)


@dataclass(frozen=True)
class Became:
    """What became of a step. `waits`: what it was held for, with the sequence that it let go first."""

    decision: str
    reason: str
    at: datetime
    waits: tuple[tuple[str, str], ...]


Steps = dict[tuple[str, str], Became]


class Engine:
    """One case on a database that other cases were played on before, each to its end."""

    def __init__(self, app: TestApp, case: Case, number: int) -> None:
        self.app, self.case, self.number = app, case, number
        self.lead_id = ""

    def play(self) -> Steps:
        with self.app.db.write() as session:
            self._publish(session)
        agenda = [(one.at, 0, one) for one in self.case.begins] + [
            (one.at, 1, one) for one in self.case.events
        ]
        for at, _, happening in sorted(agenda, key=lambda one: one[:2]):
            self._until(at)
            self.app.clock.moment = at
            if isinstance(happening, Begins):
                self._begin(happening)
            else:
                getattr(self, f"_{happening.what}")()
        self._until(None)
        return dict(self._became())

    def _publish(self, session: Session) -> None:
        session.execute(delete(versions).where(versions.c.kind == "sequence"))
        for key, body in {**self.case.bodies, "nothing": NOTHING}.items():
            at = datetime(2026, 1, 1, tzinfo=UTC)
            about = {
                "id": f"{key}:{self.number}",
                "kind": "sequence",
                "key": key,
                "number": 1,
                "body": dict(body),
            }
            when = {"made_at": at, "saved_at": at, "published_at": at}
            session.execute(insert(versions).values(state="published", revision=1, **about, **when))

    def _until(self, end: datetime | None) -> None:
        while (due := self._next_due()) and (end is None or due < end):
            self.app.clock.moment = due
            run_due(self.app)
        with self.app.db.write() as session:  # what is for staff plays no part
            others = (A.enrollment_id.is_(None), A.state == State.PLANNED)
            session.execute(update(timed_actions).where(*others).values(state=State.CANCELLED.value))

    def _next_due(self) -> datetime | None:
        steps = (A.enrollment_id.is_not(None), A.state == State.PLANNED)
        with self.app.db.read() as session:
            return session.execute(select(func.min(A.due_at)).where(*steps)).scalar()

    # What happens

    def _begin(self, begins: Begins) -> None:
        plan = begins.plan
        if plan.starts_on is Anchor.SUBMISSION:
            self._send_form(plan.forms[0] if plan.forms else "lead_capture")
            return
        if not self.lead_id:
            self.app.clock.moment = begins.at - timedelta(hours=1)
            self._send_form(KNOWN_FORM)
            self.app.clock.moment = begins.at
        if plan.starts_on is Anchor.BOOKING:
            self._booking()
        with self.app.db.write() as session:
            if plan.starts_on is Anchor.CHECKOUT:
                noting.come_in(
                    session, actor(session, "manager"), leads.get(session, self.lead_id), begins.at
                )
            entrant = entrant_of(leads.get(session, self.lead_id))
            enroll(session, plan, entrant, Cause(f"{plan.key}:{self.number}", begins.anchors), now=begins.at)

    def _send_form(self, form_type: str) -> None:
        lead_id = take_in(self.app, self._form(form_type)).lead_id
        assert lead_id
        self.lead_id = lead_id

    def _form(self, form_type: str) -> Submission:
        person, scopes = self.case.person, ("transactional", "marketing")
        consents = tuple(ConsentGiven(one, one in person.consent, WORDING, "2026-10") for one in scopes)
        return submission(
            form_type=form_type,
            external_id=f"{form_type}-{self.number}",
            submitted_at=self.app.clock.now(),
            first_name=f"Ana{self.number}",
            last_name=f"Case{self.number}",
            email=f"case{self.number}@example.com",
            phone=person.phone.e164,
            zip=person.zip,
            language=person.language,
            location="",
            consents=consents,
        )

    def _text_in(self, body: str) -> None:
        sid = f"SM{self.number}-{self.app.clock.now():%m%d%H%M}-{body[:4]}"
        params = {"MessageSid": sid, "From": self.case.person.phone.e164, "Body": body}
        receive_text.receive(self.app, params, now=self.app.clock.now())

    def _reply(self) -> None:
        self._text_in("What does it cost?")

    def _opt_out(self) -> None:
        self._text_in("STOP")

    def _contact(self) -> None:
        with self.app.db.write() as session:
            by = actor(session, "manager")
            calls.log(session, self.app.reference, by, self.lead_id, "talked", now=self.app.clock.now())

    def _booking(self) -> None:
        with self.app.db.write() as session:
            by = actor(session, "manager")
            stages.mark_stage(session, by, self.lead_id, "booked", now=self.app.clock.now())

    # What became of it

    def _became(self) -> Iterator[tuple[tuple[str, str], Became]]:
        with self.app.db.read() as session:
            mine = select(timed_actions).where(
                A.enrollment_id.is_not(None), A.phone_index.is_(None) | A.id.is_not(None)
            )
            for row in session.execute(mine.where(A.lead_id == self.lead_id)):
                sent = row.state in SENT
                at = row.claimed_at if sent and row.kind == "text" else row.settled_at
                became = Became(
                    "send" if sent else "drop", "" if sent else row.reason, at, _waits(session, row.id)
                )
                yield (row.sequence, row.step), became


def _waits(session: Session, action_id: str) -> tuple[tuple[str, str], ...]:
    moves = session.execute(
        select(M.state, M.reason, M.detail).where(M.action_id == action_id).order_by(M.at, M.id)
    )
    return tuple(
        (reason, detail.get("for", "")) if state == State.PLANNED else (detail["after"], "")
        for state, reason, detail in moves
        if state == State.PLANNED or "after" in detail
    )
