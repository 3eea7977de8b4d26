"""The watch on the watcher: something is wrong with the product itself. Every page says so, and admins are told, once.

Gateway and scheduler both look, so that each is seen to fall silent. Where nothing that is planned leaves (the
scheduler is silent, sending has stopped, the provider does not answer) the process that noticed emails the admins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import structlog
from sqlalchemy.orm import Session

from core.alerting import store as alerts_store
from core.app import App
from core.domain.clock import machine_span
from core.domain.hours import at
from core.domain.ids import new_id
from core.domain.ports import Outcome, OutgoingEmail
from core.flows.sending import alert_links, alerts
from core.leads.store import work as lead_work
from core.messaging.actions import Lane
from core.messaging.store import outcomes
from core.operations import store as operations
from core.operations import store_stops, store_troubles, watch_rules
from core.operations.store import BREAKERS
from core.operations.watch_rules import Facts, Watch, parse_watch
from core.shipped import read_toml
from core.staff.alert_rules import Colleague
from core.staff.store.people import admins

log = structlog.get_logger(__name__)
SECONDS = 30.0
TEMPLATE = "staff_watch"
LEAVES_NOTHING = frozenset({watch_rules.SCHEDULER, watch_rules.STOPPED, watch_rules.PROVIDER})


@cache
def limits() -> Watch:
    """The watch's limits, as they ship."""
    return parse_watch(read_toml("watch.toml"))


def look(app: App, *, now: datetime) -> list[str]:
    """Look once; what began to be wrong. Where nothing has changed this writes nothing."""
    watch = limits()
    with app.db.read() as session:
        wrong = watch_rules.judge(watch, _facts(session, app, watch, now))
        known = {one.name: one for one in store_troubles.current(session)}
    if wrong.keys() == known.keys():
        return []
    with app.db.write() as session:
        began = [name for name, figures in wrong.items() if store_troubles.begin(session, name, figures, now)]
        store_troubles.end(session, known.keys() - wrong.keys(), now)
        to_email = [mail for name in began for mail in _tell(session, app, watch, name, wrong[name], now)]
    for name in began:
        log.warning("trouble", trouble=name, **wrong[name])
    for mail in to_email:
        _email(app, mail, now)
    if to_email:
        app.email.close()
    return began


def _facts(session: Session, app: App, watch: Watch, now: datetime) -> Facts:
    def machine(span: timedelta) -> timedelta:
        return span / app.clock.speed

    due = outcomes.due_since(session, now)
    stops = [stop.name for stop in store_stops.stops(session)]
    return Facts(
        scheduler_silent=_silent(session, app, "scheduler", now),
        gateway_silent=_silent(session, app, "gateway", now),
        late=machine(now - due) if due and not stops else timedelta(),
        tries=outcomes.tries(
            session,
            now - machine_span(app.clock, watch.provider_within.total_seconds()),
            watch.provider_of_last,
        ),
        forms=None if app.settings.simulated else _forms(session, app, watch, now),
        stopped=next((name for name in stops if name in BREAKERS), ""),
    )


def _silent(session: Session, app: App, process: str, now: datetime) -> timedelta | None:
    """For how long none of a kind has shown a sign of life; one that said goodbye was stopped on purpose."""
    beats = operations.beating(session, process)
    return max(timedelta(), now - beats[0].beat_at) / app.clock.speed if beats else None


def _forms(session: Session, app: App, watch: Watch, now: datetime) -> tuple[int, list[int]] | None:
    """Leads of the last opening hours of today, and of the same hours of the weeks before."""
    zone = app.reference.clinic.zone
    today = now.astimezone(zone).date()
    hours = [place.hours for place in app.reference.clinic.locations.values()]
    opened = [start for one in hours for start, end in one.on(today) if start <= now < end]
    since = now - watch.forms_within
    if not opened or min(opened) > since:
        return None
    came = lead_work.came(session, since, now)
    if came:
        return came, []
    back = [today - timedelta(weeks=week) for week in range(1, watch_rules.WEEKS + 1)]
    wall = since.astimezone(zone).time(), now.astimezone(zone).time()
    return 0, [lead_work.came(session, at(day, wall[0], zone), at(day, wall[1], zone)) for day in back]


@dataclass(frozen=True)
class _Mail:
    email: OutgoingEmail
    key: str


def _tell(
    session: Session, app: App, watch: Watch, name: str, figures: Mapping[str, Any], now: datetime
) -> list[_Mail]:
    """Plan the alert to each admin, or make the emails that this process sends itself: one alert for each."""
    again = now - machine_span(app.clock, watch.again.total_seconds())
    if not store_troubles.take_telling(session, name, now, unless_since=again):
        return []
    said, people = watch_rules.words(name, dict(figures)), admins(session)
    key = f"alert:{TEMPLATE}:{name}:{int(now.timestamp())}"
    mails = [_mail(session, app, one, key, said, now) for one in people if _by_hand(app, one, name)]
    others = [one for one in people if one.can_be_told and not _by_hand(app, one, name)]
    if name == watch_rules.SCHEDULER:  # a text would leave when it is back, and be no news any more
        return mails
    more = {"troubleTitle": said.title, "runbookPage": said.page, "consoleUrl": app.settings.console}
    about = alerts.About(key, TEMPLATE, None, 0, now, lane=Lane.URGENT, urgent=True, more=more)
    alerts.tell(session, app.settings, others, about, now)
    return mails


def _by_hand(app: App, person: Colleague, name: str) -> bool:
    """Whether this process emails them itself: what is planned would wait behind the very thing that is wrong."""
    return name in LEAVES_NOTHING and bool(person.email) and bool(app.email.sender)


def _mail(
    session: Session, app: App, person: Colleague, key: str, said: watch_rules.Words, now: datetime
) -> _Mail:
    action_id = new_id(now)
    alerts_store.keep(
        session,
        key=f"{key}:{person.id}",
        lead_id=None,
        staff_id=person.id,
        channel="email",
        template=TEMPLATE,
        action_id=action_id,
        link=alert_links.new_link(),
        now=now,
    )
    body = f"{said.title} {said.todo}\n\n'{said.page}' in the runbook says what to do: {app.settings.console}/delivery"
    return _Mail(OutgoingEmail(action_id, 1, person.email or "", "Alarm: something is wrong", body, now), key)


def _email(app: App, mail: _Mail, now: datetime) -> None:
    """With no transaction open. What came of it stands beside the alert."""
    if not app.email.sender:
        result, detail = alerts_store.FAILED, "email_not_set_up"
    else:
        answer = app.email.send(mail.email)
        taken = answer.outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN)
        result, detail = (alerts_store.SENT, "") if taken else (alerts_store.FAILED, "email_refused")
    with app.db.write() as session:
        alerts_store.ended(session, [mail.email.action_id], result, now, detail)
