"""Made-up texts of patients with the label each deserves, and how well the reading meets them."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.conversation.rules.reading import Context, Label, Reading, read

HERE = Path(__file__).parent
HALVES = ("development", "held_out")


@dataclass(frozen=True)
class Example:
    """One text. `said` is what we had said last, or None."""

    label: Label
    lang: str
    said: str | None
    text: str

    @property
    def reading(self) -> Reading:
        return read(self.text, self.lang, Context((self.said,) if self.said else ()))


@cache
def half(name: str) -> tuple[Example, ...]:
    """The examples of one half, in the order of its file."""
    said = tomllib.loads((HERE / "contexts.toml").read_text(encoding="utf-8"))
    lines = (HERE / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    fields = (line.split("\t") for line in lines if not line.startswith("#"))
    return tuple(
        Example(Label(label), lang, said.get(context), text.replace("\\n", "\n"))
        for label, lang, context, text in fields
    )


@dataclass(frozen=True)
class Score:
    """How one label, or one group of labels, was met. Shares are None where nothing was to be found."""

    right: int
    found: int
    wanted: int

    @property
    def precision(self) -> float | None:
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        return self.right / self.wanted if self.wanted else None


def scores(examples: Iterable[Example]) -> dict[Label, Score]:
    """For each label that occurs or was given."""
    pairs = [(example.label, example.reading.label) for example in examples]
    wanted, found = Counter(label for label, _ in pairs), Counter(read_as for _, read_as in pairs)
    right = Counter(label for label, read_as in pairs if label is read_as)
    return {
        label: Score(right[label], found[label], wanted[label])
        for label in Label
        if wanted[label] or found[label]
    }
