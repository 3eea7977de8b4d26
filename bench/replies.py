"""How well patients' texts are read: precision and recall of each label on both halves of the corpus, and the speed.

The held-out half was written before the rules and is never tuned on: its figures are the ones to believe.
"""

import time

from core.conversation.rules.reading import Label
from tests.corpus import HALVES, Score, half, scores

ROUNDS = 20


def main() -> None:
    for name in HALVES:
        examples = half(name)
        found = scores(examples)
        right = sum(score.right for score in found.values())
        print(f"{name}: {len(examples)} texts, {right} read as they deserve ({right / len(examples):.1%})")
        for label, score in found.items():
            print(_line(label, score))
    print(f"one reading: {_microseconds():.0f} microseconds")


def _line(label: Label, score: Score) -> str:
    figures = (f"{'-' if share is None else f'{share:.3f}':>7}" for share in (score.precision, score.recall))
    return f"  {label.value:<18} precision {' recall '.join(figures)}  ({score.wanted} of it)"


def _microseconds() -> float:
    examples = half("held_out")
    begun = time.perf_counter()
    for _ in range(ROUNDS):
        for example in examples:
            _ = example.reading
    return (time.perf_counter() - begun) / ROUNDS / len(examples) * 1e6


if __name__ == "__main__":
    main()
