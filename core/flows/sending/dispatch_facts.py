"""What is true of a batch of due texts at hand-over, gathered in a handful of statements."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.compliance import store as compliance
from core.compliance.rules import TextClass, opens_at
from core.domain.phone import area_code, may_be_texted, show_phone
from core.flows.sending.promising import call_by
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.messaging.actions import Claimed, Purpose
from core.messaging.rules import send_hold_drop
from core.messaging.senders import kind_of
from core.messaging.store import texts as store_texts
from core.operations import store as operations
from core.operations.store import Gate
from core.patients.rules import Whereabouts, also_at
from core.patients.store import profiles as patients
from core.patients.store.profiles import PatientBrief
from core.reference import Reference
from core.sequences import store as sequences

CONVERSATION = timedelta(hours=2)  # an answer to someone who just wrote to us may go at any hour
NOBODY = PatientBrief("", "", "", "", vip=False, opened_before=False)


@dataclass
class World:
    """Facts about a batch. What it uses up itself (`recent`, `segments`) counts for the rest of it."""

    reference: Reference
    sender: str
    stopped_templates: frozenset[str]
    segments_left: int | None
    leads: dict[str, LeadBrief]
    patients: dict[str, PatientBrief]
    standings: dict[str, compliance.Standing]
    recent: dict[str, list[tuple[str, datetime]]]
    inbound: dict[str, datetime]
    stopped: dict[str, str]
    now: datetime
    segments: int = 0
    _opening: dict[tuple[str, str, str, TextClass], datetime] = field(default_factory=dict)

    def facts(self, action: Claimed) -> send_hold_drop.Facts:
        """The facts that decide one action."""
        if action.audience == "staff":
            return send_hold_drop.Facts(opens_at=self.now, wording=self._wording(action))
        standing = self.standings.get(action.phone_index or "", compliance.Standing())
        lead = self.leads.get(action.lead_id or "")
        return send_hold_drop.Facts(
            opens_at=self._opens_at(action),
            opted_out=standing.opted_out_at is not None,
            unreachable=standing.unreachable_at is not None,
            call_only=bool(lead and lead.call_only) or not may_be_texted(action.phone or ""),
            may_inform=standing.transactional_at is not None,
            may_market=standing.marketing_at is not None,
            lead_state=lead.state if lead else "open",
            attempted=bool(lead and lead.attempted_at),
            contacted=bool(lead and lead.contacted_at),
            replied=bool(lead and lead.responded_at),
            booked=bool(lead and lead.booked_at),
            stopped=self.stopped.get(action.enrollment_id or "", "") or _moved(lead, action),
            recent=self._others(action),
            wording=self._wording(action),
            budget_opens_at=self._budget_opens_at(),
        )

    def _wording(self, action: Claimed) -> str:
        if action.template in self.stopped_templates:
            return "stopped"
        return "" if action.body or action.template in self.reference.templates else "missing"

    def _budget_opens_at(self) -> datetime | None:
        if self.segments_left is None or self.segments < self.segments_left:
            return None
        return day_after(self.reference.clinic.zone, self.now)

    def _others(self, action: Claimed) -> tuple[datetime, ...]:
        """Texts that use up the cap. An earlier try of this very action is not one of them."""
        texts = self.recent.get(action.phone_index or "", ())
        return tuple(at for action_id, at in texts if action_id != action.id)

    def _opens_at(self, action: Claimed) -> datetime:
        patient = self.patients.get(action.patient_id or "", NOBODY)
        # A form may give another number than the patient's own: the night there counts too.
        other = "" if patient.phone_index == action.phone_index else area_code(action.phone or "")
        key = (patient.zone, patient.state, other, self._class(action))
        if key not in self._opening:
            data = self.reference
            known = Whereabouts(tuple((patient.zone or data.clinic.zone.key).split(",")), patient.state)
            where = also_at(known, other, data.area_codes) if other else known
            self._opening[key] = opens_at(
                data.texting_hours, where.zones, where.state, kind=key[3], now=self.now
            )
        return self._opening[key]

    def _class(self, action: Claimed) -> TextClass:
        if action.purpose is Purpose.MARKETING:
            return TextClass.MARKETING
        if (
            action.purpose is Purpose.CONFIRMATION
            and self.now - action.planned_for <= send_hold_drop.RESPONSIVE
        ):
            return TextClass.CONFIRMATION
        wrote_at = self.inbound.get(action.phone_index or "")
        answers = wrote_at is not None and self.now - wrote_at <= CONVERSATION
        return TextClass.REPLY if answers and action.purpose is Purpose.MANUAL else TextClass.INFORMATIONAL

    def count(self, action: Claimed, segments: int, now: datetime) -> None:
        """A text of this batch is about to go: the next ones, to the same number or of the same sender, must know."""
        self.segments += segments
        if action.audience == "patient" and action.purpose not in (Purpose.MANUAL, Purpose.REPLY):
            self.recent.setdefault(action.phone_index or "", []).append((action.id, now))

    def values(self, action: Claimed, now: datetime) -> dict[str, str]:
        """The variables of a template, read at the last moment: a promise names only what is still ahead."""
        clinic = self.reference.clinic
        patient = self.patients.get(action.patient_id or "", NOBODY)
        # A form matched by email may carry another person's number: who owns it must not learn this one's name.
        theirs = patient.phone_index == action.phone_index
        values = {
            "clinicName": clinic.name,
            "clinicShortName": clinic.short_name,
            "clinicPhone": show_phone(clinic.phone),
            **action.variables,
            "firstName": patient.first_name if theirs else "",
        }
        return values | {"callBy": self._call_by(action, now)}

    def _call_by(self, action: Claimed, now: datetime) -> str:
        due, lead = action.variables.get("callDue"), self.leads.get(action.lead_id or "")
        if not due or lead is None:
            return ""
        clinic = self.reference.clinic
        return call_by(datetime.fromisoformat(due), clinic.location(lead.location).hours, clinic.zone, now)

    def spend(self, session: Session) -> None:
        """Write down what this batch uses of its sender's day."""
        if self.segments:
            day = self.now.astimezone(self.reference.clinic.zone).date()
            operations.spend(session, self.sender, day, self.segments)


