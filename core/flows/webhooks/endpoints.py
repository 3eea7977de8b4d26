"""Who hears of visits: an address of the clinic's own other systems, set by whoever has the product's shell."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.app import App
from core.audit import store as audit
from core.domain.errors import InvalidInput, NotFound
from core.domain.ids import new_id
from core.domain.ports import Hook, SendResult
from core.domain.push_endpoints import parse_endpoint
from core.flows.webhooks import telling
from core.messaging.store import planning
from core.webhooks import rules, store
from core.webhooks.store import Endpoint

MOST = 20
NO_ADDRESS = (
    "must be an https address on the internet, such as https://hooks.example.com/luxe. A host of your own inside is "
    "allowed by LUXE_WEBHOOK_HOSTS"
)
SECRET = "whsec_"  # noqa: S105  so that a scanner for lost keys knows it


@dataclass(frozen=True)
class Added:
    """`secret` is shown this once."""

    id: str
    secret: str


def add(app: App, url: str, events: Sequence[str], by: str, *, now: datetime) -> Added:
    """From now on it hears of these events. Raises InvalidInput(url, events)."""
    url = url.strip()
    try:
        parse_endpoint(url, app.settings.own_webhook_hosts)
    except ValueError as error:
        raise InvalidInput.of("url", NO_ADDRESS) from error
    wanted = [one for one in rules.EVENTS if one in _named(events)]
    secret = SECRET + secrets.token_urlsafe(32)
    with app.db.write() as session:
        _refuse_more(store.endpoints(session), url)
        endpoint_id = store.add(session, url, secret, wanted, by[:80], now)
        audit.note(session, action="webhook_added", subject=endpoint_id, now=now)
    return Added(endpoint_id, secret)


def _named(events: Sequence[str]) -> set[str]:
    """'created' is 'booking.created' too; none is all."""
    named = {one if "." in one else f"booking.{one}" for one in map(str.strip, events) if one}
    unknown = sorted(named - set(rules.EVENTS))
    if unknown:
        raise InvalidInput.of("events", f"{unknown[0]} is none. Choose of: {', '.join(rules.EVENTS)}")
    return named or set(rules.EVENTS)


def _refuse_more(known: Sequence[Endpoint], url: str) -> None:
    if any(one.url == url for one in known):
        raise InvalidInput.of("url", "hears of visits already; remove it first to change its events")
    if len(known) >= MOST:
        raise InvalidInput.of(
            "url", f"is one more than the {MOST} that there may be; remove another one first"
        )


def remove(app: App, endpoint_id: str, *, now: datetime) -> int:
    """It hears nothing more; how many things waited to be told. Raises NotFound."""
    with app.db.write() as session:
        _known(store.endpoints(session), endpoint_id)
        waited = store.remove(session, endpoint_id, now)
        for action_id in waited:
            planning.cancel(session, action_id, "webhook_removed", by=None, now=now)
        audit.note(session, action="webhook_removed", subject=endpoint_id, now=now)
    return len(waited)


def test(app: App, endpoint_id: str, *, now: datetime) -> SendResult:
    """Call it now with a 'webhook.test' that is about nothing; what it answered. Raises NotFound."""
    with app.db.read() as session:
        endpoint = _known(store.endpoints(session), endpoint_id)
    body = telling.written(new_id(now), rules.TEST, {}, now)
    return app.webhooks.send(Hook(endpoint.url, endpoint.secret, body))


def _known(endpoints: Sequence[Endpoint], endpoint_id: str) -> Endpoint:
    found = next((one for one in endpoints if one.id == endpoint_id), None)
    if found is None:
        raise NotFound("There is no such endpoint; 'luxe webhooks list' shows them.")
    return found
