"""Answers to what we had asked, and the keywords that stand for themselves. Pure.

A digit is a choice only where the last question offered it: '2' to a text without a menu is for a person to read.
"""

import re

from core.conversation.rules.words import Said

_OFFERS = re.compile(
    r"\b(?:reply |or |press |text )?([123])(?= (?:for|to|and|if|we|=|a|in|on|this|next)\b|=)"
)
_DIGITS = {
    "1": "1", "2": "2", "3": "3", "one": "1", "two": "2", "three": "3", "uno": "1", "una": "1", "dos": "2", "tres": "3",
    "first": "1", "second": "2", "third": "3", "primera": "1", "segunda": "2", "tercera": "3",
}  # fmt: skip
_CHOICE = re.compile(
    r"(?:option |opcion |number |numero |choice |la |el |the )?"
    rf"({'|'.join(_DIGITS)})(?: (?:one|option|please|pls|thanks|thank you|por favor|gracias|yes|si"
    rf"|is (?:best|fine|good)))*"
)
_LEADING = re.compile(
    r"\s*[(#]?\s*([123])\s*(?:[.):,!\u2014-]+(?!\d)|\ufe0f?\u20e3|\s(?=yes|please|sounds"
    r"|call|text|thank))"
)
_COURTESY = r"(?: (?:please|pls|thanks|thank you|por favor|gracias|now))*"

_HELP = re.compile(rf"(?:please )?(?:help|info|ayuda|hlp)(?: me)?{_COURTESY}")
_START = re.compile(
    r"(?:please )?(?:start|unstop|resume|subscribe|resubscribe|re subscribe|opt (?:me )?(?:back )?in|optin"
    r"|empezar|iniciar|start (?:texting )?again)"
    rf"{_COURTESY}|.*\b(?:start|resume) (?:texting|sending|messaging)( me)?( \w+)? again\b.*"
    rf"|.*\bsign me (?:back )?up (?:again )?for (?:the )?texts\b.*"
)
_YES = re.compile(
    r"(?:yes|yea|yeah|yep|yup|ya|yess+|si|sii+|sure|absolutely|definitely|certainly|of course|correct"
    r"|please do|i am|i do|claro(?: que si)?|por supuesto"
    r"|still interested|im interested|id love to|sounds good|works for me|dale)"
    r"(?: (?:please|pls|thanks|thank you|maam|sir|i am|i do|i would|im|still|very|interested|definitely"
    r"|absolutely|for sure|por favor|gracias|thing|that works))*"
)
_YES_WHERE_ASKED = re.compile(
    r"(?:ok|okay|k|kk|bueno|fine|great|perfect)(?: (?:please|sounds good|great"
    r"|perfect))*"
)
_NO = re.compile(
    r"(?:no|nope|nah|not|na|maybe later|not (?:now|yet|today|really|at (?:this|the) (?:time|moment)"
    r"|right now|this (?:time|month|week))|ahora no|todavia no|no por ahora"
    r"|no (?:thanks|thank you|thx|gracias|im good|im ok|not (?:now|yet|today|right now)))(?: (?:thanks"
    r"|thank you|gracias|please|im good|right now|but thanks?|sorry))*"
)
_ASKED = re.compile(r"\?|\breply (yes|book|call|here|1|2|3)\b", re.IGNORECASE)
_BOOK = re.compile(
    r"^(please )?(book|reservar|agendar)\b(?! (store|was|is|looks|club)\b)"
    r"|\b(like|want|love|ready|wanted|need|wanna|able|trying|can i|could i|can we) (to )?(please )?(book"
    r"|schedule|make (an |a )?(appointment|appt|booking|reservation)|set up (an? )?(appointment|appt"
    r"|consult\w*|time))\b"
    r"|\b(like|want|need) (an? )(appointment|appt)\b|\bschedule me\b|\bbook me\b|\bbook (it|us) for\b"
    r"|\b(quiero|quisiera|puedo|me gustaria|necesito) (\w+ )?(reservar|agendar|hacer|sacar"
    r"|programar) (una )?(cita|consulta)\b|\b(quiero|quisiera|necesito) una cita\b"
)
_CALL = re.compile(
    r"^(please |pls |just )?call\b(?! (you|u|ya|back later|center|was)\b)|^(please |pls )?(ring|phone) me\b"
    r"|\b(can|could|would|will|please|pls|rather|prefer|want|have|just|better to|lets|instead) ((you|u|yall"
    r"|someone|somebody|anyone|a person|one of you|maria|they|to|please|that) )*(give me a (call|ring)"
    r"|call (me|us|my|instead|at|after|before|tomorrow|today))\b"
    r"|\bgive me a (call|ring)\b|\bcall me\b|\b(llamame|llamenme|llameme|llamar)\b|\bme (pueden?|podrian?"
    r"|puedes) llamar\b"
)
_NOT_CALL = re.compile(
    r"\b(dont|do not|never|not|no one|nobody|didnt|did not|who|ill|i will) (just |even "
    r"|ever )?call(ed|s)?\b|\bno me llam"
)
_HERE = re.compile(
    r"(?:hi |hello |ok )?(?:im |i am |we are |were |just |i |estoy |ya |we )*(?:here|outside|arrived"
    r"|pulled in|pulling in|got here|parked|in the (?:parking )?lot|in the car|out front|llegue|aqui"
    r"|afuera)"
    r"(?: (?:now|for my (?:appointment|appt|visit)|in the (?:parking )?lot|outside|already|thanks|thank you"
    r"|ya|afuera))*"
)


def offered(last_words: tuple[str, ...]) -> frozenset[str]:
    """The digits of the newest text that asked anything. `last_words` newest first."""
    question = next((words for words in last_words if _ASKED.search(words)), "")
    return frozenset(_OFFERS.findall(question))


def option(said: Said, last_words: tuple[str, ...]) -> str | None:
    """'1', '2' or '3' where it was offered: bare, with courtesy, or as '1. yes please'."""
    bare, leading = _CHOICE.fullmatch(said.words), _LEADING.match(said.raw)
    digit = _DIGITS[bare.group(1)] if bare else leading.group(1) if leading else None
    return digit if digit in offered(last_words) else None


def is_help(said: Said) -> bool:
    return bool(_HELP.fullmatch(said.words))


def is_start(said: Said) -> bool:
    """Words that switch texts on again; 'yes' is one only after an opt-out."""
    return bool(_START.fullmatch(said.words))


def is_yes(said: Said, last_words: tuple[str, ...]) -> bool:
    """'ok' is an answer only to a question."""
    asked = bool(last_words) and "?" in last_words[0]
    words = said.words
    return bool(
        _YES.fullmatch(words) or (asked and (_YES_WHERE_ASKED.fullmatch(words) or _starts_with_yes(said)))
    )


def _starts_with_yes(said: Said) -> bool:
    return bool(said.clauses) and bool(re.match(r"(yes|yeah|yep|si|sure)\b", said.words)) and not said.asks


def is_no(said: Said) -> bool:
    return bool(_NO.fullmatch(said.words))


def is_book(said: Said) -> bool:
    return bool(_BOOK.search(said.words))


def is_call(said: Said) -> bool:
    return bool(_CALL.search(said.words)) and not _NOT_CALL.search(said.words)


def is_here(said: Said) -> bool:
    return bool(_HERE.fullmatch(said.words)) and not said.asks
