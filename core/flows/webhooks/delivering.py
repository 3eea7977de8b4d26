"""Hand over the webhooks that are due. Two short transactions around calls that hold none, in a lane that no text waits
in.

One whose fate is unknown goes again: a receiver knows an event by its id, and may hear of it twice. What happened to
one visit is told to one endpoint in its order: the next one waits until the one before was taken or given up.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.app import App
from core.domain.clock import machine_span
from core.domain.ports import Hook, Outcome, SendResult
from core.messaging.actions import WEBHOOK, WEBHOOK_LANE, Claimed, State
from core.messaging.store import attempt_results, dispatch, doubts, planned
from core.messaging.store.attempt_results import Settled
from core.messaging.store.planning import record_moves
from core.operations import store as operations
from core.operations.store import BREAKERS
from core.webhooks import rules, store
from core.webhooks.store import DELIVERED, DROPPED, FAILED, WAITING, Delivery, Endpoint

LOOKED_AT = 64  # due rows of one claim, of whatever endpoint
OF_ONE = 2  # at once to one endpoint: a slow one holds up no other
IN_LINE = timedelta(minutes=1)  # until the next look; whatever ends the wait earlier brings it forward
CROWDED = timedelta(seconds=10)


@dataclass(frozen=True)
class Job:
    """One webhook to hand over, with the fence that its result must show."""

    action_id: str
    attempt: int
    owner: str
    endpoint_id: str
    hook: Hook


@dataclass(frozen=True)
class Turn:
    """What one claim achieved. `handled`: rows were due, whatever became of them; `next_due`: None for never."""

    jobs: tuple[Job, ...] = ()
    handled: bool = False
    next_due: datetime | None = None


def claim(app: App, owner: str, room: int, in_hand: Mapping[str, int], *, now: datetime) -> Turn:
    """Take up at most `room` of what is due. `in_hand`: calls that run, by endpoint.

    Limits that stopped the texts stop no webhook; what a person stopped, or a database that is not confirmed, does.
    """
    with app.db.read() as session:
        next_due = dispatch.next_webhook(session)
    if next_due is None or next_due > now:
        return Turn(next_due=next_due)  # most looks end here, and disturb nobody who writes
    with app.db.write() as session:
        stopped = operations.gate(session).stopped
        due = (
            [] if stopped and stopped not in BREAKERS else dispatch.due(session, WEBHOOK_LANE, LOOKED_AT, now)
        )
        return Turn(tuple(_take_up(session, owner, due, room, in_hand, now)), handled=bool(due))


def _take_up(
    session: Session, owner: str, due: list[Claimed], room: int, in_hand: Mapping[str, int], now: datetime
) -> list[Job]:
    told = store.of_actions(session, [one.id for one in due])
    endpoints = store.endpoints_of(session, {one.endpoint_id for one in told.values()})
    first = store.first_in_line(session, {one.visit_id for one in told.values()})
    busy, jobs, held = Counter(in_hand), list[Job](), list[tuple[str, datetime, str]]()
    for action in due:
        delivery = told.get(action.id)
        endpoint = endpoints.get(delivery.endpoint_id) if delivery else None
        if delivery is None or endpoint is None or not endpoint.active or delivery.state != WAITING:
            _drop(session, action, now)
        elif not endpoint.url or not endpoint.secret or "body" not in action.variables:
            _fail(session, action, now)  # its key is lost
        elif first.get((delivery.endpoint_id, delivery.visit_id)) != action.id:
            held.append((action.id, now + IN_LINE, "webhook_in_line"))
        elif busy[endpoint.id] >= OF_ONE or len(jobs) >= room:
            held.append((action.id, now + CROWDED, "webhook_crowded"))
        else:
            busy[endpoint.id] += 1
            jobs.append(_job(action, delivery, endpoint, owner))
    dispatch.hold(session, held)
    taken = {job.action_id for job in jobs}
    dispatch.intend(session, [one for one in due if one.id in taken], owner, now)
    return jobs


def _job(action: Claimed, delivery: Delivery, endpoint: Endpoint, owner: str) -> Job:
    hook = Hook(endpoint.url, endpoint.secret, action.variables["body"])
    return Job(action.id, action.attempt, owner, delivery.endpoint_id, hook)


def _drop(session: Session, action: Claimed, now: datetime) -> None:
    dispatch.end(session, [(action.id, State.DROPPED, "webhook_removed")], now)
    record_moves(session, [(action.id, State.DROPPED, "webhook_removed", {})], now=now)
    store.tried(session, action.id, DROPPED, now, tries=action.attempt - 1)


def _fail(session: Session, action: Claimed, now: datetime) -> None:
    dispatch.set_aside(session, [action.id], now)
    record_moves(session, [(action.id, State.FAILED, "damaged", {})], now=now)
    store.tried(session, action.id, FAILED, now, tries=action.attempt - 1, error="damaged")


def call(app: App, job: Job) -> SendResult:
    """Hand it over, with no transaction open. An adapter must not raise."""
    return app.webhooks.send(job.hook)


def settle(app: App, job: Job, result: SendResult, *, now: datetime) -> None:
    """Write down what came of it. A row that was taken over meanwhile stays as it is."""
    with app.db.write() as session:
        for settled in attempt_results.settle(session, [_verdict(app, job, result, now)], now):
            _follow(session, settled, now)


def _verdict(app: App, job: Job, result: SendResult, now: datetime) -> Settled:
    known = Settled(
        job.action_id,
        job.attempt,
        job.owner,
        State.SENT,
        "accepted",
        result.outcome,
        code=result.code,
        detail=result.detail,
    )
    if result.outcome is Outcome.ACCEPTED:
        return known
    wait = rules.retry_after(job.attempt)
    if wait is None:
        return replace(known, state=State.FAILED, reason="gave_up")
    due_at = now + machine_span(app.clock, wait.total_seconds())
    return replace(known, state=State.PLANNED, reason="webhook_later", due_at=due_at)


STATES = {State.SENT: DELIVERED, State.PLANNED: WAITING, State.FAILED: FAILED}


def _follow(session: Session, settled: Settled, now: datetime) -> None:
    detail: dict[str, object] = {"attempt": settled.attempt}
    detail |= {"until": settled.due_at.isoformat()} if settled.due_at else {}
    if settled.state is not State.SENT:  # of an acceptance the attempt itself tells
        record_moves(session, [(settled.action_id, settled.state, settled.reason, detail)], now=now)
    store.tried(
        session,
        settled.action_id,
        STATES[settled.state],
        now,
        tries=settled.attempt,
        status_code=settled.code,
        error=settled.detail,
    )
    if settled.state is not State.PLANNED:
        _next_in_line(session, [settled.action_id], now)


def _next_in_line(session: Session, ended: Collection[str], now: datetime) -> None:
    """What waited behind these is due now."""
    over = store.of_actions(session, ended).values()
    first = store.first_in_line(session, {one.visit_id for one in over})
    after = [first[key] for one in over if (key := (one.endpoint_id, one.visit_id)) in first]
    planned.due_now(session, after, "webhook_in_line", now)


def take_over(app: App, owner: str, *, now: datetime, except_for: Collection[str] = ()) -> int:
    """A scheduler died, or lost touch, with webhooks in flight: they go again; how many. Those that it still holds
    (`except_for`, by action) it settles itself."""
    with app.db.write() as session:
        again, ended = doubts.orphan_notices(
            session, owner, rules.MOST_TRIES, now, except_for, kinds=(WEBHOOK,), reason="webhook_again"
        )
        moves = [(id_, State.PLANNED, "webhook_again", {"owner_died": True}) for id_ in again]
        record_moves(session, [*moves, *((id_, State.FAILED, "gave_up", {}) for id_ in ended)], now=now)
        for action_id in ended:
            store.tried(session, action_id, FAILED, now, tries=rules.MOST_TRIES, error="no answer kept")
        _next_in_line(session, ended, now)
    return len(again) + len(ended)
