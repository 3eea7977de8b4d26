"""Schedulers, a provider and the people around them, driven at random on the real flows and a real database.

Each commit of the product and each call is a rule of its own (some rules are several in the usual order), so whatever
can happen between two commits happens between two rules: a scheduler dies with texts in its hand, freezes and is taken
over, comes back and settles late, commits without learning of it; the provider takes a text and loses the answer, lists
it late, tells of it late, twice or never.

What is taken for granted, because the product needs it (`test_machine` takes the first two away and is found out;
`test_what_the_model_found` has a story for each of the last two, in which the product does not hold):
- the provider lists a text within `LAG`, which is shorter than the grace period, and the look-up believes the list;
- a call that is not made soon after its claim is not made at all (`stale`): the row may be in other hands by then;
- a call takes no time: what a dying scheduler sent has reached the provider when others learn of its death;
- our clock never runs ahead of the provider's, and is not stepped while a text is in doubt.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import delete, event, func, insert, select

from core.adapters.fakes import FakeClock, FakeSms
from core.app import App
from core.compliance import store as compliance
from core.db.schema import metadata
from core.domain.ports import Outcome, ProviderText, SendResult
from core.flows.conversation import receive_text
from core.flows.sending import delivery_status, dispatch, reconciling, rescuing
from core.messaging.actions import Lane, NewAction, Purpose, State
from core.messaging.store import doubts
from core.messaging.store import planning as messaging
from core.messaging.tables import action_moves, attempts, sms_messages, timed_actions
from core.operations.store import PAUSED
from core.operations.tables import switches
from scheduler.sender import STALE_SECONDS
from tests.conftest import TestApp
from tests.flows.dispatching import ROOM, hand_over

LAG = timedelta(seconds=5)
CLOCK_SLACK = timedelta(minutes=1)  # as the adapter allows when it compares creation times
NUMBERS = ("+14075550155", "+14075550156")
STAFF_NUMBER = "+15125550171"
ANSWERS: dict[str, SendResult | None] = {
    "taken, answer lost": SendResult(Outcome.UNKNOWN, sid="lost"),
    "accepted": None,
    "busy": SendResult(Outcome.RETRY, code=20429),
    "not taken, answer lost": SendResult(Outcome.UNKNOWN),
    "refused": SendResult(Outcome.REFUSED, code=30003),
    "opted out": SendResult(Outcome.REFUSED, code=21610),
}
OUTCOMES = {name: result.outcome if result else Outcome.ACCEPTED for name, result in ANSWERS.items()}
PURPOSES = [purpose for purpose in Purpose if purpose is not Purpose.REPLY]  # STOP plans those
CONFIRMED = st.sampled_from([True, True, True, True, True, False])
TOLD_BY_THE_TRY = {(State.SENDING, "due"), (State.SENT, "accepted")}
FINAL = {State.SENT, State.FAILED, State.DROPPED, State.CANCELLED}
NOT_CALLED = SendResult(Outcome.RETRY, detail="not called in time")
NO_ROOM = dispatch.Capacity(0, 64)


@dataclass
class SlowList(FakeSms):
    """A provider whose list shows a text after `LAG`. `meanwhile` happens once it has answered, before we act on it."""

    meanwhile: Callable[[], object] = field(default=lambda: None)
    blind: ClassVar[bool] = False

    def sent_to(self, to: str, since: datetime) -> Sequence[ProviderText]:
        shown = self.clock.now() - LAG
        texts = [text for text in super().sent_to(to, since - CLOCK_SLACK) if text.created_at <= shown]
        happens, self.meanwhile = self.meanwhile, lambda: None
        happens()
        return [] if self.blind else texts


@dataclass
class Scheduler:
    """One process: what it claimed (at which moment) and has not called, and what it called and has not settled."""

    name: str
    life: int = 1
    claimed_at: dict[dispatch.Job, datetime] = field(default_factory=dict)
    uncalled: list[dispatch.Job] = field(default_factory=list)
    answered: list[dispatch.Finished] = field(default_factory=list)
    frozen: bool = False
    lost_touch: bool = False

    @property
    def owner(self) -> str:
        return f"{self.name}-{self.life}"

    def in_hand(self) -> set[str]:
        return {job.text.action_id for job in [*self.uncalled, *(one.job for one in self.answered)]}


@dataclass(frozen=True)
class Row:
    """A row of the ledger as it stands."""

    id: str
    state: str
    purpose: str
    audience: str
    attempts: int
    owner: str | None
    reason: str
    verify_at: datetime | None
    sid: str | None


_ROW = [timed_actions.c[name] for name in Row.__dataclass_fields__]


def prepare(app: TestApp) -> set[str]:
    """Make the database quick, for a power cut is not part of the model; the tables that every story finds filled."""
    if app.db.is_sqlite:
        app.db.engine.dispose()
        event.listen(app.db.engine, "connect", _do_not_wait_for_the_disk)
    with app.db.read() as session:
        return {
            table.name for table in metadata.sorted_tables if session.execute(select(table).limit(1)).first()
        }


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


TRAIL = {"audit_events", "audit_lanes"}  # append-only: it goes on through all stories


def _empty(app: App, kept: set[str]) -> None:
    with app.db.write() as session:
        for table in reversed(metadata.sorted_tables):
            if table.name not in kept | TRAIL:
                session.execute(delete(table))


class Sending(RuleBasedStateMachine):
    """Schedulers and a provider that fail. `seen` counts what happened in all stories, to show how far they get."""

    stale = timedelta(seconds=STALE_SECONDS)

    def __init__(self, app: TestApp, kept: set[str], seen: Counter[str]) -> None:
        super().__init__()
        self.world = FakeClock()  # true time; the product's clock may be wrong
        self.clock = FakeClock()
        self.sms = SlowList(self.world)
        self.app = replace(app, clock=self.clock, sms=self.sms)
        self.kept = kept
        self.seen = seen
        self.schedulers = [Scheduler(name) for name in "ABC"]
        self.ids: dict[str, str] = {}
        self.promised: set[str] = set()
        self.stopped: set[str] = set()
        self.paused = False
        self.rows: dict[str, Row] = {}
        self.moves: set[str] = set()
        self.doubted: set[str] = set()
        self.said: dict[tuple[str, int], str] = {}
        self.inbound = 0

    @initialize()
    def begin(self) -> None:
        _empty(self.app, self.kept)
        with self.app.db.write() as session:
            for number in NUMBERS:
                index = self.app.db.blind("phone", number)
                rights = {"transactional_at": self.clock.now(), "marketing_at": self.clock.now()}
                compliance.set_standing(session, index, self.clock.now(), **rights)
        for key, purpose in enumerate((*PURPOSES, Purpose.MANUAL)):
            self._plan(key, purpose, key % 2, brief=False)

    def _plan(self, key: int, purpose: Purpose, number: int, *, brief: bool) -> None:
        now, to_staff = self.clock.now(), purpose is Purpose.STAFF_ALERT
        action = NewAction(
            key=f"key-{key}", kind="text", due_at=now, purpose=purpose, lane=Lane(key % 3), body=f"Text {key}",
            useful_until=now + timedelta(minutes=1) if brief else None,
            audience="staff" if to_staff else "patient", phone=STAFF_NUMBER if to_staff else NUMBERS[number],
        )  # fmt: skip
        with self.app.db.write() as session:
            action_id = messaging.plan(session, action, now)
        assert self.ids.setdefault(action.key, action_id) == action_id

    # What time does

    @rule(seconds=st.sampled_from([1, 6, 15, 60]))
    def time_passes(self, seconds: int) -> None:
        self._advance(timedelta(seconds=seconds))

    def _advance(self, span: timedelta) -> None:
        self.world.advance(span)
        self.clock.advance(span)

    def _any(self, *states: State) -> bool:
        return any(row.state in states for row in self.rows.values())

    # What schedulers do

    def _awake(self, pick: int) -> Scheduler:
        awake = [one for one in self.schedulers if not one.frozen]
        return awake[pick % len(awake)]

    @precondition(lambda self: self._any(State.PLANNED))
    @rule(pick=st.integers(0, 2), confirmed=CONFIRMED, room=st.integers(1, 3))
    def claim(self, pick: int, confirmed: bool, room: int) -> None:
        self._step(self._awake(pick), [], dispatch.Capacity(room, room), confirmed=confirmed)

    @precondition(lambda self: self._any(State.PLANNED))
    @rule(pick=st.integers(0, 2), answer=st.sampled_from(list(ANSWERS)))
    def a_turn(self, pick: int, answer: str) -> None:
        """What a scheduler does all day: settle, claim, call."""
        scheduler = self._awake(pick)
        self._step(scheduler, list(scheduler.answered), ROOM, confirmed=True)
        for job in list(scheduler.uncalled):
            self._call(scheduler, job, answer)

    @precondition(lambda self: any(one.uncalled for one in self.schedulers if not one.frozen))
    @rule(pick=st.integers(0, 20), answer=st.sampled_from(list(ANSWERS)))
    def call(self, pick: int, answer: str) -> None:
        hands = [(one, job) for one in self.schedulers if not one.frozen for job in one.uncalled]
        scheduler, job = hands[pick % len(hands)]
        self._call(scheduler, job, answer)

    def _call(self, scheduler: Scheduler, job: dispatch.Job, answer: str) -> None:
        scheduler.uncalled.remove(job)
        if self.world.now() - scheduler.claimed_at[job] > self.stale:
            scheduler.answered.append(dispatch.Finished(job, NOT_CALLED))
            answer = "busy"
        else:
            self.sms.answer = lambda _text: ANSWERS[answer]
            scheduler.answered += hand_over(self.app, dispatch.Step([job], 1))
        self.said[job.text.action_id, job.text.attempt] = answer
        self.seen[answer] += 1

    @precondition(lambda self: any(one.answered for one in self.schedulers if not one.frozen))
    @rule(
        pick=st.integers(0, 2),
        room=st.sampled_from([NO_ROOM, ROOM]),
        newest_first=st.booleans(),
        confirmed=CONFIRMED,
    )
    def settle(self, pick: int, room: dispatch.Capacity, newest_first: bool, confirmed: bool) -> None:
        hands = [one for one in self.schedulers if one.answered and not one.frozen]
        scheduler = hands[pick % len(hands)]
        finished = scheduler.answered[::-1] if newest_first else scheduler.answered
        self._step(scheduler, finished, room, confirmed=confirmed)

    def _step(
        self,
        scheduler: Scheduler,
        finished: Sequence[dispatch.Finished],
        room: dispatch.Capacity,
        *,
        confirmed: bool,
    ) -> None:
        """One transaction; unconfirmed, it was committed and the scheduler learnt of an error instead."""
        now = self.clock.now()
        if scheduler.lost_touch:
            rescuing.take_over(self.app, scheduler.owner, now=now, except_for=scheduler.in_hand())
            scheduler.lost_touch = False
        step = dispatch.step(self.app, scheduler.owner, finished, room, now=now)
        assert not (self.paused and step.jobs), "the switch stops all sending"
        for job in step.jobs:
            assert job.text.to not in self.stopped or self._is_reply(job), "a STOP before the claim wins"
        if confirmed:
            scheduler.answered = [one for one in scheduler.answered if one not in finished]
            scheduler.uncalled += step.jobs
            scheduler.claimed_at |= {job: self.world.now() for job in step.jobs}
        else:
            scheduler.lost_touch = True
            self.seen["unconfirmed"] += 1

    def _is_reply(self, job: dispatch.Job) -> bool:
        return job.text.action_id not in self.ids.values()

    @precondition(lambda self: self._hands())
    @rule(pick=st.integers(0, 2))
    def crash(self, pick: int) -> None:
        hands = self._hands()
        scheduler = hands[pick % len(hands)]
        self.seen["crashed with a hand"] += 1
        again = Scheduler(scheduler.name, scheduler.life + 1)
        self.schedulers[self.schedulers.index(scheduler)] = again

    @precondition(lambda self: sum(one.frozen for one in self.schedulers) < 2 and self._hands())
    @rule(pick=st.integers(0, 2))
    def freeze(self, pick: int) -> None:
        """It stands still with something in its hand and has lost its lease: others take it for dead."""
        hands = self._hands()
        hands[pick % len(hands)].frozen = True

    def _hands(self) -> list[Scheduler]:
        return [one for one in self.schedulers if one.in_hand() and not one.frozen]

    @precondition(lambda self: any(one.frozen for one in self.schedulers))
    @rule(pick=st.integers(0, 2))
    def thaw(self, pick: int) -> None:
        frozen = [one for one in self.schedulers if one.frozen]
        scheduler = frozen[pick % len(frozen)]
        scheduler.frozen = False
        self.seen["thawed with answers"] += bool(scheduler.answered)

    @precondition(lambda self: self._any(State.SENDING))
    @rule()
    def take_over(self) -> None:
        alive = {one.owner for one in self.schedulers if not one.frozen}
        for owner in rescuing.other_owners(self.app, ""):
            if owner not in alive:
                self.seen["taken over"] += rescuing.take_over(self.app, owner, now=self.clock.now())

    @precondition(lambda self: self._any(State.SENDING, State.UNKNOWN))
    @rule()
    def the_dead_are_looked_after(self) -> None:
        """What the others do all day: take over, wait, look up."""
        self.take_over()
        self._advance(timedelta(seconds=15))
        self.look_up("")

    @precondition(lambda self: self._any(State.UNKNOWN))
    @rule(meanwhile=st.sampled_from(["", "", "another looks up", "a callback comes", "a late answer comes"]))
    def look_up(self, meanwhile: str) -> None:
        happens: dict[str, Callable[[], object]] = {
            "another looks up": lambda: reconciling.look_up(self.app, now=self.clock.now()),
            "a callback comes": lambda: self._newest_is_reported(),
            "a late answer comes": lambda: self._everything_is_settled(),
        }
        self.sms.meanwhile = happens.get(meanwhile, lambda: None)
        reconciling.look_up(self.app, now=self.clock.now())
        self.sms.meanwhile = lambda: None

    def _newest_is_reported(self) -> None:
        if self.sms.accepted:
            self._report(len(self.sms.accepted) - 1, "sent")

    def _everything_is_settled(self) -> None:
        for scheduler in self.schedulers:
            if scheduler.answered and not scheduler.frozen:
                self._step(scheduler, scheduler.answered, NO_ROOM, confirmed=True)

    def _report(self, pick: int, status: str) -> None:
        text, sid, _ = self.sms.accepted[pick % len(self.sms.accepted)]
        params = {"MessageSid": sid, "MessageStatus": status}
        delivery_status.record(self.app, text.action_id, str(text.attempt), params, now=self.clock.now())

    # What must hold after each of these

    @invariant()
    def all_is_well(self) -> None:
        before, self.rows = self.rows, self._ledger()
        new_moves = self._new_moves()
        taken = Counter(text.action_id for text, _, _ in self.sms.accepted)
        for id_, row in self.rows.items():
            assert taken[id_] <= 1, "a text arrives once"
            assert not (taken[id_] and id_ in self.promised), "cancelled means cancelled"
            was = before.get(id_)
            if was is not None and was != row:
                self._moved_well(was, row, new_moves)
            if row.state == State.UNKNOWN:
                self.doubted.add(id_)
        self._attempts_are_what_happened()
        self._sent_has_arrived()

    def _ledger(self) -> dict[str, Row]:
        with self.app.db.read() as session:
            return {row.id: Row(*row) for row in session.execute(select(*_ROW))}

    def _new_moves(self) -> set[tuple[str, str]]:
        c = action_moves.c
        with self.app.db.read() as session:
            rows = list(session.execute(select(c.id, c.action_id, c.state, c.reason)))
        new = [row for row in rows if row.id not in self.moves]
        self.moves |= {row.id for row in new}
        return {(row.action_id, row.state) for row in new}

    def _moved_well(self, was: Row, row: Row, moves: set[tuple[str, str]]) -> None:
        self.seen[f"{was.state} to {row.state}: {row.reason}"] += 1
        if was.state != row.state:
            assert was.state not in FINAL, f"{was.state} is final, and became {row.state}"
            told = (row.id, row.state) in moves or (row.state, row.reason) in TOLD_BY_THE_TRY
            assert told, f"nothing says why it is {row.state}"
        assert was.attempts <= row.attempts <= was.attempts + 1, "tries are counted one by one"
        assert was.owner == row.owner or row.attempts > was.attempts, "the owner changes with a claim only"
        if row.purpose == Purpose.MARKETING and row.id in self.doubted:
            assert row.attempts == was.attempts, "advertising in doubt is never handed over again by itself"

    def _attempts_are_what_happened(self) -> None:
        c = attempts.c
        with self.app.db.read() as session:
            tries = list(session.execute(select(c.action_id, c.number, c.outcome)))
        counted = Counter(one.action_id for one in tries)
        assert all(counted[row.id] == row.attempts for row in self.rows.values()), "each try has its record"
        for action_id, number, outcome in tries:
            answer = self.said.get((action_id, number))
            assert outcome in (None, answer and OUTCOMES[answer]), "a try's record is its own"

    def _sent_has_arrived(self) -> None:
        sids = {(text.action_id, sid) for text, sid, _ in self.sms.accepted}
        for row in self.rows.values():
            assert row.sid is None or (row.id, row.sid) in sids, "a text's number at the provider is its own"
            assert row.sid or row.state != State.SENT, "what shows as sent was taken"

    # The end: nobody fails any more, and everything comes to rest

    def teardown(self) -> None:
        if not self.rows:
            return
        self.sms.answer = lambda _text: None
        while any(one.frozen for one in self.schedulers):
            self.thaw(0)
        for _ in range(80):
            self._all_work()
            self.all_is_well()
            moment = self._next_moment()
            if moment is None:
                return self._everything_ended()
            self._advance(max(moment - self.clock.now(), timedelta(seconds=1)))
        raise AssertionError("it does not come to rest")

    def _all_work(self) -> None:
        for scheduler in self.schedulers:
            for job in list(scheduler.uncalled):
                self._call(scheduler, job, "accepted")
            self._step(scheduler, list(scheduler.answered), NO_ROOM, confirmed=True)
        self.take_over()
        reconciling.look_up(self.app, now=self.clock.now())
        self._step(self.schedulers[0], [], ROOM, confirmed=True)

    def _next_moment(self) -> datetime | None:
        """When there is something to do; None when nothing is left."""
        if any(one.in_hand() for one in self.schedulers):
            return self.clock.now()
        c = timed_actions.c
        with self.app.db.read() as session:
            due = session.execute(select(func.min(c.due_at)).where(c.state == State.PLANNED)).scalar()
            moments = (due, doubts.next_doubt(session))
        return min((moment for moment in moments if moment), default=None)

    def _everything_ended(self) -> None:
        taken = {text.action_id for text, _, _ in self.sms.accepted}
        for row in self.rows.values():
            for_a_person = row.state == State.UNKNOWN and row.verify_at is None
            assert row.state in FINAL or for_a_person, f"it stays {row}"
        assert {row.id for row in self.rows.values() if row.state == State.SENT} == taken, (
            "sent is what arrived"
        )
        with self.app.db.read() as session:
            c = sms_messages.c
            texts = session.execute(
                select(c.action_id).where(c.twilio_sid.is_not(None), c.direction == "outbound")
            )
            assert set(texts.scalars()) == taken, "a text that arrived is on the lead's page"
        self.seen["ended"] += 1


class Texting(Sending):
    """The same with people, the provider's reports and a clock that is set."""

    @rule(
        key=st.integers(0, 9),
        purpose=st.sampled_from(PURPOSES),
        number=st.integers(0, 1),
        brief=st.booleans(),
    )
    def plan(self, key: int, purpose: Purpose, number: int, *, brief: bool) -> None:
        self._plan(key, purpose, number, brief=brief)

    @precondition(lambda self: len(self.promised) < 3 and self._any(State.PLANNED, State.SENDING))
    @rule(pick=st.integers(0, 9))
    def cancel(self, pick: int) -> None:
        action_id = list(self.ids.values())[pick % len(self.ids)]
        with self.app.db.write() as session:
            if messaging.cancel(session, action_id, "cancelled_by_staff", by=None, now=self.clock.now()):
                self.promised.add(action_id)
                self.seen["cancelled"] += 1

    @precondition(lambda self: self.inbound < 2)
    @rule()
    def stop(self) -> None:
        number = NUMBERS[1]  # the other one goes on, or most stories would be over
        self.inbound += 1
        params = {"MessageSid": f"SMin{self.inbound}", "From": number, "Body": "STOP"}
        receive_text.receive(self.app, params, now=self.clock.now())
        self.stopped.add(number)

    @precondition(lambda self: self._any(State.PLANNED))
    @rule(pick=st.integers(0, 2))
    def sending_is_paused_for_a_while(self, pick: int) -> None:
        """What came back is still written down; nothing is claimed."""
        scheduler = self._awake(pick)
        self._switch(stops=True)
        self._step(scheduler, list(scheduler.answered), ROOM, confirmed=True)
        self._switch(stops=False)

    def _switch(self, *, stops: bool) -> None:
        self.paused = stops
        row = {"name": PAUSED, "stops": stops, "value": {}, "changed_at": self.clock.now()}
        with self.app.db.write() as session:
            session.execute(delete(switches))
            session.execute(insert(switches).values(**row))

    @precondition(lambda self: self.sms.accepted)
    @rule(pick=st.integers(0, 20), status=st.sampled_from(["queued", "sent", "delivered", "undelivered"]))
    def status_is_reported(self, pick: int, status: str) -> None:
        self._report(pick, status)

    @precondition(lambda self: not self._any(State.SENDING, State.UNKNOWN))
    @rule(hours=st.sampled_from([-1, 0]))
    def the_clock_is_stepped(self, hours: int) -> None:
        self.clock.moment = self.world.moment + timedelta(hours=hours)
