"""What every request to a person's own link shares: the browser that is known, other sites' pages, who asks too often.

GET changes nothing; the first button that is pressed opens the link in that browser.
"""

import math
from collections.abc import Callable
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from core.domain.addresses import sender_of
from core.domain.errors import UnreadablePayload
from core.flows.booking import links
from core.flows.booking.links import Door, Look
from core.intake.connectors.form_body import url_encoded
from gateway.booking_page import answering
from gateway.booking_page.answering import Visitor
from gateway.booking_page.asked import asked
from gateway.booking_page.browser import new_or_known, remember
from gateway.context import context_of
from gateway.security import TWILIO_LIMIT, TooLarge, address_of, is_foreign, read_body

Answer = Callable[[Visitor], Response]
Then = Callable[[], Response]  # reads what is so by then, and shows it
Act = Callable[[Visitor], Then]


async def get(request: Request, code: str, step: str, answer: Answer) -> Response:
    """Show a page of the link."""
    context, visitor = context_of(request), visitor_of(request, code, step)
    slow = _slow_down(request, visitor)
    return slow or _remembered(await context.read(answer, visitor), request, visitor)


async def post(request: Request, code: str, step: str, act: Act) -> Response:
    """A button of it was pressed: it is done, and only then, out of the way of who writes, what is so now is shown."""
    context, visitor = context_of(request), visitor_of(request, code, step)
    if is_foreign(request, context.app.settings.public):
        return answering.say(context.app, visitor.asked, "foreign", 403)
    slow = _slow_down(request, visitor)
    if slow:
        return slow
    try:
        sent = url_encoded(await read_body(request, TWILIO_LIMIT))
    except (TooLarge, UnreadablePayload) as error:
        status = 413 if isinstance(error, TooLarge) else 422
        return answering.say(context.app, visitor.asked, "unreadable", status)
    then = await context.write(act, replace(visitor, sent=sent))
    return _remembered(await context.read(then), request, visitor)


def visitor_of(request: Request, code: str, step: str) -> Visitor:
    context, wish = context_of(request), asked(code, step, request.query_params)
    return Visitor(context.app, wish, new_or_known(request), context.app.clock.now())


def _remembered(answer: Response, request: Request, visitor: Visitor) -> Response:
    """A browser that has met no link of ours has nothing to be known by."""
    if answer.status_code == 404:
        return answer
    https = visitor.app.settings.public.startswith("https://")
    return remember(answer, request, visitor.browser, https=https)


def _slow_down(request: Request, visitor: Visitor) -> Response | None:
    wait = context_of(request).booking_limit.wait(sender_of(address_of(request)))
    if not wait:
        return None
    seconds = math.ceil(wait)
    answer = answering.say(visitor.app, visitor.asked, "slow", 429, seconds=seconds)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def enter(visitor: Visitor) -> Look:
    """The link as this browser may see it, opened in it where it is the first that presses a button."""
    code, browser, now = visitor.asked.code, visitor.browser, visitor.now
    with visitor.app.db.read() as session:
        look = links.look(session, code, browser, now)
    if look.door is not Door.OPEN or look.link is None or look.link.browser_hash is not None:
        return look
    with visitor.app.db.write() as session:
        return links.opened(session, code, browser, now)
