"""Who is this? A form finds its profile, or gets one of its own, and what is unsure goes to the review list."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.patients import likeness
from core.patients.likeness import GivenNames, Person, Verdict
from core.patients.store import matching, namesakes


@dataclass(frozen=True)
class Recognised:
    """`patient_id` of the one profile that fits, else ''. `place`: where a new person stands on the number."""

    patient_id: str
    place: int = 0
    possible: tuple[tuple[str, tuple[str, ...]], ...] = ()


def recognise(session: Session, names: GivenNames, form: Person) -> Recognised:
    """The profile that a form belongs to; nothing is written."""
    known = matching.known(session, form)
    chosen = likeness.choose(form, [found.person for found in known], names)
    if chosen.same:
        return Recognised(chosen.same)
    on_number = [found.place for found in known if form.phone and found.person.phone == form.phone]
    return Recognised("", max(on_number, default=-1) + 1, chosen.possible)


def look_again(session: Session, names: GivenNames, patient_id: str, now: datetime) -> None:
    """A profile was corrected: whom may it be now? Nothing is merged by itself, pairs go to the review list."""
    person = matching.person(session, patient_id)
    others = [found for found in matching.known(session, person) if found.person.id != patient_id]
    matching.suspect(session, patient_id, dict(_unsure(person, others, names)).items(), now)
    namesakes.compare_later(session, patient_id)


def _unsure(
    one: Person, others: list[matching.Known], names: GivenNames
) -> list[tuple[str, tuple[str, ...]]]:
    judged = [(found.person.id, likeness.judge(one, found.person, names)) for found in others]
    return [(id_, found.reasons) for id_, found in judged if found.verdict is not Verdict.APART]
