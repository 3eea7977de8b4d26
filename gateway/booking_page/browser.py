"""By what a browser is known to the page."""

from starlette.requests import Request
from starlette.responses import Response

from core.flows.booking import links
from core.flows.booking.links import PATH

COOKIE = "booking"
LASTS = 60 * 24 * 3600  # as long as a link can at most
LONGEST = 64


def known_by(request: Request) -> str:
    """The value of its cookie, '' for none and for what is none of ours."""
    value = request.cookies.get(COOKIE, "")
    return value if value.isascii() and len(value) <= LONGEST else ""


def remember(answer: Response, request: Request, browser: str, *, https: bool) -> Response:
    """Tell the browser by what it is known: a random word, which opens only the links that it opened."""
    if browser and known_by(request) != browser:
        answer.set_cookie(
            COOKIE, browser, max_age=LASTS, path=PATH, secure=https, httponly=True, samesite="lax"
        )
    return answer


def new_or_known(request: Request) -> str:
    return known_by(request) or links.new_browser()
