"""What a body of a sequence says, and every fault in it by its place. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from core.domain.hours import parse_window
from core.sequences.rules.definition import (
    CONDITIONS,
    CONSENTS,
    EACH,
    FURTHEST,
    GATES,
    LONGEST_NAME,
    LONGEST_TITLE,
    MESSAGES,
    MOST_STEPS,
    ONCE,
    STOPS,
    UNITS,
    WHOM,
    Anchor,
    Fault,
    FaultySequence,
    Reentry,
    Sequence,
    Step,
    StepKind,
    opposite,
)

Word = TypeVar("Word", bound=StrEnum)


def parse_span(text: str) -> timedelta:
    """`5m`, `2h`, `14d`, `-72h`. Raises ValueError otherwise."""
    sign, digits = (-1, text[1:-1]) if text[:1] == "-" else (1, text[:-1])
    if text[-1:] not in UNITS or not digits.isdecimal() or len(digits) > 6:
        raise ValueError(f"{text!r} is not a span such as 5m, 2h, 14d or -72h")
    return timedelta(**{UNITS[text[-1]]: sign * int(digits)})


def parse_sequence(key: str, version: int, body: Mapping[str, Any]) -> Sequence:
    """Raises FaultySequence with everything that is wrong in the body itself; what it leads to is in `soundness`."""
    reading = _Reading(body)
    found = reading.sequence(key, version)
    if reading.faults:
        raise FaultySequence(reading.faults)
    return found


class _Reading:
    """A browser may send anything: every value is taken for what it is, and what is wrong is noted by its place."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body = body
        self.faults: list[Fault] = []

    def sequence(self, key: str, version: int) -> Sequence:
        body = self.body
        starts_on = self._starts_on()
        return Sequence(
            key=key,
            version=version,
            title=self._title(),
            starts_on=starts_on,
            forms=self._list("forms", body.get("forms"), None),
            consent=self._of("consent", _words(body, "consent"), CONSENTS),
            steps_aside=bool(body.get("steps_aside", True)),
            reentry=self._reentry(_words(body, "reentry") or EACH),
            stops_on=frozenset(self._list("stops_on", body.get("stops_on"), STOPS)),
            steps=_in_order(self._steps(starts_on)),
        )

    def _title(self) -> str:
        title = _words(self.body, "title").strip()
        if not 1 <= len(title) <= LONGEST_TITLE:
            self._fault("title", f"Give it a title of 1 to {LONGEST_TITLE} characters.")
        return title

    def _starts_on(self) -> Anchor:
        starts_on = self._one_of("starts_on", _words(self.body, "starts_on"), Anchor, Anchor.SUBMISSION)
        if starts_on is Anchor.VISIT:
            self._fault("starts_on", "A visit is known from its booking on: start on booking.")
        return starts_on

    def _steps(self, starts_on: Anchor) -> list[Step]:
        given = body if isinstance(body := self.body.get("steps"), list) else []
        if not given:
            self._fault("steps", "A sequence has one step at least.")
        if len(given) > MOST_STEPS:
            self._fault("steps", f"A sequence has at most {MOST_STEPS} steps.")
        entries = [entry if isinstance(entry, Mapping) else {} for entry in given[:MOST_STEPS]]
        steps = [self._step(f"steps.{at}", entry, starts_on) for at, entry in enumerate(entries)]
        self._names_differ(steps)
        return steps

    def _names_differ(self, steps: list[Step]) -> None:
        seen: set[str] = set()
        for at, step in enumerate(steps):
            if step.name in seen:
                self._fault(f"steps.{at}.name", f"Two steps are named {step.name}. Rename one of them.")
            seen.add(step.name)

    def _step(self, place: str, entry: Mapping[str, Any], starts_on: Anchor) -> Step:
        kind = self._one_of(f"{place}.kind", _words(entry, "kind"), StepKind, StepKind.TEXT)
        span = self._offset(f"{place}.offset", kind, _words(entry, "offset") or "0m")
        return Step(
            name=self._name(f"{place}.name", _words(entry, "name")),
            kind=kind,
            anchor=self._one_of(f"{place}.anchor", _words(entry, "anchor") or starts_on, Anchor, starts_on),
            offset=span,
            useful=self._useful(place, kind, _words(entry, "useful")),
            window=self._window(f"{place}.window", _words(entry, "window")),
            purpose=_words(entry, "purpose") or "transactional",
            template=_words(entry, "template") if kind in MESSAGES else "",
            title=_words(entry, "title").strip(),
            to=self._of(f"{place}.to", _words(entry, "to"), WHOM),
            conditions=self._conditions(f"{place}.conditions", kind, entry.get("conditions")),
            lane=_words(entry, "lane") or "bulk",
            on=bool(entry.get("on", True)),
            then=_words(entry, "then"),
            span=span,
        )

    def _name(self, place: str, name: str) -> str:
        if not 1 <= len(name) <= LONGEST_NAME or not set(name) <= NAME_LETTERS:
            self._fault(place, f"Name it in 1 to {LONGEST_NAME} small letters, digits and '-'.")
        return name

    def _conditions(self, place: str, kind: StepKind, given: object) -> tuple[str, ...]:
        conditions = self._list(place, given, CONDITIONS)
        if kind is StepKind.CONDITION and not conditions:
            self._fault(place, "Choose what must hold for whoever goes on.")
        if kind is StepKind.EXIT and len(conditions) > 1:
            self._fault(place, "An exit has one condition, or none for everybody.")
        return conditions

    def _offset(self, place: str, kind: StepKind, text: str) -> timedelta:
        span = self._span(place, text)
        if kind is StepKind.WAIT and span <= timedelta():
            self._fault(place, "Say how long to wait, such as 2h or 3d.")
        return span

    def _useful(self, place: str, kind: StepKind, text: str) -> timedelta:
        if kind in GATES or kind is StepKind.WAIT:
            return FURTHEST
        useful = self._span(f"{place}.useful", text or "0m")
        if useful <= timedelta():
            self._fault(f"{place}.useful", "Say how long it still helps when it is late, such as 2h.")
        return useful

    def _window(self, place: str, text: str) -> str:
        try:
            return text if not text or parse_window(text) else ""
        except ValueError:
            self._fault(
                place, "Hours that never open. Write 10:00-18:00, the first before the second, or nothing."
            )
            return ""

    def _span(self, place: str, text: str) -> timedelta:
        try:
            span = parse_span(text)
        except ValueError:
            self._fault(place, "Write a span such as 5m, 2h, 14d, or -72h for before.")
            return timedelta()
        if abs(span) > FURTHEST:
            self._fault(place, f"At most {FURTHEST.days} days.")
        return span

    def _reentry(self, text: str) -> Reentry:
        if text in (EACH, ONCE):
            return Reentry(text)
        days = text.removesuffix("d")
        if text == days or not days.isdecimal() or not 1 <= int(days[:5]) <= FURTHEST.days:
            self._fault("reentry", "Choose each, once, or a number of days such as 90d.")
            return Reentry()
        return Reentry("after", int(days))

    def _list(self, place: str, given: object, known: Iterable[str] | None) -> tuple[str, ...]:
        found = tuple(map(str, given)) if isinstance(given, list | tuple) else ()
        unknown = sorted(set(found) - set(known)) if known is not None else []
        if unknown:
            self._fault(
                place, f"Unknown: {', '.join(unknown)}. Choose among {', '.join(sorted(known or ()))}."
            )
        return found

    def _one_of(self, place: str, text: str, words: type[Word], otherwise: Word) -> Word:
        if text in set(words):
            return words(text)
        self._fault(place, f"Choose one of {', '.join(words)}.")
        return otherwise

    def _of(self, place: str, text: str, words: tuple[str, ...]) -> str:
        """One of these words; the first where nothing is said."""
        if text and text not in words:
            self._fault(place, f"Choose one of {', '.join(words)}.")
        return text or words[0]

    def _fault(self, place: str, message: str) -> None:
        """The first at each place: what could not be read is not also too short."""
        if all(known.field != place for known in self.faults):
            self.faults.append(Fault(place, message))


NAME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


def _in_order(steps: list[Step]) -> tuple[Step, ...]:
    """Waits added to what follows them, and the conditions of gates too."""
    return tuple(_passed_on(steps))


def _passed_on(steps: list[Step]) -> Iterator[Step]:
    waited, asked = timedelta(), tuple[str, ...]()
    for step in steps:
        later = _with(step, waited, asked)
        yield later
        if not step.on:
            continue
        if step.kind is StepKind.WAIT:
            waited += step.span
        if step.kind in GATES:
            asked = _joined(asked, _goes_on(step))


def _with(step: Step, waited: timedelta, asked: tuple[str, ...]) -> Step:
    own = step.conditions if step.kind in GATES else _joined(asked, step.conditions)
    return Step(**{**vars(step), "offset": step.offset + waited, "conditions": own})


def _goes_on(gate: Step) -> tuple[str, ...]:
    """What is true of who is still under way behind a gate."""
    return gate.conditions if gate.kind is StepKind.CONDITION else tuple(map(opposite, gate.conditions))


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _words(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return str(value) if value is not None else ""
