"""Alerts to staff: a reference, a due time and a link, never who the patient is or what they want.

Each is a row of `alerts` beside its action: whom, by which way, what came of it. Several new leads within a few seconds
are one text with a line for each: later ones join the text that still waits (`gathering`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.alerting import store
from core.domain.ids import reference as lead_reference
from core.domain.wall import due_words
from core.flows.sending import alert_links, alert_ways, gathering
from core.flows.staff.presence import at_work
from core.messaging.actions import TEXT, Lane, NewAction, Purpose
from core.messaging.store import planned
from core.messaging.store import planning as messaging
from core.reference import Reference
from core.settings import Settings
from core.staff.alert_rules import Colleague, one_alert, quiet_until, way
from core.staff.store import people as store_pool

# After an outage the queue tells what is due; old alerts would only flood the phone.
USEFUL = timedelta(hours=4)
TEST_SECONDS = 10
TOGETHER = timedelta(minutes=1)  # what a patient writes within a minute is one alert


def tell_each(
    session: Session,
    settings: Settings,
    people: Iterable[Colleague],
    template: str,
    gathered_seconds: int,
    *,
    now: datetime,
    more: Mapping[str, str] | None = None,
    lane: Lane = Lane.INSTANT,
) -> None:
    """One alert that is about no lead to each of `people` who can be told; the same one once in so many seconds."""
    turn = int(now.timestamp() // gathered_seconds)
    variables = {"consoleUrl": settings.console} | dict(more or {})
    for one in people:
        if one.can_be_told:
            about = About(f"alert:{template}:{turn}", template, None, 0, now, lane=lane, urgent=True)
            _plan(session, settings, one, about, variables, now)


@dataclass(frozen=True)
class About:
    """What an alert is about. `template` is its wording; `task_title` where it asks for a task; `more` further values.

    `urgent`: it does not wait for the end of somebody's quiet time.
    """

    key: str
    template: str
    lead_id: str | None
    lead_number: int
    due_at: datetime
    task_title: str = ""
    lane: Lane = Lane.INSTANT
    useful: timedelta = USEFUL
    urgent: bool = False
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_routine(self) -> bool:
        return not self.urgent and self.lane is not Lane.URGENT


def alert(
    session: Session,
    reference: Reference,
    settings: Settings,
    *,
    key: str,
    template: str,
    staff_id: str | None,
    lead_id: str,
    lead_number: int,
    due_at: datetime,
    now: datetime,
    task_title: str = "",
) -> list[str]:
    """Tell a lead's owner, or whoever else can be told (`alert_rules.one_alert`); the ids of the alerts."""
    told = one_alert(store_pool.colleagues(session), staff_id, at_work(session, reference, now))
    about = About(key, template, lead_id, lead_number, due_at, task_title)
    return tell(session, settings, told, about, now)


def alert_one(session: Session, settings: Settings, staff_id: str, about: About, now: datetime) -> list[str]:
    """Tell one person what concerns nobody else; nothing where they can't be told."""
    told = [one for one in store_pool.colleagues(session) if one.id == staff_id and one.can_be_told]
    return tell(session, settings, told, about, now)


def tell(
    session: Session, settings: Settings, people: Sequence[Colleague], about: About, now: datetime
) -> list[str]:
    """Plan the alert for each of them; the actions' ids. The same key tells the same person once."""
    ref = lead_reference(about.lead_number)
    variables = {
        "leadRef": ref,
        "leadUrl": f"{settings.console}/lead?lead={ref}",
        "dueTime": due_words(about.due_at, settings.zone, now),
        "taskTitle": about.task_title,
    } | dict(about.more)
    told = store.known(session, [f"{about.key}:{person.id}" for person in people])
    return [
        told.get(f"{about.key}:{person.id}") or _plan(session, settings, person, about, variables, now)
        for person in people
    ]


def _plan(
    session: Session,
    settings: Settings,
    person: Colleague,
    about: About,
    variables: Mapping[str, str],
    now: datetime,
) -> str:
    """Plan one, alone or together with others of its kind that wait; the action's id."""
    link = alert_links.new_link()
    url = alert_links.address(session, settings, link)
    variables = {**variables, "alertUrl": url, "alertLink": link}
    if not about.is_routine:
        variables[store.URGENT] = "yes"
    due_at = quiet_until(person, settings.zone, now) if about.is_routine else now
    action = _action(person, about, variables, due_at)
    if about.template in gathering.TOGETHER and settings.alert_gather:
        waits = timedelta(seconds=settings.alert_gather)
        return gathering.join(session, action, f"{about.key}:{person.id}", waits, now)
    action_id = messaging.plan(session, action, now)
    store.keep(
        session,
        key=action.key,
        lead_id=about.lead_id,
        staff_id=person.id,
        channel=alert_ways.way_of(action),
        template=about.template,
        action_id=action_id,
        link=link,
        now=now,
    )
    return action_id


def _action(person: Colleague, about: About, variables: Mapping[str, str], due_at: datetime) -> NewAction:
    kind = alert_ways.KINDS[way(person, urgent=not about.is_routine)]
    return NewAction(
        key=f"{about.key}:{person.id}",
        kind=kind,
        due_at=due_at,
        purpose=Purpose.STAFF_ALERT,
        lane=about.lane,
        useful_until=due_at + about.useful,
        audience="staff",
        lead_id=about.lead_id,
        staff_id=person.id,
        template=about.template,
        variables=variables,
        phone=person.phone if kind == TEXT else None,
    )


def send_test(session: Session, settings: Settings, person: Colleague, by: str, now: datetime) -> str:
    """Try one way of a person: the id of the alert's action. Pressed again within some seconds it is the same one."""
    key = f"alert:test:{by}:{int(now.timestamp() // TEST_SECONDS)}:{person.id}"
    kind = alert_ways.KINDS[by]
    action = NewAction(
        key=key,
        kind=kind,
        due_at=now,
        purpose=Purpose.STAFF_ALERT,
        lane=Lane.INSTANT,
        useful_until=now + TOGETHER * 5,
        audience="staff",
        staff_id=person.id,
        template=store.TEST,
        variables={"consoleUrl": settings.console},
        phone=person.phone if kind == TEXT else None,
    )
    action_id = messaging.plan(session, action, now)
    store.keep(
        session,
        key=key,
        lead_id=None,
        staff_id=person.id,
        channel=by,
        template=store.TEST,
        action_id=action_id,
        link=alert_links.new_link(),
        now=now,
    )
    return action_id


def told_just_now(session: Session, lead_id: str, template: str, now: datetime) -> bool:
    """Whether an alert of this kind about this lead was planned within the last minute."""
    return planned.alerted_since(session, lead_id, template, now - TOGETHER)
