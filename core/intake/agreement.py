"""Whether an answer agrees to texts: yes, no, or neither. Pure; English and Spanish.

A refusal is a refusal in whatever words; a yes has to be clear; all else proves nothing (compliance.md A1, D). Forms
ask by box, radio, list, grid and free text, so the answer may be a truth value, a word, a whole wording, or several. A
question may also ask the opposite ('I do not want texts'): then a yes refuses, and a no still proves nothing.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from core.domain.names import fold

QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2032": "'"})
SENTENCE = re.compile(r"[.!?;\n]+\s*")
REST = r"[^.!?;\n]*"
STOP_WORDS = r"(?:stop|alto|help|ayuda|end|quit|cancel|unsubscribe|baja|parar?)"
# What a wording says about leaving again, about purchases and about us refuses nothing: it goes before we judge.
ASIDE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:reply|replying|text|texting|send|sending|txt|respond|responding|type|responda|responde|envie|envia|"
        rf"enviar|conteste|mande)\s+(?:with\s+)?[\"']?{STOP_WORDS}\b{REST}",
        rf"\b(?:if|unless|should you|si (?:usted |ya )?(?:no )?(?:desea|quiere|usted))\b{REST}",
        rf"\bwe (?:will|do|don'?t|won'?t|never|promise|shall|may)\b{REST}",
        rf"\b(?:can|may|could|able to|free to|right to|option to|how to|puede|puedo) (?:always |also )?"
        rf"(?:opt[ -]?out|unsubscribe|withdraw|revoke|cancel|stop|decline|cancelar|darme de baja|darse de baja){REST}",
        rf"\bto (?:opt[ -]?out|unsubscribe|cancel|stop)\b{REST}",
        r"\bno (?:purchase|obligation|compra)\b(?: necessary| required| necesaria)?",
        rf"\bno (?:es|sera|compartiremos|venderemos|se comparte\w*|se vende\w*)\b{REST}",
    )
)
WANTS_OUT = re.compile(
    r"\bi (?:want|wish|would like|choose|prefer|need|ask|decide)d? to (?:be )?"
    r"(?:opt(?:ed)?[ -]?out|unsubscribed?|stop|cancel|decline)\b"
)
NOT = r"(?:not|don'?t|didn'?t|won'?t|wouldn'?t|can'?t|cannot|never|no longer|refuse to|decline to)"
BETWEEN = (
    r"(?:(?:really|currently|ever|hereby|wish|want|like|care|to|be|by|via|give|given|my|your|please|any|me|you|"
    r"further|more|marketing)\s+)*"
)
ACTS = (
    r"(?:agree|agreed|agreeing|consent|consented|consenting|accept|accepted|accepting|authori[sz]e|approve|allow|"
    r"permit|permission|want|wish|opt(?:ed|ing)?[ -]?in|texts?|texted|texting|sms|messages?|messaged|contact|"
    r"contacted|send (?:me|texts?|sms|messages?|any)|receive|get|ok|okay|fine|interested|comfortable|"
    r"subscribe|subscribed)"
)
REFUSES = re.compile(
    rf"\b{NOT}\s+{BETWEEN}{ACTS}\b"
    r"|\b(?:disagree\w*|declin\w+|refus\w+|reject\w*|den(?:y|ied)|unsubscrib\w+|opt(?:ed|ing)?[ -]?(?:me[ -])?out|"
    r"uncheck\w*|untick\w*|leave me alone|stop texting|rather not|prefer not|without texts?|"
    r"no (?:more |marketing )?(?:texts?|texting|sms|messages?|mensajes|textos|marketing)|"
    r"not (?:now|yet|today|at this time|right now)|"
    r"(?:calls?|phone|emails?) only|only (?:by |via )?(?:calls?|phone|emails?))\b"
    r"|\b(?:rechaz\w+|declino|niego|prefiero no|ahora no|sin (?:mensajes|textos)|"
    r"no (?:gracias|acepto|autorizo|consiento|deseo|quiero|doy|estoy de acuerdo|estoy interesad[oa]|"
    r"me (?:envien|manden|escriban|contacten|interesa|gustaria))|solo (?:por )?(?:llamadas?|telefono|correo))\b"
)
REFUSES_AT_ONCE = re.compile(
    r"(?:no|nope|nah|never|negative|not|none|false|falso|off|nunca|ninguno)\b|(?:0|n)$"
)
AGREES_AT_ONCE = re.compile(
    r"(?:y|1|x|true|verdadero|on|checked|ticked|granted|allowed|confirmed|aceptado|autorizado)$"
    r"|(?:yes|yep|yeah|yup|sure|ok|okay|of course|absolutely|definitely|certainly|gladly|agree|agreed|accept|"
    r"accepted|consent|consented|allow|authori[sz]e|opt(?:ed)?[ -]?in|opt me in|subscribe|sign me up|"
    r"si|claro|por supuesto|de acuerdo|vale)\b(?! (?:to|with) no)"
    r"|(?:please )?(?:text|message|sms|send|notify|remind) me\b"
    r"|(?:receive|get) .*\b(?:texts?|sms|messages?)\b"
    r"|(?:recibir|enviarme|enviame) .*\b(?:mensajes|textos|sms)\b"
)
AGREES = re.compile(
    r"\bi(?: do| hereby| also| fully| freely| expressly| voluntarily| understand| have read| acknowledge| confirm|"
    r" and|,)* (?:agree|consent|accept|authori[sz]e|opt[ -]?in|allow|permit|approve|grant|"
    r"give (?:my |you )?(?:\w+ ){0,3}(?:consent|permission))\b"
    r"|\band (?:i )?(?:agree|consent)\b"
    r"|\bby (?:checking|ticking|clicking|submitting|signing|providing|selecting)\b.* (?:i|you) "
    r"(?:agree|consent|accept|authori[sz]e)\b"
    r"|\bi(?:'d| would) (?:like|love) to (?:receive|get|hear)\b|\bi (?:want|wish) to (?:receive|get)\b"
    r"|\byou (?:may|can|have my (?:permission|consent) to) (?:text|message|sms|send)\b"
    r"|\b(?:ok|okay|fine) to (?:text|message)\b"
    r"|\b(?:acepto|autorizo|consiento|estoy de acuerdo|doy mi (?:consentimiento|permiso|autorizacion)|"
    r"(?:quiero|deseo|me gustaria) recibir|pueden? (?:enviarme|mandarme|escribirme))\b"
)
UNSURE = re.compile(
    r"\b(?:maybe|perhaps|unsure|not sure|undecided|depends|don'?t know|select|choose|n/a|not applicable|quizas?|"
    r"tal vez|no se|no (?:answer|response|preference|selection|opinion))\b"
)
SHORT = 60  # in a whole wording such words are about something else
ABOUT_TEXTS = re.compile(r"\b(?:texts?|texting|texted|sms|mms|messag\w+|mensajes?|textos)\b")

EDGES = re.compile(r"^\W+|\W+$")


def decision(answer: object, question: str = "") -> bool | None:
    """True for a clear yes, False for a refusal, None for what proves neither."""
    said = _said(answer)
    if refuses(question):
        return False if said else None
    return said


def refuses(wording: str) -> bool:
    """Whether words say no to texts, whatever they add about leaving, purchases or us."""
    return _of_words(wording) is False


def about_texts(*wordings: str) -> bool:
    """Whether any of the words speak of texts: an agreement to terms or to calls is none to texts."""
    return any(ABOUT_TEXTS.search(_plain(words)) for words in wordings)


def _said(answer: object) -> bool | None:
    if isinstance(answer, bool):
        return answer
    if isinstance(answer, int | float):
        return bool(answer) if answer in (0, 1) else None
    if isinstance(answer, str):
        return _of_words(answer)
    if isinstance(answer, Mapping):
        return _all_of([decision(inner, str(row)) for row, inner in _rows_about_texts(answer)])
    return _all_of([_said(inner) for inner in answer]) if isinstance(answer, list) else None


def _rows_about_texts(grid: Mapping[object, object]) -> list[tuple[object, object]]:
    """A grid may ask about texts, calls and email in one: only its rows about texts count, where it has such."""
    rows = list(grid.items())
    return [row for row in rows if about_texts(str(row[0]))] or rows


def _all_of(decisions: list[bool | None]) -> bool | None:
    if False in decisions:
        return False
    return True if decisions and None not in decisions else None


@lru_cache(maxsize=256)  # a clinic's boxes have the same few words on every form
def _of_words(wording: str) -> bool | None:
    whole = _plain(wording)
    if WANTS_OUT.search(whole):
        return False
    for pattern in ASIDE:
        whole = pattern.sub(" ", whole)
    sentences = [part for part in (EDGES.sub("", part) for part in SENTENCE.split(whole)) if part]
    if not sentences:
        return None
    if len(whole) <= SHORT and UNSURE.search(whole):
        return None
    if REFUSES_AT_ONCE.match(sentences[0]) or any(map(REFUSES.search, sentences)):
        return False
    return True if AGREES_AT_ONCE.match(sentences[0]) or any(map(AGREES.search, sentences)) else None


def _plain(wording: str) -> str:
    return fold(wording.translate(QUOTES))
