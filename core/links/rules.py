"""Who follows a link: a person, or a machine that looks at it beforehand. Pure.

Messengers draw a preview, mail servers look for harm, browsers fetch what somebody may open next. None of them has
clicked. Not every one says so: whoever asks within moments of a text's sending is a machine too.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

AT_ONCE_SECONDS = 2.0  # from the hand-over: nobody has read it by then
_MACHINES = re.compile(
    # iMessage names itself as both of the first two.
    r"facebookexternalhit|facebot|twitterbot|whatsapp|slack|telegram|discord|skypeuripreview|linkedin|viber|snapchat"
    r"|google(?:bot|-|imageproxy| web preview|messages)|developers\.google\.com|apis-google|feedfetcher|bingpreview"
    r"|safelinks|ms-?office|microsoft office|outlook|proofpoint|mimecast|barracuda|trendmicro|symantec|fortinet|zscaler"
    r"|headless|phantomjs|bot\b|crawl|spider|scan|preview|prefetch|monitor|curl|wget|httpie|libwww|urllib|requests/|aiohttp"
    r"|httpx|okhttp|java/|go-http|node-fetch|axios|undici|dart/|ruby|perl|php",
    re.IGNORECASE,
)
_EARLY = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)
_EARLY_HEADERS = ("purpose", "sec-purpose", "x-purpose", "x-moz")


def by_a_person(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request looks like somebody's tap. `headers` by their small names."""
    agent = headers.get("user-agent", "")
    if method != "GET" or not agent or _MACHINES.search(agent):
        return False
    if any(_EARLY.search(headers.get(name, "")) for name in _EARLY_HEADERS):
        return False
    return headers.get("sec-fetch-dest", "document") == "document"


def at_once(handed_over_at: datetime | None, now: datetime, moment: timedelta) -> bool:
    """Whether it comes before anybody can have read the text. None: nothing is known of its hand-over."""
    return handed_over_at is not None and now - handed_over_at < moment
