"""What a text asks for: words that carriers act on, one thing at a time, and the way out. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from core.messaging.rules.lint.findings import ERROR, Edit, Finding, Fix
from core.messaging.rules.lint.lexicon import lexicon
from core.messaging.rules.lint.wording import Wording

# What may stand between the verb and its keyword: 'reply with "YES"', 'text us BOOK'.
BETWEEN = r"(?:\s+(?:with|back|us|me|con|nos|la palabra|the word|a|an))*\s*[:,]?\s*[\"']?"
KEYWORD = re.compile(r"(?<![\w{])[A-Z]{2,}(?!\w)|(?<![\w{$.:])\d(?![\w.:,%]*\w)")
URL = re.compile(
    r"https?://\S+|(?<![\w@.])(?:[\w-]+\.)+(?:com|net|org|io|co|us|health|clinic|spa)\b(?:/\S*)?"
)
AND = re.compile(r"[,;]?\s+(?:or|and|o|y)\s+$")
LINKS, NUMBERS = re.compile(r"(?:Link|Url)$"), re.compile(r"Phone$")
IN_DANGER = "emergencyPhone"


def keyword_findings(wording: Wording) -> Iterator[Finding]:
    """Reserved words that people are asked to answer with."""
    for start, end in _reserved(wording):
        word = wording.body[start:end]
        instead = lexicon().keywords[wording.folded[start:end]]
        yield wording.error(
            "reserved_keyword",
            f"'{word}' is a word that carriers act on: it may unsubscribe people, or do nothing. Ask for another.",
            start,
            end,
            wording.replace(f"Ask for {instead}", instead, (start, end)),
        )


def _reserved(wording: Wording) -> Iterator[tuple[int, int]]:
    words = lexicon()
    for start, end in wording.sentences():
        verb = words.reply.search(wording.folded, start, end)
        if verb is None:
            continue
        for found in re.finditer(r"(?<!\w)[a-z]+(?!\w)", wording.folded[verb.end() : end]):
            place = (verb.end() + found.start(), verb.end() + found.end())
            if (
                found[0] in words.keywords
                and _is_asked_for(wording, verb.end(), place)
                and not _is_way_out(wording, place)
            ):
                yield place


def _is_asked_for(wording: Wording, verb_end: int, place: tuple[int, int]) -> bool:
    """In capitals anywhere after the verb, or right after it however it is written."""
    word = wording.body[place[0] : place[1]]
    between = wording.folded[verb_end : place[0]]
    return word.isupper() or re.fullmatch(BETWEEN, between) is not None


def _is_way_out(wording: Wording, place: tuple[int, int]) -> bool:
    """'STOP to opt out', 'HELP for help'; not 'STOP to cancel your visit'."""
    words, keyword = lexicon(), wording.folded[place[0] : place[1]]
    blanks = re.compile(r"[\"']?\s+").match(wording.folded, place[1])
    after = blanks.end() if blanks else place[1]
    if keyword == "help":
        return words.help.match(wording.folded, after) is not None
    line = words.opt_out.match(wording.folded, after) if keyword == "stop" else None
    return line is not None and not words.visit.search(wording.folded, line.end(), line.end() + 30)


def opts_out(wording: Wording) -> bool:
    """Whether it says how to get no more texts."""
    return any(
        _is_way_out(wording, found.span()) for found in re.finditer(r"(?<!\w)stop(?!\w)", wording.folded)
    )


def opt_out_findings(wording: Wording) -> Iterator[Finding]:
    """For a first and for a marketing text."""
    if opts_out(wording):
        return
    line = lexicon().opt_out_line[wording.language]
    end = len(wording.body.rstrip())
    fix = Fix(f'Add "{line}"', (Edit(wording.field, end, len(wording.body), f" {line}"),))
    message = "A first text and a marketing text say how to get no more of them."
    yield Finding("no_opt_out", ERROR, wording.field, message, fix=fix)


@dataclass(frozen=True)
class Ask:
    """One thing that the reader is asked to do. `what`: reply, or the link or number that is used."""

    what: str
    start: int
    end: int
    sentence: tuple[int, int]


def two_asks_findings(wording: Wording) -> Iterator[Finding]:
    """Whoever has two things to do does neither: the second one is named."""
    asks = list(_asks(wording))
    first, second = next(
        ((one, two) for one, two in combinations(asks, 2) if _are_both_asked(wording, one, two)), (None, None)
    )
    if first and second:
        yield wording.warning(
            "two_asks",
            f"Two calls to action: {_words(first)}, {_words(second)}. One of them is answered more often.",
            second.start,
            second.end,
            _without(wording, first, second),
        )


def _are_both_asked(wording: Wording, one: Ask, two: Ask) -> bool:
    return one.what != two.what and not wording.excludes(one.start, two.start)


def _words(ask: Ask) -> str:
    if ask.what.startswith("reply"):
        return "an answer"
    return "a call" if NUMBERS.search(ask.what) else "a link"


def _without(wording: Wording, first: Ask, second: Ask) -> Fix | None:
    """The second one's sentence goes; within the first one's sentence what stands after 'or'."""
    start, end = second.sentence
    if second.sentence != first.sentence:
        return wording.drop("Drop the second", start, end)
    joined = AND.search(wording.masked, 0, _clause(wording, second))
    stop = end - len(wording.masked[start:end]) + len(wording.masked[start:end].rstrip(".!?"))
    return wording.drop("Drop the second", joined.start(), stop) if joined else None


def _clause(wording: Wording, ask: Ask) -> int:
    """Where the verb of an ask stands: 'or call {{clinicPhone}}' begins before its number."""
    verbs = list(lexicon().call.finditer(wording.folded, ask.sentence[0], ask.start))
    return verbs[-1].start() if verbs and NUMBERS.search(ask.what) else ask.start


def _asks(wording: Wording) -> Iterator[Ask]:
    """In the order in which they are read."""
    for number, sentence in enumerate(wording.sentences()):
        found = [*_reply_asks(wording, sentence, number), *_link_asks(wording, sentence)]
        yield from sorted(found, key=lambda ask: ask.start)


def _reply_asks(wording: Wording, sentence: tuple[int, int], number: int) -> Iterator[Ask]:
    """All the keywords of one sentence are one question."""
    verb = lexicon().reply.search(wording.folded, *sentence)
    if verb is None:
        return
    for found in KEYWORD.finditer(wording.masked, verb.end(), sentence[1]):
        if not _is_way_out(wording, found.span()):
            yield Ask(f"reply {number}", verb.start(), found.end(), sentence)
            return


def _link_asks(wording: Wording, sentence: tuple[int, int]) -> Iterator[Ask]:
    start, end = sentence
    for found in wording.variables:
        if start <= found.start() < end and _is_used(wording, found, start):
            yield Ask(found[1], *found.span(), sentence)
    for found in URL.finditer(wording.masked, start, end):
        yield Ask(found[0], *found.span(), sentence)


def _is_used(wording: Wording, found: re.Match[str], start: int) -> bool:
    """A link always; a number only where one is told to call: 'Questions? (512) 555-0100' asks for nothing.

    Where to turn in danger is no call to action, and nobody should be led to drop it.
    """
    if found[1] == IN_DANGER:
        return False
    if NUMBERS.search(found[1]):
        return lexicon().call.search(wording.folded, start, found.start()) is not None
    return LINKS.search(found[1]) is not None
