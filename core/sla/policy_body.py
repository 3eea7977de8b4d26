"""The policies as a clinic edits them: what bars publishing, and how they read. Pure.

A body has the shape of `data/sla_policies.toml`: by target, a list of policies, each with `name`, `minutes`, the
conditions that it has, and, where they hold, `at_any_hour` and `warn_minutes`. The places of faults are such as
`first_contact.0.minutes`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.sla.rules import CONDITIONS, MACHINE, TARGETS, minutes_of

KIND, KEY = "sla_policies", "policies"  # one set, under one key
LONGEST_NAME = 60
MOST_IN_A_TARGET = 40
A_YEAR = 366 * 24 * 60
SHORTEST, SHORTEST_OF_A_MACHINE = 1, 0.1
TEMPERATURES = ("hot", "warm", "cold")
OCCASIONS = {
    "urgent": "Urgent",
    "day_1": "24 hours after",
    "day_3": "3 days after",
    "week_1": "1 week after",
    "week_2": "2 weeks after",
}
NAMES = {
    "first_contact": "First contact",
    "first_conversation": "First conversation",
    "next_reply": "Answer to a text",
    "danger": "Possible danger",
    "assignment": "Assignment",
    "confirmation": "First automatic text",
    "qualification": "Qualification",
    "consultation_scheduled": "Consultation booked",
    "photo_review": "Photo review",
    "provider_response": "Provider's answer to photos",
    "post_treatment_checkin": "Check-in after a treatment",
}
FIELD_NAMES = {
    "temperature": "Temperature",
    "form_type": "Form",
    "location": "Location",
    "occasion": "Occasion",
}
Body = Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """What bars publishing, with its place."""

    field: str
    message: str


def faults(body: Body, known: Mapping[str, Sequence[str]]) -> list[Fault]:
    """What bars publishing. `known`: the values that a condition may have, by its name; one without is free."""
    return [
        *(Fault(target, f"There is no target called {target}.") for target in body if target not in TARGETS),
        *(found for target in TARGETS for found in _of_target(target, body.get(target), known)),
    ]


def _of_target(target: str, entries: Any, known: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    if not isinstance(entries, list | tuple) or not all(isinstance(one, Mapping) for one in entries):
        yield Fault(target, "A target has a list of policies.")
        return
    if len(entries) > MOST_IN_A_TARGET:
        yield Fault(target, f"A target has {MOST_IN_A_TARGET} policies at most.")
    for index, entry in enumerate(entries):
        yield from (
            Fault(f"{target}.{index}.{field}", words) for field, words in _of_one(target, entry, known)
        )
    always = [index for index, entry in enumerate(entries) if not conditions(entry)]
    if not always:
        yield Fault(target, f"{NAMES[target]} needs one policy for every lead, without a condition.")
    yield from _twice(target, entries)


def conditions(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Those that an entry has."""
    return {key: entry[key] for key in CONDITIONS if entry.get(key)}


def _twice(target: str, entries: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """The second of two with the same conditions would never be used, and of two with one name nobody tells which."""
    seen: list[Any] = []
    names = Counter(str(entry.get("name") or "").strip().lower() for entry in entries)
    for index, entry in enumerate(entries):
        name = str(entry.get("name") or "").strip()
        if name and names[name.lower()] > 1:
            yield Fault(f"{target}.{index}.name", f'"{name}" is there twice. Give each its own name.')
        if conditions(entry) in seen:
            words = "One above holds for the very same leads: this one would never be used."
            yield Fault(f"{target}.{index}.conditions", words)
        seen.append(conditions(entry))


def _of_one(
    target: str, entry: Mapping[str, Any], known: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    name = entry.get("name")
    if not isinstance(name, str) or not name.strip():
        yield "name", "Give it a name: it stands beside the clocks."
    elif len(name) > LONGEST_NAME:
        yield "name", f"A name has {LONGEST_NAME} characters at most."
    yield from _of_times(target, entry)
    if not isinstance(entry.get("at_any_hour", False), bool):
        yield "at_any_hour", "Say whether its time passes at any hour: yes or no."
    for key, value in conditions(entry).items():
        if not isinstance(value, str) or (key in known and value not in known[key]):
            yield key, f"{FIELD_NAMES[key]} is {value!r}, and must be one of {', '.join(known.get(key, ()))}."


def _of_times(target: str, entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    minutes, asked = minutes_of(entry.get("minutes")), entry.get("warn_minutes")
    warn = minutes_of(asked)
    least = SHORTEST_OF_A_MACHINE if target in MACHINE else SHORTEST
    if minutes is None:
        yield "minutes", "Enter how long there is, as a number."
    elif not least <= minutes <= A_YEAR:
        yield "minutes", f"A target lasts {_long(least)} at least and a year at most."
    elif asked not in (None, "") and warn is None:
        yield "warn_minutes", "Enter when to warn, as a number; leave it empty for half of the time."
    elif warn is not None and not 0 < warn < minutes:
        yield (
            "warn_minutes",
            f"The target is over after {minutes:g} minutes, before its warning after {warn:g}. Warn earlier.",
        )


def _long(minutes: float) -> str:
    return f"{minutes:g} minute{'' if minutes == 1 else 's'}" if minutes >= 1 else f"{minutes * 60:g} seconds"


def shown(body: Body) -> dict[str, str]:
    """Each target with a line for each of its policies, for the comparison of two versions. Never raises."""
    return {NAMES.get(target, target): "\n".join(_lines(entries)) for target, entries in body.items()}


def _lines(entries: Any) -> Iterator[str]:
    for entry in entries if isinstance(entries, list | tuple) else ():
        if isinstance(entry, Mapping):
            yield sentence(entry)


def sentence(entry: Mapping[str, Any]) -> str:
    """'Hot lead: 5 min of opening hours, if the temperature is hot'."""
    minutes, warn = minutes_of(entry.get("minutes")), minutes_of(entry.get("warn_minutes"))
    long = "no time yet" if minutes is None else span(minutes)
    hours = "at any hour" if entry.get("at_any_hour") else "of opening hours"
    where = [f"the {FIELD_NAMES[key].lower()} is {value}" for key, value in conditions(entry).items()]
    warned = "" if warn is None else f", warned after {span(warn)}"
    return (
        f"{entry.get('name') or '?'}: {long} {hours}{warned}{', if ' + ' and '.join(where) if where else ''}"
    )


def span(minutes: float) -> str:
    """'30 s', '5 min', '1 h 30 min', '24 h', '7 days'."""
    if minutes < 1:
        return f"{minutes * 60:g} s"
    days, rest = divmod(minutes, 24 * 60)
    if days >= 2 and not rest:
        return f"{days:g} days"
    hours, left = divmod(minutes, 60)
    return " ".join([*([f"{hours:g} h"] if hours else []), *([f"{left:g} min"] if left or not hours else [])])
