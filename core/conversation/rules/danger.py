"""Whether a text tells of danger to health or life, or asks something clinical. Pure.

A false alarm costs a call; a missed one may cost an eye. So whatever sounds like it happens now, to somebody, is an
alarm, also as a question. Not an alarm: what is denied ('no swelling at all'), over ('the swelling went down'), long
past, or only supposed ('can filler cause blindness?'); the last two are questions for a clinician.
"""

import re
from enum import Enum

from core.conversation.rules.words import Part, Said, any_of


class Health(Enum):
    """`RED` raises an alarm; `CLINICAL` is for a person with clinical training."""

    RED = "red"
    CLINICAL = "clinical"


_CANT = (
    r"(cant|cannot|can not|cant even|couldnt|could not|unable to|not able to|hard to|harder to|hardly"
    r"|barely|difficult to|difficulty|trouble|struggling to|problems?)"
)
_LIFE = any_of(
    rf"{_CANT} (\w+ )?(breath\w*|swallow\w*)",
    r"hard time (breathing|swallowing)|breathing (\w+ )?(hard|difficult|trouble|problems?|issues?|heavy)",
    r"heart (\w+ ){0,2}beating (so|really|very|too|super) (fast|hard)|(cant|cannot|unable to) open my eyes?",
    r"(flashes|flashing|floaters|spots) (of light|lights?|in my (vision|eyes?))|feel like (im |i am )?dying",
    r"not worth living|is this an emergency",
    r"(took|taking|brought|rushed|drove) me to (the )?(er|emergency room|hospital|urgent care)",
    r"hurts? to (breathe|swallow)|short(ness)? of breath|not breathing|gasping|wheez\w+|choking"
    r"|throat (\w+ ){0,4}(clos|swell|swoll|tight)\w*",
    r"(closing|swollen|swelling|tight) (\w+ ){0,2}throat|tongue (\w+ ){0,3}(swell\w*|swollen|huge)|(swollen"
    r"|swelling) (of )?(my )?tongue",
    rf"{_CANT} see(ing)? ?(out of|well|clearly|from|anything|right|properly|with my|straight|at all|nothing|$)",
    r"(blurr(y|ed)|double|lost|losing|loss of|lose|tunnel|cloudy|fuzzy|lost my|losing my) (vision|sight|eyesight)",
    r"(vision|sight|eyesight) (\w+ ){0,3}(blurr\w+|gone|loss|lost|double|dark|fuzzy|cloudy|going|chang\w+"
    r"|worse)|vision loss",
    r"seeing (double|spots|stars)|(went|going|gone|im) blind|blind in|blindness|everything (\w+ ){0,2}blurr\w+",
    r"chest (\w+ ){0,2}(pains?|hurts?|tight\w*|pressure)|(pain|pressure|tightness) in my chest"
    r"|heart (\w+ ){0,2}(racing|pounding)|(having|had|have) a heart attack|palpitations",
    r"fainted|fainting|passed out|passing out|collapsed|unconscious|unresponsive|seizures?|convuls\w+",
    r"(going to|about to|gonna|might) (faint|pass out|collapse)|(face|mouth|smile|side) (\w+ ){0,6}droop\w*"
    r"|slurr\w+",
    r"anaphyla\w+|epi ?pen|overdos\w+|suicid\w+|self harm\w*|kill(ing)? (myself|my self)"
    r"|ending? my (own )?life|end it all",
    r"(want|wanted|wants|wish|thinking|going|gonna|plan\w*) (\w+ ){0,3}(hurt|hurting|harm|harming) myself"
    r"|(want|wanted|rather|ready) to die(?! (of|for|laughing|from)\b)",
    r"wish i (was|were) dead|(dont|do not|no longer) want to (live|be alive|be here anymore|exist|wake up)"
    r"|better off dead|no reason to live|cant go on",
    r"(call|calling|called|dial|dialing) (\w+ )?911|ambulance|medical emergency|((this|it) is"
    r"|its) an emergency(?! contact)",
    r"(going|headed|heading|went|go|rushed|taken|drove|im|am|way) (in|to|at) (the )?(er|emergency room"
    r"|hospital|urgent care)\b",
)
_BODY = any_of(
    r"face (\w+ ){0,3}(swell\w*|swollen|swelled|huge|ballooned|blew up|blown up)|eyes? (\w+ ){0,3}(swell\w*"
    r"|swollen)",
    r"(swollen|swelling)( up| of| in)?( my| the)?( whole| entire)? (face|eyes?|neck)",
    r"lips? (\w+ ){0,3}(swell\w*|swollen|swelled) (\w+ ){0,3}(huge|badly|worse|hives|spreading|twice"
    r"|enormous|like crazy)|lips? (\w+ ){0,2}(huge|enormous)",
    r"lips? (\w+ ){0,2}(really|very|so|extremely|badly|super) (swollen|swelled)|swelling (\w+ ){0,3}(worse"
    r"|out of control|spreading)",
    r"(turn\w*|went|gone|going|getting|became|looks?|looking|is|are|all|been) (\w+ )?(white|blue|bluish"
    r"|gr[ae]y|black|dusky|purple)\b(?! (marks?|spots?)\b)",
    r"(white|blue|gr[ae]y|dusky|mottled|blanched) (\w+ )?(patch\w*|area|skin|lips?)|blanch\w+|mottled"
    r"|necro\w+|skin (is )?dying",
    r"(severe|unbearable|excruciating|extreme|intense|terrible|horrible|awful|insane|worst|so much"
    r"|really bad|very bad|agonizing|crazy) (\w+ )?pain",
    r"pain (\w+ ){0,3}(unbearable|severe|excruciating|extreme|intense|killing|worse|10 10)|in agony"
    r"|hurts? (so|really|very) (bad|badly|much)",
    r"bleeding (\w+ ){0,3}(wont stop|not stopping|heavily|a lot|everywhere|nonstop|non stop|badly)"
    r"|bleeding (wont|doesnt|will not) stop",
    r"(wont|not|doesnt|cant|can not) stop(ping)? (the )?bleed\w*|blood everywhere|hemorrhag\w+",
    r"pus|infected|red streaks?|oozing|abscess|(redness|infection|rash) (\w+ ){0,2}spread\w*"
    r"|spreading (redness|infection|rash)",
    r"(an? )?(severe |bad )?allergic reaction|hives|burn\w* .*blister\w*|blister\w* .*burn\w*|(severe"
    r"|second degree|third degree|bad|2nd degree) burns?",
    r"(very|really|extremely|badly|super|so) swollen|swollen and (hot|hard|painful|red)|high fever",
    r"(a )?(lot|lots|ton) of pain|(have|got|getting|its) (an )?(bad )?infection",
    r"rash (all over|everywhere|on my whole)|(green|yellow) (stuff|discharge|fluid|liquid|goo)",
    r"fever of 10[2-9]|(fever|temperature) (\w+ ){0,3}10[2-9]",
)
_VIDA = any_of(
    r"(no puedo|no logro|apenas puedo|me cuesta|cuesta|dificultad para|trabajo|problemas para) (respirar"
    r"|tragar)|falta de aire|me falta el aire|me ahogo|me estoy ahogando",
    r"se me (\w+ )?(cierra|cerro|esta cerrando|hincha|hincho) (\w+ )?(la )?(garganta|lengua)|(garganta"
    r"|lengua) (\w+ )?(hinchada|cerrada)",
    r"no (puedo ver|veo)( bien| nada| con| de un ojo|$)|veo (muy )?(borroso|doble|mal|nublado)|(vista"
    r"|vision) (borrosa|doble|nublada)|perdi (la )?(vista|vision)|me quede cieg[oa]",
    r"dolor (de|en el) pecho|(me duele|presion en) (mucho )?el pecho|taquicardia|me desmay\w+|desmayo|convulsi\w+",
    r"suicid\w+|matarme|quitarme la vida|no quiero vivir|quiero morir\w*|hacerme dano|llam\w+ (al )?911"
    r"|ambulancia|(es|una) emergencia|a urgencias|en urgencias",
)
_CUERPO = any_of(
    r"(se me )?hinch\w+ (\w+ )?(la |los |el )?(cara|ojos?)|cara (\w+ )?hinchada|ojos? (\w+ )?hinchados?"
    r"|labios? muy hinchados?|reaccion alergica|ronchas|urticaria",
    r"(puso|esta|quedo|pone|poniendo|volvio) (\w+ )?(blanc[oa]|azul|negr[oa]|morad[oa]|gris)|dolor (muy "
    r"|bien )?(fuerte|insoportable|intenso|terrible)|me duele muchisimo",
    r"sangr\w+ mucho|no (para|deja) de sangrar|infeccion|infectad[oa]|pus",
)
_ALARM = re.compile(
    r"911|(help |its |this is )*(an )?(emergency|urgent|emergencia|urgente)( please| help| now| ayuda)*"
)
_FEVER, _WITH_FEVER = (
    any_of(r"fever|chills|fiebre|escalofrios"),
    any_of(
        r"red|redness|swollen|swelling|inject\w*|filler|botox|hot|spread\w*|laser|peel|treatment|pain|roj[oa]"
        r"|hinchad[oa]|caliente|inyecc\w*"
    ),
)
_COLOUR_OF = any_of(
    r"skin|lips?|nose|cheeks?|face|forehead|chin|area|patch|fingers?|tip|temple|spot|piel|labios?|nariz"
    r"|cara|mejilla|frente|zona|dedos?"
)
_COLOUR = any_of(r"white|blue|bluish|gr[ae]y|black|dusky|purple|blanc[oa]|azul|negr[oa]|morad[oa]|gris")
_MILD = any_of(r"a (little|bit|tiny|touch)|slight\w*|mild\w*|minor|tiny|un poco|poquito|leve\w*")
_DENIED = re.compile(
    r"\b(no|not|never|without|zero|dont have|do not have|didnt have|havent had|doesnt have|isnt|arent|sin"
    r"|nunca|no tengo|no hay|ningun\w*)"
    r"( (any|more|an?|the|signs?|of|real|much|bad|severe|major|had|have|having|been|feeling|experiencing"
    r"|longer|single|my|in|or|and|nor|swelling|redness|bruising|pain|itching"
    r"|fever|hinchazon|dolor|ninguna?|de|un|una))* $"
)
_OVER = any_of(
    r"(went|gone|going|goes|go|came) (down|away)|subsided|resolved|cleared up"
    r"|(much|all|feeling|lot) better|better (now|today)"
    r"|improved|fine now|se me (quito|paso)|ya bajo|mucho mejor"
)
_GONE = re.compile(r"^ (is |are |has |all |completely |totally )*(gone|better)( now)?$")
_SUPPOSED = re.compile(
    r"\b(will|would|(could|can)(?! $)|might|may|if|in case|what if|puede|podria|si)"
    r"( (the|an?|any|my|your|it|i|you|there|be|get|have|filler|fillers|botox|treatments?|injections?|laser"
    r"|peel|cause|lead|to|really|happen|"
    r"develop|experience|someone goes?|people|el|la|una?|me|causar|dar|tengo|hay))* $"
)
_RISK = any_of(
    r"risks?|chances?|side effects?|how common|possible|cause[sd]?|worried about|afraid of|scared of"
    r"|riesgos?|efectos secundarios|causar"
)
_MINE = any_of(r"my|im|i am|i have|i cant|ive|i|me|mi|tengo|estoy")
_PAST = any_of(
    r"years? ago|last year|in (19|20)\d\d|when i was|as a (kid|child|teen)|previously|used to|once had"
    r"|history of|in the past|hace anos?"
)
_ASKING = re.compile(r"(when|do|can|should|may|must|could|is it|am i)\b")
_QUOTED_ADVICE = re.compile(r"\b(if|for|in)\b[^.!?]*\b(emergenc\w+|urgent)\b[^.!?]*", re.IGNORECASE)

