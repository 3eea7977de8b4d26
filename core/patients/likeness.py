"""Whether a form and a profile, or two profiles, are one person. Pure.

A number or an address alone says 'the same household': families share both, and numbers change hands. It takes a name
or a birth date besides. What can't be told from these goes to a person: two profiles that should be one cost a click,
one that should be two shows a stranger what was written to somebody else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property

from core.domain.names import words

SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
PARTICLES = frozenset(
    {"de", "del", "la", "las", "los", "da", "dos", "van", "von", "der", "den", "di", "el", "al"}
)
SHORTEST_SLIP_FIRST, SHORTEST_SLIP_LAST = 5, 4
SHORTEST_PREFIX = 3
# More than these of one name: it is a common one, and says nothing about two of its bearers.
MOST_NAMESAKES = 3


@dataclass(frozen=True)
class GivenNames:
    """`short`: the full names that a short form stands for. `known`: names that people have, so no slip of another."""

    short: Mapping[str, frozenset[str]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()


class Likeness(IntEnum):
    """How well two names agree."""

    APART = 0  # they contradict each other
    NEAR = 1  # a letter apart: a slip, or a sister; never joined by itself
    UNKNOWN = 2  # one of the two has no name
    VAGUE = 3  # an initial, a beginning, a short form of several names
    HALF = 4  # the same first name with another last name (marriage), or one slip inside the first name
    CLOSE = 5  # a short form, a middle name more, a slip in the last name, no last name
    SAME = 6


class Verdict(StrEnum):
    SAME = "same"
    POSSIBLE = "possible"  # a person decides
    APART = "apart"


@dataclass(frozen=True)
class Person:
    """What identifies somebody, as a form or a profile has it; '' where it is not known. `born` in ISO form."""

    first_name: str
    last_name: str
    phone: str = ""
    email: str = ""
    born: str = ""
    id: str = ""

    @cached_property
    def first(self) -> tuple[str, ...]:
        return _without_initials([word for word in words(self.first_name) if word not in SUFFIXES])

    @cached_property
    def last(self) -> tuple[str, ...]:
        spelled = [word for word in words(self.last_name) if word not in SUFFIXES]
        return _without_initials([word for word in spelled if word not in PARTICLES] or spelled)

    @cached_property
    def suffix(self) -> str:
        spelled = words(f"{self.first_name} {self.last_name}")
        return next((word for word in spelled if word in SUFFIXES), "")


def _without_initials(spelled: list[str]) -> tuple[str, ...]:
    return tuple([word for word in spelled if len(word) > 1] or spelled)


@dataclass(frozen=True)
class Judgement:
    """`reasons`: what the two have in common, or what speaks against it, as words for the review list."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    weight: int = 0  # how much is the same: number, address, birth date


def judge(one: Person, other: Person, names: GivenNames) -> Judgement:
    """Whether two are the same person."""
    phone, email, born = (
        _compare(one.phone, other.phone),
        _compare(one.email, other.email),
        _compare(one.born, other.born),
    )
    like = likeness(one, other, names)
    keys = (phone is True) + (email is True)
    verdict = _verdict(one, other, like, phone, email, born)
    compared = {"phone": phone, "email": email, "birth_date": born}
    reasons = [f"same_{name}" for name, same in compared.items() if same]
    reasons += [f"other_{name}" for name, same in compared.items() if same is False]
    return Judgement(verdict, (*reasons, f"name_{like.name.lower()}"), keys + (born is True))


def _compare(one: str, other: str) -> bool | None:
    """None where one of the two is not known."""
    return one.casefold() == other.casefold() if one and other else None


def _verdict(
    one: Person, other: Person, like: Likeness, phone: bool | None, email: bool | None, born: bool | None
) -> Verdict:
    keys = (phone is True) + (email is True)
    if born is False:
        # Father and son, or a slip in a date: never joined by itself, and asked about only where all else agrees.
        return Verdict.POSSIBLE if keys == 2 and like is Likeness.SAME else Verdict.APART
    if not keys:
        return _without_keys(like, born)
    if like is Likeness.SAME:
        # Father and son of one name on one number: two addresses, and the birth date of one of them.
        doubtful = email is False and bool(one.born) != bool(other.born)
        return Verdict.POSSIBLE if doubtful else Verdict.SAME
    contradicted = phone is False or email is False
    enough = {
        Likeness.CLOSE: born or not contradicted,
        Likeness.HALF: born or keys == 2,
        Likeness.VAGUE: born,
        Likeness.UNKNOWN: not contradicted,
        Likeness.NEAR: False,
        Likeness.APART: False,
    }
    if enough[like]:
        return Verdict.SAME
    return Verdict.APART if like is Likeness.APART else Verdict.POSSIBLE


def _without_keys(like: Likeness, born: bool | None) -> Verdict:
    """Neither number nor address in common: a full name with a birth date is the same person (REQUIREMENTS 1.5)."""
    if like is Likeness.SAME:
        return Verdict.SAME if born else Verdict.POSSIBLE
    return Verdict.POSSIBLE if born and like >= Likeness.HALF else Verdict.APART


@dataclass(frozen=True)
class Choice:
    """`same`: the id of the profile, or ''. `possible`: (id, reasons) of those that a person should look at."""

    same: str = ""
    possible: tuple[tuple[str, tuple[str, ...]], ...] = ()


