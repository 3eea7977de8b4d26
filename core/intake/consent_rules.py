"""What the answers about consent of a form allow. Pure.

Whether an answer agrees at all is said in `agreement`. The rule (compliance.md A1, A5, A6): a box is worth what its
words say.
 - words that speak of marketing, promotions or offers: marketing;
 - words that speak of the request, visits, appointments, or say 'informational' or 'transactional': transactional;
 - both: both, so that 'marketing and informational texts' covers the texts about a request as well;
 - neither, but clearly about texts: transactional only;
 - words that warn that texts are not encrypted and speak of health or treatment: texts may name it (compliance.md B);
   alone they are consent to nothing else;
 - a box for marketing emails is its own, and covers no text; it needs words that speak of emails;
 - a box for marketing or for such texts proves nothing without its words; no box at all: nothing is assumed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from core.intake import agreement
from core.intake.submission import EMAILS, ConsentGiven

TRANSACTIONAL, MARKETING, UNENCRYPTED = "transactional", "marketing", "unencrypted"
SPEAKS_OF_MARKETING = re.compile(r"\b(marketing|promotion\w*|offers?|specials|advertis\w*)\b", re.IGNORECASE)
SPEAKS_OF_REQUEST = re.compile(
    r"\b(informational|transactional|appointments?|reminders?|visits?|my request|your request)\b",
    re.IGNORECASE,
)
SPEAKS_OF_EMAILS = re.compile(r"\be-?mails?\b|\bcorreos?\b", re.IGNORECASE)
WARNS = re.compile(
    r"\b(?:not|never|n't)(?: \w+)? (?:encrypted|secured?)\b|\b(?:unencrypted|unsecured?|insecure)\b"
    r"|\b(?:no|sin) (?:\w+ )?(?:cifra|encripta)\w+|\bno (?:es|son) segur[oa]s?\b",
    re.IGNORECASE,
)
SPEAKS_OF_HEALTH = re.compile(
    r"\b(health|treatments?|medical|salud|tratamientos?|medic[oa]s?)\b", re.IGNORECASE
)
WORDING_LIMIT, VERSION_LIMIT = 2000, 24
FEWEST_WORDS = 4  # fewer than these are an answer to a question, not the words of a box


def scopes_of(wording: str) -> tuple[str, ...]:
    """Which scopes the words of a box cover, transactional first."""
    marketing, unencrypted = bool(SPEAKS_OF_MARKETING.search(wording)), names_health(wording)
    about_request = bool(SPEAKS_OF_REQUEST.search(wording)) or not (marketing or unencrypted)
    covered = ((TRANSACTIONAL, about_request), (MARKETING, marketing), (UNENCRYPTED, unencrypted))
    return tuple(scope for scope, holds in covered if holds)


def names_health(wording: str) -> bool:
    """Whether who ticks these words was warned that texts are not encrypted, and lets them name what is treated."""
    return bool(WARNS.search(wording) and SPEAKS_OF_HEALTH.search(wording))


def by_wording(wording: str, *, ticked: bool, version: str = "") -> tuple[ConsentGiven, ...]:
    """A box that has words but no scope of its own."""
    scopes = scopes_of(wording) if ticked else refused_scopes(wording)
    return tuple(given(scope, wording, ticked=ticked, version=version) for scope in scopes)


def refused_scopes(wording: str) -> tuple[str, ...]:
    """What a refusal takes back: what its words name, and everything where they name nothing."""
    named = SPEAKS_OF_MARKETING.search(wording) or SPEAKS_OF_REQUEST.search(wording) or names_health(wording)
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
        if on is not None and not (on and _proves_nothing(scope, wording))
    }
    covers_both = boxes.get(MARKETING) and TRANSACTIONAL in scopes_of(wording)
    if covers_both and TRANSACTIONAL not in flags:
        boxes[TRANSACTIONAL] = True
    return tuple(given(scope, wording, ticked=on, version=version) for scope, on in sorted(boxes.items()))


def by_email_flag(answer: object, wording: str, *, version: str = "") -> tuple[ConsentGiven, ...]:
    """A box for marketing emails. Ticked it proves nothing without words that speak of emails."""
    said = agreement.decision(answer, wording)
    if said is None or (said and not SPEAKS_OF_EMAILS.search(wording)):
        return ()
    return (replace(given(MARKETING, wording, ticked=said, version=version), channel=EMAILS),)


def _proves_nothing(scope: str, wording: str) -> bool:
    return (scope == MARKETING and not wording) or (scope == UNENCRYPTED and not names_health(wording))


def captured(consents: tuple[ConsentGiven, ...], at: datetime | None) -> tuple[ConsentGiven, ...]:
    """The same, with the moment at which the person agreed."""
    return tuple(replace(given, captured_at=at) for given in consents)


def given(scope: str, wording: str, *, ticked: bool, version: str = "") -> ConsentGiven:
    return ConsentGiven(scope, ticked, wording[:WORDING_LIMIT], version[:VERSION_LIMIT])
