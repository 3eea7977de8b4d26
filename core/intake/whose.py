"""Which answers of somebody's own form are the patient's own name, number, address and wishes. Pure.

Forms ask for other people too (emergency contact, spouse, referrer, parent, doctor): a text to them would be one to a
stranger, so their answers are kept with the form and fill nothing. Among the person's own the meaning of the question
decides, then the vendor's type of the answer, then the order; and what can't be a number or an email is taken for
none while there is another one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.intake import text
from core.intake.draft import STANDARD_ANSWERS
from core.intake.labels import PERSONAL, field_of, is_of_another, mentions, preference

FEWEST_DIGITS = 7
CHOSEN = "chosen"  # picked from options: nobody's number, and no name
BY_TYPE = ("phone", "email")


@dataclass(frozen=True)
class Asked:
    """One question and its answer. `hints`: reference, slug, title. `type`: phone, email, chosen, or '' where any."""

    hints: tuple[str, ...]
    value: object
    type: str = ""


def own(asked: Sequence[Asked]) -> dict[str, int]:
    """Our field names, and which of the answers is the one to take for each."""
    best: dict[str, tuple[tuple[int, ...], int]] = {}
    for place, one in enumerate(asked):
        for field in _meant(one):
            rank = (not could_be(field, one.value), _by_meaning(field, one), one.type != field, place)
            if field not in best or rank < best[field][0]:
                best[field] = (rank, place)
    return {field: place for field, (_, place) in best.items()}


def fill_gaps(answers: Mapping[str, object], asked: Iterable[tuple[str, object]]) -> dict[str, object]:
    """`answers`, where a personal one is missing filled from questions under names of their sender's own."""
    questions = [Asked((name,), flat(value)) for name, value in asked if name not in STANDARD_ANSWERS]
    found = {field: questions[place].value for field, place in own(questions).items() if field in PERSONAL}
    known = {field for field in PERSONAL if text.line(flat(answers.get(field)))}
    if known & {"first_name", "last_name", "name"}:
        known |= {"first_name", "last_name", "name"}
    return dict(answers) | {field: value for field, value in found.items() if field not in known}


def could_be(field: str, value: object) -> bool:
    """Whether an answer may be what its question seems to ask for."""
    written = text.line(value)
    digits = sum(character.isdecimal() for character in written)
    match field:
        case "phone":
            return digits >= FEWEST_DIGITS and "@" not in written
        case "email":
            return "@" in written
        case "date_of_birth" | "zip":
            return digits > 0
        case "name" | "first_name" | "last_name":
            return bool(written) and digits < FEWEST_DIGITS and "@" not in written
        case _:
            return bool(written)


def _meant(one: Asked) -> Iterator[str]:
    """The fields that an answer may fill. A question for 'phone or email' may bring either."""
    if one.type in BY_TYPE:
        fields: tuple[str, ...] = (one.type,)
    else:
        fields = (field_of(*one.hints),)
        if fields[0] in BY_TYPE:
            fields = tuple(field for field in BY_TYPE if mentions(field, *one.hints))
    for field in filter(None, fields):
        barred = field in PERSONAL and (one.type == CHOSEN or is_of_another(field, *one.hints))
        unclear = len(fields) > 1 and not could_be(field, one.value)
        if not barred and not unclear:
            yield field


def _by_meaning(field: str, one: Asked) -> int:
    return -1 if one.hints[0] == field else preference(field, *one.hints)


def flat(value: object) -> object:
    """A vendor's composed answer as one text: a date, a phone number, a full name."""
    if not isinstance(value, Mapping):
        return value
    if {"year", "month", "day"} <= value.keys():
        date = "-".join(text.line(value[part]).zfill(2) for part in ("year", "month", "day"))
        return date if date.strip("0-") else ""
    if text.line(value.get("full")):
        return value["full"]
    if "area" in value and "phone" in value:
        return _number(value)
    return " ".join(filter(None, (text.line(part) for part in value.values())))


def _number(parts: Mapping[str, object]) -> str:
    country, area, number = (text.line(parts.get(name)) for name in ("country", "area", "phone"))
    whole = " ".join(filter(None, (area, number)))
    return f"+{country.lstrip('+')} {whole}" if whole and country.lstrip("+").isdecimal() else whole
