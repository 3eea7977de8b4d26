"""`luxe try plan`: what of a sequence one made-up person would be sent, when, and why not: the dry run of the page."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel

from core.domain.errors import InvalidInput
from core.domain.phone import read_phone
from core.flows.sequences import dry_run
from core.flows.sequences.dry_run import Backdrop
from core.flows.sequences.enrolling import GATE
from core.flows.sequences.pieces import Event, Outcome, Wait
from core.patients.rules import whereabouts
from core.reference import Reference
from core.sequences.rules.definition import Anchor
from luxe.moments import Moment
from luxe.try_out import in_use


def _dialled(text: str) -> str:
    try:
        read_phone(text)
    except InvalidInput as refused:
        raise ValueError(refused.errors[0].message) from None
    return text


class WhoLine(BaseModel):
    """A person as they fill in a form. `lang` null: they never said, and the clinic's is theirs."""

    phone: Annotated[str, AfterValidator(_dialled)]
    zip: str | None = None
    lang: Literal["en", "es"] | None = None


class EventLine(BaseModel):
    """What happens on the way."""

    at: Moment
    what: Literal["reply", "contact", "booking", "opt_out"]


class Line(BaseModel):
    """`anchor_at`: the moment that the steps count from; of a sequence that surrounds a visit that is the visit, and
    `booked_at` says when it was booked."""

    sequence: str
    anchor_at: Moment
    booked_at: Moment | None = None
    person: WhoLine
    events: list[EventLine] = []
    consent: list[Literal["transactional", "marketing"]]


def answer(line: Line, reference: Reference) -> dict[str, Any]:
    """`steps`, in the order of the plan, with those of a sequence that an exit leads to behind them.

    `at` on the wall of the person's first zone. Raises InvalidInput(sequence, booked_at).
    """
    backdrop = Backdrop(reference, in_use.catalogue(), in_use.sequences())
    plan = backdrop.plans.get(line.sequence)
    if plan is None:
        raise InvalidInput.of(
            "sequence", f"There is no such sequence in use, only {', '.join(backdrop.plans)}."
        )
    if line.booked_at and plan.starts_on is not Anchor.BOOKING:
        raise InvalidInput.of("booked_at", "This sequence does not start on a booking: leave it out.")
    person = _person(line)
    events = [Event(event.at, event.what) for event in line.events]
    anchors = dry_run.moments(plan, line.anchor_at, line.booked_at)
    outcomes = dry_run.dry_run(plan, person, anchors, events, backdrop)
    where = whereabouts(person.zip, person.phone.e164, reference.area_codes, reference.clinic.zone.key)
    zone = ZoneInfo(where.zones[0])
    return {"steps": [_shown(outcome, zone, plan.key) for outcome in outcomes if outcome.what != GATE]}


def _person(line: Line) -> dry_run.Person:
    who = line.person
    return dry_run.Person(read_phone(who.phone), who.zip or "", who.lang or "", frozenset(line.consent))


def _shown(outcome: Outcome, zone: ZoneInfo, key: str) -> dict[str, Any]:
    elsewhere = {"sequence": outcome.sequence} if outcome.sequence != key else {}
    return elsewhere | {
        "step": outcome.step,
        "at": outcome.at.astimezone(zone).isoformat(),
        "what": outcome.what,
        "decision": outcome.decision,
        "reason": outcome.reason,
        "waited_for": [_in_a_word(wait) for wait in outcome.waited_for],
    }


def _in_a_word(wait: Wait) -> str:
    """`gap:lead` where it let the sequence `lead` go first."""
    return f"{wait.reason}:{wait.sequence}" if wait.sequence else wait.reason
