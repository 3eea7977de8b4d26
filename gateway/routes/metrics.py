"""Figures for a monitoring system, in the format of Prometheus. Not for the public."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from math import inf
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException
from starlette.responses import Response

from core.app import App
from core.domain.mail_servers import is_loopback
from core.messaging.actions import Lane
from core.operations.store import NOT_CONFIRMED, PAUSED, STOPS, TEMPLATE
from core.reads import metrics
from core.reads.metrics import Metrics
from gateway.context import context_of

router = APIRouter()
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
BREAKERS = [name for name in STOPS if name not in (PAUSED, NOT_CONFIRMED)]


@router.get("/metrics", include_in_schema=False)
async def show(request: Request) -> Response:
    """404 for everybody who may not know: an address that does not exist looks the same."""
    context = context_of(request)
    if not (is_trial(context.app, request) or has_token(request, context.app)):
        raise HTTPException(404)
    return Response(await context.read(exposition, context.app), media_type=CONTENT_TYPE_LATEST)


def is_trial(app: App, request: Request) -> bool:
    """Whether nobody but this machine is served, and a program of it asks for itself.

    Where patients come by a name of the clinic's, a proxy asks for all the world, and nginx by itself neither says so
    in a header nor hands on the host: then the token alone opens.
    """
    return is_loopback(urlsplit(app.settings.public).hostname or "") and from_this_machine(request)


def from_this_machine(request: Request) -> bool:
    """Whether peer and host are this machine. Of a proxy on it the headers or the host may tell."""
    if any(name in request.headers for name in FORWARDED):
        return False
    peer = request.client.host if request.client else ""
    return is_loopback(peer) and is_loopback(_host_name(request.headers.get("host", "")))


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def has_token(request: Request, app: App) -> bool:
    """Whether the request carries LUXE_METRICS_TOKEN. None set: nobody does."""
    token = app.settings.metrics_token.get_secret_value()
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return bool(token) and scheme.lower() == "bearer" and _same(given.strip(), token)


def _same(given: str, token: str) -> bool:
    return secrets.compare_digest(given.encode(), token.encode())


def exposition(app: App) -> bytes:
    """Read now and written out. Seconds are real ones, whatever the speed of the product's clock."""
    now, speed = app.clock.now(), app.clock.speed
    with app.db.read() as session:
        found = metrics.read(session, app.reference.clinic.zone, now)
    registry = CollectorRegistry()
    figures = Figures(
        found,
        lambda moment: max(0.0, (now - moment).total_seconds() / speed),
        backs_up=bool(app.settings.backup_to),
    )
    registry.register(figures)
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class Figures(Collector):
    """What was read, as the library's families. `age` is how long ago a moment was, in seconds."""

    def __init__(self, found: Metrics, age: Callable[[datetime], float], *, backs_up: bool) -> None:
        self._backs_up = backs_up
        self._found = found
        self._age = age

    def collect(self) -> Iterator[Metric]:
        found = self._found
        actions = GaugeMetricFamily(
            "luxe_actions", "Actions that are due, being sent or unknown", labels=["state", "lane"]
        )
        for labels, count in found.actions.items():
            actions.add_metric(labels, count)
        yield actions
        lag = {lane: self._age(since) for lane, since in found.due_since.items()}
        every_lane = {lane.name.lower(): lag.get(lane.name.lower(), 0.0) for lane in Lane}
        yield labelled(
            GaugeMetricFamily, "luxe_lag_seconds", "Waiting time of what is due longest", "lane", every_lane
        )
        out = self._age(found.in_flight_since) if found.in_flight_since else 0.0
        yield GaugeMetricFamily(
            "luxe_in_flight_seconds", "Since when the text that is out longest is out", out
        )
        yield from self._days()
        yield GaugeMetricFamily(
            "luxe_alarms_open", "Patients who may be in danger, not acknowledged by anybody", found.alarms
        )
        beat = self._age(found.beat_at) if found.beat_at else inf
        yield GaugeMetricFamily(
            "luxe_scheduler_heartbeat_age_seconds",
            "Since a scheduler last showed life; +Inf: none does",
            beat,
        )
        yield GaugeMetricFamily(
            "luxe_unread_forms", "What came in, was not taken in, and waits for a person", found.unread_forms
        )
        if self._backs_up:
            yield from self._backups()
        yield from self._stops()

    def _days(self) -> Iterator[Metric]:
        found = self._found
        yield labelled(CounterMetricFamily, "luxe_texts", "Texts of the clinic's day", "outcome", found.texts)
        yield labelled(
            CounterMetricFamily,
            "luxe_emails",
            "Emails to patients of the clinic's day",
            "outcome",
            found.emails,
        )
        failures = {str(code): count for code, count in found.failures.items()}
        yield labelled(
            CounterMetricFamily, "luxe_failures", "Failed texts of the clinic's day", "code", failures
        )

    def _stops(self) -> Iterator[Metric]:
        stopping = self._found.stopping
        stopped = float(any(name in stopping for name in STOPS))
        yield GaugeMetricFamily(
            "luxe_sending_stopped", "1 while no text may leave, whoever stopped it", stopped
        )
        names = {*BREAKERS, *(name for name in stopping if name.startswith(TEMPLATE))}
        breakers = {name: float(name in stopping) for name in sorted(names)}
        yield labelled(GaugeMetricFamily, "luxe_breaker_open", "1 while it stops texts", "name", breakers)

    def _backups(self) -> Iterator[Metric]:
        stand = self._found.backups
        age = self._age(stand.good) if stand.good else inf
        yield GaugeMetricFamily(
            "luxe_backup_age_seconds", "Since the last good backup was begun; +Inf: none yet", age
        )
        yield GaugeMetricFamily(
            "luxe_backup_failing", "1 from a try that failed to the next good one", float(stand.are_failing)
        )


def labelled(
    family: Callable[..., GaugeMetricFamily | CounterMetricFamily],
    name: str,
    words: str,
    label: str,
    values: Mapping[str, float],
) -> Metric:
    """A family with one label."""
    made = family(name, words, labels=[label])
    for value, figure in values.items():
        made.add_metric([value], figure)
    return made
