"""Whether a text complains, only thanks, or asks. Pure."""

import re

from core.conversation.rules.words import Said, bag

_COMPLAINT = re.compile(
    r"\b(rude|unacceptable|unprofessional|disappointed|disappointing|disgusted|terrible|horrible|awful"
    r"|ridiculous|pathetic|worst|scam\w*|ripped off|rip off|overcharged"
    r"|refund|complain\w*|complaint|lawyer|attorney|lawsuit|sue|suing|bbb|better business|one star|1 star"
    r"|bad review|harass\w*|unhappy|not happy|upset|furious|angry|fed up|lied)\b"
    r"|\b(nobody|no one|noone|none of you|never) (\w+ ){0,3}(called|calls|call|answers?|answered|responded"
    r"|replied|showed|picks? up|got back|did|helped)\b|\byou never\b"
    r"|\b(still )?(been )?waiting (\w+ ){0,5}(for (a|your|the|someone\w*) (call|reply|answer|response"
    r"|to call)|all day|for hours|for days)\b|\breport (you|this)\b"
    r"|\b(queja|quejarme|pesim[oa]|reembolso|estafa|groser[oa]|decepcionad[oa]|molest[oa] con"
    r"|nadie me (ha )?(llamo|llamado|contesta\w*)|demand(a|ar))\b"
)
_THANKS = re.compile(r"\b(thank\w*|thx|tks|ty|tysm|appreciate\w*|gracias|grateful|much obliged)\b")
_THANKFUL = bag(
    """
    a all again and are at back be best better bless bye day de dear es evening everything fine for forward from
    getting girl god good got great guys have hear hearing help helping hi i im ill is it its just k keep kind
    know let look looking lot love luck maria me message morning much muchas muchisimas my myself nice no not of
    ok okay on perfect perfecto pleasure por quick really reply response right se see seeing so soon sounds
    speak super sure sweet take talk talking team that the then they this time to today tomorrow too truly ty u
    update very weekend welcome well wait we will with wonderful yay you your yes si todo tu su usted amable
    bien bueno hasta luego pronto awesome amazing lovely cool excellent genial excelente swelling pain bruising
    fever any bleeding issues problems dolor
    """
)
_ASKS = re.compile(
    r"^(hi |hello |hey |hola |ok |okay |so |and |but |also |just wondering |quick question )*(what|whats"
    r"|when|whens|where|wheres|who|whos|why|how|hows|which|do you|does|did|is there|is it|is the"
    r"|are you|are there|can you|can i|can we|could you|could i|will you|will it|would you|would it"
    r"|should i|am i|do i|have you|may i|any (openings|availability|chance)"
    r"|cuanto|cuanta|cuando|hasta cuando|a que hora|donde|quien|que|como|cual|tienen|hay|puedo|pueden|hacen"
    r"|aceptan)\b"
    r"|\b(how much|what time|do you (have|do|take|offer|accept)|wondering (if|whether|how|what)"
    r"|can you tell me|i have a question)\b"
)


def complains(said: Said) -> bool:
    return bool(_COMPLAINT.search(said.words))


def only_thanks(said: Said) -> bool:
    """Thanks and the words that go with them, or a friendly sign alone; nothing that wants an answer."""
    words = said.words
    if not words:
        return bool(said.raw.strip()) and not said.asks
    return (
        bool(_THANKS.search(words))
        and not said.asks
        and set(words.split()) - {"thank"} <= _THANKFUL | _thanks_in(words)
    )


def _thanks_in(words: str) -> set[str]:
    return {match.group() for match in _THANKS.finditer(words)}


def asks(said: Said) -> bool:
    return said.asks or any(_ASKS.search(sentence.words) for sentence in said.sentences)
