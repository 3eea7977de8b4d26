"""The words a carrier-side opt-out list acts on. Only a text that is nothing but the word counts."""

from enum import StrEnum

# Twilio's default opt-out and opt-in words for long codes in English.
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})


class Keyword(StrEnum):
    STOP = "stop"
    START = "start"
    NONE = "none"


def read_keyword(body: str) -> Keyword:
    word = body.strip().upper()
    if word in STOP_WORDS:
        return Keyword.STOP
    return Keyword.START if word in START_WORDS else Keyword.NONE
