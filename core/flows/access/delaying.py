"""Failed tries slow down whoever makes them: looked at before, counted before the secret is compared, forgiven after.

A count stands under a keyed hash of what it is for: nothing in the database names a stranger or an address, and a
name that nobody has is counted as one that somebody has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from core.app import App
from core.domain.addresses import sender_of
from core.domain.clock import machine_span, real_seconds_until
from core.staff import delay_rules as rules
from core.staff.delay_rules import Count
from core.staff.store import delays


@dataclass(frozen=True)
class Wait:
    """The try was not looked at: the next one is in `seconds`."""

    seconds: float


@dataclass(frozen=True)
class Try:
    """A try that was counted as failed. `left`: how many more before a wait; `seconds`: the wait that follows."""

    keys: dict[str, str]  # by kind
    counts: dict[str, Count]
    left: int
    seconds: float


def of_name(app: App, name: str, address: str, browser: str) -> dict[str, str]:
    """The keys of a try at a name; `browser` is '' for one that is not known to it."""
    network = sender_of(address)
    if browser:
        return {"browser": _key(app, "browser", name, browser)}
    return {
        "pair": _key(app, "pair", name, network),
        "address": _key(app, "address", network),
        "name": _key(app, "name", name),
    }


def of_person(app: App, kind: str, staff_id: str, browser: str) -> dict[str, str]:
    """The key of a try by somebody who has shown a part of who they are."""
    return {kind: _key(app, kind, staff_id, browser)}


def _key(app: App, *parts: str) -> str:
    return app.db.blind("sign_in_tries", "\n".join(parts))


def name_index(app: App, name: str) -> str:
    return app.db.blind("sign_in_name", name)


def count(app: App, keys: Mapping[str, str], name: str, now: datetime) -> Wait | Try:
    """Count a try as failed, or say how long to wait. One that has to wait is not counted and writes nothing: nobody
    can lengthen a wait, nor hold up the database, by trying on."""
    span = partial(machine_span, app.clock)
    with app.db.read() as session:
        found = delays.counts(session, keys.values())
    until = rules.held_until(_by_kind(keys, found), now, span)
    if until is None:
        with app.db.write() as session:
            before = _by_kind(keys, delays.held(session, list(keys.values()), _names(app, keys, name), now))
            until = rules.held_until(before, now, span)
            if until is None:
                after = {kind: rules.one_more(kind, one, now, span) for kind, one in before.items()}
                delays.record(session, {keys[kind]: one for kind, one in after.items()}, now)
    if until is not None:
        return Wait(real_seconds_until(app.clock, until, now))
    until = rules.held_until(after, now, span)
    seconds = real_seconds_until(app.clock, until, now) if until else 0.0
    return Try(dict(keys), after, rules.tries_left(after), seconds)


def _by_kind(keys: Mapping[str, str], found: Mapping[str, Count]) -> dict[str, Count]:
    return {kind: found.get(key, Count()) for kind, key in keys.items()}


def _names(app: App, keys: Mapping[str, str], name: str) -> dict[str, str]:
    """What an administrator may forgive for a name: all but what is counted for an address."""
    index = name_index(app, name)
    return {key: index for kind, key in keys.items() if kind != "address"}


def succeeded(app: App, tried: Try) -> None:
    """The try was right after all: earlier slips are forgiven, and what others may have failed at is not."""
    own = [key for kind, key in tried.keys.items() if kind in rules.FORGIVEN]
    others = [key for kind, key in tried.keys.items() if kind not in rules.FORGIVEN]
    with app.db.write() as session:
        delays.take_back(session, others)
        delays.forgive(session, own)


def just_slowed(tried: Try) -> list[str]:
    """For what a first wait begins with this failure: pair, address, name, ..."""
    return rules.just_slowed(tried.counts)
