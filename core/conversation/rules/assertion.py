"""Whether what a text names happens now: not denied, over, long past, supposed, or told of somebody else. Pure."""

import re
from dataclasses import dataclass
from functools import cache

from core.conversation.lexicon import subject
from core.conversation.rules.patterns import Match, Patterns

_GO_ON = re.compile(r"(?:(?:or|and|nor|any|ni|y|o|a|no) )*$")
_OR = re.compile(r"\b(?:or|nor|ni|o)$")
_LISTED = 5  # words of what stands in a list before its last
_FAR = 7  # words that a denial reaches over, at most
_NEAR = 4  # words within which 'went down' speaks of what stood before
_MODAL_REACH = 6
_MILD_REACH = 2
_BEFORE_MODAL = frozenset(
    [
        "hi",
        "hello",
        "hey",
        "so",
        "and",
        "but",
        "ok",
        "also",
        "what",
        "how",
        "why",
        "y",
        "pero",
        "hola",
        "please",
        "just",
        "wondering",
        "or",
        "que",
        "como",
        "o",
        "question",
        "quick",
        "ay",
    ]
)
_SHORT = 4  # words of a question that needs no verb: 'duele mucho?'


@cache
def status(*names: str) -> Patterns:
    return subject("status").of(*names)


@dataclass(frozen=True)
class Clause:
    """A clause of a sentence. `before`: the clause that a list may go on from."""

    words: str
    sentence: str
    asks: bool
    before: "Clause | None" = None


def is_denied(before: str, after: str, clause: Clause | None = None, named: str = "") -> bool:
    """Whether what stands between is denied: 'no pain, swelling or fever', 'fever: none'. `named`: itself."""
    if status("denied_after").holds(after) or _ends_denied(before, named):
        return True
    earlier = clause.before if clause else None
    return bool(earlier and _goes_on_with(before) and _was_denied(earlier))


def _goes_on_with(before: str) -> bool:
    """Whether a clause does nothing but go on with a list: 'or', 'swelling or', 'shortness of breath nor'."""
    if _GO_ON.fullmatch(before and f"{before} "):
        return True
    return bool(_OR.search(before)) and len(before.split()) <= _LISTED and not status("breaks").holds(before)


def _was_denied(earlier: Clause) -> bool:
    """The list that a clause goes on with began with a denial: more than the 'no' of an answer."""
    words = earlier.words
    if status("unwell").holds(words):
        return False
    said = len(words.split()) > 1 and _ends_denied(words)
    return said or (earlier.before is not None and _goes_on(earlier))


def _goes_on(clause: Clause) -> bool:
    return len(clause.words.split()) <= 3 and clause.before is not None and _was_denied(clause.before)


def _ends_denied(before: str, named: str = "") -> bool:
    if any(_reaches(before[match.end :]) for match in status("denied_wide").find(before)):
        return True
    last = max(status("denied").find(before), key=lambda match: match.end, default=None)
    if last is None:
        return False
    between = before[last.end :]
    begun = f"{between} {' '.join(named.split()[:1])}".strip()  # 'no fever and' breaks before 'it is white'
    return len(between.split()) <= _FAR and not status("breaks").holds(begun)


def _reaches(between: str) -> bool:
    """'I don't think I have a fever', but 'I don't think it is normal that I have a fever'."""
    return len(between.split()) <= _FAR and not status("happens_all_the_same").holds(between)


def is_over(before: str, after: str) -> bool:
    gone = next((m for m in status("over").find(after) if len(after[: m.start].split()) <= _NEAR), None)
    if gone and not _lasts(after[: gone.start]):
        return True
    near = " ".join(before.split()[-_NEAR:])
    return any(len(near[match.end :].split()) <= 1 for match in status("over_before").find(near))


def _lasts(before_gone: str) -> bool:
    """'It has not gone', 'it won't quit'."""
    return status("denied").holds(before_gone) or before_gone.rstrip().endswith("wont")


def recedes(words: str, match: Match) -> bool:
    """'Swelling has gone down a lot': what takes it back stands inside."""
    named = words[match.start : match.end]
    if status("denied_within").holds(named):
        return True
    back = status("receding").first(named)
    return back is not None and not status("denied").holds(named[: back.start])


