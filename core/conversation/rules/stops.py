"""Whether somebody wants no more texts. Pure.

Stopping is heard by any reasonable means (compliance.md A2): the carrier's keywords in any case and spelling, with
anything polite or explanatory around them, and plain language in English and Spanish. To miss a stop is worse than to
stop too much; but a stop word in a sentence about something else is for a person to read, with automation paused.
"""

import re
from enum import Enum

from core.conversation.rules.words import Said, any_of, bag


class Stop(Enum):
    """`KEYWORD` and `WORDS` are clear; `UNCLEAR` is for a person to decide."""

    KEYWORD = "keyword"
    WORDS = "plain_language"
    UNCLEAR = "unclear"


KEYWORDS = frozenset(
    {
        "stop", "stopall", "stop all", "unsubscribe", "unsub", "end", "quit", "cancel", "revoke", "optout", "opt out",
        "remove", "stop it", "stop please", "please stop", "stop now", "just stop", "remove me", "unsubscribe me",
        "cancel texts", "end texts", "alto", "para", "parar", "pare", "paren", "basta", "no mas", "cancelar", "baja",
        "detener", "stop texts", "stop texting", "no texts", "reply stop", "text stop", "send stop", "txt stop",
        "desuscribir", "arret", "stop end", "end all", "cancel all",
    }
)  # fmt: skip
_SPELLED = re.compile(r"s+t+o+p+|(sto+p ?){2,}|stop ?(2|to|4)\w*( \w+){0,2}|un ?sub?s?c?r?i?b+e?d?( me)?")
_STRONG = re.compile(
    r"s+t+o+p+(all)?|sotp|stpo|satop|stp|srop|st0p|stpp|tsop|dtop|sotp|stopo|stopt|un ?sub?s?c?r?i?b+e?d?"
    r"|alto|paren?|parar|basta|detener|detente|detengan?|desuscribir(me)?|optout|arret"
)
_WEAK = frozenset(
    {
        "cancel",
        "cancle",
        "end",
        "quit",
        "remove",
        "revoke",
        "cancelar",
        "cancelen",
        "baja",
        "para",
        "enough",
        "eliminar",
    }
)
_COURTESY = bag(
    """
    a all already and anymore apologies asap ask asked asking away bye can could damn dear everything for
    freaking fucking god good guys hello hey hi i id im immediately it jesus just k kindly lol maam madam more
    much must need no now of ok okay oh omg please plse pls plz pleas right said sir so sorry team thank thanks
    that the them there these this those thx tks to today ty u very want we will wish with would wtf y ya yall
    yes you your seriously like hola buenas buenos dias tardes noches por favor porfavor porfa gracias muchas
    disculpe perdon les le pido que quiero eso esto los las ahora mismo inmediatamente senor senora mas
    """
)
_WISHES = bag("can could must need to want will wish would")  # 'need to cancel' is about a visit
_NO_MORE = re.compile(
    r"(please |ya |pls )*(no mas|no more|no contact|no texts?|(do not|dont) (text|contact|message|disturb))"
    r"( please| thanks| thank you| por favor| gracias| ya| again| anymore)*"
)
_MESSAGES = (
    r"(texts?|messages?|msgs?|sms|notifications?|alerts?|promos|promotions|spam|communications?|updates?)"
)
_THESE = (
    r"(all |these |those |the |this |your |my |any |more |future |further |such |marketing |automated "
    r"|me from |of )*"
)
_BOTHER = (
    r"(text|texts|txts?|texting|txting|sms|messag\w*|msg\w*|contact\w*|communicat\w*|reaching|writing|send\w*"
    r"|calling|emailing|bother\w*|spam\w*|harass\w*|annoy\w*|blowing|bugging|pinging|market\w*|advertis\w*"
    r"|solicit\w*|receiving|getting (these|your|the|any|all))"
)
_ME = r"(me|us|this (number|phone)|here|my (phone|number))"
_MINE = r"(me|us|my (contact )?(names?|numbers?|phone|info\w*|contacts?|details|data|records?))"
_NOT = r"(dont|do not|never|no longer)"
_PHRASES = any_of(
    rf"(stop|stopp|quit|cease|discontinue|halt) (with |ur |fucking )*{_THESE}{_BOTHER}",
    rf"(cancel|end|stop|remove) {_THESE}{_MESSAGES}",
    r"how (do|can) i (stop|end|quit|turn off|make) (this|these|it|them|that)( stop)?( please)?$",
    rf"({_NOT}|no|quit) (ever )?(call or |call and |call text or )?(text|txt|message|contact|sms|bother"
    rf"|disturb)( or \w+)? {_ME}",
    rf"{_NOT} (want|wish|need|care) (to get |to receive |for )*{_THESE}{_MESSAGES}",
    rf"{_NOT} (want|wish|care|like) to (get|receive|be getting|see|hear|be) (\w+ )"
    rf"{{0,3}}(these|this|them|texts?|messages?|sms|texted|contacted|bothered|from (you|u|yall|your))",
    rf"{_NOT} (want|need) (any (more )?of )?(these|this)( please| thanks)?$",
    rf"({_NOT}|no need to) send( me| us| any| anymore| more| of)* (texts?|messages?|these|this|stuff|anything|sms)",
    rf"(take|remove|delete|get|erase|drop|scratch) {_MINE}( \w+)? (off|from|out)",
    rf"(remove|delete|erase|forget) ({_MINE}|this number)( please| thanks| now)*$",
    rf"(take|get) {_MINE} off|get off (this|your|the) (list|text\w*)",
    rf"(no more|no further|enough) (of |the |with |these )*{_MESSAGES}",
    r"rather (you |u |yall )?(didnt|not|dont) (text|contact|message)|leave me (the hell |the fuck )?(alone|be)",
    r"lose (my|this) number|not interested stop|(opt|opting) (me )?out|optout|un ?sub?s?c?r?i?b+e?d?",
    r"go away|get lost|fuck off|f off|piss off|buzz off",
    r"(revoke|revoking|withdraw|withdrawing|rescind) (my |all )*(consent|permission|authorization)",
    rf"{_THESE}{_MESSAGES} (to |must |need to |have to |should |please )?(stop|end|cease)",
)
_MOLESTAR = r"(escrib|mand|envi|contact|molest|text|llam)\w*"
_FRASES = any_of(
    r"no (quiero que )?(me|nos) (\w+ )?(escriba[ns]?|mande[ns]?|envie[ns]?|contacte[ns]?|moleste[ns]?"
    r"|textee[ns]?|llame[ns]?)",
    r"no (quiero|deseo|necesito) (\w+ ){0,3}(mensajes?|textos?|sms)|no (quiero|deseo) recibir",
    rf"(dejen?|deja|dejar|paren?|para) de (\w+ )?{_MOLESTAR}|dejar de recibir",
    r"no (manden?|envien?|escriban?) (mas|nada)|no mas (mensajes|textos|sms)|dejen?me en paz",
    r"(quiten?|borren?|borra|saquen?|saca|eliminen?|elimina|remuevan?)(me|nos)|(quita|desuscri\w+)me",
    r"(quiten?|borren?|borrar|borra|saquen?|eliminen?|eliminar|quita) (mi|este) (numero|nombre|telefono"
    r"|contacto|informacion)",
    r"(darme|dame|denme|deme|dar|den|de) de baja|cancelen? (los|estos|mis|todos los) (mensajes|textos)",
)
_TOLD = re.compile(
    r"\b(said|told|asked|asking|begging|requested|say|saying|typed|texted"
    r"|sent) (\w+ ){0,5}(stop|no more)\b"
)
_LEADING = re.compile(
    r"^(ok |please |pls |hi |hey |just |now )*stop (?!by\b|in\b|at\b|over\b|into\b|off\b|there\b|sign\b"
    r"|light\b|watch\b|near\b"
    r"|on (my|the) way\b|for (a|coffee|lunch|dinner)\b|(taking|using|drinking|eating|smoking|wearing"
    r"|working|doing|having|bleeding)\b"
    r"|the (bleeding|pain|swelling|itch\w*|peel\w*|medic\w*)\b|my (medic\w*|retin\w*|aspirin|blood)\b)"
)
_TRAILING = re.compile(
    r"(?<!bus)(?<!train)(?<!next)(?<!last)(?<!first)(?<! a)(?<!the)(?<! my)(?<!one)(?<!non)(?<!pit)(?<! to)(?<!dont)"
    r"(?<!not)(?<!never)(?<!wont)(?<!cant)(?<!doesnt)(?<!didnt)(?<!ould i)(?<!can i)(?<!must i)(?<!do i)"
    r"(?<!will)(?<!nonstop)"
    r" stop( please| now| pls| thanks| thank you| already)*$"
)
_ASKING = re.compile(r"(when|what|where|why|how|does|do|did|is|are|will|would|should|can i|must i)\b")
_SHOUTED = re.compile(r"\bSTOP\b")
_NOT_MEANT = re.compile(
    r"\b(dont|do not|never|didnt|did not|wasnt|not) (\w+ ){0,4}(stop|unsubscribe|opt out|cancel)\b(?! (text"
    r"|messag|contact|send))"
    r"|\b(by accident|by mistake|accidentally|accidental)\b"
)
_ONLY_SO_FAR = re.compile(
    r"\b(before|after|until|til|till|between|at work|at night|at home|so (early|late|often|much)"
    r"|this (early|late)|during|wait ?list|waiting list|slot|appointment|schedule|calendar|booking|"
    r"on (the )?weekends?|evenings?|mornings?|antes de|despues de|en el trabajo|de noche)\b"
)
_CALL_INSTEAD = re.compile(
    r"\b(dont|do not|no need to|stop) text\w*( me)?( just| please)* (call|email"
    r"|ring)\b|\bstop calling( me)?( and| just| please)* text\b"
)
_ABOUT_THE_RULE = re.compile(
    r"\b(do|did|should|must|can|if|how|what|why|does) (\w+ ){0,4}(reply|say|text"
    r"|type|send|write) stop\b"
)
_DRIVEN_OUT = any_of(
    r"block(ed|ing)? (you|this)|blocked|report(ed|ing)? (you |this |it )?(as |for )?spam|(this|you) (is"
    r"|are) spam(mers?)?|spam|junk",
    r"(never|didnt|did not|dont remember) (sign|signed|signing) up|never (gave|give) you my (number|phone)",
)
_ELSEWHERE = re.compile(
    r"\b(stop|stops|stopped|stopping) (by|in|at|over|into|off|there|here|near|sign|light|watch|on)\b"
    r"|\b(bus|train|metro|subway|next|last|first|a|an|the|one|non|pit|quick|my|our|full) stops?\b"
    r"|\b(wont|wouldnt|doesnt|dont|cant|cannot|couldnt|not|never|didnt|wasnt|will not|does not|hasnt"
    r"|without) (\w+ )?stop\w*\b"
    r"|\b(should|must|can|could|may|when do|do|would|did|need to|have to|had to|to) (i |we )?(need to "
    r"|have to |still |just )*stop\b"
    r"|\bstops? (?!text|mess|contact|send|call|market|spam|bother)\w+ing\b"
    r"|\bstop(ped|ping)? (taking|using|drinking|eating|smoking|wearing|working|doing|having|the|my)\b|\bstopped\b"
    r"|\bpara (el|la|los|las|mi|un|una|que|hacer|saber|ver|cuando|manana|hoy)\b|\bparar (en|por)\b"
    r"|\balto (de|costo|precio)\b"
)
_NAMED = re.compile(r"\b(stop|unsubscribe|opt out|cancel)\b")
_DOING = re.compile(r"\b(stop|cancel) (\w+ing|by|in|at|over)\b")
_OUT_OF_IT = re.compile(
    r"\b(not interested|no longer interested|dont want|no thanks|no thank you|never signed)\b"
)
_UNSURE = re.compile(
    r"\b(cancel|cancle|cancelar|cancelo|cancelen|cancelling|canceling)\b|\b(not|no longer|isnt|arent) interested\b"
    r"|\btoo many (texts|messages)\b|\btext me less\b"
    r"|\bno (me interesan?|estoy interesad[oa])\b|\bya no estoy interesad[oa]\b"
)


