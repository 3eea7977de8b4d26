"""docs/replies.md: how well texts are read, as a page. `python -m tests.corpus.confusion` writes it."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from core.conversation.rules.reading import Label
from tests.corpus import HALVES, LABELLED, Example, half, labelled, scores

PAGE = Path(__file__).parents[2] / "docs" / "replies.md"
MARK = "<!-- figures: python -m tests.corpus.confusion -->"


def figures() -> str:
    """Everything below the mark."""
    parts = [_summary()]
    for name in (*HALVES, *LABELLED):
        parts += [f"## {name}", _scores(_examples(name)), _table(_examples(name))]
    return "\n\n".join(parts) + "\n"


def page(words: str) -> str:
    """The page with its figures as they are now; what people wrote above the mark stays."""
    return words.partition(MARK)[0] + MARK + "\n\n" + figures()


def _examples(name: str) -> tuple[Example, ...]:
    return half(name) if name in HALVES else labelled(name)


def _summary() -> str:
    lines = ["| set | texts | read as they deserve | |", "|---|--:|--:|--:|"]
    for name in (*HALVES, *LABELLED):
        examples = _examples(name)
        right = sum(_is_right(example) for example in examples)
        lines.append(f"| `{name}` | {len(examples)} | {right} | {right / len(examples):.1%} |")
    return "\n".join(lines)


def _is_right(example: Example) -> bool:
    reading = example.reading
    return reading.label is example.label and example.did in (None, frozenset(reading.did))


def _scores(examples: Iterable[Example]) -> str:
    lines = ["| meaning | precision | recall | texts |", "|---|--:|--:|--:|"]
    for label, score in scores(examples).items():
        lines.append(f"| {label} | {_share(score.precision)} | {_share(score.recall)} | {score.wanted} |")
    return "\n".join(lines)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def _table(examples: Iterable[Example]) -> str:
    """Rows: what a text means. Behind it: what it was read as, and how often."""
    read_as: dict[Label, Counter[Label]] = {}
    for example in examples:
        read_as.setdefault(example.label, Counter())[example.reading.label] += 1
    lines = ["| means | read as |", "|---|---|"]
    for label in sorted(read_as, key=list(Label).index):
        found = ", ".join(f"{other} {count}" for other, count in read_as[label].most_common())
        lines.append(f"| {label} | {found} |")
    return "\n".join(lines)


def main() -> None:
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