def is_over_by_now(clause: Clause) -> bool:
    """'I was in severe pain yesterday, but it is gone': what follows in the sentence takes it back."""
    later = clause.sentence.partition(clause.words)[2]
    gone = status("over").first(later)
    return gone is not None and not status("denied").holds(later[: gone.start])


def is_bruise(words: str) -> bool:
    return status("bruise").holds(words) and not re.search(r"\b(white|blanch|spread|cold|fri[oa])", words)


def is_of_another(sentence: str) -> bool:
    """The fever of a child at home is no complication of ours."""
    return bool(kin().holds(sentence)) and not status("treated").holds(sentence)


def is_an_errand(sentence: str, words: str) -> bool:
    """'My mother is in the hospital, I have to reschedule': why somebody can't come, and no complication of ours."""
    return is_of_another(sentence) and status("errand").holds(words)


@cache
def kin() -> Patterns:
    return subject("status").of("kin")


def is_supposed(before: str, clause: Clause) -> bool:
    if status("at_this_moment").holds(clause.words):
        return False
    if any(len(before[m.end :].split()) <= _MODAL_REACH for m in status("supposed").find(before)):
        return True
    if _near_likely(before) or _begins_with_modal(before) or _may_come(before):
        return True
    earlier = clause.before
    return bool(
        earlier
        and before == ""
        and _GO_ON.fullmatch("")
        and status("supposed").holds(earlier.words)
        and earlier.asks
    )


def _near_likely(before: str) -> bool:
    return any(
        len(between := before[m.end :].split()) <= _MODAL_REACH and not {"my", "mi"} & set(between)
        for m in status("likely").find(before)
    )


def _begins_with_modal(before: str) -> bool:
    """'can filler cause ...', 'will I ...', 'could my face ...'; not 'can you help I ...'."""
    first = next(
        (m for m in status("modal").find(before) if set(before[: m.start].split()) <= _BEFORE_MODAL), None
    )
    if first is None:
        return False
    between = before[first.end :].split()
    return len(between) <= _MODAL_REACH and not _asserts(between)


def _asserts(between: list[str]) -> bool:
    """Whether somebody begins to tell: 'you ... I', 'is', 'have'."""
    told = {"is", "are", "am", "has", "cant", "keeps", "started", "because", "you", "someone"}
    return bool(told & set(between)) or "i" in between[1:] or "my" in between[2:]


def _may_come(before: str) -> bool:
    """'I might faint', 'you could go blind': but not what somebody says they may be having."""
    near = " ".join(before.split()[-3:])
    return any(
        not {"be", "have", "having", "need"} & set(near[match.start :].split())
        for match in status("maybe").find(near)
    )


def is_past(clause: Clause, entry: str) -> bool:
    """Long past and not lasting; or told of somebody else, without a word that says it is now."""
    if status("past").holds(clause.words) and not status("lasting").holds(clause.words):
        return True
    if not had(clause.words) or status("lasting").holds(clause.words):
        return False
    if entry != "life_help" and kin().holds(clause.words) and not status("happening").holds(clause.words):
        return True
    return status("past").holds(clause.sentence) and not status("lasting").holds(clause.sentence)


def had(words: str) -> bool:
    return status("had").holds(words)


def is_asked_of_the_thing(clause: Clause) -> bool:
    """'Is severe pain normal?' asks; 'is it normal that I can't see?' tells."""
    if status("now").holds(clause.sentence):
        return False
    opened = status("opener").holds(clause.sentence) or len(clause.words.split()) < _SHORT
    return opened and (clause.asks or clause.sentence.split()[0] in _OPENERS)


_OPENERS = frozenset(
    [
        "is",
        "are",
        "can",
        "could",
        "will",
        "would",
        "does",
        "do",
        "what",
        "how",
        "when",
        "why",
        "should",
        "es",
        "puede",
        "cuando",
        "que",
        "como",
    ]
)


def is_mild(words: str, match: Match) -> bool:
    """'A little swelling of my face'; not 'tiny dots and severe pain'."""
    near = (words[mild.end : match.start].split() for mild in status("mild").find(words[: match.end]))
    return any(len(between) <= _MILD_REACH for between in near)