def choose(form: Person, known: Sequence[Person], names: GivenNames) -> Choice:
    """Which of the profiles, the oldest first, the form belongs to. Where two people fit equally well, neither."""
    judged = [(person, judge(form, person, names)) for person in known]
    same = [(person, found) for person, found in judged if found.verdict is Verdict.SAME]
    best = max((found.weight for _, found in same), default=0)
    fitting = [person for person, found in same if found.weight == best]
    if fitting and all(_one_name(fitting[0], person, names) for person in fitting):
        return Choice(same=fitting[0].id)
    unsure = [(person.id, found.reasons) for person, found in judged if found.verdict is not Verdict.APART]
    return Choice(possible=tuple(unsure))


def _one_name(one: Person, other: Person, names: GivenNames) -> bool:
    """Profiles that nothing tells apart: a third one beside them would help nobody."""
    return one.id == other.id or (one.born == other.born and likeness(one, other, names) is Likeness.SAME)


def alike(waiting: Sequence[Person], everybody: Iterable[Person]) -> dict[str, list[str]]:
    """By id of those that wait, whose last name and beginning of the first are the same; common names are left out."""
    by_last: dict[str, list[Person]] = defaultdict(list)
    for person in waiting:
        if person.first and person.last:
            by_last[person.last[-1]].append(person)
    found: dict[str, list[str]] = defaultdict(list)
    for other in everybody:
        spelled = words(f"{other.first_name} {other.last_name}")
        for word in set(spelled) & by_last.keys():
            fitting = [one for one in by_last[word] if one.id != other.id and _begins(spelled, one.first[0])]
            for person in fitting:
                found[person.id].append(other.id)
                if len(found[person.id]) > MOST_NAMESAKES:
                    by_last[word].remove(person)  # a flood of one name costs no more than its first few
    return {id_: others for id_, others in found.items() if len(others) <= MOST_NAMESAKES}


def _begins(spelled: Sequence[str], first: str) -> bool:
    beginning = first[:SHORTEST_PREFIX]
    return any(word.startswith(beginning) for word in spelled)


def likeness(one: Person, other: Person, names: GivenNames) -> Likeness:
    """How well two names agree, whichever way round they were filled in."""
    if not (one.first or one.last) or not (other.first or other.last):
        return Likeness.UNKNOWN
    if one.suffix and other.suffix and one.suffix != other.suffix:
        return Likeness.APART
    found = Likeness.SAME if _swapped(one, other) else _by_parts(one, other, names)
    # 'John Smith Jr' and 'John Smith': perhaps his father.
    return min(found, Likeness.VAGUE) if one.suffix != other.suffix else found


def _swapped(one: Person, other: Person) -> bool:
    return bool(one.first and one.last) and sorted((*one.first, *one.last)) == sorted(
        (*other.first, *other.last)
    )


def _by_parts(one: Person, other: Person, names: GivenNames) -> Likeness:
    first, last = _first(one.first, other.first, names), _last(one.last, other.last)
    if first is Likeness.APART or last is Likeness.APART:
        married = first is Likeness.SAME and last is Likeness.APART
        return Likeness.HALF if married else Likeness.APART
    if first is Likeness.SAME:
        return Likeness.SAME if last is Likeness.SAME else Likeness.CLOSE
    if last is not Likeness.SAME:
        return min(first, Likeness.VAGUE)
    return first


def _first(one: Sequence[str], other: Sequence[str], names: GivenNames) -> Likeness:
    if not one or not other:
        return Likeness.UNKNOWN
    if one == other or "".join(one) == "".join(other):
        return Likeness.SAME
    if set(one) < set(other) or set(other) < set(one):
        return Likeness.CLOSE  # 'Maria' and 'Maria Elena', but not 'Maria Jose' and 'Maria Elena'
    if len(one) > 1 and len(other) > 1:
        return Likeness.APART
    return _word(one[0], other[0], names)


def _word(one: str, other: str, names: GivenNames) -> Likeness:
    short, full = sorted((one, other), key=len)
    for a, b in ((one, other), (other, one)):
        meant = names.short.get(a, frozenset())
        if b in meant:
            return Likeness.CLOSE if len(meant) == 1 else Likeness.VAGUE
    if full.startswith(short) and (len(short) == 1 or len(short) >= SHORTEST_PREFIX):
        both_known = one in names.known and other in names.known
        return Likeness.APART if both_known else Likeness.VAGUE
    if names.short.get(one, frozenset()) & names.short.get(other, frozenset()):
        return Likeness.VAGUE  # 'Bob' and 'Rob'
    return _slip(one, other, names)


def _slip(one: str, other: str, names: GivenNames) -> Likeness:
    """Inside a word it is a slip. At its end it may be another name (Paul, Paula); two names are none (Kayla, Kyla)."""
    if not one_slip(one, other) or (one in names.known and other in names.known):
        return Likeness.APART
    inside = one[0] == other[0] and one[-2:] == other[-2:]
    return Likeness.HALF if inside and min(len(one), len(other)) >= SHORTEST_SLIP_FIRST else Likeness.NEAR


def _last(one: Sequence[str], other: Sequence[str]) -> Likeness:
    if not one or not other:
        return Likeness.UNKNOWN
    if set(one) & set(other) or "".join(one) == "".join(other):
        return Likeness.SAME  # 'Reyes' and 'Reyes-Diaz'
    whole, others = "".join(one), "".join(other)
    slip = min(len(whole), len(others)) >= SHORTEST_SLIP_LAST and one_slip(whole, others)
    return Likeness.CLOSE if slip else Likeness.APART


def one_slip(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two that changed places, make one word of the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    rest, others = one[start:], other[start:]
    if len(rest) == len(others):
        return rest[1:] == others[1:] or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
    longer, shorter = sorted((rest, others), key=len, reverse=True)
    return longer[1:] == shorter
