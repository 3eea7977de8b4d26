"""What phones and other people's machines send in a person's name: reactions and automatic replies. Pure.

Neither is an answer: they start no clock, end no sequence, and are never answered, so that two machines never talk.
"""

import re

from core.conversation.rules import danger, stops
from core.conversation.rules.words import Said, fold

_HIDDEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\u2068\u2069\ufeff\ufe0f"))
_QUOTE, _ENDQUOTE = "[\"\u201c\u201e\u201f\u00ab\u2018']", "[\"\u201d\u00bb\u2019\u201c']"
_EMOJI = r"(?:[^\w\s\"'.,!?;:()\[\]/\\-]+)"
_THING = (
    r"(?:an? (?:image|photo|picture|video|movie|audio message|gif|sticker|attachment|location|contact)"
    r"|(?:una?|un) (?:imagen|foto|video|mensaje de audio|sticker|archivo))"
)
_VERBS = (
    r"liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|removed an? [\w\s]{3,20} from"
    r"|removed " + _EMOJI + " from"
    r"|reacted (?:with )?" + _EMOJI + r" to|" + _EMOJI + r" (?:to|removed from)"
    r"|(?:no )?le gust[o\u00f3]|le encant[o\u00f3]|le disgust[o\u00f3]|le dio risa|se r(?:i|\u00ed)(?:o"
    r"|\u00f3) (?:de|con)|se rio de"
    r"|enfatiz[o\u00f3]|destac[o\u00f3]|remarc[o\u00f3]|exclam[o\u00f3](?: por)?|pregunt[o\u00f3] por"
    r"|cuestion[o\u00f3]|dud[o\u00f3] de"
    r"|(?:quit[o\u00f3]|elimin[o\u00f3]) (?:una? )?[\w\s]{3,25} de|(?:quit[o\u00f3]"
    r"|elimin[o\u00f3]) " + _EMOJI + " de"
    r"|reaccion[o\u00f3] (?:con )?" + _EMOJI + r" a|" + _EMOJI + r" a"
)
_REACTION = re.compile(
    rf"\s*(?:{_VERBS})\s+(?:(?:a |el |the )?{_THING}\s*|{_QUOTE}(?P<quoted>.*?)(?:{_ENDQUOTE}|\u2026|\.\.\.)?\s*)",
    re.IGNORECASE | re.DOTALL,
)
_LEAST_QUOTED = (
    6  # words from which on a quotation with a stop word in it is our own line, whenever we said it
)

_SURE = re.compile(
    r"\bdo not disturb (while driving )?(is )?turned on\b|\bdriving focus\b|\b(with|focus"
    r"|do not disturb)( \w+){0,3} turned on\b|\bnot receiving notifications\b"
    r"|\bauto(matic|mated|matically)?( generated)? ?(reply|replies|response|message|sent)\b"
    r"|\bsent automatically\b|\bautoreply\b|\bautoresponder\b"
    r"|\bthis (phone |mobile |text )?(number|mailbox|line|phone|inbox|account)( you \w+)? (does not|doesnt"
    r"|cannot|can not|cant|is unable to|is not able to|isnt able to)"
    r" (accept|receive|take|support|send|handle)\b"
    r"|\b(is|isnt|are) (not |no longer )?(actively )?monitored\b|\bmessage blocking\b"
    r"|\bservice access denied\b|\bfree msg\b"
    r"|\b(subscriber|customer|person|party) you (are|have) \w+ (\w+ )?(to )?(reach|call\w*|text\w*)\b"
    r"|\bnumber you (have )?(texted|dialed|called|are trying)\b"
    r"|\b(message|text|msg) (was |could |is )?(not|cannot) (be )?(delivered|sent)\b|\bunable to (send"
    r"|deliver) (this |your )?(message|text)\b"
    r"|\bout of (the )?office\b.*\b(until|through|returning|return|limited access|will (respond|reply"
    r"|get back|return)|back on)\b|\booo (until|through|till)\b"
    r"|\byouve reached\b|\byou have reached\b"
    r"|\brespuesta automatica\b|\bmensaje automatico\b|\bno molestar (\w+ )?activado\b"
    r"|\bfuera de la oficina hasta\b"
    r"|\b(este|el) (numero|telefono) no (acepta|recibe|puede recibir|admite)\b|\bno (es|esta) monitoread[oa]\b"
)
_THANKS_FOR = re.compile(
    r"\b(thank you|thanks|thx) for (your (message|text|inquiry|patience|email|call|interest)|contacting"
    r"|texting|messaging|calling|reaching out|getting in touch|choosing)\b"
    r"|\bgracias por (su|tu) (mensaje|llamada|consulta|interes)\b|\bgracias por (comunicar|contactar"
    r"|escribir|llamar)\w*\b|\bwe (have )?received your (message|text|inquiry)\b"
)
_WE_WILL = re.compile(
    r"\bwe (will|ll|are currently)\b|\bwell (get|be|respond|reply|contact|return|call|reach)\b|\b(our"
    r"|a) (team|office|staff|representative|agent|member)\b|\bsomeone (will|from)\b"
    r"|\b(i|ill|i will) (will )?(respond|reply|return your|get back to you) (\w+ ){0,4}(as soon as|within"
    r"|during|shortly|when i return|next business)\b"
    r"|\b(business|office) hours\b|\breply stop\b|\bcurrently closed\b|\bnos (comunicaremos|pondremos)\b"
    r"|\b(le|te) (responderemos|contactaremos|llamaremos)\b|\ben breve\b"
)


def is_reaction(said: Said, last_words: tuple[str, ...]) -> bool:
    """'Liked \"...\"' as phones write it. `last_words`: texts of ours, newest first, that it may quote."""
    match = _REACTION.fullmatch(said.raw.translate(_HIDDEN))
    if match is None:
        return False
    quoted = match.group("quoted")
    return quoted is None or _is_quotation(fold(quoted), last_words)


def _is_quotation(quoted: str, last_words: tuple[str, ...]) -> bool:
    """What we said, from its beginning, cut off or not. Else a text further back, unless it could be a stop."""
    said = [fold(words) for words in last_words]
    if any(words.startswith(quoted) for words in said) or len(quoted.split()) >= _LEAST_QUOTED:
        return True
    stop = stops.heard(Said(quoted))
    return stop is None or (not said and stop is not stops.Stop.KEYWORD)


def is_automatic(said: Said) -> bool:
    """Out of office, driving, other companies' answers, carriers' refusals. A cry for help beside it is a person's."""
    words = said.words
    machine = bool(_SURE.search(words)) or bool(_THANKS_FOR.search(words) and _WE_WILL.search(words))
    return machine and danger.outside_advice(said) is not danger.Health.RED
