"""What the answers about consent of a form allow. Pure.

Whether an answer agrees at all is said in `agreement`. The rule (compliance.md A1, A5, A6): a box is worth what its
words say.
 - words that speak of marketing, promotions or offers: marketing;
 - words that speak of the request, visits, appointments, or say 'informational' or 'transactional': transactional;
 - both: both, so that 'marketing and informational texts' covers the texts about a request as well;
 - neither, but clearly about texts: transactional only;
 - a marketing box without its words proves nothing and counts for nothing; no box at all: nothing is assumed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from core.intake import agreement
from core.intake.submission import ConsentGiven

TRANSACTIONAL, MARKETING = "transactional", "marketing"
SPEAKS_OF_MARKETING = re.compile(r"\b(marketing|promotion\w*|offers?|specials|advertis\w*)\b", re.IGNORECASE)
SPEAKS_OF_REQUEST = re.compile(
    r"\b(informational|transactional|appointments?|reminders?|visits?|my request|your request)\b",
    re.IGNORECASE,
)
WORDING_LIMIT, VERSION_LIMIT = 2000, 24
FEWEST_WORDS = 4  # fewer than these are an answer to a question, not the words of a box


def scopes_of(wording: str) -> tuple[str, ...]:
    """Which scopes the words of a box cover, transactional first."""
    marketing = bool(SPEAKS_OF_MARKETING.search(wording))
    about_request = bool(SPEAKS_OF_REQUEST.search(wording)) or not marketing
    return tuple(scope for scope, holds in ((TRANSACTIONAL, about_request), (MARKETING, marketing)) if holds)


def by_wording(wording: str, *, ticked: bool, version: str = "") -> tuple[ConsentGiven, ...]:
    """A box that has words but no scope of its own."""
    scopes = scopes_of(wording) if ticked else refused_scopes(wording)
    return tuple(given(scope, wording, ticked=ticked, version=version) for scope in scopes)


def refused_scopes(wording: str) -> tuple[str, ...]:
    """What a refusal takes back: what its words name, and everything where they name nothing."""
    named = SPEAKS_OF_MARKETING.search(wording) or SPEAKS_OF_REQUEST.search(wording)
    return scopes_of(wording) if named else (TRANSACTIONAL, MARKETING)


def by_answer(
    answer: object, question: str, *, asked: str = "", version: str = ""
) -> tuple[ConsentGiven, ...]:
    """An answer to a question about texts; () where it is neither a yes nor a no.

    `question` are the words that the person saw, '' where the vendor does not send them; `asked` is the question's
    own name at the vendor, which is no evidence for marketing.
    """
    said = agreement.decision(answer, question or asked)
    label = _label(answer)
    own = label if len(label.split()) >= FEWEST_WORDS else ""
    if said is None or not agreement.about_texts(question, asked, label):
        return ()
    if question:
        return by_wording(": ".join(filter(None, (question, label))), ticked=said, version=version)
    boxes = by_wording(own or ": ".join(filter(None, (asked, label))), ticked=said, version=version)
    return tuple(box for box in boxes if own or not box.ticked or box.scope != MARKETING)


def of_one_question(boxes: Iterable[ConsentGiven]) -> tuple[ConsentGiven, ...]:
    """What several ticks in one list come to: a refusal of texts outweighs whatever else is ticked there."""
    found = tuple(boxes)
    refused = {box.scope for box in found if not box.ticked}
    return tuple(box for box in found if not box.ticked or not ({box.scope, TRANSACTIONAL} & refused))


def _label(answer: object) -> str:
    """An answer in the words in which it was given; a grid's rows with them, '' for a mere tick."""
    if isinstance(answer, Mapping):
        return "; ".join(f"{row}: {_label(inner)}" for row, inner in answer.items())
    if isinstance(answer, list):
        return "; ".join(map(_label, answer))
    return answer if isinstance(answer, str) else ""


def by_scope(flags: Mapping[str, object], wording: str, *, version: str = "") -> tuple[ConsentGiven, ...]:
    """Boxes that are named by scope and share one wording, as the generic connector sends them."""
    said = {scope: agreement.decision(answer, wording) for scope, answer in flags.items()}
    boxes = {
        scope: on
        for scope, on in said.items()
        if on is not None and (wording or not (on and scope == MARKETING))
    }
    covers_both = boxes.get(MARKETING) and TRANSACTIONAL in scopes_of(wording)
    if covers_both and TRANSACTIONAL not in flags:
        boxes[TRANSACTIONAL] = True
    return tuple(given(scope, wording, ticked=on, version=version) for scope, on in sorted(boxes.items()))


def captured(consents: tuple[ConsentGiven, ...], at: datetime | None) -> tuple[ConsentGiven, ...]:
    """The same, with the moment at which the person agreed."""
    return tuple(replace(given, captured_at=at) for given in consents)


def given(scope: str, wording: str, *, ticked: bool, version: str = "") -> ConsentGiven:
    return ConsentGiven(scope, ticked, wording[:WORDING_LIMIT], version[:VERSION_LIMIT])
