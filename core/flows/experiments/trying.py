"""A text comes due: what the patient's variant sends instead, decided at hand-over, so that a planned text takes it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.db.types import derived_key
from core.experiments import store
from core.experiments.rules.fixed import Running, mark
from core.experiments.store import Assignment
from core.leads.store.leads import LeadBrief
from core.messaging.actions import TEXT, Claimed, Purpose

KEY = "experiments"


@dataclass(frozen=True)
class Given:
    """A patient's variant in one experiment. `new`: nobody has written down yet that they have it."""

    experiment: Running
    patient_id: str
    variant: str
    new: bool

    @property
    def mark(self) -> str:
        return mark(self.experiment.id, self.variant)

    def applied(self, action: Claimed) -> Claimed:
        """The text with the words of its variant. A step that sends others by now keeps those."""
        changes = self.experiment.fixed.changes
        if action.template != changes[self.experiment.fixed.control].template:
            return action
        return replace(action, template=changes[self.variant].template)

    def assignment(self, now: datetime) -> Assignment:
        window = self.experiment.fixed.design.metric.window
        return Assignment(self.experiment.id, self.patient_id, self.variant, now + window)


def given(
    session: Session,
    running: Sequence[Running],
    texts: Iterable[Claimed],
    leads: Mapping[str, LeadBrief],
    now: datetime,
) -> dict[str, Given]:
    """By action, of those that an experiment is about. Asks the database only where there is one."""
    about = [(action, one) for action in texts if (one := _of(running, action))] if running else []
    if not about:
        return {}
    patients = {action.patient_id or "" for action, _ in about}
    known = store.assigned(session, {one.id for _, one in about}, patients)
    drawing = Drawing(derived_key(session, KEY), known, now)
    found = {
        action.id: drawing.given(one, action.patient_id or "", _entered_at(one, action, leads))
        for action, one in about
    }
    return {id_: one for id_, one in found.items() if one}


def _of(running: Sequence[Running], action: Claimed) -> Running | None:
    """Only texts carry words that are tried out; a person's own are nobody's experiment."""
    if action.kind != TEXT or not action.patient_id or action.body or action.purpose is Purpose.MANUAL:
        return None
    about = (action.template, action.sequence, action.step)
    return next((one for one in running if one.is_about(*about)), None)


def _entered_at(one: Running, action: Claimed, leads: Mapping[str, LeadBrief]) -> datetime | None:
    """When their story began; None where only who has a variant is in it: a moment is given as somebody enters."""
    lead = leads.get(action.lead_id or "")
    return lead.created_at if lead and not one.fixed.moves else None


@dataclass(frozen=True)
class Drawing:
    """Draws variants of those who have none. `known`: by experiment and patient."""

    secret: bytes
    known: Mapping[tuple[str, str], str]
    now: datetime

    def given(self, one: Running, patient_id: str, entered_at: datetime | None) -> Given | None:
        """None for somebody who is not in it."""
        has = self.known.get((one.id, patient_id))
        if has:
            return Given(one, patient_id, has, new=False)
        if entered_at is None or not one.takes(entered_at, self.now):
            return None
        return Given(one, patient_id, one.draw(self.secret, patient_id), new=True)


def keep(session: Session, chosen: Iterable[Given], now: datetime) -> None:
    """Write down who was given which, with the text that shows it to them."""
    new = {(one.experiment.id, one.patient_id): one.assignment(now) for one in chosen if one.new}
    store.assign(session, list(new.values()), now)