_CLINICAL = any_of(
    r"swell\w*|swollen|swelled|bruis\w+|redness|rash\w*|itch\w*|bumps?|lump\w*|numb(ness|ing)?\b"
    r"|sore(ness)?\b|bleed\w*|fever\w*|infect\w+|headaches?|droop\w*|peeling",
    r"blister\w*|burn(s|ed|ing|t)?|dizz\w+|nause\w+|vomit\w*|allerg\w+|pregnan\w+|breast ?feed\w*|nursing"
    r"|medications?|meds|antibiotics?|aspirin|ibuprofen|advil",
    r"tylenol|blood thinners?|eliquis|xarelto|warfarin|retinols?|retin a|tretinoin|accutane|isotretinoin"
    r"|cold sores?|herpes|autoimmune|lupus|diabet\w+|epilep\w+",
    r"side effects?|contraindicat\w+|after ?care|scarr?\w*|vision|blind\w*|breath\w*|pains?|painful|(it"
    r"|that|this) hurts|hurting|hurts? (a lot|when|where|to|right|near)|red and|(very|slightly|still|so) red",
    r"dark (spots?|patch\w*)|tingl\w+|discharge|me arde\w*|se me durmio|me siento (muy )?mal",
    r"hinchaz\w+|hinchad[oa]s?|moreton\w*|morados?|enrojec\w+|comezon|picazon|dolor\w*|me duele|alergi\w+"
    r"|alergic[oa]|embarazad[oa]|lactan\w*|amamant\w+",
    r"medicament\w+|medicinas?|ibuprofeno|aspirina|antibiotic[oa]s?|efectos secundarios|sangr\w+|fiebre|granos?",
)
_AFTERCARE = re.compile(
    r"\b(can|should|could|may|when can|is it (ok|okay|safe|fine) (to|if)|am i allowed|do i have to"
    r"|do i need to|puedo|debo|cuando puedo) .*"
    r"\b(work ?out|exercise|gym|run|drink\w*|alcohol|wine|smok\w+|vap\w+|tan\w*|sun\w*|sauna|swim\w*|fly\w*"
    r"|makeup|massage|wash|shower|sleep|"
    r"tomar|alcohol|ejercicio|maquill\w+|sol|fumar)\b"
)
_HABIT = any_of(
    r"(stop|quit|resume|start|keep) (using|taking|icing|drinking|smoking|the (cream|meds|antibiotics"
    r"|medication|retinol)|my (meds|\w+))"
)
_CARE_CONTEXT = any_of(
    r"after|before|during|tonight|today|botox|fillers?|inject\w*|laser|peel|treatment|microneedling|again"
    r"|despues|antes|inyec\w+|tratamiento"
)


