"""Our own engine's side of the orders: real people, consents and leads, and rows planned by the product's store.

The scheduler process itself is the product as it stands; this only writes what a form or a campaign would.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bench.peers.orders import Text, obey
from core.app import App, build_app
from core.compliance import store as compliance
from core.db.migrate import migrate
from core.domain.ids import new_id
from core.leads import store as leads
from core.messaging import store as messaging
from core.messaging.actions import Lane, NewAction, Purpose
from core.patients import store as patients
from core.settings import load_settings

BATCH = 5000
NOON = 12


def midday_zone(now: datetime) -> str:
    """A zone where it is midday: the figures must not depend on the hour at which somebody measures."""
    return f"Etc/GMT{now.hour - NOON:+d}"


class Planner:
    """Knows the lead and patient of each number."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._known: dict[str, tuple[str, str]] = {}
        self._planned = 0

    def meet(self, numbers: Sequence[str]) -> None:
        """One patient with both consents and an open lead for each number."""
        now = self._app.clock.now()
        with self._app.db.write() as session:
            entries = [self._add(session, number, now) for number in numbers]
            compliance.append(session, [entry for both in entries for entry in both], now)

    def _add(self, session: Session, number: str, now: datetime) -> list[compliance.LedgerEntry]:
        person = {
            "first_name": "Pat",
            "last_name": f"Bench{len(self._known)}",
            "phone": number,
            "zone": midday_zone(now),
            "state": "",
            "location": "downtown",
            "status": "new",
            "source": "Website",
            "acquired_at": now,
        }
        patient_id = patients.create(session, person, None, now)
        index = patients.phone_index(session, number) or ""
        self._known[number] = (self._add_lead(session, patient_id, number, index, now), patient_id)
        return [
            compliance.LedgerEntry(index, scope, "grant", "web_form", patient_id, "I agree to texts.", "1")
            for scope in ("transactional", "marketing")
        ]

    def _add_lead(self, session: Session, patient_id: str, number: str, index: str, now: datetime) -> str:
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
            "phone": number,
            "phone_index": index,
            "last_event_at": now,
            "last_event_kind": "submitted",
            "last_event_by": "patient",
        }
        leads.create(session, lead)
        return lead_id

    def plan(self, texts: Sequence[Text]) -> None:
        """Plan them in bulk: what may never use more than the slots that the other engines have too."""
        self._plan(texts, Lane.BULK)

    def plan_now(self, text: Text) -> None:
        """Plan what a person waits for."""
        self._plan([text], Lane.INSTANT)

    def _plan(self, texts: Sequence[Text], lane: Lane) -> None:
        for start in range(0, len(texts), BATCH):
            now = self._app.clock.now()
            actions = [self._action(text, lane) for text in texts[start : start + BATCH]]
            with self._app.db.write() as session:
                messaging.plan_all(session, actions, now)

    def _action(self, text: Text, lane: Lane) -> NewAction:
        lead_id, patient_id = self._known.get(text.number, (None, None))
        self._planned += 1
        return NewAction(
            key=f"bench:{self._planned}",
            kind="text",
            due_at=datetime.fromtimestamp(text.due_at, UTC),
            purpose=Purpose.TRANSACTIONAL,
            lane=lane,
            lead_id=lead_id,
            patient_id=patient_id,
            conditions=("not_replied", "not_booked"),
            phone=text.number,
            body=text.body,
        )


def main() -> None:
    """Bring the database up to date, then obey orders until they end."""
    app = build_app(load_settings(_env_file=None))
    migrate(app.db)
    planner = Planner(app)
    obey(planner.plan, planner.plan_now, planner.meet)


if __name__ == "__main__":
    main()
