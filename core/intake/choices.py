"""What a person chose, in the clinic's codes: treatment, timeframe, budget, location. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.domain.names import fold
from core.intake import text
from core.intake.draft import Vocabulary


@dataclass(frozen=True)
class Coded:
    """An answer in the clinic's words: its code, and what was written where no code covers all of it."""

    code: str
    left_over: str


def codes_of(answers: Mapping[str, object], vocabulary: Vocabulary) -> dict[str, str]:
    """The clinic's codes for what was chosen, '' where it has none."""
    return {name: choice.code for name, choice in coded_answers(answers, vocabulary).items()}


def coded_answers(answers: Mapping[str, object], vocabulary: Vocabulary) -> dict[str, Coded]:
    """What was chosen for each of the fields that have codes, by the field's name."""
    return {name: _coded(answers.get(name), words) for name, words in _coded_fields(vocabulary)}


def _coded_fields(vocabulary: Vocabulary) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield "treatment", vocabulary.treatments
    yield "timeframe", vocabulary.timeframes
    yield "budget", vocabulary.budgets
    yield "location", vocabulary.locations


def _coded(answer: object, words: Mapping[str, str]) -> Coded:
    choices = [text.words(choice) for choice in (answer if isinstance(answer, list) else [answer])]
    codes = [(choice, _code(choice, words)) for choice in choices if choice]
    code = next((code for _, code in codes if code), "")
    others = [choice for choice, other in codes if other != code]
    return Coded(code, ", ".join(others)[: text.LONGEST] if codes else "")


def _code(choice: str, words: Mapping[str, str]) -> str:
    folded = fold(choice)
    return words.get(folded) or words.get(folded.replace("_", " ").replace("-", " ")) or ""
