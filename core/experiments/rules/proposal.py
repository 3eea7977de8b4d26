"""An experiment as somebody asks for it, before anything is looked up. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.errors import FieldError
from core.experiments.rules.designing import MOST_VARIANTS, Metric, Variant

KEYS = "ABCD"[:MOST_VARIANTS]
LONGEST_TITLE, LONGEST_WORDS = 80, 60
WORDING, MOMENT = "wording", "moment"
WHAT = {WORDING: "Other words", MOMENT: "Another moment"}


@dataclass(frozen=True)
class Offered:
    """One variant: what is different in a few words, who gets it, and the template or the moment that it brings.

    Of the first, which is today's, only `words` and `percent` are asked.
    """

    words: str
    percent: int
    template: str = ""
    offset: str = ""


@dataclass(frozen=True)
class Proposal:
    """`kind` and `key` name the subject; `what` is of WHAT. Shares of `baseline` and difference are 0 to 1."""

    title: str
    kind: str
    key: str
    what: str
    variants: tuple[Offered, ...]
    metric: Metric
    baseline: float
    smallest_difference: float
    people_a_month: float
    planned_end: datetime

    @property
    def others(self) -> Mapping[str, Offered]:
        """All but today's, by key."""
        return dict(list(self.named.items())[1:])

    @property
    def named(self) -> Mapping[str, Offered]:
        return dict(zip(KEYS, self.variants, strict=False))


def variants_of(proposal: Proposal) -> tuple[Variant, ...]:
    """As the design has them."""
    return tuple(Variant(key, one.words.strip(), one.percent) for key, one in proposal.named.items())


def own_problems(proposal: Proposal) -> Iterator[FieldError]:
    """What is wrong whatever is in use."""
    if not 1 <= len(proposal.title.strip()) <= LONGEST_TITLE:
        yield FieldError("title", f"Give it a title of 1 to {LONGEST_TITLE} characters.")
    if any(len(one.words) > LONGEST_WORDS for one in proposal.variants):
        yield FieldError("variants", f"Say it in {LONGEST_WORDS} characters at most.")
    if proposal.what not in WHAT:
        yield FieldError("what", "Choose what differs: the words or the moment.")


def missing(what: str, others: Sequence[Offered]) -> Iterator[FieldError]:
    """Variants that bring nothing."""
    if what == WORDING and not all(one.template for one in others):
        yield FieldError("changes", "Choose the template of each variant.")
    if what == MOMENT and not all(one.offset.strip() for one in others):
        yield FieldError("changes", "Write when it is due, such as 20m, 2h or 3d.")
