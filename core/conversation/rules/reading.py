"""What a patient's text means, and what it sets off: one reading for the product and for `luxe try reply`. Pure.

First what no person wrote (reactions, machines), then what protects the person (a stop, a wrong number, danger), then
answers to what we had asked, then what it is about.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.conversation import lexicon
from core.conversation.rules import choices, danger, machines, stops, tone, wrong_number
from core.conversation.rules.danger import Health
from core.conversation.rules.stops import Stop
from core.conversation.rules.words import Said


class Label(StrEnum):
    """What a text is, in CONTRACT's words. Stored with it as `understood_as`."""

    OPT_OUT = "opt_out"
    AMBIGUOUS_OPT_OUT = "ambiguous_opt_out"
    WRONG_NUMBER = "wrong_number"
    RED_FLAG = "red_flag"
    CLINICAL_QUESTION = "clinical_question"
    TAPBACK = "tapback"
    AUTO_REPLY = "auto_reply"
    YES = "yes"
    NO = "no"
    BOOK = "book"
    CALL = "call"
    HERE = "here"
    OPTION_1 = "option_1"
    OPTION_2 = "option_2"
    OPTION_3 = "option_3"
    HELP = "help"
    OPT_IN = "opt_in"
    QUESTION = "question"
    COMPLAINT = "complaint"
    GRATITUDE = "gratitude"
    OTHER = "other"


class Did(StrEnum):
    """What a text sets off, in CONTRACT's words.

    Two of them nothing sets off here: `auto_answer` waits for answers that may be given without a person, and
    `clock_stopped` for a target that a patient's answer meets; what runs now, only a person's contact ends.
    """

    SUPPRESS = "suppress"
    OPTOUT_CONFIRMATION = "optout_confirmation"
    PAUSE_AUTOMATION = "pause_automation"
    TO_PERSON = "to_person"
    PAGE_ON_CALL = "page_on_call"
    SAFETY_REPLY = "safety_reply"
    STOP_MARKETING = "stop_marketing"
    AUTO_ANSWER = "auto_answer"
    CLOCK_STOPPED = "clock_stopped"
    RESUME = "resume"
    HELP_REPLY = "help_reply"


@dataclass(frozen=True)
class Context:
    """What the text answers. `said`: our texts to this person, newest first. `opted_out` None: not known."""

    said: tuple[str, ...] = ()
    opted_out: bool | None = None

    @property
    def after_an_opt_out(self) -> bool:
        """Known, or told by the confirmation that went last."""
        if self.opted_out is not None:
            return self.opted_out
        return bool(self.said) and bool(_UNSUBSCRIBED.search(self.said[0]))


@dataclass(frozen=True)
class Reading:
    """A text in one word, and everything that follows from it.

    `how` an opt-out was said, for the ledger: keyword, plain_language, ''. `lang` to answer in: en, es.
    """

    label: Label
    did: tuple[Did, ...]
    how: str = ""
    lang: str = "en"

    def sets_off(self, what: Did) -> bool:
        return what in self.did


BY_MACHINE = frozenset({Label.TAPBACK, Label.AUTO_REPLY})
_TO_STAFF = (Did.PAUSE_AUTOMATION, Did.TO_PERSON)
_URGENT = (Did.PAUSE_AUTOMATION, Did.TO_PERSON, Did.PAGE_ON_CALL, Did.SAFETY_REPLY, Did.STOP_MARKETING)
_SETS_OFF: dict[Label, tuple[Did, ...]] = {
    Label.OPT_OUT: (Did.SUPPRESS, Did.OPTOUT_CONFIRMATION),
    Label.WRONG_NUMBER: (Did.SUPPRESS, Did.OPTOUT_CONFIRMATION, Did.TO_PERSON),
    Label.RED_FLAG: _URGENT,
    Label.COMPLAINT: (*_TO_STAFF, Did.STOP_MARKETING),
    Label.TAPBACK: (),
    Label.AUTO_REPLY: (),
    Label.HELP: (Did.HELP_REPLY,),
    Label.OPT_IN: (Did.RESUME,),
}
_CARRIERS = frozenset(["STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"])
_UNSUBSCRIBED = re.compile(
    r"\bunsubscribed\b|\bno le enviaremos m[a\u00e1]s\b|\bdado de baja\b", re.IGNORECASE
)
_CANCELS = re.compile(
    r"(?:please |por favor )?cancel\w*"
    r"(?: please| thanks| thank you| por favor| gracias| everything| all| it all| todo)*"
)
_OF_A_VISIT = re.compile(
    r"\b(appointment|visit|seeing you|see you|(?:su|la|tu) (?:cita|visita)|le esperamos)\b", re.IGNORECASE
)
_OPTIONS = {"1": Label.OPTION_1, "2": Label.OPTION_2, "3": Label.OPTION_3}


