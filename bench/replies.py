"""How well patients' texts are read: precision and recall of each label on every set of the corpus, and the speed.

What each set scored when it was read for the first time stands in docs/replies.md.
"""

import time

from core.conversation.rules.reading import Label
from tests.corpus import HALVES, LABELLED, Score, half, labelled, scores

ROUNDS = 20


def main() -> None:
    for name in (*HALVES, *LABELLED):
        examples = half(name) if name in HALVES else labelled(name)
        found = scores(examples)
        right = sum(score.right for score in found.values())
        print(f"{name}: {len(examples)} texts, {right} read as they deserve ({right / len(examples):.1%})")
        for label, score in found.items():
            print(_line(label, score))
    print(f"one reading: {_microseconds():.0f} microseconds of CPU")


def _line(label: Label, score: Score) -> str:
    figures = (f"{'-' if share is None else f'{share:.3f}':>7}" for share in (score.precision, score.recall))
    return f"  {label.value:<18} precision {' recall '.join(figures)}  ({score.wanted} of it)"


def _microseconds() -> float:
    examples = half("held_out")
    for example in examples:  # word lists are read and compiled once
        _ = example.reading
    begun = time.process_time()
    for _ in range(ROUNDS):
        for example in examples:
            _ = example.reading
    return (time.process_time() - begun) / ROUNDS / len(examples) * 1e6


if __name__ == "__main__":
    main()
