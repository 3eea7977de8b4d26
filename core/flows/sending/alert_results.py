"""What came of an alert is written beside it; where its way failed, the person is told by their next one.

The same cause never tells anybody twice by one way: the key of the second try names its way.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.alerting import store
from core.alerting.store import Alert
from core.flows.sending import alert_ways
from core.leads.store import leads
from core.messaging.actions import TEXT, NewAction, Purpose
from core.messaging.store import planned
from core.messaging.store import planning as messaging
from core.messaging.store.planned import StaffAction
from core.staff.alert_rules import Colleague, next_way
from core.staff.store import people

USEFUL = timedelta(hours=4)


def sent(session: Session, told: Mapping[str, str | None], now: datetime) -> None:
    """These left; `told`: the lead whose timeline says so already, by action. The others of a list hear of it here."""
    gone = store.ended(session, told.keys(), store.SENT, now)
    leads.note_events(
        session,
        [
            leads.NewEvent(one.lead_id, "alert_sent", "automatic", now, data=_whom(one))
            for one in gone
            if one.lead_id and one.lead_id != told[one.action_id]
        ],
    )


def _whom(alert: Alert) -> dict[str, str]:
    return {"staff_id": alert.staff_id, "by": alert.channel}


def dropped(session: Session, action_ids: Collection[str], reason: str, now: datetime) -> None:
    """These never leave: nobody needs them any more."""
    store.ended(session, action_ids, store.DROPPED, now, reason)


def failed(session: Session, action_id: str, why: str, now: datetime) -> str:
    """Its way did not reach the person: by which one they are told now, '' where none is left."""
    lost = store.ended(session, [action_id], store.FAILED, now, why)
    person = next((one for one in people.colleagues(session) if lost and one.id == lost[0].staff_id), None)
    before = planned.staff_action(session, action_id)
    if person is None or before is None or lost[0].template == store.TEST:
        return ""
    tried = {one.channel for one in store.of_cause(session, _cause(lost[0]))}
    by = next_way(person, tried, urgent=store.URGENT in before.variables)
    if by:
        _tell_by(session, by, person, before, lost, now)
    else:
        _say_lost(session, lost, now)
    return by


def _cause(alert: Alert) -> str:
    """The key of the first try: those of later ones end with their way."""
    head, _, tail = alert.key.rpartition(":")
    return head if tail == alert.channel else alert.key


def _tell_by(
    session: Session, by: str, person: Colleague, before: StaffAction, lost: Sequence[Alert], now: datetime
) -> None:
    """The same words, with the same link, by another way."""
    kind = alert_ways.KINDS[by]
    action = NewAction(
        key=f"{before.key}:{by}"[:120],
        kind=kind,
        due_at=now,
        purpose=Purpose.STAFF_ALERT,
        lane=before.lane,
        useful_until=now + USEFUL,
        audience="staff",
        lead_id=before.lead_id,
        staff_id=person.id,
        template=before.template,
        variables=before.variables,
        phone=person.phone if kind == TEXT else None,
    )
    new_id = messaging.plan(session, action, now)
    for one in lost:
        store.keep(
            session,
            key=f"{_cause(one)}:{by}",
            lead_id=one.lead_id,
            staff_id=person.id,
            channel=by,
            template=one.template,
            action_id=new_id,
            link=one.link,
            now=now,
        )


def _say_lost(session: Session, lost: Sequence[Alert], now: datetime) -> None:
    told = [
        leads.NewEvent(one.lead_id, "alert_failed", "automatic", now, data={"staff_id": one.staff_id})
        for one in lost
        if one.lead_id
    ]
    leads.note_events(session, told)
