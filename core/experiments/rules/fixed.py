"""All that is fixed as an experiment starts, as it is kept; and what it means for somebody who comes by. Pure.

As it is kept: {"title": ..., "design": {...}, "changes": {"A": {...}, "B": {"template": "", "offset": "20m",
"shift": -600, "text": "..."}}}, with moments in ISO 8601 and spans in seconds.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from core.experiments.rules.assigning import assign
from core.experiments.rules.designing import Design, Metric, Subject, Variant

STEP = "step"
SEPARATOR = "/"  # between a sequence and its step, in the key of a subject


@dataclass(frozen=True)
class Change:
    """What one variant does. The control's says what is done today.

    `template`: whose words are sent; '' where the subject sends none. `offset`: when the step is due, as its sequence
    writes it, and `shift` how much later than today that is. `text`: the words as a made-up patient would get them.
    """

    template: str = ""
    offset: str = ""
    shift: timedelta = timedelta()
    text: str = ""


@dataclass(frozen=True)
class Fixed:
    """`changes` has one for each variant of the design, by its key."""

    title: str
    design: Design
    changes: Mapping[str, Change]

    @property
    def control(self) -> str:
        return self.design.variants[0].key

    @property
    def place(self) -> tuple[str, str]:
        """(sequence, step) where a step is tried out, else ('', '')."""
        sequence, _, step = self.design.subject.key.partition(SEPARATOR)
        return (sequence, step) if self.design.subject.kind == STEP else ("", "")

    @property
    def moves(self) -> bool:
        """Whether it is about when something is due."""
        return any(change.shift for change in self.changes.values())

    @property
    def templates(self) -> frozenset[str]:
        """Every template whose words are part of it: none of them may change meanwhile."""
        return frozenset(change.template for change in self.changes.values() if change.template)


@dataclass(frozen=True)
class Running:
    """An experiment under way."""

    id: str
    fixed: Fixed
    started_at: datetime

    def takes(self, entered_at: datetime, now: datetime) -> bool:
        """Whether somebody whose story began at `entered_at` is in it: not who was under way when it started, nor who
        would not have had their days by its end."""
        return entered_at >= self.started_at and now < self.fixed.design.takes_people_until

    def draw(self, secret: bytes, patient_id: str) -> str:
        """The key of this patient's variant."""
        return assign(secret, self.id, patient_id, self.fixed.design.shares)

    def is_about(self, template: str | None, sequence: str | None, step: str | None) -> bool:
        """Whether it is tried out on a text of this template, sent by this step."""
        if self.fixed.design.subject.kind == STEP:
            return self.fixed.place == (sequence, step)
        return self.fixed.design.subject.key == template


def mark(experiment_id: str, variant: str) -> str:
    """What a text remembers: the experiment and the variant by which it went."""
    return f"{experiment_id}:{variant}"


def as_kept(fixed: Fixed) -> dict[str, Any]:
    """What `read_fixed` reads."""
    design = asdict(fixed.design) | {"planned_end": fixed.design.planned_end.isoformat()}
    changes = {
        key: asdict(change) | {"shift": change.shift.total_seconds()} for key, change in fixed.changes.items()
    }
    return {"title": fixed.title, "design": design, "changes": changes}


def read_fixed(kept: Mapping[str, Any]) -> Fixed:
    """What `as_kept` made."""
    design = dict(kept["design"])
    design["subject"] = Subject(**design["subject"])
    design["variants"] = tuple(Variant(**variant) for variant in design["variants"])
    design["metric"] = Metric(**design["metric"])
    design["planned_end"] = datetime.fromisoformat(design["planned_end"])
    changes = {
        key: Change(**{**change, "shift": timedelta(seconds=change["shift"])})
        for key, change in kept["changes"].items()
    }
    return Fixed(kept["title"], Design(**design), changes)
