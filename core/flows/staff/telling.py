"""By which ways somebody is told: their browsers, their chat tool, in which order, and a test of each.

Everybody decides for themselves; an administrator for others, too. No address stands in the trail: each holds a key.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.alerting import store
from core.domain.chat_addresses import parse_chat_address
from core.domain.errors import InvalidInput, LostRace, NotFound
from core.domain.push_endpoints import AUTH_BYTES, P256DH_BYTES, is_key, parse_endpoint
from core.domain.roles import Actor, Permission, require
from core.flows.sending import alerts
from core.flows.staff import noting
from core.settings import Settings
from core.staff.alert_rules import CHAT, PUSH, SMS, Colleague, is_able, with_push
from core.staff.profile_rules import CHANNELS
from core.staff.store import people, push

MOST_BROWSERS = 10
TESTED = frozenset({PUSH, CHAT})
TESTED_BY_ADMINS = TESTED | {SMS}
MOST_TESTS, HOUR = 10, timedelta(hours=1)
NO_WAY = {
    SMS: "There is no phone number for alerts. An administrator enters it on the page Staff.",
    PUSH: "No browser is turned on yet.",
    CHAT: "No chat tool is connected yet.",
}


def turn_on(
    session: Session,
    settings: Settings,
    actor: Actor,
    endpoint: str,
    keys: Mapping[str, str],
    browser: str,
    *,
    now: datetime,
    origin: str = "",
) -> None:
    """This browser shows one's alerts from now on, and nobody else's. `keys`: p256dh and auth, as it gave them.

    Raises Denied, and InvalidInput where it is no browser that a push could reach.
    """
    require(actor, Permission.KEEP_ACCOUNT)
    _check_browser(settings, endpoint, keys)
    others = [one for one in push.of(session, actor.staff_id) if one.mark != push.marked(endpoint)]
    if len(others) >= MOST_BROWSERS:
        raise InvalidInput.of("browser", f"At most {MOST_BROWSERS} browsers. Remove one that you don't use.")
    known = {name: keys[name] for name in ("p256dh", "auth")}
    push.keep(session, actor.staff_id, endpoint, known, browser, now)
    person = _person(session, actor.staff_id)
    people.set_channels(session, person.id, *with_push(person))
    noting.note(session, actor.staff_id, "alerts_by_push_on", person.id, origin, now, browser=browser)


def _check_browser(settings: Settings, endpoint: str, keys: Mapping[str, str]) -> None:
    try:
        parse_endpoint(endpoint, settings.own_push_hosts)
    except ValueError as error:
        raise InvalidInput.of("browser", f"The push service of this browser {error}.") from error
    if not is_key(str(keys.get("p256dh")), P256DH_BYTES) or not is_key(str(keys.get("auth")), AUTH_BYTES):
        raise InvalidInput.of("browser", "This browser gave no keys that alerts could be encrypted for.")


def remove_browser(
    session: Session, actor: Actor, browser_id: str, *, now: datetime, origin: str = ""
) -> None:
    """One of one's own shows no alerts any more. Raises Denied, and LostRace where it did not."""
    require(actor, Permission.KEEP_ACCOUNT)
    if not push.gone(session, [browser_id], now, staff_id=actor.staff_id):
        raise LostRace("This browser was removed already.")
    noting.note(session, actor.staff_id, "alerts_by_push_off", actor.staff_id, origin, now)


def set_chat(
    session: Session,
    settings: Settings,
    actor: Actor,
    staff_id: str,
    address: str,
    *,
    now: datetime,
    origin: str = "",
) -> None:
    """Where somebody's chat tool takes alerts; '' for nowhere any more. One's own, or as an administrator anybody's.

    Raises Denied, NotFound, InvalidInput. A new address is a way that is chosen, after those that were.
    """
    _require(actor, staff_id)
    person = _person(session, staff_id)
    try:
        known = parse_chat_address(address, settings.own_chat_hosts) if address.strip() else None
    except ValueError as error:
        raise InvalidInput.of("address", str(error)) from error
    people.set_chat_address(session, staff_id, known.address if known else None)
    if known and CHAT not in person.alert_channels:
        people.set_channels(session, staff_id, [*person.alert_channels, CHAT], list(person.urgent_channels))
    detail = {"tool": known.name if known else ""}
    noting.note(session, actor.staff_id, "alerts_by_chat", staff_id, origin, now, **detail)


def set_ways(
    session: Session,
    actor: Actor,
    ways: Sequence[str],
    urgent: Sequence[str],
    *,
    now: datetime,
    origin: str = "",
) -> None:
    """By which ways one is told oneself, in that order; `urgent`: of what is urgent, empty where that is the same.

    Raises Denied, InvalidInput.
    """
    require(actor, Permission.KEEP_ACCOUNT)
    if not ways:
        raise InvalidInput.of("ways", "Choose at least one way: somebody must be able to tell you.")
    for field, chosen in (("ways", ways), ("urgent", urgent)):
        if set(chosen) - CHANNELS.keys() or len(set(chosen)) < len(chosen):
            raise InvalidInput.of(field, f"Choose among {', '.join(CHANNELS.values())}, each once.")
    people.set_channels(session, actor.staff_id, list(ways), list(urgent))
    detail = {"ways": ",".join(ways), "urgent": ",".join(urgent)}
    noting.note(session, actor.staff_id, "alert_ways_set", actor.staff_id, origin, now, **detail)


def send_test(
    session: Session, settings: Settings, actor: Actor, staff_id: str, way: str, *, now: datetime
) -> str:
    """Send a test by one way, and by no other where it fails; the alert's action. A text costs money and is the
    administrators'. Raises Denied, NotFound, InvalidInput where the way leads nowhere or was tried too often."""
    _require(actor, staff_id)
    person = _person(session, staff_id)
    if way not in (TESTED_BY_ADMINS if actor.may(Permission.MANAGE_STAFF) else TESTED):
        raise InvalidInput.of("way", "Only push and chat are tested here.")
    if not is_able(person, way):
        raise InvalidInput.of("way", NO_WAY[way])
    if store.made_since(session, person.id, store.TEST, now - HOUR) >= MOST_TESTS:
        raise InvalidInput.of("way", f"{MOST_TESTS} tests were sent within the hour. Try again later.")
    return alerts.send_test(session, settings, person, way, now)


def _require(actor: Actor, staff_id: str) -> None:
    own = staff_id == actor.staff_id
    require(actor, Permission.KEEP_ACCOUNT if own else Permission.MANAGE_STAFF)


def _person(session: Session, staff_id: str) -> Colleague:
    found = next((one for one in people.colleagues(session) if one.id == staff_id), None)
    if found is None:
        raise NotFound("This colleague does not exist, or the account is closed.")
    return found