def read(text: str, lang: str | None = None, context: Context | None = None) -> Reading:
    """Read one text. Both languages are always understood; `lang` ('en', 'es' or None) is the person's, where known."""
    said, around = Said(text), context or Context()
    label, how, health = _label(said, around)
    did = _did(label, around)
    if label is Label.OPT_OUT and _may_mean_a_visit(said, around):
        did = (*did, Did.TO_PERSON)
    if health and label in (Label.OPT_OUT, Label.WRONG_NUMBER):
        # Who wants no more texts may still be in need of somebody.
        did = tuple(dict.fromkeys((*did, *(_URGENT if health is Health.RED else (Did.TO_PERSON,)))))
    return Reading(label, did, how, lang or _language(said))


def _may_mean_a_visit(said: Said, around: Context) -> bool:
    """The carrier's word is a stop whatever was asked; but somebody looks what is to become of the visit."""
    named = bool(around.said) and bool(_OF_A_VISIT.search(around.said[0]))
    return named and bool(_CANCELS.fullmatch(said.words))


def read_keyword(label: Label, context: Context) -> Reading:
    """What a keyword sets off that the provider has read, and answered, by itself."""
    return Reading(label, _did(label, context), Stop.KEYWORD.value if label is Label.OPT_OUT else "")


def consequences(label: Label, context: Context) -> tuple[Did, ...]:
    """What a text sets off that means this, whoever found it out."""
    return _did(label, context)


def language(text: str) -> str:
    """'es' or 'en': what the words look like."""
    return _language(Said(text))


def is_carriers_keyword(text: str) -> bool:
    """Whether the carrier itself hears a stop (compliance.md A4): then we alone can't open the number again."""
    return text.strip().strip(".!").upper() in _CARRIERS


def _did(label: Label, around: Context) -> tuple[Did, ...]:
    if label is Label.OPT_IN and around.opted_out is False:
        return _TO_STAFF  # nothing to switch on: whoever wrote START wants something else
    return _SETS_OFF.get(label, _TO_STAFF)


def _label(said: Said, around: Context) -> tuple[Label, str, Health | None]:
    machine = _by_machine(said, around)
    if machine:
        return machine, "", None
    health, stop = danger.heard(said), stops.heard(said)
    if stop is not Stop.KEYWORD and health is not Health.RED and choices.is_start(said):
        return Label.OPT_IN, "", health
    if stop is not Stop.KEYWORD and wrong_number.heard(said, around.said[0] if around.said else None):
        return Label.WRONG_NUMBER, Stop.WORDS.value, health
    if stop in (Stop.KEYWORD, Stop.WORDS):
        return Label.OPT_OUT, stop.value, health
    if health is Health.RED:
        return Label.RED_FLAG, "", health
    if stop is Stop.UNCLEAR:
        return Label.AMBIGUOUS_OPT_OUT, "", health
    return _keyword(said, around) or _about(said, health), "", health


def _by_machine(said: Said, around: Context) -> Label | None:
    if machines.is_reaction(said, around.said):
        return Label.TAPBACK
    return Label.AUTO_REPLY if machines.is_automatic(said) else None


def _keyword(said: Said, around: Context) -> Label | None:
    """Answers to a question and words that stand for themselves."""
    if choices.is_help(said):
        return Label.HELP
    chosen = choices.option(said, around.said)
    if chosen:
        return _OPTIONS[chosen]
    if around.after_an_opt_out and choices.is_plain_yes(said):
        return Label.OPT_IN
    if not around.after_an_opt_out and choices.is_yes(said, around.said):
        return Label.YES
    if choices.is_no(said):
        return Label.NO
    return Label.HERE if choices.is_here(said) else None


def _about(said: Said, health: Health | None) -> Label:
    if health is Health.CLINICAL:
        return Label.CLINICAL_QUESTION
    subjects = (
        (Label.COMPLAINT, tone.complains(said)),
        (Label.CALL, choices.is_call(said)),
        (Label.BOOK, choices.is_book(said)),
        (Label.QUESTION, tone.asks(said)),
        (Label.GRATITUDE, tone.only_thanks(said)),
    )
    return next((label for label, holds in subjects if holds), Label.OTHER)


_MARKS = re.compile("[\u00f1\u00bf\u00a1\u00e1\u00e9\u00ed\u00f3\u00fa]", re.IGNORECASE)


def _language(said: Said) -> str:
    """'es' or 'en': the one that more of the words tell; a letter or sign that only Spanish has counts as one."""
    words = said.words.split()
    spanish = _telling("spanish", words) + bool(_MARKS.search(said.raw))
    return "es" if spanish > _telling("english", words) else "en"


def _telling(language: str, words: list[str]) -> int:
    whole, beginnings = lexicon.frequent(language)
    return sum(word in whole or word.startswith(beginnings) for word in words)