def heard(said: Said) -> Stop | None:
    """How a text asks for no more texts; None where it does not."""
    if is_keyword(said):
        return Stop.KEYWORD
    words = said.words
    if _CALL_INSTEAD.search(words) or (_asks_to_stop(words) and _ONLY_SO_FAR.search(words)):
        return Stop.UNCLEAR
    if any(_NOT_MEANT.search(clause.words) for clause in said.clauses) or _ABOUT_THE_RULE.search(words):
        return Stop.UNCLEAR if _NAMED.search(_DOING.sub(" ", words)) or "accident" in words else None
    if _asks_to_stop(words) or _TOLD.search(words) or _alone(said) or _shouted(said):
        return Stop.WORDS
    return _left_over(said)


def is_keyword(said: Said) -> bool:
    """The bare word, in any spelling, or the sign itself."""
    words = said.words
    squeezed = words.replace(" ", "")
    return (
        words in KEYWORDS
        or (squeezed in KEYWORDS and len(squeezed) < 12)
        or bool(_SPELLED.fullmatch(words))
        or said.raw.strip().rstrip("\ufe0f") in ("\U0001f6d1", "\u26d4", "\U0001f6ab")
    )


def _asks_to_stop(words: str) -> bool:
    return bool(_PHRASES.search(words) or _FRASES.search(words))


