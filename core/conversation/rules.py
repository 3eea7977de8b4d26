"""What a patient's text means to the system. Pure.

Stopping is heard by any reasonable means (compliance.md A2): the carrier's keywords in any case and spelling, and
plain language in English and Spanish. When in doubt whether somebody wants no more texts, a person decides; the
automation has stopped by then anyway, because every reply stops it.
"""

import re
import unicodedata
from enum import StrEnum


class Meaning(StrEnum):
    """How a text was read."""

    STOP = "stop"  # a keyword
    STOP_PLAIN = "stop_plain"  # in words
    WRONG_NUMBER = "wrong_number"  # the number is somebody else's now
    HELP = "help"
    START = "start"
    CALL = "call"
    BOOK = "book"
    CHOICE_1 = "1"
    CHOICE_2 = "2"
    CHOICE_3 = "3"
    REPLY = "reply"


STOP_WORDS = frozenset(
    {
        "stop",
        "stopall",
        "stop all",
        "unsubscribe",
        "unsub",
        "end",
        "quit",
        "cancel",
        "revoke",
        "optout",
        "opt out",
        "remove",
        "stop it",
        "stop please",
        "please stop",
        "stop now",
        "just stop",
        "remove me",
        "unsubscribe me",
        "cancel texts",
        "end texts",
        "alto",
        "parar",
        "pare",
        "basta",
        "no mas",
        "cancelar",
        "baja",
        "detener",
        "stop texts",
        "stop texting",
        "no texts",
    }
)
START_WORDS = frozenset({"start", "unstop", "resume", "yes", "si", "empezar", "opt in", "optin", "subscribe"})
HELP_WORDS = frozenset({"help", "info", "ayuda"})
CALL_WORDS = frozenset(
    {"call", "call me", "please call", "please call me", "can you call", "llamame", "llamar"}
)
BOOK_WORDS = frozenset({"book", "book now", "reservar"})

STOP_PHRASES = re.compile(
    r"\b(stop|quit|cease) (all |these |the |your |any )*(text|texts|texting|messag\w*|contact\w*|sms|bothering)\b"
    r"|\b(dont|do not|never|please dont) (ever )?(text|message|contact|sms) me\b"
    r"|\b(dont|do not) (want|wish|need) (any |to get |to receive |your |these |more |any more )*(texts?|messages|sms)\b"
    r"|\b(take|remove|delete|get) me (off|from)\b"
    r"|\b(no more|no further) (text|texts|messages|sms)\b"
    r"|\bleave me alone\b|\blose (my|this) number\b|\bdelete my number\b|\bnot interested stop\b"
    r"|\bopt (me )?out\b|\bunsubscribe\b"
    r"|\bno me (escriba|escriban|manden|envien|contacten)\w*\b|\bdejen de (escribir|mandar|enviar)\w*\b"
)
WRONG_NUMBER = re.compile(r"\b(wrong (number|person)|numero equivocado|not my name|you have the wrong)\b")
QUESTION_ABOUT_STOPPING = re.compile(
    r"\b(can|could|may|how|do|should) i (still )?(cancel|stop|end|quit|remove)\b|\bhow (do|can|to)\b"
)


def fold(text: str) -> str:
    """Lower case, accents, punctuation and emoji removed, spaces single."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("'", "").replace("\u2019", "")
    kept = "".join(
        c if c.isalnum() or c.isspace() or c in "-_./" else "" if unicodedata.combining(c) else " "
        for c in plain
    )
    return " ".join(kept.replace("-", " ").replace("_", " ").replace(".", " ").replace("/", " ").split())


def understand(body: str) -> Meaning:
    """Read one text."""
    said = fold(body)
    squeezed = said.replace(" ", "")
    if said in STOP_WORDS or (squeezed in STOP_WORDS and len(squeezed) < 12) or _shouted(said):
        return Meaning.STOP
    exact = {
        Meaning.START: START_WORDS,
        Meaning.HELP: HELP_WORDS,
        Meaning.CALL: CALL_WORDS,
        Meaning.BOOK: BOOK_WORDS,
        Meaning.CHOICE_1: {"1", "one", "uno"},
        Meaning.CHOICE_2: {"2", "two", "dos"},
        Meaning.CHOICE_3: {"3", "three", "tres"},
    }
    for meaning, spellings in exact.items():
        if said in spellings:
            return meaning
    if WRONG_NUMBER.search(said):
        return Meaning.WRONG_NUMBER
    if STOP_PHRASES.search(said) and not QUESTION_ABOUT_STOPPING.search(said):
        return Meaning.STOP_PLAIN
    return _leading(said)


def _shouted(said: str) -> bool:
    """'stoppp' and 'stop stop stop'."""
    return bool(re.fullmatch(r"sto+p+|(stop ?)+", said))


def _leading(said: str) -> Meaning:
    """'1. Yes please, anytime after 2' answers the menu with 1; 'book tuesday' asks to book."""
    first, _, _ = said.partition(" ")
    leading = {
        "1": Meaning.CHOICE_1,
        "2": Meaning.CHOICE_2,
        "3": Meaning.CHOICE_3,
        "book": Meaning.BOOK,
        "call": Meaning.CALL,
    }
    return leading.get(first, Meaning.REPLY)


STOPS = frozenset({Meaning.STOP, Meaning.STOP_PLAIN, Meaning.WRONG_NUMBER})
