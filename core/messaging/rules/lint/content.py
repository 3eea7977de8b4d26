"""What a text must not say, and whose name it must: health, prescription drugs on offer, hidden links, emoji. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping

from core.messaging.characters import signs
from core.messaging.rules.lint.findings import ERROR, WARNING, Edit, Finding, Fix
from core.messaging.rules.lint.lexicon import fold, lexicon, pattern
from core.messaging.rules.lint.wording import Wording
from core.messaging.variables import Variable

CLINIC = frozenset({"clinicName", "clinicShortName"})
CONSULTATION = {"en": "your consultation", "es": "su consulta"}
MOST_EMOJI = 2
EMOJI = re.compile(
    "[\u203c\u2049\u231a-\u23ff\u2600-\u27bf\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)


def offer_findings(wording: Wording, drug_variables: Collection[str]) -> Iterator[Finding]:
    """A prescription product beside an offer. `drug_variables`: those whose value may name one."""
    words = lexicon()
    offer = words.offers[wording.language].search(wording.folded)
    if offer is None:
        return
    said = wording.body[offer.start() : offer.end()]
    for start, end, name in _drugs(wording, drug_variables):
        yield wording.error(
            "drug_offer",
            f"{name} is a prescription product, and '{said}' an offer: Twilio refuses such a text (30565). "
            "Leave the product out.",
            start,
            end,
            wording.replace(
                f'Say "{CONSULTATION[wording.language]}"', CONSULTATION[wording.language], (start, end)
            ),
        )


def _drugs(wording: Wording, variables: Collection[str]) -> Iterator[tuple[int, int, str]]:
    for found in lexicon().brands.finditer(wording.folded):
        yield *found.span(), wording.body[found.start() : found.end()]
    for tag in wording.variables:
        if tag[1] in variables:
            yield *tag.span(), f"What {tag[0]} may print"


def health_findings(wording: Wording) -> Iterator[Finding]:
    """Words of treatments, symptoms, results or medication in what everybody gets."""
    for found in _health_words(wording):
        start, end = found.span()
        yield wording.error(
            "health",
            f"'{wording.body[start:end]}' tells of somebody's health. Say 'your visit', or lead to a secure page.",
            start,
            end,
        )
    for start, end, instead in _dear_words(wording):
        yield wording.warning(
            "plainer",
            f"'{wording.body[start:end]}' says more than it needs to.",
            start,
            end,
            wording.replace(f'Say "{instead}"', instead, (start, end)),
        )


def _health_words(wording: Wording) -> Iterator[re.Match[str]]:
    words = lexicon()
    yield from words.health[wording.language].finditer(wording.folded)
    if not words.offers[wording.language].search(wording.folded):  # else the offer is what is said about it
        yield from words.brands.finditer(wording.folded)


def _dear_words(wording: Wording) -> Iterator[tuple[int, int, str]]:
    plainer = lexicon().plainer[wording.language]
    for found in re.finditer(r"(?<!\w)[a-z]+(?!\w)", wording.folded):
        if found[0] in plainer:
            yield *found.span(), plainer[found[0]]


def shortener_findings(wording: Wording, known: Mapping[str, Variable]) -> Iterator[Finding]:
    own = next((name for name, one in known.items() if one.kind == "link"), None)
    for found in lexicon().shorteners.finditer(wording.folded):
        fix = wording.replace("Use your own link", f"{{{{{own}}}}}", found.span()) if own else None
        yield wording.error(
            "shortener",
            f"'{found[0]}' hides where it leads; carriers filter texts with public short links. Use your own domain.",
            *found.span(),
            fix,
        )


def emoji_findings(wording: Wording) -> Iterator[Finding]:
    places, start = [], 0
    for sign in signs(wording.masked):
        if EMOJI.match(sign):
            places.append((start, start + len(sign)))
        start += len(sign)
    extra = places[MOST_EMOJI:]
    if extra:
        yield wording.warning(
            "emoji",
            f"{len(places)} emoji: more than {MOST_EMOJI} look like advertising to filters.",
            *extra[0],
            wording.replace(f"Keep the first {MOST_EMOJI}", "", *extra),
        )


def sender_findings(wording: Wording, clinic_names: Collection[str], *, must: bool) -> Iterator[Finding]:
    """`clinic_names`: what the clinic is called. `must`: a first or marketing text, where it is an error."""
    if wording.names & CLINIC or pattern(map(fold, clinic_names)).search(wording.folded):
        return
    fix = Fix("Begin with the clinic", (Edit(wording.field, 0, 0, "{{clinicShortName}}: "),))
    yield Finding(
        "no_sender",
        ERROR if must else WARNING,
        wording.field,
        "It does not say who writes: people report texts from numbers they don't know.",
        fix=fix,
    )
