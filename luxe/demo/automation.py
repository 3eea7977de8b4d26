"""What the lead sequence did for a made-up lead: texts sent, held and dropped, call tasks, and why."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from core.domain.phone import show_phone
from core.flows.sending.promising import call_by
from core.flows.sequences.enrolling import ends_at
from core.messaging.actions import Lane
from core.messaging.rules.send_hold_drop import CAP_WINDOW, DAILY_CAP
from core.sequences.rules.choosing import for_form
from core.sequences.rules.definition import Sequence, Step
from core.shipped import wording_of
from luxe.demo.tale import Tale

OPENS, CLOSES, SUNDAY_OPENS = time(9), time(20), time(12)
FOR_GOOD = {30006: "unreachable", 21610: "opted_out"}


def plan_for(tale: Tale) -> Sequence:
    """The sequence that its form begins. Raises LookupError where the product ships none."""
    plan = for_form(tale.stage.reference.sequences.values(), tale.lead["form_type"])
    if plan is None:
        raise LookupError(f"no sequence for {tale.lead['form_type']}")
    return plan


@dataclass
class Automation:
    """One enrollment under way. `code` is what the carrier answers the first text with, None for the usual."""

    tale: Tale
    ticked: dict[str, bool]
    code: int | None
    due_at: datetime
    sent: list[datetime] = field(default_factory=list)
    barred: str = ""
    last: datetime | None = None

    def __post_init__(self) -> None:
        self.id = self.tale.stage.new_id(self.tale.at)
        self._texts = self.tale.may_text
        self.plan = plan_for(self.tale)

    def run(self, until: datetime, reason: str) -> None:
        """Play every step up to `until`, where a contact, a reply or something else stopped it for `reason`."""
        stage = self.tale.stage
        steps = [step for step in self.plan.planned() if step.kind != "text" or self._texts]
        open_ended = until >= stage.now
        cancelled = sum(self._play(step, until, reason) for step in steps)
        over = not cancelled
        self._enrollment(until, reason, over=over or open_ended)
        if cancelled and not open_ended:
            by = "staff" if reason in ("contacted", "booked") else "automatic"
            data = {"reason": reason, "cancelled": cancelled}
            self.tale.event(until, "sequence_stopped", by, data=data)

    def _enrollment(self, until: datetime, reason: str, *, over: bool) -> None:
        stage, tale = self.tale.stage, self.tale
        stage.add(
            "enrollments",
            id=self.id,
            lead_id=tale.id,
            patient_id=tale.patient_id,
            sequence=self.plan.key,
            version=self.plan.version,
            occurrence=tale.id,
            anchors={self.plan.starts_on: tale.at.isoformat()},
            moves=0,
            stops_on=f",{','.join(sorted(self.plan.stops_on))},",
            steps_aside=self.plan.steps_aside,
            ends_at=ends_at(self.plan, {self.plan.starts_on: tale.at}, tale.at),
            state="finished" if over else "stopped",
            started_at=tale.at,
            stopped_at=min(until, stage.now),
            stop_reason=None if over else reason,
        )

    def _play(self, step: Step, until: datetime, reason: str) -> bool:
        """Carry out one step; whether the stop came first."""
        due = self.tale.at + step.offset
        if due >= until:
            self._keep(step, due, "cancelled", reason, until)
            return True
        if step.kind == "call_task":
            self._task(step, due, until, reason)
            return False
        at, held = self._allowed(step, due)
        barred = self.barred or ("consent_missing" if not self._consented(step) else "")
        if barred or at is None:
            self._keep(step, due, "dropped", barred or "too_late", at or due, held=held)
        elif at >= until:
            self._keep(step, due, "cancelled", reason, until, held=held)
            return True
        else:
            self._send(step, due, at, held)
        return False

    def _consented(self, step: Step) -> bool:
        return self.ticked.get("marketing", False) or (
            step.purpose != "marketing" and self.ticked.get("transactional", False)
        )

    def _allowed(self, step: Step, due: datetime) -> tuple[datetime | None, str]:
        """(when it goes or None for too late, why it was held)."""
        if step.purpose == "confirmation":
            return due + timedelta(seconds=0.4), ""
        zone = self.tale.stage.reference.clinic.zone
        local = due.astimezone(zone)
        opens = SUNDAY_OPENS if local.weekday() == 6 else OPENS
        at, held = due + timedelta(seconds=0.3), ""
        if not opens <= local.time() < CLOSES:
            day = local.date() if local.time() < opens else local.date() + timedelta(days=1)
            opens = SUNDAY_OPENS if day.weekday() == 6 else OPENS
            at, held = datetime.combine(day, opens, zone).astimezone(due.tzinfo), "quiet_hours"
        recent = [moment for moment in self.sent if moment > at - CAP_WINDOW]
        if len(recent) >= DAILY_CAP:
            at, held = sorted(recent)[-DAILY_CAP] + CAP_WINDOW, "daily_cap"
        return (at if at <= due + step.useful and at < self.tale.stage.now else None), held

    def _send(self, step: Step, due: datetime, at: datetime, held: str) -> None:
        tale, code = self.tale, None if self.sent else self.code
        action_id = self._keep(step, due, "failed" if code == 21610 else "sent", "accepted", at, held=held)
        body = wording_of(step.template).render(self._values(step, at))
        tale.say(
            at,
            body,
            origin="automatic",
            purpose=step.purpose,
            template=step.template,
            action_id=action_id,
            code=code,
        )
        self.sent.append(at)
        self.last = at
        if code in FOR_GOOD:
            self.barred = FOR_GOOD[code]
            tale.lead["call_only"] = True

    def _values(self, step: Step, at: datetime) -> dict[str, str]:
        clinic = self.tale.stage.reference.clinic
        hours = clinic.location(self.tale.lead["location"]).hours
        promise = call_by(self.due_at, hours, clinic.zone, at) if step.purpose == "confirmation" else ""
        return {
            "firstName": self.tale.person.first_name,
            "clinicName": clinic.name,
            "clinicShortName": clinic.short_name,
            "clinicPhone": show_phone(clinic.phone),
            "staffName": self.tale.owner.first_name,
            "callBy": promise,
        }

    def _task(self, step: Step, due: datetime, until: datetime, reason: str) -> None:
        stage, tale = self.tale.stage, self.tale
        self._keep(step, due, "sent", "due", due)
        stage.add(
            "tasks",
            id=stage.new_id(due),
            lead_id=tale.id,
            kind="call",
            title=step.title,
            owner_id=tale.owner.id,
            created_at=due,
            due_at=due,
            done_at=min(until, stage.now),
            done_by=tale.owner.id if reason == "contacted" else None,
        )
        tale.event(due, "task_created", "automatic", data={"title": step.title})

    def _keep(
        self, step: Step, due: datetime, state: str, reason: str, at: datetime, *, held: str = ""
    ) -> str | None:
        """The action and its moves, for leads young enough that somebody asks why; its id."""
        tale, stage = self.tale, self.tale.stage
        if not tale.keeps_actions:
            return None
        action_id = stage.new_id(tale.at)
        is_text = step.kind == "text"
        at = min(at, stage.now)
        stage.add(
            "timed_actions",
            id=action_id,
            key=f"step:{self.id}:{step.name}",
            kind=step.kind,
            lane=int(Lane[step.lane.upper()]),
            state=state,
            due_at=at if held else due,
            planned_for=due,
            useful_until=due + step.useful,
            purpose=step.purpose,
            audience="patient" if is_text else "staff",
            lead_id=tale.id,
            patient_id=tale.patient_id,
            enrollment_id=self.id,
            sequence=self.plan.key,
            step=step.name,
            conditions=list(step.conditions),
            template=step.template or None,
            variables={"taskTitle": step.title} if step.title else {},
            phone=tale.person.phone if is_text else None,
            phone_index=tale.phone_index if is_text else None,
            attempts=1 if is_text and state in ("sent", "failed") else 0,
            reason=reason,
            error_code=self.code if state == "failed" else None,
            created_at=tale.at,
            settled_at=at,
        )
        self._moves(action_id, step, due, state, reason, at, held)
        return action_id

    def _attempt(self, action_id: str, state: str, at: datetime) -> None:
        self.tale.stage.add(
            "attempts",
            id=self.tale.stage.new_id(at),
            action_id=action_id,
            number=1,
            started_at=at,
            finished_at=at,
            outcome="accepted" if state == "sent" else "refused",
            error_code=self.code if state == "failed" else None,
        )

    def _moves(
        self, action_id: str, step: Step, due: datetime, state: str, reason: str, at: datetime, held: str
    ) -> None:
        moves: list[tuple[datetime, str, str, dict[str, Any]]] = []
        if held and state != "dropped":
            moves.append((due, "planned", held, {"until": at.isoformat()}))
        tried = step.kind == "text" and state in ("sent", "failed")
        if tried:
            self._attempt(action_id, state, at)
            reason = "refused"
        if not tried or state == "failed":
            moves.append((at, state, reason, {"after": held} if held and state == "dropped" else {}))
        for moment, to, why, words in moves:
            self.tale.stage.add(
                "action_moves",
                id=self.tale.stage.new_id(moment),
                action_id=action_id,
                at=moment,
                state=to,
                reason=why,
                detail=words,
            )
