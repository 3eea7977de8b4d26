"""Hand over the notices to staff that are due: pushes to their browsers, messages in their chat tools.

Two short transactions around calls that hold none. A notice whose fate is unknown goes again, or the person is told by
their next way: being told twice harms nobody, and a newer push replaces the older.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.app import App
from core.domain.clock import machine_span
from core.domain.ports import GONE, Browser, Notice, Outcome, SendResult
from core.flows.sending import alert_results, dispatch_facts, notice_words
from core.messaging.actions import NOTICE_LANES, PUSH, URGENT_NOTICE_LANE, Claimed, State
from core.messaging.rules import send_hold_drop
from core.messaging.rules.send_hold_drop import Drop, Hold, Send
from core.messaging.store import attempt_results, dispatch, doubts
from core.messaging.store.attempt_results import Settled
from core.messaging.store.planning import record_moves
from core.operations import store as operations
from core.operations.store import BREAKERS, Gate
from core.staff.store import people, push

log = structlog.get_logger(__name__)
BATCH = 8
MOST_LOST = 5  # tries, whatever became of them: a notice whose result can't be written must not go for ever
MOST_TRIES = 3  # of what is routine; what is urgent goes by the next way at once
RETRY_SECONDS = 5.0
LONGEST_WAIT = timedelta(seconds=30)  # that a push service may ask for: a lead does not wait for it
NOT_SET_UP = "not_set_up"


@dataclass(frozen=True)
class Job:
    """One notice to hand over, with the fence that its result must show: to `browsers`, or to a chat `address`."""

    action_id: str
    attempt: int
    owner: str
    staff_id: str
    notice: Notice
    browsers: tuple[Browser, ...] = ()
    address: str = ""

    @property
    def targets(self) -> tuple[str, ...]:
        """A browser's id for each, '' for the chat tool."""
        return tuple(one.id for one in self.browsers) or ("",)


Results = Mapping[str, SendResult]  # by target


@dataclass(frozen=True)
class Turn:
    """What one claim achieved. `handled`: rows were due, whatever became of them; `next_due`: None for never."""

    jobs: tuple[Job, ...] = ()
    handled: bool = False
    next_due: datetime | None = None


def claim(app: App, owner: str, *, now: datetime) -> Turn:
    """Take up what is due, the urgent first: hand it out, or tell the person by their next way."""
    with app.db.read() as session:
        waiting = dispatch.next_notice(session)
    next_due = min(waiting.values(), default=None)
    if next_due is None or next_due > now:
        return Turn(next_due=next_due)  # most looks end here, and disturb nobody who writes
    with app.db.write() as session:
        gate = operations.gate(session)
        due = [one for lane in _open_lanes(gate) for one in dispatch.due(session, lane, BATCH, now)][:BATCH]
        jobs = [_one(session, app, owner, one, gate, now) for one in due]
        return Turn(tuple(filter(None, jobs)), handled=bool(due))


def _open_lanes(gate: Gate) -> tuple[int, ...]:
    """As with texts: a breaker lets an urgent alert through, what a person stopped stands still."""
    if not gate.stopped:
        return NOTICE_LANES
    return (URGENT_NOTICE_LANE,) if gate.stopped in BREAKERS else ()


def _one(session: Session, app: App, owner: str, due: Claimed, gate: Gate, now: datetime) -> Job | None:
    """One that can't be taken up is set aside: it must not stop all that comes after it."""
    try:
        with session.begin_nested():
            return _take_up(session, app, owner, due, gate, now)
    except SQLAlchemyError:
        raise
    except Exception as error:
        # Without the traceback: its text may carry where somebody is told.
        log.warning("notice_damaged", action_id=due.id, error=type(error).__name__)
    dispatch.set_aside(session, [due.id], now)
    record_moves(session, [(due.id, State.FAILED, "damaged", {})], now=now)
    alert_results.failed(session, due.id, "damaged", now)
    return None


def _take_up(session: Session, app: App, owner: str, due: Claimed, gate: Gate, now: datetime) -> Job | None:
    spoken = notice_words.spoken(due)  # an alert says the same by every way
    world = dispatch_facts.gather(session, app, [spoken], gate, now)
    job = _addressed(session, due, owner)
    barred = "" if job.browsers or job.address else f"{due.kind}_{NOT_SET_UP}"
    match send_hold_drop.decide(spoken, replace(world.facts(spoken), barred=barred), now):
        case Send():
            words, known = world.body(spoken, now), world.catalogue.get(due.template or "")
            dispatch.intend(session, [due], owner, now)
            return replace(job, notice=notice_words.composed(due, known, words, app.settings.console, now))
        case Hold(until, reason):
            dispatch.hold(session, [(due.id, until, reason)])
        case Drop(reason):
            dispatch.end(session, [(due.id, State.DROPPED, reason)], now)
            record_moves(session, [(due.id, State.DROPPED, reason, {})], now=now)
            if reason == "too_late":
                alert_results.dropped(session, [due.id], reason, now)
            else:
                alert_results.failed(session, due.id, reason, now)
    return None


