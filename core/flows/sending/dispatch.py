"""Carry out what is due. Two short transactions around a call that holds none.

T1 claims: decides at hand-over, writes the durable intent, commits. Then the provider is called. T2 settles. One
transaction writes finished results and claims the next rows, so a busy scheduler commits once for many texts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from core.app import App
from core.db.prepared import together
from core.domain.clock import machine_span
from core.domain.ports import Outcome, OutgoingText, SendResult
from core.flows.booking import ending_offers
from core.flows.experiments import trying
from core.flows.sending import (
    alert_results,
    dispatch_facts,
    keeping_distance,
    performing,
    settling,
    text_links,
)
from core.flows.sending.dispatch_world import World
from core.flows.sending.text_links import Issued
from core.flows.sequences.enrolling import GATE
from core.messaging.actions import Claimed, Lane, State
from core.messaging.rules import send_hold_drop
from core.messaging.segments import size_of
from core.messaging.store import attempt_results, dispatch, handed_over
from core.messaging.store import texts as store_texts
from core.messaging.store.planning import Move, record_moves, withdraw_texts
from core.operations import store as operations
from core.operations.store import BREAKERS, Gate

log = structlog.get_logger(__name__)
RESERVED_SHARE = 4  # one slot in four is kept for urgent and instant texts
BATCH = 256
CONTENDED_SECONDS = 0.005


@dataclass(frozen=True)
class Job:
    """One text to hand over, with the fence that its result must show."""

    text: OutgoingText
    owner: str
    lane: Lane = Lane.BULK


@dataclass(frozen=True)
class Finished:
    """What came back for a job."""

    job: Job
    result: SendResult


@dataclass(frozen=True)
class Step:
    """What one transaction achieved."""

    jobs: list[Job]
    handled: int  # rows that were due, whatever became of them
    more: bool = False  # due rows were left for want of room
    next_due: datetime | None = None  # when to look again, where nothing more is due; None for never


@dataclass(frozen=True)
class Capacity:
    """How many texts may be claimed now (`free`), by a scheduler that makes `slots` calls at once.

    `tokens` is how many the sender's pace allows, None for no limit. It is no slot: a slow sender has fewer
    tokens than we keep slots in reserve, and would never get to a bulk text.
    """

    free: int
    slots: int
    tokens: int | None = None

    def room(self, lane: Lane, taken: int) -> int:
        """How many of a lane may be claimed when `taken` were claimed already."""
        room = room_for(lane, self.free - taken, self.slots)
        return room if self.tokens is None else min(room, self.tokens - taken)


def step(app: App, owner: str, finished: Sequence[Finished], capacity: Capacity, *, now: datetime) -> Step:
    """Write `finished` and claim what is due, urgent lanes first, in one transaction."""
    with app.db.write() as session:
        if finished:
            settle(session, app, finished, now)
        gate = operations.gate(session)
        if gate.stopped and gate.stopped not in BREAKERS:
            return Step([], 0)
        return _claim(session, app, owner, capacity, gate, now)


def _claim(session: Session, app: App, owner: str, capacity: Capacity, gate: Gate, now: datetime) -> Step:
    """A breaker that stopped everything lets answers through (`dispatch.due_answers`)."""
    look, take = (
        (dispatch.next_answer, dispatch.due_answers) if gate.stopped else (dispatch.next_due, dispatch.due)
    )
    waiting = look(session)
    due: list[Claimed] = []
    more = False
    for lane in [lane for lane in Lane if lane in waiting and waiting[lane] <= now]:
        room = min(capacity.room(lane, len(due)), BATCH)
        found = take(session, lane, room, now) if room > 0 else []
        more = more or len(found) >= room
        due += found
    if not due:
        return Step([], 0, more, _look_again(app, waiting, now))
    jobs = take_up(session, app, owner, due, gate, now)
    next_due = None if more else _look_again(app, look(session), now)
    return Step(jobs, len(due), more, next_due)


def take_up(
    session: Session, app: App, owner: str, due: list[Claimed], gate: Gate, now: datetime
) -> list[Job]:
    """Carry out or hand out each of `due`, or hold or drop it; the texts that are to be called."""
    due = _past_gates(session, app, due, now)
    performing.carry_out(session, app, [action for action in due if action.kind != "text"], now)
    texts = sorted((one for one in due if one.kind == "text"), key=turn)
    links = text_links.issuing(session, app, now)
    to_send = _decide(session, app, texts, gate, links, now)
    outgoing = [text for _, text in to_send]
    handed_over.reword(session, outgoing, now)
    rows = handed_over.rows_of(session, outgoing, now)
    with together(session):
        dispatch.intend(session, [action for action, _ in to_send], owner, now)
        handed_over.hand_over(session, rows)
        links.keep(now)
    return [
        Job(OutgoingText(text.action_id, text.attempt, text.phone, text.body), owner, Lane(action.lane))
        for action, text in to_send
    ]


def _past_gates(session: Session, app: App, due: list[Claimed], now: datetime) -> list[Claimed]:
    """What is still planned once the gates are passed: who leaves at one takes with them what was held until now."""
    gates = [action for action in due if action.kind == GATE]
    if not gates:
        return due
    performing.carry_out(session, app, gates, now)
    left = {action.id for action in dispatch.planned_ones(session, [one.id for one in due])}
    return [action for action in due if action.id in left]


def turn(action: Claimed) -> tuple[int, int, datetime]:
    """Of two that waited for the same moment, what matters more, then what was planned first."""
    return action.lane, keeping_distance.RANK.get(action.purpose, 0), action.planned_for


def _look_again(app: App, waiting: Mapping[Lane, datetime], now: datetime) -> datetime | None:
    """The earliest due time. What is due and could not be had is being claimed by another scheduler just now."""
    earliest = min(waiting.values(), default=None)
    return earliest and max(earliest, now + machine_span(app.clock, CONTENDED_SECONDS))


def _decide(
    session: Session, app: App, texts: list[Claimed], gate: Gate, links: Issued, now: datetime
) -> list[tuple[Claimed, handed_over.OutText]]:
    """Send, hold or drop each; what is to be sent, with its wording as of now."""
    numbers = {action.phone_index for action in texts if action.audience == "patient" and action.phone_index}
    dispatch.one_at_a_time(session, sorted(numbers))
    world = dispatch_facts.gather(session, app, texts, gate, now, app.sms.sender)
    world.links = links
    sends: list[tuple[Claimed, handed_over.OutText]] = []
    held: list[tuple[str, datetime, str]] = []
    dropped: list[tuple[str, State, str]] = []
    moves: list[Move] = []
    for action in map(world.as_worded, texts):
        match send_hold_drop.decide(action, world.facts(action), now):
            case send_hold_drop.Send():
                # The attempt that follows says when it was handed over: no move repeats that.
                text = _compose(action, world, now)
                sends.append((action, text))
                world.count(action, text.segments, now)
            case send_hold_drop.Hold(until, reason, waits_for):
                held.append((action.id, until, reason))
                if not reason == action.reason == "template_stopped":  # looked at every hour: said once
                    said = {"until": until.isoformat()} | ({"for": waits_for} if waits_for else {})
                    moves.append((action.id, State.PLANNED, reason, said))
            case send_hold_drop.Drop(reason, after):
                dropped.append((action.id, State.DROPPED, reason))
                moves.append((action.id, State.DROPPED, reason, {"after": after} if after else {}))
    dispatch.hold(session, held)
    dispatch.end(session, dropped, now)
    withdraw_texts(session, [id_ for id_, _, _ in dropped])
    for_nobody = {id_ for id_, _, _ in dropped} & {one.id for one in texts if one.audience == "staff"}
    alert_results.dropped(session, for_nobody, "dropped", now)
    for_nothing = {id_ for id_, _, _ in dropped} & {a.id for a in texts if a.template == ending_offers.TEXT}
    ending_offers.texts_lost(session, sorted(for_nothing), now)
    record_moves(session, moves, now=now)
    world.spend(session)
    trying.keep(session, (world.variants[a.id] for a, _ in sends if a.id in world.variants), now)
    return sends


ORIGINS = {"staff_alert": "staff_alert", "manual": "staff"}


def _compose(action: Claimed, world: World, now: datetime) -> handed_over.OutText:
    wording = None if action.body else world.wording(action)
    body = world.render(action, wording, now) if wording else action.body or ""
    return handed_over.OutText(
        action_id=action.id,
        attempt=action.attempt,
        lead_id=action.lead_id,
        patient_id=action.patient_id if action.audience == "patient" else None,
        staff_id=action.staff_id,
        origin=ORIGINS.get(action.purpose, store_texts.AUTOMATED),
        purpose=action.purpose,
        template=action.template,
        phone=action.phone or "",
        phone_index=action.phone_index or "",
        body=body,
        segments=size_of(body).segments,
        template_version=wording.template.version if wording else None,
        language=wording.template.language if wording else None,
        neutral=wording.neutral if wording else None,
        variant=world.variant(action),
    )


def settle(session: Session, app: App, finished: Sequence[Finished], now: datetime) -> None:
    """Write results down and what follows. A row that was taken over meanwhile learns only of an acceptance."""
    results = attempt_results.settle(session, [_verdict(app, one, now) for one in finished], now)
    told = [r for r in results if r.state is not State.SENT]  # of an acceptance the attempt itself tells
    record_moves(session, ((r.action_id, r.state, r.reason, _detail(r)) for r in told), now=now)
    sent = [result for result in results if result.state is State.SENT]
    store_texts.accepted(session, [(r.action_id, r.sid or "", r.status or "queued") for r in sent], now)
    settling.after_sent(session, [result.action_id for result in sent], now)
    for result in results:
        if result.state is State.FAILED:
            store_texts.failed(session, result.action_id, result.code)
            settling.after_failure(session, result.action_id, result.code, now)
    _believe_late(session, finished, {result.action_id for result in results}, now)


def _believe_late(session: Session, finished: Sequence[Finished], written: set[str], now: datetime) -> None:
    """The row was taken over meanwhile, but the provider did take the text: sent again it would arrive twice."""
    for one in finished:
        text, result = one.job.text, one.result
        if result.outcome is Outcome.ACCEPTED and result.sid and text.action_id not in written:
            settling.adopt(session, text.action_id, text.attempt, result.sid, "late_answer", now)


def _detail(result: attempt_results.Settled) -> dict[str, object]:
    detail: dict[str, object] = {"attempt": result.attempt}
    if result.code:
        detail["code"] = result.code
    if result.due_at:
        detail["until"] = result.due_at.isoformat()
    return detail


def _verdict(app: App, finished: Finished, now: datetime) -> attempt_results.Settled:
    text, result = finished.job.text, finished.result

    def settled(state: State, reason: str, **times: datetime) -> attempt_results.Settled:
        return attempt_results.Settled(
            action_id=text.action_id,
            attempt=text.attempt,
            owner=finished.job.owner,
            state=state,
            reason=reason,
            outcome=result.outcome,
            sid=result.sid,
            status=result.status,
            code=result.code,
            detail=result.detail,
            **times,
        )

    match result.outcome:
        case Outcome.ACCEPTED:
            return settled(State.SENT, "accepted")
        case Outcome.REFUSED:
            return settled(State.FAILED, "refused")
        case Outcome.RETRY if text.attempt < send_hold_drop.MAX_REFUSALS:
            wait = send_hold_drop.retry_after(text.attempt, result.retry_after)
            return settled(State.PLANNED, "retry", due_at=now + machine_span(app.clock, wait.total_seconds()))
        case Outcome.RETRY:
            return settled(State.FAILED, "gave_up")
        case Outcome.UNKNOWN:
            return settled(
                State.UNKNOWN,
                "unknown",
                verify_at=now + machine_span(app.clock, send_hold_drop.GRACE_SECONDS),
            )


def room_for(lane: Lane, free: int, slots: int) -> int:
    """How many of a lane may be claimed while `free` of `slots` are idle: bulk leaves the reserved ones alone."""
    return max(0, free - slots // RESERVED_SHARE) if lane is Lane.BULK else free
