"""The send decision, taken at hand-over in the claiming transaction. Pure.

Order matters: what protects the patient comes first, what only saves a text comes last. A restriction that was
committed a millisecond before the claim wins.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.messaging.actions import Claimed, Lane, Purpose
from core.messaging.rules.conditions import unmet

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
MAX_EMAIL_TRIES = 8  # over about two hours
EMAIL_RETRY_BASE = timedelta(minutes=1)
RETRY_BASE = timedelta(seconds=2)
RETRY_LIMIT = timedelta(minutes=15)
NO_WORDS = {"missing": "no_wording", "only_health": "only_health"}
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
    """Not now: look again at `until`. `waits_for`: the sequence whose text goes first, where it waits for one."""

    until: datetime
    reason: str
    waits_for: str = ""


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
    sequence: str | None = None


@dataclass(frozen=True)
class Other:
    """A text of another sequence to the same number: handed over at that moment, or due then."""

    at: datetime
    sequence: str


@dataclass(frozen=True)
class Facts:
    """What is true at hand-over. `recent` are automated texts to this number in the last 24 hours, any order.

    `others` went out for other sequences, `ahead` are theirs that are due within the gap and matter more than this one.
    `stopped` says why its sequence ended while an earlier try was on its way: nothing could cancel it then.
    `opens_at` is the first moment from now at which this purpose may reach this patient.
    """

    opens_at: datetime
    barred: str = ""  # why nothing of this kind may go to an address at all
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
    gap: timedelta = timedelta()
    others: tuple[Other, ...] = ()
    ahead: tuple[Other, ...] = ()
    window_opens_at: datetime | None = None  # the step's own hours, where it has any
    # '', missing (its template is gone), only_health (none of its words may go to them), stopped (carriers filter it)
    wording: str = ""
    answer_barred: str = ""  # why an automatic answer must not go after all
    paused_until: datetime | None = None  # a person has taken over, and this text is part of the automation
    budget_opens_at: datetime | None = None  # the sender has no segments left until then


def decide(intent: Intent | Claimed, facts: Facts, now: datetime) -> Decision:
    """Send, hold or drop one action that is due."""
    if facts.wording:
        return _without_wording(intent, facts, now)
    if intent.audience == "staff":
        why_not = facts.barred or ("too_late" if _too_late(intent, now) else "")
        return Drop(why_not) if why_not else Send()
    if intent.purpose is Purpose.REPLY:
        # The one answer that STOP, HELP and START are owed, whatever the standing; hours later it is none.
        late = "too_late" if _too_late(intent, now) else ""
        return Drop(facts.answer_barred or late) if facts.answer_barred or late else Send()
    barred = _barred(intent, facts) or _moot(intent, facts)
    if barred:
        return Drop(barred)
    if _too_late(intent, now):
        return Drop("too_late")
    if facts.paused_until and facts.paused_until > now:
        return _wait_for_a_person(intent, facts.paused_until, now)
    return _hold_or_send(intent, facts, now)


def _without_wording(intent: Intent | Claimed, facts: Facts, now: datetime) -> Decision:
    """Raising for one text would stop every other; a template that a person starts again finds its texts waiting."""
    if facts.wording in NO_WORDS:
        return Drop(NO_WORDS[facts.wording])
    return _hold(intent, now + STOPPED_TEMPLATE, "template_stopped")


def _barred(intent: Intent | Claimed, facts: Facts) -> str | None:
    if facts.barred:
        return facts.barred
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
    return unmet(
        intent.conditions,
        attempted=facts.attempted,
        contacted=facts.contacted,
        replied=facts.replied,
        booked=facts.booked,
    )


def _too_late(intent: Intent | Claimed, now: datetime) -> bool:
    return intent.useful_until is not None and now > intent.useful_until


def _wait_for_a_person(intent: Intent | Claimed, until: datetime, now: datetime) -> Decision:
    """It stays planned for as long as it may be of use: somebody may resume automation before the pause ends."""
    last = intent.useful_until or until
    return (
        Hold(min(until, last), "automation_paused") if last > now else Drop("too_late", "automation_paused")
    )


def _hold_or_send(intent: Intent | Claimed, facts: Facts, now: datetime) -> Decision:
    if facts.opens_at > now:
        return _hold(intent, facts.opens_at, "quiet_hours")
    if facts.window_opens_at and facts.window_opens_at > now:
        return _hold(intent, facts.window_opens_at, "window")
    automated = intent.purpose is not Purpose.MANUAL
    if automated and len(facts.recent) >= DAILY_CAP:
        return _hold(intent, sorted(facts.recent)[-DAILY_CAP] + CAP_WINDOW, "daily_cap")
    if automated and facts.recent and now - intent.planned_for > WAITED and now - max(facts.recent) < APART:
        return _hold(intent, max(facts.recent) + APART, "apart")
    if other := _in_the_way(intent, facts, now):
        return _hold(intent, other.at + facts.gap, "gap", other.sequence)
    if facts.budget_opens_at and intent.lane == Lane.BULK:
        return _hold(intent, facts.budget_opens_at, "daily_budget")
    return Send()


def _in_the_way(intent: Intent | Claimed, facts: Facts, now: datetime) -> Other | None:
    """A text of another sequence that this one keeps its distance from: the last that went, or one that matters more
    and is due before this one could be followed. What answers an act of this very moment waits for nobody."""
    if not intent.sequence or intent.lane != Lane.BULK or intent.purpose is Purpose.CONFIRMATION:
        return None
    near = [one for one in facts.others if one.at + facts.gap > now]
    return max((*near, *facts.ahead), key=lambda one: one.at, default=None)


def _hold(intent: Intent | Claimed, until: datetime, reason: str, waits_for: str = "") -> Decision:
    if intent.useful_until is not None and until > intent.useful_until:
        return Drop("too_late", after=reason)
    return Hold(until, reason, waits_for)


def retry_email_after(attempt: int) -> timedelta:
    """Wait before the next try of an email that was refused for now: servers that greylist want minutes."""
    return EMAIL_RETRY_BASE * float(2 ** (attempt - 1))


def retry_after(attempt: int, asked_for: float | None) -> timedelta:
    """Wait before attempt number `attempt` + 1: doubling, at least what the provider asked for (seconds)."""
    wait = min(RETRY_BASE * float(2 ** (attempt - 1)), RETRY_LIMIT)
    return max(wait, timedelta(seconds=asked_for or 0))
