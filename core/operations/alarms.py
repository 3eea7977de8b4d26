"""What stops sending, in words: what it is, and what a person does about it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.operations.store import NOT_CONFIRMED, PAUSED, TEMPLATE


@dataclass(frozen=True)
class Words:
    """`title` is a sentence; `why` may be empty; `what_to_do` opens it again."""

    title: str
    why: str
    what_to_do: str


LOOK = "Find out why first, then start sending again on page Delivery, or with 'luxe resume'."
STILL = "Answers to patients who report a danger, ask for help or opt out, and alerts of a danger, go on."
AT = {"provider": "the provider refused", "carriers": "carriers did not deliver"}


def words(name: str, figures: Mapping[str, Any]) -> Words:
    """The words of one stop. `figures`: what it was stopped with."""
    if name.startswith(TEMPLATE):
        return _template(name[len(TEMPLATE) :], figures)
    return WORDS[name](figures)


def _template(template: str, figures: Mapping[str, Any]) -> Words:
    return Words(
        f"Texts from template {template} are stopped.",
        f"Carriers filtered {figures['filtered']} of its last {figures['of_last']} texts (error 30007).",
        "Change its wording, then start it again on page Delivery, or with 'luxe resume'.",
    )


def _paused(_figures: Mapping[str, Any]) -> Words:
    return Words(
        "All sending is paused.",
        "A person paused it.",
        "Press Resume on page Delivery, or run 'luxe resume'.",
    )


def _not_confirmed(_figures: Mapping[str, Any]) -> Words:
    return Words(
        "Nothing is sent from this database until a person confirms it.",
        "It was restored or copied, or its sender or account was changed.",
        "Make sure that no other copy sends, then run 'luxe resume'.",
    )


def _error_rate(figures: Mapping[str, Any]) -> Words:
    return Words(
        "All sending has stopped: too many texts failed.",
        f"Of the last {figures['of']} texts, {AT[figures['where']]} {figures['failed']}. {STILL}",
        LOOK,
    )


def _opt_out_rate(figures: Mapping[str, Any]) -> Words:
    return Words(
        "All sending has stopped: too many patients opted out.",
        f"{figures['opt_outs']} of {figures['texted']} numbers that were texted opted out. {STILL}",
        LOOK,
    )


def _spend_limit(figures: Mapping[str, Any]) -> Words:
    return Words(
        "All sending has stopped: the day's limit is used up.",
        f"{figures['segments']:,} segments were sent today, about ${figures['dollars']:,.2f}. {STILL}",
        LOOK,
    )


WORDS: dict[str, Callable[[Mapping[str, Any]], Words]] = {
    NOT_CONFIRMED: _not_confirmed,
    PAUSED: _paused,
    "error_rate": _error_rate,
    "opt_out_rate": _opt_out_rate,
    "spend_limit": _spend_limit,
}