def _alone(said: Said) -> bool:
    """A clause that is a stop word and courtesy: 'stop, thank you', 'hi could you stop please'."""
    if any(_bare(clause.words, strong=True) or _NO_MORE.fullmatch(clause.words) for clause in said.clauses):
        return True
    weak = [_bare(clause.words, strong=False) for clause in said.clauses]
    rest_is_polite = all(
        is_weak or set(clause.words.split()) <= _COURTESY
        for clause, is_weak in zip(said.clauses, weak, strict=True)
    )
    return any(weak) and (rest_is_polite or bool(_OUT_OF_IT.search(said.words)))


def _bare(clause: str, *, strong: bool) -> bool:
    polite = _COURTESY if strong else _COURTESY - _WISHES
    rest = [word for word in clause.split() if word not in polite or word == "para"]
    if clause == "the end" or not rest:
        return bool(_NO_MORE.fullmatch(clause))
    return all(_STRONG.fullmatch(word) if strong else word in _WEAK for word in rest)


def _shouted(said: Said) -> bool:
    """'stop i booked elsewhere', 'wrong timing stop', 'I told you STOP i am busy'."""
    for sentence in said.sentences:
        if _LEADING.search(sentence.words) and not sentence.asks:
            return True
        if _TRAILING.search(f" {sentence.words}") and not _ASKING.match(sentence.words):
            return True
    return (
        bool(_SHOUTED.search(said.raw)) and said.raw != said.raw.upper() and not _ELSEWHERE.search(said.words)
    )


def _left_over(said: Said) -> Stop | None:
    """A stop word in some sentence: about something else, or unclear."""
    if (
        _UNSURE.search(said.words)
        or _DRIVEN_OUT.search(said.words)
        or any(_bare(clause.words, strong=False) for clause in said.clauses)
    ):
        return Stop.UNCLEAR
    about_else = _ELSEWHERE.sub(" ", said.words)
    return Stop.UNCLEAR if re.search(r"\bstop\b", about_else) else None
