"""`/s/{code}`: a short link of a text leads on to the clinic's page that its row names, and to no other.

The redirect never waits for what a click writes, nor fails with it.
"""

import structlog
from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from core.domain.addresses import sender_of
from core.flows.sending import link_clicks
from core.flows.sending.link_clicks import Way
from core.flows.sending.text_links import SHORT_PATH
from core.links import rules
from gateway import pages
from gateway.context import Context, context_of
from gateway.security import address_of

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]


@router.api_route(f"{SHORT_PATH}{{code}}", methods=READ)
async def follow(request: Request, code: str) -> Response:
    """302 to the page; 404, 410 and 429 are pages with the clinic's number."""
    context = context_of(request)
    wait = context.link_limit.wait(sender_of(address_of(request)))
    if wait:
        return _slow_down(wait)
    found = await context.read(link_clicks.follow, context.app, code, now=context.app.clock.now())
    if found.way is not Way.LEADS_ON:
        return _leads_nowhere(found.way)
    is_click = rules.by_a_person(request.method, request.headers)
    counting = BackgroundTask(_count, context, code) if is_click else None
    # The page must not learn which text its visitor comes from.
    return RedirectResponse(found.target, 302, {"Referrer-Policy": "no-referrer"}, background=counting)


async def _count(context: Context, code: str) -> None:
    try:
        await context.write(link_clicks.clicked, context.app, code, now=context.app.clock.now())
    except Exception as error:
        # They are on the page already; a click that is not counted harms nobody.
        log.warning("click_not_counted", error=type(error).__name__)


def _leads_nowhere(way: Way) -> Response:
    if way is Way.RUN_OUT:
        return pages.message(410, "This link has run out", "Call or text us, and we send you a new one.")
    return pages.message(404, "This link is not whole", "Perhaps it was cut on its way to you. Call us.")


def _slow_down(wait: float) -> Response:
    answer = pages.message(429, "One moment, please", "Too many links were opened at once. Try again soon.")
    answer.headers["Retry-After"] = str(max(1, round(wait)))
    return answer
