"""What reference data must be beyond what its readers ask for: figures in their range, words that are there, names that
lead somewhere. A fault is one sentence that names the key. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.sla.rules import TARGETS

MISSING = object()
TINY = 1e-9  # more than nothing
# Wordings that the product sends by name, whatever the sequences say.
SENT_BY_NAME = frozenset(
    {
        "after_hours", "help", "opt_out_confirmation", "resumed", "safety_reply", "staff_audit", "staff_backup",
        "staff_call_task", "staff_check_forms", "staff_digest", "staff_experiment", "staff_mention", "staff_new_lead",
        "staff_off_rotation", "staff_own_day", "staff_unassigned",
        "staff_reassigned", "staff_reply", "staff_stumbled", "staff_task", "staff_unread_form", "staff_urgent",
        "staff_wrong_number",
        # Alerts and levels of escalation.
        "apology", "staff_backup_owner", "staff_help", "staff_new_leads", "staff_noted", "staff_unacknowledged",
        "staff_test", "staff_uncontacted", "staff_waiting_leads", "staff_watch",
        # Booking.
        "booking_link", "booking_moved", "booking_off", "email_visit_booked", "email_visit_cancelled",
        "email_visit_moved", "move_agreed", "move_asked",
        # The waitlist.
        "waitlist_choice", "waitlist_free", "waitlist_joined", "waitlist_late", "waitlist_left", "waitlist_passed",
        "waitlist_taken",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A number that stands at `place`: '*' is any key, '[]' any entry of a list."""

    place: str
    least: float = 1
    most: float = float("inf")
    optional: bool = False

    def fault(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"is {value!r}, and must be a number"
        if not self.least <= value <= self.most:
            least = "more than 0" if self.least == TINY else f"{self.least:g} or more"
            most = "" if self.most == float("inf") else f", {self.most:g} at most"
            return f"is {value:g}, and must be {least}{most}"
        return ""


@dataclass(frozen=True)
class Words:
    """A text that is not empty."""

    place: str
    optional: bool = False

    def fault(self, value: object) -> str:
        return "" if isinstance(value, str) and value.strip() else f"is {value!r}, and must be a text"


Check = Figure | Words
CHECKS: Mapping[str, tuple[Check, ...]] = {
    "limits.toml": (
        Figure("template.filtered"), Figure("template.of_last"), Figure("template.within_hours", TINY),
        Figure("errors.share", TINY, 1), Figure("errors.of_last"), Figure("errors.at_least"),
        Figure("errors.within_minutes", TINY), Figure("opt_outs.share", TINY, 1), Figure("opt_outs.at_least"),
        Figure("opt_outs.within_hours", TINY), Figure("spend.segments_a_day"), Figure("spend.dollars_a_segment", 0),
    ),
    "experiments.toml": (
        Figure("opt_outs.false_alarm", TINY, 0.5), Figure("first_contact.false_alarm", TINY, 0.5),
        Figure("filtered.share", 0, 1), Figure("filtered.at_least"), Figure("filtered.of_at_least"),
        Figure("complaints.at_least"),
    ),
    "senders.toml": (Figure("*.texts_a_second", TINY), Figure("*.segments_a_day", optional=True)),
    "sla_policies.toml": (Words("*[].name"), Figure("*[].minutes", TINY)),
    "alarms.toml": (Figure("repeat_minutes"), Figure("levels[].after_minutes", 0)),
    "retention.toml": (Figure("days.*"),),
    "automation.toml": (Figure("pause_days", TINY), Figure("gap_minutes", 0), Figure("quiet_days")),
    "treatments.toml": (Words("*.label"), Words("*.group"), Figure("*.value", 0)),
    "clinic.toml": (
        *map(Words, ("name", "legal_name", "short_name", "language", "phone", "website", "default_location")),
        Words("on_call_phone", optional=True), Figure("after_hours.at_work_minutes", 0),
        Figure("texts_a_month"), Words("locations[].slug"), Words("locations[].name"), Words("locations[].address"),
    ),
}  # fmt: skip


def faults(name: str, raw: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a file by itself, a sentence for each."""
    for check in CHECKS.get(name, ()):
        for place, value in _found(raw, check.place.replace("[]", ".[]").split("."), ""):
            if value is MISSING:
                if not check.optional:
                    yield f"{place} is missing"
            elif words := check.fault(value):
                yield f"{place} {words}"


def _found(raw: Any, way: list[str], place: str) -> Iterator[tuple[str, Any]]:
    """Every value at the end of a way, with its place as a person would write it."""
    if not way:
        yield place, raw
        return
    step, rest = way[0], way[1:]
    if step == "[]":
        for number, entry in enumerate(raw if isinstance(raw, list) else [MISSING], 1):
            yield from _found(entry, rest, f"{place}[{number}]") if entry is not MISSING else [(place, raw)]
        return
    if not isinstance(raw, Mapping):
        yield place, MISSING
        return
    for key in raw if step == "*" else [step]:
        further = f"{place}.{key}" if place else key
        if key in raw:
            yield from _found(raw[key], rest, further)
        else:
            yield further, MISSING


def template_faults(templates: Iterable[str]) -> Iterator[str]:
    """A wording that the product sends by its name, and that is not there."""
    for name in sorted(SENT_BY_NAME - set(templates)):
        yield f"{name} is missing: the product sends it by this name"


def policy_faults(targets: Iterable[tuple[str, bool]]) -> Iterator[str]:
    """`targets`: of each policy, in order, its target and whether it holds for every lead."""
    found = list(targets)
    for target in sorted({name for name, _ in found} - set(TARGETS)):
        yield f"{target} is no target; use one of {', '.join(TARGETS)}"
    for target in TARGETS:
        of_target = [always for name, always in found if name == target]
        if not of_target or not of_target[-1]:
            yield f"{target}: the last policy must hold for every lead, without a condition"


def place_faults(slugs: Iterable[str], default: str) -> Iterator[str]:
    """Where leads go that name no place."""
    known = list(slugs)
    if default not in known:
        yield f"default_location is {default!r}, and must be one of {', '.join(known) or 'the locations'}"
    for slug in sorted({slug for slug in known if known.count(slug) > 1}):
        yield f"locations: {slug!r} is there twice"
    for slug in known:
        if not re.fullmatch(r"[a-z0-9_-]{1,64}", slug):
            yield f"locations: {slug!r} must be lower case letters, digits, '-' and '_'"
