"""What a dry run moves: events and entries, the steps under way, and what becomes of each. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.flows.sequences.enrolling import GATE, Cause, Entrant, action_of
from core.leads.store.leads import LeadBrief
from core.messaging.actions import EMAIL, TEXT, Claimed, first_claim
from core.sequences.rules.choosing import BY_FORM
from core.sequences.rules.definition import Anchor
from core.sequences.rules.definition import Sequence as Plan

CALL = "call_task"
SEND, DROP = "send", "drop"
WHAT = {TEXT: "text", EMAIL: "email", CALL: "task", GATE: "gate"}


@dataclass(frozen=True)
class Effect:
    """What an event does: the lead's moments that are known from then on, and why sequences end (stopping.CAUSES)."""

    marks: tuple[str, ...]
    stops: tuple[str, ...]


TALKED = ("attempted_at", "contacted_at")
EFFECTS: Mapping[str, Effect] = {
    "reply": Effect(("responded_at",), ("replied",)),
    "contact": Effect(TALKED, ("contacted",)),
    "booking": Effect((*TALKED, "booked_at"), ("booked", "contacted")),
    "opt_out": Effect((), ("opted_out",)),
}
VISIT = Effect(TALKED, ("booked", "contacted"))
# What has happened to whoever enters a sequence by such a moment.
ENTERING = {Anchor.BOOKING: EFFECTS["booking"], Anchor.CHECKOUT: VISIT}
# A text ends every sequence of its writer; a call or a booking only those of the request that it is about.
OF_THE_PERSON = frozenset({"replied", "opted_out"})


@dataclass(frozen=True)
class Event:
    """What somebody does at a moment; `what`: one of EFFECTS."""

    at: datetime
    what: str


@dataclass(frozen=True)
class Entry:
    """Somebody enters a sequence at a moment. `anchors`: what its steps count from; `promise`: what the answer to a
    form says of who calls and until when (`enrolling.promise`)."""

    at: datetime
    plan: Plan
    anchors: Mapping[Anchor, datetime]
    promise: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wait:
    """Why a step was held, and until when; for the last one of a step that became too late, when that was said.
    `sequence`: whose text it lets go first, where it waits for one."""

    reason: str
    until: datetime
    sequence: str = ""


@dataclass(frozen=True)
class Outcome:
    """What becomes of one step. `what`: text, email, task, gate. `decision`: send, or drop with the engine's reason; a
    gate that is passed is sent with `due`, one at which the person leaves with `left_at_gate`.

    `at`: when that was decided; `planned_for`: when it was due by the plan. `words`: '' unless asked for and sent.
    """

    sequence: str
    step: str
    what: str
    planned_for: datetime
    at: datetime
    decision: str
    reason: str
    waited_for: tuple[Wait, ...] = ()
    words: str = ""


@dataclass(eq=False)
class Row:
    """One step under way: what `timed_actions` holds of it."""

    claim: Claimed
    planned_for: datetime
    due_at: datetime
    waits: list[Wait] = field(default_factory=list)
    outcome: Outcome | None = None

    def end(self, now: datetime, decision: str, reason: str, words: str = "") -> None:
        """What became of it."""
        self.outcome = Outcome(
            sequence=self.claim.sequence or "",
            step=self.claim.step or "",
            what=WHAT[self.claim.kind],
            planned_for=self.planned_for,
            at=now,
            decision=decision,
            reason=reason,
            waited_for=tuple(self.waits),
            words=words,
        )


@dataclass
class Way:
    """One enrollment. `is_told`: what becomes of its steps is asked for, not only what they do to others."""

    id: str
    plan: Plan
    lead_id: str
    is_told: bool = True
    is_open: bool = True


def rows_of(entry: Entry, way_id: str, lead: LeadBrief) -> list[Row]:
    """What entering a sequence plans."""
    plan, anchors = entry.plan, entry.anchors
    entrant = Entrant(lead.id, lead.patient_id, lead.phone or "")
    owed_since = entry.at if plan.starts_on in BY_FORM else None
    cause = Cause(way_id, anchors, variables=entry.promise, owed_since=owed_since)
    planned = [(step, due) for step in plan.planned() if (due := step.due(anchors))]
    actions = [action_of(plan, step, due, way_id, entrant, cause) for step, due in planned]
    return [
        Row(
            first_claim(action, phone_index=lead.phone_index if action.phone else None),
            action.due_at,
            action.due_at,
        )
        for action in actions
    ]