def _moved(lead: LeadBrief | None, action: Claimed) -> str:
    """A number that was corrected while a text was on its way: a second try must not go to the old one."""
    other = lead is not None and lead.phone_index is not None and lead.phone_index != action.phone_index
    return "number_corrected" if other else ""


def day_after(zone: ZoneInfo, now: datetime) -> datetime:
    """The clinic's next midnight: when a day's budget is new."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def gather(
    session: Session, reference: Reference, texts: list[Claimed], gate: Gate, now: datetime, sender: str = ""
) -> World:
    """Read the facts of a batch: one statement for each kind of fact, whatever the batch's size.

    `sender` whose budget counts; '' for a preview, which uses nothing up.
    """
    to_patients = [action for action in texts if action.audience == "patient"]
    phones = sorted({action.phone_index for action in to_patients if action.phone_index})
    return World(
        reference=reference,
        sender=sender,
        stopped_templates=gate.templates,
        segments_left=_segments_left(session, reference, sender, now),
        leads=leads.find_all(session, sorted({a.lead_id for a in to_patients if a.lead_id})),
        patients=patients.briefs(session, sorted({a.patient_id for a in to_patients if a.patient_id})),
        standings=compliance.standings(session, phones) if phones else {},
        recent=defaultdict(
            list,
            store_texts.recent_automated(session, phones, now - send_hold_drop.CAP_WINDOW) if phones else {},
        ),
        inbound=store_texts.last_inbound(session, phones, now - CONVERSATION) if phones else {},
        # Only what was tried before: a planned step is cancelled with its sequence, a person's resend goes on.
        stopped=sequences.stop_reasons(
            session, sorted({a.enrollment_id for a in to_patients if a.enrollment_id and a.attempt > 1})
        ),
        now=now,
    )


def _segments_left(session: Session, reference: Reference, sender: str, now: datetime) -> int | None:
    budget = reference.senders[kind_of(sender)].segments_a_day if sender else None
    day = now.astimezone(reference.clinic.zone).date()
    return operations.segments_left(session, sender, day, budget)
