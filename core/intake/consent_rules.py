"""What the ticked boxes of a form allow. Pure.

The rule (compliance.md A1, A5, A6): a box is worth what its words say.
 - words that speak of marketing, promotions or offers: marketing;
 - words that speak of the request, visits, appointments, or say 'informational' or 'transactional': transactional;
 - both: both, so that 'marketing and informational texts' covers the texts about a request as well;
 - neither, but clearly about texts: transactional only;
 - a marketing box without its words proves nothing and counts for nothing; no box at all: nothing is assumed.
"""

import re

from core.intake.submission import ConsentGiven

TRANSACTIONAL, MARKETING = "transactional", "marketing"
SPEAKS_OF_MARKETING = re.compile(r"\b(marketing|promotion\w*|offers?|specials|advertis\w*)\b", re.IGNORECASE)
SPEAKS_OF_REQUEST = re.compile(
    r"\b(informational|transactional|appointments?|reminders?|visits?|my request|your request)\b",
    re.IGNORECASE,
)
WORDING_LIMIT, VERSION_LIMIT = 2000, 24
TICKED = frozenset({"true", "yes", "on", "1", "y", "checked", "agree", "accepted"})


def scopes_of(wording: str) -> tuple[str, ...]:
    """Which scopes the words of a box cover, transactional first."""
    marketing = bool(SPEAKS_OF_MARKETING.search(wording))
    about_request = bool(SPEAKS_OF_REQUEST.search(wording)) or not marketing
    return tuple(scope for scope, holds in ((TRANSACTIONAL, about_request), (MARKETING, marketing)) if holds)


def by_wording(wording: str, *, ticked: bool, version: str = "") -> tuple[ConsentGiven, ...]:
    """A box that has words but no scope of its own."""
    return tuple(given(scope, wording, ticked=ticked, version=version) for scope in scopes_of(wording))


def by_scope(flags: dict[str, bool], wording: str, *, version: str = "") -> tuple[ConsentGiven, ...]:
    """Boxes that are named by scope and share one wording, as the generic connector sends them."""
    boxes = {scope: on for scope, on in flags.items() if wording or not (on and scope == MARKETING)}
    covers_both = boxes.get(MARKETING) and TRANSACTIONAL in scopes_of(wording)
    if covers_both and TRANSACTIONAL not in boxes:
        boxes[TRANSACTIONAL] = True
    return tuple(given(scope, wording, ticked=on, version=version) for scope, on in sorted(boxes.items()))


def given(scope: str, wording: str, *, ticked: bool, version: str = "") -> ConsentGiven:
    return ConsentGiven(scope, ticked, wording[:WORDING_LIMIT], version[:VERSION_LIMIT])


def is_ticked(value: object) -> bool:
    """Whether a form's way of writing a box means that it was ticked."""
    return value is True or str(value).strip().casefold() in TICKED
