"""Time is played forward for one person: at each due moment the hand-over's own decision, on facts that are made up.

No rule stands here. What may go is decided by `send_hold_drop` on the facts of `dispatch_world.World`, what a call or a
gate does by `performing` and `gating`, what a step becomes by `enrolling`, what ends a sequence by `stopping`. Played
are only the queue, in the order in which the dispatcher takes it, and what a person does.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from core.booking.store import VisitBrief
from core.compliance import store as compliance
from core.flows.sending import email_facts, keeping_distance, performing
from core.flows.sending.dispatch import turn
from core.flows.sending.dispatch_world import World
from core.flows.sequences import gating
from core.flows.sequences.enrolling import GATE, PASSED
from core.flows.sequences.pieces import (
    CALL,
    DROP,
    EFFECTS,
    ENTERING,
    OF_THE_PERSON,
    SEND,
    TALKED,
    Effect,
    Entry,
    Event,
    Outcome,
    Row,
    Wait,
    Way,
    rows_of,
)
from core.flows.sequences.stopping import CAUSES
from core.messaging.actions import EMAIL, TEXT, Claimed
from core.messaging.rules import send_hold_drop
from core.messaging.rules.send_hold_drop import Drop, Hold, Send
from core.messaging.store.steps import Coming
from core.sequences import store as sequences
from core.sequences.rules.definition import Anchor
from core.sequences.rules.definition import Sequence as Plan


@dataclass
class Play:
    """One person. `request`: the lead that is followed up now; `samples`: variables that nobody planned, for words;
    `entered`: when they last entered which sequence."""

    world: World
    plans: Mapping[str, Plan]
    request: str
    words: bool = False
    samples: Mapping[str, str] = field(default_factory=dict)
    entered: dict[str, datetime] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    told: list[Row] = field(default_factory=list)

    def run(self, entries: Iterable[Entry], events: Iterable[Event]) -> list[Outcome]:
        """What becomes of every step that these entries plan, by sequence in the order of its plan."""
        agenda = [(entry.at, 0, partial(self._enter, entry)) for entry in entries]
        agenda += [(event.at, 1, partial(self._take, EFFECTS[event.what], event.at)) for event in events]
        for at, _, happen in sorted(agenda, key=lambda one: one[:2]):
            self._play_until(at)
            happen()
        self._play_until(None)
        return [row.outcome for row in self.told if row.outcome]

    def _play_until(self, end: datetime | None) -> None:
        """Hand over what is due before `end`: what happens at the very moment comes before what is due then."""
        while self.rows:
            now = min(row.due_at for row in self.rows)
            if end and now >= end:
                return
            self._hand_over(now)

    # What happens

    def _enter(self, entry: Entry) -> None:
        if entry.plan.starts_on is Anchor.SUBMISSION:
            self._new_request(entry.at)
        if effect := ENTERING.get(entry.plan.starts_on):
            self._take(effect, entry.at)
        self._enroll(entry, self.request)

    def _new_request(self, now: datetime) -> None:
        """A form is a lead of its own, of whom nobody has heard yet, and takes the place of the earlier ones."""
        before = self.world.leads[self.request]
        self._stop("replaced", {way.lead_id for way in self.ways}, now)
        self.request = f"{before.id}+"
        unheard: dict[str, Any] = dict.fromkeys((*TALKED, "responded_at", "booked_at", "paused_until"))
        self.world.leads[self.request] = replace(before, id=self.request, state="open", **unheard)

    def _enroll(self, entry: Entry, lead_id: str, *, is_told: bool = True) -> None:
        lead, plan = self.world.leads[lead_id], entry.plan
        way = Way(f"{plan.key}:{len(self.ways)}", plan, lead.id, is_told)
        self.ways.append(way)
        self.entered[plan.key] = entry.at
        self.world.enrollments[way.id] = sequences.Standing("", plan.steps_aside)
        if visit_at := entry.anchors.get(Anchor.VISIT):
            self.world.visits[way.id] = VisitBrief(visit_at, lead.location, "")
        planned = rows_of(entry, way.id, lead)
        self.told += planned if is_told else []
        self.rows += planned
        for row in [row for row in planned if row.due_at < entry.at]:
            self._settle(row, entry.at, DROP, PASSED)

    def _take(self, effect: Effect, now: datetime) -> None:
        lead = self.world.leads[self.request]
        marks: dict[str, Any] = {name: now for name in effect.marks if getattr(lead, name) is None}
        self.world.leads[lead.id] = replace(lead, **marks)
        for reason in effect.stops:
            everywhere = reason in OF_THE_PERSON
            self._stop(reason, self.world.leads.keys() if everywhere else {lead.id}, now)
        if "opted_out" in effect.stops:
            self._opt_out(now)

    def _opt_out(self, now: datetime) -> None:
        """No text that is planned survives it, whatever its sequence says."""
        self._cancel([row for row in self.rows if row.claim.kind == TEXT], "opted_out", now)
        self.world.standings.update(
            dict.fromkeys(self.world.standings, compliance.Standing(opted_out_at=now))
        )
        for lead in list(self.world.leads.values()):
            self.world.leads[lead.id] = replace(lead, call_only=True)

    def _stop(self, reason: str, lead_ids: Collection[str], now: datetime) -> None:
        for way in self.ways:
            if way.is_open and way.lead_id in lead_ids and CAUSES[reason] in way.plan.stops_on:
                self._end(way, reason, now)

    def _end(self, way: Way, reason: str, now: datetime) -> None:
        way.is_open = False
        self._cancel([row for row in self.rows if row.claim.enrollment_id == way.id], reason, now)
        if not any(w.is_open and w.plan.steps_aside for w in self.ways if w.lead_id == way.lead_id):
            self.world.leads[way.lead_id] = replace(self.world.leads[way.lead_id], paused_until=None)

    def _cancel(self, rows: list[Row], reason: str, now: datetime) -> None:
        for row in rows:
            self._settle(row, now, DROP, reason)

    # What is due

    def _hand_over(self, now: datetime) -> None:
        """One claim of the dispatcher: everything that is due, lane by lane, what is no message before what is, and
        gates before all: who leaves at one takes with them what was held until now."""
        due = sorted(
            (row for row in self.rows if row.due_at <= now), key=lambda row: (row.claim.lane, row.due_at)
        )
        for row in (row for row in due if row.claim.kind == GATE):
            self._pass_gate(row, now)
        due = [row for row in due if row in self.rows]
        for row in (row for row in due if row.claim.kind == CALL):
            self._call(row, now)
        self._decide([row for row in due if row.claim.kind in (TEXT, EMAIL)], now)

    def _call(self, row: Row, now: datetime) -> None:
        lead = self.world.leads[row.claim.lead_id or ""]
        opens_at = performing.opens_at(self.world.reference, lead, now)
        if opens_at > now:
            self._hold(row, Hold(opens_at, performing.CLOSED))
            return
        why_not = performing.why_no_call(row.claim, lead, now)
        self._settle(row, now, DROP if why_not else SEND, why_not or "due")

    def _pass_gate(self, row: Row, now: datetime) -> None:
        way = next((way for way in self.ways if way.id == row.claim.enrollment_id and way.is_open), None)
        gate = way.plan.step(row.claim.step or "") if way else None
        if way is None or gate is None:
            self._settle(row, now, DROP, gating.GONE)
            return
        if not gating.leaves(self.world.leads[way.lead_id], gate):
            self._settle(row, now, SEND, "due")
            return
        self._settle(row, now, SEND, gating.LEFT)
        self._end(way, gating.LEFT, now)
        following = self.plans.get(gate.then)
        if following and following.reentry.allows(self.entered.get(following.key), now):
            self._enroll(Entry(now, following, {following.starts_on: now}), way.lead_id, is_told=way.is_told)

    def _decide(self, rows: list[Row], now: datetime) -> None:
        if rows:
            self.world = self.world.at(now, self._coming(rows, now))
        for row in sorted(rows, key=lambda one: turn(one.claim)):
            claim = self.world.as_worded(row.claim)
            facts = self.world.facts(claim)
            if claim.kind == EMAIL:
                facts = replace(email_facts.as_email(facts, claim, now), may_market=self._may_advertise(row))
            match send_hold_drop.decide(claim, facts, now):
                case Send(reason):
                    self._send(row, claim, reason, now)
                case Hold() as hold:
                    self._hold(row, hold)
                case Drop(reason, after):
                    if after:
                        row.waits.append(Wait(after, now))
                    self._settle(row, now, DROP, reason)

    def _may_advertise(self, row: Row) -> bool:
        """By email: what they agreed to for their number stands for it."""
        lead = self.world.leads[row.claim.lead_id or ""]
        return (
            self.world.standings.get(lead.phone_index or "", compliance.Standing()).marketing_at is not None
        )

    def _coming(self, rows: list[Row], now: datetime) -> dict[str, list[Coming]]:
        """What is planned for the same number, where anything of these gives way to it."""
        if not any(keeping_distance.gives_way(row.claim) for row in rows):
            return {}
        until = now + keeping_distance.gap()
        found: dict[str, list[Coming]] = {}
        for row in self.rows:
            claim = row.claim
            if claim.kind == TEXT and row.due_at <= until:
                text = Coming(claim.phone_index or "", row.due_at, claim.sequence or "", claim.purpose)
                found.setdefault(text.phone_index, []).append(text)
        return found

    def _send(self, row: Row, claim: Claimed, reason: str, now: datetime) -> None:
        if claim.kind == TEXT:
            self.world.count(claim, 0, now)
        self._settle(row, now, SEND, reason, self._worded(claim, now) if self.words else "")

    def _worded(self, claim: Claimed, now: datetime) -> str:
        return self.world.body(replace(claim, variables={**self.samples, **claim.variables}), now)

    def _hold(self, row: Row, hold: Hold) -> None:
        row.due_at = hold.until
        row.waits.append(Wait(hold.reason, hold.until, hold.waits_for))

    def _settle(self, row: Row, now: datetime, decision: str, reason: str, words: str = "") -> None:
        if row in self.rows:
            self.rows.remove(row)
        row.end(now, decision, reason, words)
