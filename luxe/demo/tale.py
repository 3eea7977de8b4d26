"""One lead on its way through a story, and the small strokes that stories are made of."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from core.conversation.rules.reading import Context, read
from core.messaging.rules.statuses import RANKS
from core.messaging.segments import size_of
from core.shipped import wording_of
from core.sla.causes import LATE, NOBODY_ON_SHIFT, OVER_CAPACITY, UNACKNOWLEDGED
from core.sla.rules import OUTCOMES, Policy
from luxe.demo.load import make_id
from luxe.demo.people import Person
from luxe.demo.stage import KEEP_ACTIONS, Member, Stage

CAUSES_SEEN = (UNACKNOWLEDGED,) * 5 + (LATE,) * 3 + (OVER_CAPACITY, NOBODY_ON_SHIFT)
UNDELIVERED = {
    30003: "undelivered",
    30006: "undelivered",
    30007: "undelivered",
    21610: "failed",
    21614: "failed",
}


@dataclass
class Tale:
    """A lead in the making: `lead` becomes its row, `told` the counters of its patient."""

    stage: Stage
    person: Person
    patient_id: str
    phone_index: str | None
    id: str
    number: int
    at: datetime
    lead: dict[str, Any]
    owner: Member
    texts_in: int = 0
    texts_out: int = 0
    last: dict[str, Any] = field(default_factory=dict)
    spoken_at: datetime | None = None  # when a person last wrote, patient or staff

    @property
    def keeps_actions(self) -> bool:
        return self.at > self.stage.now - KEEP_ACTIONS

    @property
    def may_text(self) -> bool:
        return not self.lead["call_only"]

    def event(
        self,
        at: datetime,
        kind: str,
        by: str,
        *,
        staff: Member | None = None,
        data: dict[str, Any] | None = None,
        note: str | None = None,
        shown: bool = False,
        words: str | None = None,
    ) -> str:
        """A line of the timeline, its id; `shown` where the queue shows it as the last thing, with `words`."""
        stage = self.stage
        event_id = stage.new_id(at)
        stage.add(
            "lead_events",
            id=event_id,
            lead_id=self.id,
            at=at,
            kind=kind,
            by_kind=by,
            staff_id=staff.id if staff else None,
            data=data or {},
            note=note,
        )
        if shown and (not self.last or at >= self.last["last_event_at"]):
            self.last = {
                "last_event_at": at,
                "last_event_kind": kind,
                "last_event_by": by,
                "last_event_note": words,
            }
        return event_id

    def milestone(self, at: datetime, kind: str, value_cents: int = 0, **detail: Any) -> None:
        """A conversion event."""
        self.stage.add(
            "conversion_events",
            id=self.stage.new_id(at),
            patient_id=self.patient_id,
            lead_id=self.id,
            form_submission_id=self.lead["submission_id"] if kind == "form_submitted" else None,
            event_type=kind,
            event_timestamp=at,
            value_cents=value_cents,
            metadata=detail,
        )

    def say(
        self,
        at: datetime,
        body: str,
        *,
        origin: str,
        purpose: str,
        template: str | None = None,
        staff: Member | None = None,
        action_id: str | None = None,
        code: int | None = None,
    ) -> str:
        """A text from us; its id. `code` is the carrier's error where it did not arrive."""
        status = UNDELIVERED[code] if code else "delivered"
        text_id = self._text(
            at,
            body,
            direction="outbound",
            origin=origin,
            purpose=purpose,
            template_id=template,
            staff_id=staff.id if staff else None,
            action_id=action_id,
            status=status,
            error_code=code,
            twilio_sid=None if status == "failed" else f"SM{self.stage.dice.getrandbits(128):032x}",
            sent_at=None if status == "failed" else at + timedelta(seconds=0.4),
            delivered_at=None if code else at + timedelta(seconds=self.stage.dice.uniform(1, 5)),
        )
        if status == "failed":
            self.event(at, "text_failed", "automatic", data={"code": code, "text_id": text_id}, shown=True)
            return text_id
        by = "staff" if origin == "staff" else "automatic"
        self.event(at, "text_sent", by, staff=staff, data={"text_id": text_id}, shown=True)
        self.texts_out += 1
        if code:
            late = at + timedelta(seconds=20)
            self.event(late, "text_failed", "automatic", data={"code": code, "text_id": text_id}, shown=True)
        return text_id

    def hear(self, at: datetime, body: str) -> None:
        """A text from the patient."""
        understood = read(body, None, Context((wording_of("lead_question").body,))).label.value
        text_id = self._text(
            at,
            body,
            direction="inbound",
            origin="patient",
            purpose="",
            understood_as=understood,
            status="received",
            twilio_sid=f"SM{self.stage.dice.getrandbits(128):032x}",
            read_at=at + timedelta(minutes=self.stage.dice.uniform(0.5, 20)),
        )
        data = {"text_id": text_id, "understood_as": understood}
        self.event(at, "replied", "patient", data=data, shown=True, words=body)
        self.texts_in += 1

    def _text(self, at: datetime, body: str, *, status: str, **values: Any) -> str:
        text_id = self.stage.new_id(at)
        if values["origin"] != "automatic" and status != "failed":
            self.spoken_at = max(at, self.spoken_at or at)
        self.stage.add(
            "sms_messages",
            id=text_id,
            patient_id=self.patient_id,
            lead_id=self.id,
            message_body=body,
            segments=size_of(body).segments,
            phone=self.person.phone,
            phone_index=self.phone_index,
            status=status,
            status_rank=RANKS.get(status, 10),
            created_at=at,
            **values,
        )
        return text_id

    def clock(self, policy: Policy, started: datetime, due: datetime, ended: datetime | None) -> None:
        """A clock that has ended: met or missed by the contact at `ended`, or void where nobody ever did."""
        late = (ended or self.stage.now) > due
        later_target = policy.target in OUTCOMES
        clock_id = self._own_id(started, policy.target) if later_target else self.stage.new_id(started)
        self.stage.add(
            "sla_clocks",
            id=clock_id,
            lead_id=self.id,
            target=policy.target,
            round=1,
            policy=policy.name,
            at_any_hour=policy.at_any_hour,
            target_seconds=int(policy.within.total_seconds()),
            started_at=started,
            due_at=due,
            state="void" if ended is None else "missed" if late else "met",
            ended_at=ended or min(due + timedelta(days=2), self.stage.now),
            breached_at=due if late else None,
            response_seconds=int((ended - started).total_seconds()) if ended else None,
            ended_by=self.owner.id if ended else None,
        )
        if late and (ended or not later_target):
            self.event(due, "clock_breached", "automatic", data={"target": policy.target})
            self.stage.add(
                "sla_breaches",
                id=self._own_id(due, f"{policy.target} missed"),
                clock_id=clock_id,
                lead_id=self.id,
                target=policy.target,
                at=due,
                noted_at=due,
                staff_id=self.owner.id,
                cause=CAUSES_SEEN[self.number % len(CAUSES_SEEN)],
            )

    def _own_id(self, moment: datetime, what: str) -> str:
        """Not of the stage's dice: the same demo tells the same story with it and without."""
        return make_id(moment, Random(f"{self.id} {what}"))
