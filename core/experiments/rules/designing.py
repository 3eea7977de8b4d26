"""What an experiment is, all of it fixed before it starts, and what is wrong with one. Pure.

A change of anything here begins another experiment: who is in this one does not carry over.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.errors import FieldError, InvalidInput
from core.experiments.rules.assigning import WHOLE
from core.experiments.rules.planning import (
    MONTH,
    YEAR,
    Question,
    needed,
    percent,
    plan,
    points,
    smallest_seen,
)
from core.experiments.statistics import ALPHA, POWER

SUBJECTS = {"template": "a template", "step": "a step of a sequence"}
# What patients are owed whatever works best, and what no patient sees, by what a subject says of itself.
UNTOUCHED: Mapping[str, Mapping[str, str]] = {
    "text_class": {
        "emergency": "Emergency advice is never tried out.",
        "staff": "Alerts to staff are never tried out.",
    },
    "group": {
        "compliance": "Consent and the answers to STOP, HELP and START are never tried out.",
        "urgent": "What is sent when something is wrong is never tried out.",
        "staff": "Alerts to staff are never tried out.",
    },
    "purpose": {
        "reply": "An answer that a patient's own text is owed, as to STOP, HELP and START, is never tried out.",
        "staff_alert": "Alerts to staff are never tried out.",
    },
}
METRICS = {"replied": "Replied", "booked": "Booked", "clicked": "Opened the link"}
MOST_VARIANTS = 4
LONGEST_WINDOW = 90
SHORTEST_RUN = timedelta(days=14)  # every weekday twice: people of a Monday are not those of a Saturday


@dataclass(frozen=True)
class Subject:
    """What is varied. Class, group and purpose are those of the text that is sent, '' where none is (a call task)."""

    kind: str
    key: str
    text_class: str = ""
    group: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class Variant:
    """One way to do it. `words`: what is different, as people read it; `percent`: of the patients who get it."""

    key: str
    words: str
    percent: int


@dataclass(frozen=True)
class Metric:
    """The one figure that decides: what a patient did within `days` after they were assigned."""

    code: str
    days: int

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.days)

    @property
    def words(self) -> str:
        """'Booked within 14 days'"""
        return f"{METRICS[self.code]} within {self.days} {'day' if self.days == 1 else 'days'}"


@dataclass(frozen=True)
class Design:
    """The first variant is the control: what is done today.

    `baseline`: the metric today, `smallest_difference`: from which on a change would be made, both 0 to 1.
    `least_per_arm`: it is read once, when so many in each variant have had their `metric.days`, or at `planned_end`
    as it stands then. `people_a_month`: how many are expected within 30 days.
    """

    subject: Subject
    variants: tuple[Variant, ...]
    metric: Metric
    baseline: float
    smallest_difference: float
    least_per_arm: int
    people_a_month: float
    planned_end: datetime
    alpha: float = ALPHA
    power: float = POWER

    @property
    def shares(self) -> dict[str, int]:
        """Percent by key, in order: what `assign` takes."""
        return {variant.key: variant.percent for variant in self.variants}

    @property
    def question(self) -> Question:
        smallest = min(self.shares.values())
        change = (self.baseline, self.smallest_difference)
        return Question(*change, smallest, len(self.variants), self.alpha, self.power)

    @property
    def takes_people_until(self) -> datetime:
        """Whoever comes later would not have had their days by the planned end."""
        return self.planned_end - self.metric.window


def why_untouched(subject: Subject) -> str:
    """Why this is never tried out, '' where it may be."""
    if subject.kind not in SUBJECTS:
        return f"Only {' or '.join(SUBJECTS.values())} can be tried out."
    return next((why[mark] for name, why in UNTOUCHED.items() if (mark := getattr(subject, name)) in why), "")


def problems(design: Design, now: datetime) -> list[FieldError]:
    """All that bars a start at `now`, by field."""
    counted = [*_of_variants(design), *_of_figures(design)]
    sized = [] if counted else [*_of_size(design)]
    return [*_of_subject(design), *_of_metric(design), *_of_times(design, now), *counted, *sized]


def _of_subject(design: Design) -> Iterator[FieldError]:
    if why := why_untouched(design.subject):
        yield FieldError("subject", why)


def _of_variants(design: Design) -> Iterator[FieldError]:
    variants, keys = design.variants, {variant.key for variant in design.variants}
    if not 2 <= len(variants) <= MOST_VARIANTS:
        yield FieldError("variants", f"Compare two variants, and {MOST_VARIANTS} at most.")
    if len(keys) < len(variants) or not all(keys):
        yield FieldError("variants", "Give each variant a name of its own.")
    if not all(variant.words.strip() for variant in variants):
        yield FieldError("variants", "Say of each variant what is different.")
    if sum(variant.percent for variant in variants) != WHOLE or any(one.percent < 1 for one in variants):
        yield FieldError("shares", "Shares are whole percents of 1 or more and add up to 100.")


def _of_metric(design: Design) -> Iterator[FieldError]:
    if design.metric.code not in METRICS:
        yield FieldError("metric", f"Choose one of {', '.join(METRICS)}.")
    if not 1 <= design.metric.days <= LONGEST_WINDOW:
        yield FieldError("window", f"Count 1 to {LONGEST_WINDOW} days.")


def _of_times(design: Design, now: datetime) -> Iterator[FieldError]:
    run = design.planned_end - now
    if run <= timedelta():
        yield FieldError("planned_end", "Choose an end that is still to come.")
    elif design.metric.days >= run / timedelta(days=1):
        yield FieldError(
            "window", "Nobody would have had these days before it ends: end later or count fewer."
        )
    elif run < SHORTEST_RUN:
        yield FieldError("planned_end", f"Let it run {SHORTEST_RUN.days} days at least: weekdays differ.")


def _of_figures(design: Design) -> Iterator[FieldError]:
    """What must hold before anything can be worked out."""
    if not 0 < design.baseline < 1:
        yield FieldError("baseline", "Between 0 and 100%: of none, or of all, there is nothing to compare.")
    elif not 0 < design.smallest_difference <= 1 - design.baseline:
        room = percent(1 - design.baseline)
        yield FieldError("smallest_difference", f"More than nothing, and at most the {room} that are left.")
    if not 0 < design.people_a_month < math.inf:
        yield FieldError("people_a_month", "Nobody would come.")
    if not 0 < design.alpha <= 0.2:
        yield FieldError("alpha", "Above 0 and at most 20%; usual is 5%.")
    if not 0.5 <= design.power < 1:
        yield FieldError("power", "50% or more, and below 100%; usual is 80%.")


def _of_size(design: Design) -> Iterator[FieldError]:
    try:
        arm = needed(design.question)
    except InvalidInput:
        yield FieldError("smallest_difference", "So small a difference shows with nobody.")
        return
    if design.least_per_arm < arm:
        change = points(design.smallest_difference)
        yield FieldError("least_per_arm", f"{arm:,} in each variant are needed to see {change}.")
    collecting = plan(design.question, design.people_a_month).collecting
    if collecting is None or collecting > YEAR:
        yield FieldError("smallest_difference", _in_a_year(design))


def _in_a_year(design: Design) -> str:
    """What could be seen instead, rounded up to a tenth of a point."""
    arm = int(design.people_a_month * (YEAR / MONTH) * min(design.shares.values()) / WHOLE)
    seen = smallest_seen(design.question, arm) if arm else None
    start = f"A year brings {arm:,} in the smallest variant."
    if seen is None:
        return f"{start} They show no difference at all."
    return f"{start} They show {points(math.ceil(seen * 1000) / 1000)}, not {points(design.smallest_difference)}."
