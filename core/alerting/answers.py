"""What a colleague's answer to an alert says. Pure."""

import re
from dataclasses import dataclass

ACKNOWLEDGES = re.compile(r"(1|ack|acknowledged?|ok|okay|k|got it|on it|yes)", re.IGNORECASE)
REFERENCE = re.compile(r"\bA\s?-?\s?(\d{4,9})\b", re.IGNORECASE)
FIRST = 1000  # a lead's reference is its number and this


@dataclass(frozen=True)
class Answer:
    """`number`: of the lead that it names, None where it names none. `acknowledges`: it says that it was seen."""

    acknowledges: bool
    number: int | None
    words: str


def read_answer(body: str) -> Answer:
    """'1', 'ACK', 'ok A-1042' acknowledge; anything else is a note."""
    found = REFERENCE.search(body)
    rest = REFERENCE.sub(" ", body).strip(" \t\n.,:;!-")
    number = int(found[1]) - FIRST if found else None
    return Answer(bool(ACKNOWLEDGES.fullmatch(rest)), number if number and number > 0 else None, body.strip())
