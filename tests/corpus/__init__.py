"""Made-up texts of patients with the label each deserves, and how well the reading meets them."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.conversation.rules.reading import Context, Did, Label, Reading, read

HERE = Path(__file__).parent
HALVES = ("development", "held_out")
LABELLED = (
    "labelled",
    "other_voices",
    "third_hand",
    "fourth_hand",
    "fifth_hand",
    "sixth_hand",
    "seventh_hand",
    "eighth_hand",
    "ninth_hand",
    "tenth_hand",
    "eleventh_hand",
    "twelfth_hand",
    "thirteenth_hand",
    "fourteenth_hand",
    "fifteenth_hand",
    "sixteenth_hand",
    "seventeenth_hand",
    "eighteenth_hand",
    "nineteenth_hand",
)


@dataclass(frozen=True)
class Example:
    """One text. `lang` None: not known. `said`: what we had said last. `did` None: not written down."""

    label: Label
    lang: str | None
    said: str | None
    text: str
    did: frozenset[Did] | None = None

    @property
    def reading(self) -> Reading:
        return read(self.text, self.lang, Context((self.said,) if self.said else ()))


@cache
def half(name: str) -> tuple[Example, ...]:
    """The examples of one half, in the order of its file."""
    return tuple(
        Example(Label(label), _lang(lang), _said().get(context), text.replace("\\n", "\n"))
        for label, lang, context, text in _fields(name)
    )


@cache
def labelled(name: str) -> tuple[Example, ...]:
    """The examples of one labelled set, each with what it sets off."""
    return tuple(
        Example(Label(label), _lang(lang), _said().get(context), text, _did(label, did))
        for text, lang, context, label, did in _fields(name)
    )


def _fields(name: str) -> Iterable[list[str]]:
    lines = (HERE / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines if not line.startswith("# "))


@cache
def _said() -> dict[str, str]:
    return tomllib.loads((HERE / "contexts.toml").read_text(encoding="utf-8"))


@cache
def _usual() -> dict[str, list[str]]:
    return tomllib.loads((HERE / "labels.toml").read_text(encoding="utf-8"))


def _did(label: str, did: str) -> frozenset[Did]:
    words = _usual().get(label, _usual()["else"]) if did == "-" else did.split(",")
    return frozenset(map(Did, words))


def _lang(lang: str) -> str | None:
    return None if lang == "-" else lang


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
