"""The send decision, taken at hand-over in the claiming transaction. Pure.

Order matters: what protects the patient comes first, what only saves a text comes last. A restriction that was
committed a millisecond before the claim wins.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.messaging.actions import Claimed, Lane, Purpose

DAILY_CAP = 3  # compliance.md A3: 3 automated texts to a number in any 24 hours (FL, OK, MD, OR)
# A little more than the law's 24 hours: it counts from arrival, we from hand-over, and the two differ by a delay.
CAP_WINDOW = timedelta(hours=24, minutes=10)
# Texts that waited for the same moment (morning, a resumed scheduler) would reach a phone in a volley.
APART = timedelta(minutes=15)
WAITED = timedelta(minutes=30)  # what is less late keeps about the distances of its plan
GRACE_SECONDS = 12.0  # from a lost answer to a look-up: longer than the provider's list may lag
# From a take-over: its scheduler may live, be about to call (1.5 s), that call may last (10 s); then the list lags.
TAKE_OVER_SECONDS = 24.0
MAX_ATTEMPTS = 6  # of a text whose fate is unknown each time: then a person decides
MAX_REFUSALS = 20  # of a text that was refused for now, and certainly not sent: about three hours
RETRY_BASE = timedelta(seconds=2)
RETRY_LIMIT = timedelta(minutes=15)
STOPPED_TEMPLATE = timedelta(hours=1)
RESPONSIVE = timedelta(
    minutes=10
)  # compliance.md A3: the answer to the patient's own form may go at any hour


@dataclass(frozen=True)
class Send:
    """Hand it over now."""

    reason: str = "due"


@dataclass(frozen=True)
class Hold:
    """Not now: look again at `until`."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Drop:
    """Never: `reason` says why; `after` is what it waited for when it became too late."""

    reason: str
    after: str = ""


Decision = Send | Hold | Drop


@dataclass(frozen=True)
class Intent:
    """The part of an action that the decision turns on."""

    purpose: Purpose
    audience: str
    planned_for: datetime
    useful_until: datetime | None
    conditions: tuple[str, ...]
    lane: int = Lane.BULK


@dataclass(frozen=True)
class Facts:
    """What is true at hand-over. `recent` are automated texts to this number in the last 24 hours, any order.

    `stopped` says why its sequence ended while an earlier try was on its way: nothing could cancel it then.
    `opens_at` is the first moment from now at which this purpose may reach this patient.
    """

    opens_at: datetime
    opted_out: bool = False
    unreachable: bool = False
    call_only: bool = False
    may_inform: bool = False
    may_market: bool = False
    lead_state: str = "open"
    attempted: bool = False
    contacted: bool = False
    replied: bool = False
    booked: bool = False
    stopped: str = ""
    recent: tuple[datetime, ...] = ()
    wording: str = ""  # '', missing (an update took its template away), or stopped (carriers filter it)
    budget_opens_at: datetime | None = None  # the sender has no segments left until then


def decide(intent: Intent | Claimed, facts: Facts, now: datetime) -> Decision:
    """Send, hold or drop one action that is due."""
    if facts.wording:
        return _without_wording(intent, facts, now)
    if intent.audience == "staff":
        return Drop("too_late") if _too_late(intent, now) else Send()
    if intent.purpose is Purpose.REPLY:
        # The one answer that STOP, HELP and START are owed, whatever the standing; hours later it is none.
        return Drop("too_late") if _too_late(intent, now) else Send()
    barred = _barred(intent, facts) or _moot(intent, facts)
    if barred:
        return Drop(barred)
    if _too_late(intent, now):
        return Drop("too_late")
    return _hold_or_send(intent, facts, now)


def _without_wording(intent: Intent | Claimed, facts: Facts, now: datetime) -> Decision:
    """Raising for one text would stop every other; a template that a person starts again finds its texts waiting."""
    if facts.wording == "missing":
        return Drop("no_wording")
    return _hold(intent, now + STOPPED_TEMPLATE, "template_stopped")


def _barred(intent: Intent | Claimed, facts: Facts) -> str | None:
    if facts.opted_out:
        return "opted_out"
    if facts.unreachable:
        return "unreachable"
    if facts.call_only:
        return "call_only"
    return None if _consented(intent.purpose, facts) else "consent_missing"


def _consented(purpose: Purpose, facts: Facts) -> bool:
    """A person's own text to somebody who gave us the number needs no more than that no bar stands against it."""
    if purpose is Purpose.MANUAL:
        return True
    return facts.may_market or (facts.may_inform and purpose is not Purpose.MARKETING)


def _moot(intent: Intent | Claimed, facts: Facts) -> str | None:
    if facts.lead_state == "disqualified" and intent.purpose is not Purpose.MANUAL:
        return "disqualified"
    if facts.stopped:
        return facts.stopped
    moot = {
        "not_attempted": facts.attempted,
        "not_contacted": facts.contacted,
        "not_replied": facts.replied,
        "not_booked": facts.booked,
    }
    return next((name.removeprefix("not_") for name in intent.conditions if moot[name]), None)


def _too_late(intent: Intent | Claimed, now: datetime) -> bool:
    return intent.useful_until is not None and now > intent.useful_until


def _hold_or_send(intent: Intent | Claimed, facts: Facts, now: datetime) -> Decision:
    if facts.opens_at > now:
        return _hold(intent, facts.opens_at, "quiet_hours")
    automated = intent.purpose is not Purpose.MANUAL
    if automated and len(facts.recent) >= DAILY_CAP:
        return _hold(intent, sorted(facts.recent)[-DAILY_CAP] + CAP_WINDOW, "daily_cap")
    if automated and facts.recent and now - intent.planned_for > WAITED and now - max(facts.recent) < APART:
        return _hold(intent, max(facts.recent) + APART, "apart")
    if facts.budget_opens_at and intent.lane == Lane.BULK:
        return _hold(intent, facts.budget_opens_at, "daily_budget")
    return Send()


def _hold(intent: Intent | Claimed, until: datetime, reason: str) -> Decision:
    if intent.useful_until is not None and until > intent.useful_until:
        return Drop("too_late", after=reason)
    return Hold(until, reason)


def retry_after(attempt: int, asked_for: float | None) -> timedelta:
    """Wait before attempt number `attempt` + 1: doubling, at least what the provider asked for (seconds)."""
    wait = min(RETRY_BASE * float(2 ** (attempt - 1)), RETRY_LIMIT)
    return max(wait, timedelta(seconds=asked_for or 0))
