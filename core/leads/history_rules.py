"""What a lead's history says about contact, read anew once something in it was taken back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Touch:
    """What a person did. `kind`: attempt, text, answer, conversation, booking; words of `core.sla.rules.ENDS`."""

    at: datetime
    kind: str
    staff_id: str | None


@dataclass(frozen=True)
class Marks:
    """When a person first tried, and when they first spoke."""

    attempted_at: datetime | None
    contacted_at: datetime | None


SPOKEN = frozenset({"answer", "conversation", "booking"})


def call_touch(at: datetime, outcome: str, staff_id: str | None) -> Touch | None:
    """A wrong number is nobody's touch."""
    kind = {"talked": "conversation", "wrong_number": ""}.get(outcome, "attempt")
    return Touch(at, kind, staff_id) if kind else None


def text_touches(written: Sequence[tuple[datetime, str | None]], answered_at: datetime | None) -> list[Touch]:
    """Texts of staff with the moment at which each went; `answered_at` is when the patient first wrote."""
    touches = [Touch(at, "text", staff_id) for at, staff_id in written]
    if written and answered_at:
        first, staff_id = written[0]
        touches.append(Touch(max(first, answered_at), "answer", staff_id))
    return touches


def marks(touches: Sequence[Touch]) -> Marks:
    """The first of each kind."""
    return Marks(
        min((touch.at for touch in touches), default=None),
        min((touch.at for touch in touches if touch.kind in SPOKEN), default=None),
    )


def status(stages: Sequence[frozenset[str]]) -> str:
    """How far a patient has come, by the stages that their leads have reached."""
    reached = frozenset[str]().union(*stages)
    if reached & {"booked_at", "attended_at", "treated_at"}:
        return "converted"
    if "qualified_at" in reached:
        return "qualified"
    return "contacted" if "contacted_at" in reached else "new"
