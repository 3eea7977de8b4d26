"""External calendars: which addresses may be asked, and in words what was wrong with one. Pure."""

from collections.abc import Collection

from core.domain.push_endpoints import NOT_PUBLIC, Endpoint, parse_endpoint

LONGEST = 1000
MOST_BYTES = 5_000_000
SECONDS = 10.0  # for all of one feed: name, connection, answer
INSIDE, TOO_LARGE, TOO_SLOW, ASTRAY, SILENT, TOO_HARD = (
    "inside", "too_large", "too_slow", "astray", "silent", "too_hard"
)  # fmt: skip
REFUSED, PACKED, STUMBLED = "refused", "packed", "stumbled"
WORDS = {
    INSIDE: "The address does not lie on the internet, or leads to one that does not.",
    TOO_LARGE: "The calendar is larger than 5 MB. Share one with fewer years in it.",
    TOO_SLOW: "The calendar took longer than 10 seconds to come.",
    ASTRAY: "The address sends us on again and again, or to one without https.",
    SILENT: "Nobody answers at this address.",
    REFUSED: "The address was refused ({}). Make a new secret address in that calendar, and paste it here.",
    PACKED: "The calendar came packed, which we do not open.",
    TOO_HARD: "The calendar takes too long to work out. Look for an entry that repeats in an odd way.",
    STUMBLED: "We could not read this calendar, through a fault of ours. The times that we know of it still count.",
    "no_calendar": "What lies there is no calendar in iCal format. Paste the secret address in iCal format.",
    "too_many": "The calendar has more entries than we read: 10,000 that may matter. Share one with fewer.",
    "too_often": "An entry repeats every minute, or more often. Take that entry out.",
}
NO_ADDRESS = "Paste the calendar's secret address in iCal format. It begins with https:// or webcal://."
ELSEWHERE = "This address does not lie on the internet. Paste the calendar's secret address in iCal format."


class FeedTrouble(Exception):
    """A feed can't be used now. `why`: of WORDS; `code`: the status of an answer, 0 where there was none."""

    def __init__(self, why: str, code: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.code = code

    @property
    def told(self) -> str:
        """What is kept of it: 'refused 404'."""
        return f"{self.why} {self.code}" if self.code else self.why


def words_of(told: str) -> str:
    """What a person reads of it; '' for none."""
    why, _, code = told.partition(" ")
    return WORDS.get(why, WORDS[SILENT]).format(code) if why else ""


def parse_feed(text: str, allowed: Collection[str] = ()) -> Endpoint:
    """`allowed`: hosts that need not be public. Raises ValueError in words for who typed it, without the address."""
    url = text.strip()
    if url.lower().startswith("webcal://"):
        url = f"https://{url[len('webcal://') :]}"
    try:
        return parse_endpoint(url, allowed)
    except ValueError as error:
        raise ValueError(ELSEWHERE if str(error) == NOT_PUBLIC else NO_ADDRESS) from None
