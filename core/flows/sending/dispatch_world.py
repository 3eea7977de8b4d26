"""What is true of a batch of due texts at hand-over, and what it makes of each: facts, wording, hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.booking import rules as visit_rules
from core.booking.store import VisitBrief
from core.compliance import store as compliance
from core.compliance.rules import TextClass, first_common, opens_at
from core.domain.hours import WeeklyHours, parse_window
from core.domain.phone import area_code, may_be_texted
from core.flows.experiments.trying import Given
from core.flows.sending import answering, filling, keeping_distance
from core.flows.sending.dispatch_wording import visit_key
from core.flows.sending.text_links import Samples
from core.flows.sequences.stopping import ENDED
from core.leads.store.leads import LeadBrief
from core.messaging.actions import EMAIL, Claimed, Purpose
from core.messaging.library import MARKETING, Catalogue, LibraryTemplate, Wording
from core.messaging.rules import send_hold_drop
from core.messaging.store.steps import Coming
from core.messaging.store.texts import Recent
from core.operations import store as operations
from core.patients.rules import Whereabouts, also_at
from core.patients.store.profiles import PatientBrief
from core.reference import Reference
from core.sequences import store as sequences

CONVERSATION = timedelta(hours=2)  # an answer to someone who just wrote to us may go at any hour
NOBODY = PatientBrief("", "", "", "", vip=False, opened_before=False)
UNKNOWN = compliance.Standing()
STAFF_LANGUAGE = ("en",)


@dataclass
class World:
    """Facts about a batch. What it uses up itself (`recent`, `segments`) counts for the rest of it."""

    reference: Reference
    catalogue: Catalogue
    sender: str
    stopped_templates: frozenset[str]
    segments_left: int | None
    leads: dict[str, LeadBrief]
    patients: dict[str, PatientBrief]
    standings: dict[str, compliance.Standing]
    recent: dict[str, list[Recent]]
    coming: dict[str, list[Coming]]
    inbound: dict[str, datetime]
    enrollments: dict[str, sequences.Standing]
    answers: answering.Answers
    last_names: dict[str, str]
    owners: dict[str, str]
    visits: dict[str, VisitBrief]
    variants: dict[str, Given]
    now: datetime
    links: Samples = field(default_factory=Samples)  # real ones only where texts leave
    outdated: frozenset[str] = frozenset()  # what speaks of a visit that was changed since
    nameless: frozenset[str] = frozenset()  # emails to an address that may be another person's
    segments: int = 0
    _opening: dict[tuple[str, str, str, TextClass], datetime] = field(default_factory=dict)
    _wordings: dict[str, Wording | None] = field(default_factory=dict)

    def at(self, now: datetime, coming: Mapping[str, list[Coming]]) -> "World":
        """The same world at a later moment, for who plays time forward; `coming`: what is planned then."""
        since = now - send_hold_drop.CAP_WINDOW
        recent = {
            index: [text for text in texts if since < text.at <= now] for index, texts in self.recent.items()
        }
        return replace(self, now=now, recent=recent, coming=dict(coming), _opening={})

    def facts(self, action: Claimed) -> send_hold_drop.Facts:
        """The facts that decide one action."""
        if action.audience == "staff":
            return send_hold_drop.Facts(opens_at=self.now, wording=self._no_wording(action))
        standing = self.standings.get(action.phone_index or "", UNKNOWN)
        lead, recent = self.leads.get(action.lead_id or ""), self._recent(action)
        return send_hold_drop.Facts(
            opens_at=self.opens_at(action),
            barred=self._outdated(action),
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
            stopped=self._stopped(action) or _moved(lead, action),
            recent=tuple([text.at for text in recent]),
            gap=keeping_distance.gap(),
            others=keeping_distance.of_others(recent, action),
            ahead=keeping_distance.ahead(self.coming.get(action.phone_index or "", []), action, self.now),
            window_opens_at=self._window_opens_at(action),
            paused_until=lead.paused_until if lead and self._steps_aside(action) else None,
            wording=self._no_wording(action),
            answer_barred=self._answer_barred(action, lead, standing),
            budget_opens_at=self._budget_opens_at(),
        )

    def as_worded(self, action: Claimed) -> Claimed:
        """As it leaves: with the words of the patient's variant where one is tried out. What became marketing since it
        was planned needs the consent, and keeps the hours, of marketing."""
        action = varied(action, self.variants, self.catalogue)
        template = self._template(action)
        if template is None or template.text_class != MARKETING or action.purpose is Purpose.MANUAL:
            return action
        return action if action.purpose is Purpose.MARKETING else replace(action, purpose=Purpose.MARKETING)

    def wording(self, action: Claimed) -> Wording | None:
        """What its template says to this person: in their language, without health information unless they asked."""
        if action.id not in self._wordings:
            self._wordings[action.id] = self._chosen(action)
        return self._wordings[action.id]

    def _template(self, action: Claimed) -> LibraryTemplate | None:
        """Never a text's for an email, nor the other way round."""
        found = self.catalogue.get(action.template or "")
        return found if found and found.channel == action.kind else None

    def _chosen(self, action: Claimed) -> Wording | None:
        if self._template(action) is None:
            return None
        if action.audience == "staff":
            return self.catalogue.wording(action.template, STAFF_LANGUAGE, health=False)
        return self.catalogue.wording(
            action.template, self._languages(action), health=self._may_name_health(action)
        )

    def _languages(self, action: Claimed) -> tuple[str, ...]:
        """That of the text which it answers, else the patient's, else the clinic's."""
        patient = self.patients.get(action.patient_id or "", NOBODY)
        return (action.variables.get("language", ""), patient.language, self.reference.clinic.language)

    def _may_name_health(self, action: Claimed) -> bool:
        """They asked for it (compliance.md B), on this very number, and it is their own."""
        patient = self.patients.get(action.patient_id or "", NOBODY)
        if action.kind == EMAIL:  # to the patient's own address
            return patient.unencrypted_at is not None and action.id not in self.nameless
        if patient.unencrypted_at is None or patient.phone_index != action.phone_index:
            return False
        return self.standings.get(action.phone_index or "", UNKNOWN).unencrypted_at is not None

    def _no_wording(self, action: Claimed) -> str:
        if action.template in self.stopped_templates:
            return "stopped"
        if action.body or self.wording(action):
            return ""
        return "only_health" if self._template(action) else "missing"

    def _answer_barred(self, action: Claimed, lead: LeadBrief | None, standing: compliance.Standing) -> str:
        if action.purpose is not Purpose.REPLY:
            return ""
        return self._outdated(action) or self.answers.bar(action, lead, standing, self.now)

    def _outdated(self, action: Claimed) -> str:
        return visit_rules.CHANGED if action.id in self.outdated else ""

    def _budget_opens_at(self) -> datetime | None:
        if self.segments_left is None or self.segments < self.segments_left:
            return None
        return day_after(self.reference.clinic.zone, self.now)

    def _recent(self, action: Claimed) -> list[Recent]:
        """Texts that use up the cap. An earlier try of this very action is not one of them."""
        texts = self.recent.get(action.phone_index or "", ())
        return [text for text in texts if text.action_id != action.id]

    def _stopped(self, action: Claimed) -> str:
        """Why its sequence goes on no more. A step that is planned was cancelled with it, but for what was tried before
        and for a group that was ended at one stroke; what a person sends again goes on."""
        standing = self.enrollments.get(action.enrollment_id or "")
        if standing is None or (action.attempt == 1 and standing.stopped != ENDED):
            return ""
        return standing.stopped

    def _steps_aside(self, action: Claimed) -> bool:
        """The confirmation answers the patient's own form, whoever has taken over meanwhile; a visit's reminders are
        no part of what a person takes over."""
        standing = self.enrollments.get(action.enrollment_id or "")
        return bool(standing and standing.steps_aside) and action.purpose is not Purpose.CONFIRMATION

    def _window_opens_at(self, action: Claimed) -> datetime | None:
        """When the step's own hours open next, in every zone that the patient may be in."""
        if not action.window:
            return None
        hours = {day: (parse_window(action.window),) for day in range(7)}
        zones = self._zones(action)
        return first_common([WeeklyHours(ZoneInfo(zone), hours) for zone in zones], self.now)

    def _zones(self, action: Claimed) -> list[str]:
        patient = self.patients.get(action.patient_id or "", NOBODY)
        return (patient.zone or self.reference.clinic.zone.key).split(",")

    def opens_at(self, action: Claimed) -> datetime:
        """The first moment from now on at which one of its purpose may reach this patient."""
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
        if action.audience == "patient":
            self.answers.count(action, now)
        if action.audience == "patient" and action.purpose not in (Purpose.MANUAL, Purpose.REPLY):
            self.recent.setdefault(action.phone_index or "", []).append(
                Recent(action.id, now, action.sequence)
            )

    def render(self, action: Claimed, wording: Wording, now: datetime) -> str:
        """The text as it leaves now: a promise names only what is still ahead."""
        lead = self.leads.get(action.lead_id or "")
        standing = self.enrollments.get(action.enrollment_id or "")
        text = filling.Leaving(
            self.reference,
            action,
            self.patients.get(action.patient_id or "", NOBODY),
            lead,
            self.last_names.get(action.patient_id or "", ""),
            self.owners.get(lead.owner_id or "", "") if lead else "",
            wording.template.language,
            now,
            self.visits.get(visit_key(action)),
            standing.visit_id if standing else None,
            self.links,
            action.id in self.nameless,
        )
        return wording.template.render(filling.values(wording.template, text))

    def body(self, action: Claimed, now: datetime) -> str:
        """What a preview shows; '' where there are no words for this person."""
        wording = None if action.body else self.wording(action)
        return self.render(action, wording, now) if wording else action.body or ""

    def variant(self, action: Claimed) -> str | None:
        """What its text remembers of the experiment that it goes by."""
        given = self.variants.get(action.id)
        return given.mark if given else None

    def spend(self, session: Session) -> None:
        """Write down what this batch uses of its sender's day."""
        if self.segments:
            day = self.now.astimezone(self.reference.clinic.zone).date()
            operations.spend(session, self.sender, day, self.segments)


def varied(action: Claimed, variants: Mapping[str, Given], catalogue: Catalogue) -> Claimed:
    """With the words of its variant; today's where a release took those away meanwhile."""
    given = variants.get(action.id)
    varied = given.applied(action) if given else action
    return varied if varied.template in catalogue else action


def _moved(lead: LeadBrief | None, action: Claimed) -> str:
    """A number that was corrected while a text was on its way: a second try must not go to the old one."""
    other = (
        action.kind != EMAIL
        and lead is not None
        and lead.phone_index is not None
        and lead.phone_index != action.phone_index
    )
    return "number_corrected" if other else ""


def day_after(zone: ZoneInfo, now: datetime) -> datetime:
    """The clinic's next midnight: when a day's budget is new."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)