NOTHING = Notice("", "", "", "", urgent=False, useful_for=0)


def _addressed(session: Session, due: Claimed, owner: str) -> Job:
    """To where the person is told now: a browser that was removed meanwhile hears nothing more."""
    job = Job(due.id, due.attempt, owner, due.staff_id or "", NOTHING)
    if due.kind == PUSH:
        return replace(job, browsers=tuple(push.addresses(session, job.staff_id)))
    return replace(job, address=people.chat_address(session, due.staff_id))


def call(app: App, job: Job, target: str) -> SendResult:
    """Hand it over to one target, with no transaction open. An adapter must not raise."""
    browser = next((one for one in job.browsers if one.id == target), None)
    return app.push.send(browser, job.notice) if browser else app.chat.send(job.address, job.notice)


def settle(app: App, job: Job, results: Results, *, now: datetime) -> None:
    """Write down what came of it. A browser that is gone is forgotten; where none took it, the person is told by their
    next way, in this very transaction."""
    with app.db.write() as session:
        _note_browsers(session, results, now)
        for settled in attempt_results.settle(session, [_verdict(app, job, results, now)], now):
            _follow(session, settled, now)


def _note_browsers(session: Session, results: Results, now: datetime) -> None:
    took = [target for target, result in results.items() if target and result.outcome is Outcome.ACCEPTED]
    gone = [target for target, result in results.items() if target and result.status == GONE]
    if took:
        push.used(session, took, now)
    if gone:
        push.gone(session, gone, now)


def _verdict(app: App, job: Job, results: Results, now: datetime) -> Settled:
    """One browser that took it is enough; one that may take it later is worth another try."""
    best = min(results.values(), key=_rank)
    known = Settled(
        job.action_id,
        job.attempt,
        job.owner,
        State.SENT,
        "accepted",
        best.outcome,
        code=best.code,
        detail=best.detail,
    )
    if best.outcome is Outcome.ACCEPTED:
        return known
    if best.outcome is Outcome.REFUSED:
        return replace(
            known, state=State.FAILED, reason="notice_gone" if best.status == GONE else "notice_refused"
        )
    if job.notice.urgent or job.attempt >= MOST_TRIES:
        return replace(known, state=State.FAILED, reason="gave_up")
    asked = min(best.retry_after or 0, LONGEST_WAIT.total_seconds())
    wait = timedelta(seconds=max(asked, RETRY_SECONDS))
    due_at = now + machine_span(app.clock, wait.total_seconds())
    return replace(known, state=State.PLANNED, reason="notice_later", due_at=due_at)


def _rank(result: SendResult) -> int:
    order = {Outcome.ACCEPTED: 0, Outcome.RETRY: 1, Outcome.UNKNOWN: 1}
    return order.get(result.outcome, 3 if result.status == GONE else 2)


def _follow(session: Session, settled: Settled, now: datetime) -> None:
    if settled.state is State.SENT:
        alert_results.sent(session, {settled.action_id: None}, now)
        return
    detail: dict[str, object] = {"attempt": settled.attempt}
    detail |= {"until": settled.due_at.isoformat()} if settled.due_at else {}
    record_moves(session, [(settled.action_id, settled.state, settled.reason, detail)], now=now)
    if settled.state is State.FAILED:
        why = f"{settled.reason}_{settled.code}" if settled.code else settled.reason
        alert_results.failed(session, settled.action_id, why, now)


def take_over(app: App, owner: str, *, now: datetime, except_for: Collection[str] = ()) -> int:
    """A scheduler died, or lost touch, with notices in flight: they go again, or another way; how many. Those that it
    still holds (`except_for`, by action) it settles itself."""
    with app.db.write() as session:
        again, ended = doubts.orphan_notices(session, owner, MOST_LOST, now, except_for)
        moves = [(id_, State.PLANNED, "notice_again", {"owner_died": True}) for id_ in again]
        record_moves(session, [*moves, *((id_, State.FAILED, "gave_up", {}) for id_ in ended)], now=now)
        for action_id in ended:
            alert_results.failed(session, action_id, "gave_up", now)
    return len(again) + len(ended)