def heard(said: Said) -> Health | None:
    """What a text says about somebody's health; None where nothing."""
    verdicts = {_verdict(sentence) for sentence in said.sentences}
    if Health.RED in verdicts or _feverish(said.words) or _ALARM.fullmatch(said.words):
        return Health.RED
    return Health.CLINICAL if Health.CLINICAL in verdicts else None


def outside_advice(said: Said) -> Health | None:
    """The same, without what a machine advises: 'if this is an emergency, call 911'."""
    return heard(Said(_QUOTED_ADVICE.sub(" ", said.raw)))


def _verdict(sentence: Part) -> Health | None:
    words = sentence.words
    found = {_weigh(words, match, body=body) for match, body in _matches(words)}
    if Health.RED in found:
        return Health.RED
    return Health.CLINICAL if Health.CLINICAL in found or _clinical(sentence) else None


def _matches(words: str) -> list[tuple[re.Match[str], bool]]:
    sure = [(match, False) for pattern in (_LIFE, _VIDA) for match in pattern.finditer(words)]
    return sure + [(match, True) for pattern in (_BODY, _CUERPO) for match in pattern.finditer(words)]


def _weigh(words: str, match: re.Match[str], *, body: bool) -> Health | None:
    before, after = words[: match.start()], words[match.end() :]
    if _DENIED.search(before) or _OVER.search(after) or (body and _is_over(after)):
        return None
    if body and _COLOUR.search(match.group()) and not _is_of_skin(words):
        return None
    if _SUPPOSED.search(before) or _PAST.search(words) or (_RISK.search(before) and not _MINE.search(words)):
        return Health.CLINICAL
    return Health.CLINICAL if body and _MILD.search(words) else Health.RED


def _is_of_skin(words: str) -> bool:
    """A bruise may be blue and a car black; skin that turns white or blue has lost its blood."""
    return bool(_COLOUR_OF.search(words)) and not re.search(r"\bbruis\w*|\bmoret\w*", words)


def _feverish(words: str) -> bool:
    """A fever beside what was treated."""
    fever = _FEVER.search(words)
    if fever is None or _DENIED.search(words[: fever.start()]) or _SUPPOSED.search(words[: fever.start()]):
        return False
    return bool(_WITH_FEVER.search(words)) and not re.search(r"\b(normal|usual)\b", words)


def _clinical(sentence: Part) -> bool:
    words = sentence.words
    asks = sentence.asks or _ASKING.match(words)
    if (_AFTERCARE.search(words) and _CARE_CONTEXT.search(words)) or (asks and _HABIT.search(words)):
        return True
    waits = bool(re.match(r"(how long|when|until|cuando)\b", words))  # 'until it goes away' is not over
    return any(
        not _DENIED.search(words[: match.start()]) and (waits or not _is_over(words[match.end() :]))
        for match in _CLINICAL.finditer(words)
    )


def _is_over(after: str) -> bool:
    return bool(_OVER.search(after) or _GONE.search(after))
