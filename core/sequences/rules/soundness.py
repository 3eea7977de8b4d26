"""What bars a sequence from being published though its body can be read: steps that could never do any good. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from core.domain.hours import Window
from core.sequences.rules.choosing import BY_FORM, is_default
from core.sequences.rules.definition import (
    GATES,
    MESSAGES,
    Anchor,
    Fault,
    Sequence,
    Step,
    StepKind,
    window_of,
)
from core.sequences.rules.in_words import ANCHORS

BETWEEN = timedelta(minutes=1)  # from a gate to what stands behind it
DAY = 24 * 60
BEFORE = frozenset({Anchor.VISIT})
PURPOSES = ("confirmation", "transactional", "marketing")
LANES = ("instant", "bulk")


@dataclass(frozen=True)
class Message:
    """What a step sends, as far as a sequence must know: its class, the purposes it may go for, whether it is written
    as the answer to what somebody wrote, and text or email."""

    text_class: str
    purposes: tuple[str, ...]
    answers: bool = False
    channel: str = "text"


Hours = tuple[int, int]  # minutes of the day, from and to


def minutes(window: Window) -> Hours:
    """As minutes; midnight at the end of a window is the end of its day."""
    opens, closes = (moment.hour * 60 + moment.minute for moment in window)
    return opens, closes or DAY


@dataclass(frozen=True)
class Around:
    """What a sequence leads to: the templates in use by key, the other sequences, and the widest hours of any day in
    which each purpose of text may go."""

    messages: Mapping[str, Message]
    sequences: Mapping[str, Sequence]
    hours: Callable[[str], Hours]
    forms: frozenset[str]


def faults(sequence: Sequence, around: Around) -> list[Fault]:
    """Everything that is wrong, in the order of the steps."""
    found = [*_of_the_whole(sequence, around)]
    for at, step in enumerate(sequence.steps):
        if step.on:
            found += (Fault(f"steps.{at}.{field}", words) for field, words in _of(step, sequence, around))
    return found


def _of_the_whole(sequence: Sequence, around: Around) -> Iterator[Fault]:
    if sequence.steps and not sequence.planned():
        yield Fault("steps", "Every step is switched off: switch one on, or retire the sequence.")
    unknown = sorted(set(sequence.forms) - around.forms)
    if unknown:
        known = ", ".join(sorted(around.forms))
        yield Fault("forms", f"There is no form {', '.join(unknown)}. Choose among {known}.")
    yield from _ambiguous(sequence, around.sequences)
    way = _circle(sequence, around.sequences)
    if way:
        yield Fault("steps", f"A loop: {' leads to '.join(way)}. Whoever enters would never leave.")


def _ambiguous(sequence: Sequence, others: Mapping[str, Sequence]) -> Iterator[Fault]:
    """Who sends a form enters one sequence: which of two that both wait for it would be chance."""
    if sequence.starts_on not in BY_FORM:
        return
    rest = [one for key, one in others.items() if key != sequence.key and one.starts_on in BY_FORM]
    for form in sequence.forms:
        named = [one for one in rest if form in one.forms]
        if named:
            yield Fault(
                "forms", f"The form {form} starts '{named[0].title}' already: take it out of one of them."
            )
            return
    if is_default(sequence) and (same := [one for one in rest if is_default(one)]):
        words = "starts with every other form already, and so would this one: name the forms of one of them."
        yield Fault("forms", f"'{same[0].title}' {words}")


def _circle(sequence: Sequence, others: Mapping[str, Sequence]) -> list[str]:
    """The way by which a sequence leads back to itself; [] where none does."""
    known = {**others, sequence.key: sequence}

    def follow(key: str, way: list[str]) -> list[str]:
        for step in known[key].planned() if key in known else ():
            if step.then == sequence.key:
                return [*way, step.then]
            if step.then and step.then not in way and (found := follow(step.then, [*way, step.then])):
                return found
        return []

    return follow(sequence.key, [sequence.key])


Found = Iterator[tuple[str, str]]


def _of(step: Step, sequence: Sequence, around: Around) -> Found:
    yield from _moment(step, sequence)
    yield from _behind(step, sequence)
    if step.kind in MESSAGES:
        yield from _message(step, sequence, around)
        yield from _window(step, around)
    if step.kind is StepKind.CALL_TASK and not step.title:
        yield "title", "Say in a few words what is to be done."
    if "://" in step.title:
        yield "title", "Say it without an address: whoever is told by text would open whatever stands there."
    if step.then and step.kind is not StepKind.EXIT:
        yield "then", "Only an exit leads to another sequence."
    elif step.then and step.then not in around.sequences:
        yield "then", f"There is no sequence {step.then} in use."


def _moment(step: Step, sequence: Sequence) -> Found:
    if step.anchor not in sequence.known:
        names = ", ".join(sorted(sequence.known))
        yield "anchor", f"This sequence does not know that moment. Count from {names}."
    elif step.offset < timedelta() and step.anchor not in BEFORE:
        yield "offset", f"Nothing can go before {ANCHORS[step.anchor]}: count after it, or from the visit."
    elif step.offset < timedelta() < step.offset + step.useful:
        yield "useful", "It would still go after the visit has begun: let it be of use until then at most."


def _behind(step: Step, sequence: Sequence) -> Found:
    """What stands behind a gate comes after it; what stands behind an exit for everybody comes never."""
    if step.kind is StepKind.WAIT:
        return
    for gate in (one for one in sequence.planned() if one.kind in GATES and one.anchor is step.anchor):
        if gate.name == step.name:
            continue
        if gate.kind is StepKind.EXIT and not gate.conditions and step.offset >= gate.offset:
            yield "offset", f"Everybody has left at {gate.name}: this step would never come. Put it before."
        elif gate.offset <= step.offset < gate.offset + BETWEEN:
            yield "offset", f"It comes in the same minute as {gate.name}: leave a minute between them."


def _message(step: Step, sequence: Sequence, around: Around) -> Found:
    message = around.messages.get(step.template)
    channel = "email" if step.kind is StepKind.EMAIL else "text"
    if message is None:
        named = f"There is no template {step.template} in use." if step.template else "Choose a template."
        yield "template", named
        return
    if message.channel != channel:
        yield "template", f"{step.template} is written for {message.channel}: choose one for {channel}."
    if message.text_class == "marketing" and sequence.consent != "marketing":
        words = "advertises, and who is in this sequence agreed to its own business only"
        yield "template", f"{step.template} {words}. Choose another, or a sequence for marketing."
    elif message.text_class in ("staff", "emergency"):
        yield "template", f"{step.template} is of class {message.text_class}: no sequence sends those."
    elif message.answers:
        yield "template", f"{step.template} answers what somebody wrote: no sequence sends it."
    elif step.purpose not in message.purposes:
        yield "purpose", f"{step.template} goes as {' or '.join(message.purposes)}, not as {step.purpose}."
    if step.lane not in LANES:
        yield "lane", f"Choose one of {', '.join(LANES)}."


def _window(step: Step, around: Around) -> Found:
    window = window_of(step)
    if window is None:
        return
    opens, closes = minutes(window)
    may_from, may_to = around.hours(step.purpose) if step.kind is StepKind.TEXT else (0, DAY)
    if min(closes, may_to) <= max(opens, may_from):
        yield (
            "window",
            f"These hours never open for it: such texts go from {_time(may_from)} to {_time(may_to)}.",
        )
    elif step.useful < timedelta(minutes=DAY - (closes - opens)):
        shut = timedelta(minutes=DAY - (closes - opens))
        yield (
            "useful",
            (
                f"Most people would never get it: outside {step.window} it waits for up to"
                f" {_span(shut)}, and it is of use for {_span(step.useful)} only."
            ),
        )


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes // 60} h {minutes % 60} min"
