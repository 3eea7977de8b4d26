"""Made-up patients with consents and open leads, and texts planned for them through the product's own store."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.compliance import store as compliance
from core.domain.ids import new_id
from core.domain.phone import may_be_texted
from core.leads.store import leads
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.store import planning as messaging
from core.patients.store import profiles as patients

BATCH = 5000
NOON = 12
AREA_CODES = [
    code
    for code in range(201, 990)
    if code % 100 not in (0, 11) and code != 555 and may_be_texted(f"+1{code}5550100")
]


def numbers(count: int, skip: int = 0) -> list[str]:
    """Made-up numbers: the 100 fictional lines of as many area codes as it takes; some 69,000 of them."""
    wanted = range(skip, skip + count)
    return [f"+1{AREA_CODES[number // 100]}55501{number % 100:02d}" for number in wanted]


def midday_zone(now: datetime) -> str:
    """A zone where it is midday: the figures must not depend on the hour at which somebody measures."""
    return f"Etc/GMT{now.hour - NOON:+d}"


class Crowd:
    """Knows the lead and the patient of each number. `place`: how many people are on each number before these."""

    def __init__(self, app: App, place: int = 0) -> None:
        self._app = app
        self._place = place
        self._known: dict[str, tuple[str, str]] = {}
        self._planned = 0

    def meet(self, phones: Sequence[str]) -> None:
        """One patient with both consents and an open lead for each number that is new."""
        now = self._app.clock.now()
        with self._app.db.write() as session:
            entries = [self._add(session, phone, now) for phone in phones if phone not in self._known]
            compliance.append(session, [entry for both in entries for entry in both], now)

    def known(self, phone: str) -> tuple[str, str]:
        """The lead and the patient of a number that was met."""
        return self._known[phone]

    def plan(
        self, due: Sequence[tuple[datetime, str, str]], lane: Lane = Lane.BULK, run: str = "bench"
    ) -> None:
        """Plan (due, phone, body) as transactional texts to people whom `meet` made."""
        for start in range(0, len(due), BATCH):
            now = self._app.clock.now()
            actions = [self._action(*one, lane, run) for one in due[start : start + BATCH]]
            with self._app.db.write() as session:
                messaging.plan_many(session, actions, now)

    def _action(self, due_at: datetime, phone: str, body: str, lane: Lane, run: str) -> NewAction:
        lead_id, patient_id = self._known.get(phone, (None, None))
        self._planned += 1
        return NewAction(
            key=f"{run}:{self._planned}",
            kind="text",
            due_at=due_at,
            purpose=Purpose.TRANSACTIONAL,
            lane=lane,
            lead_id=lead_id,
            patient_id=patient_id,
            conditions=("not_replied", "not_booked"),
            phone=phone,
            body=body,
        )

    def _add(self, session: Session, phone: str, now: datetime) -> list[compliance.LedgerEntry]:
        person = {
            "first_name": "Pat",
            "last_name": f"Bench{len(self._known)}",
            "phone": phone,
            "zone": midday_zone(now),
            "state": "",
            "location": "downtown",
            "status": "new",
            "source": "Website",
            "acquired_at": now,
        }
        patient_id = patients.create(session, person, None, now, place=self._place)
        index = patients.phone_index(session, phone) or ""
        self._known[phone] = (self._add_lead(session, patient_id, phone, index, now), patient_id)
        return [
            compliance.LedgerEntry(index, scope, "grant", "web_form", patient_id, "I agree to texts.", "1")
            for scope in ("transactional", "marketing")
        ]

    def _add_lead(self, session: Session, patient_id: str, phone: str, index: str, now: datetime) -> str:
        lead_id = new_id(now)
        lead = {
            "id": lead_id,
            "patient_id": patient_id,
            "created_at": now,
            "updated_at": now,
            "state": "open",
            "form_type": "lead_capture",
            "treatment": "botox",
            "temperature": "warm",
            "priority": 3,
            "location": "downtown",
            "source": "Website",
            "phone": phone,
            "phone_index": index,
            "last_event_at": now,
            "last_event_kind": "submitted",
            "last_event_by": "patient",
        }
        leads.create(session, lead)
        return lead_id
