"""Emails from the outside: what the provider reports of them, and the link that ends advertising."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from core.domain.errors import FieldError
from core.flows.sending import email_reports, unsubscribing
from gateway import pages
from gateway.context import context_of
from gateway.errors import refuse
from gateway.security import FORM_LIMIT, TWILIO_LIMIT, TooLarge, read_body

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
WRONG_KEY = "The key in the address is not LUXE_EMAIL_KEY."
NO_REPORT = 'Send JSON such as {"message_id": "<...>", "event": "bounce", "detail": "5.1.1"}.'


@router.post("/webhooks/email/{key}")
async def report(request: Request, key: str) -> Response:
    """A bounce, a complaint or an unsubscription. One of another sender's emails is no error: it is answered 200."""
    context = context_of(request)
    known = context.app.settings.email_key.get_secret_value()
    if not known or not hmac.compare_digest(key.encode(), known.encode()):
        return refuse(401, FieldError("key", WRONG_KEY))
    document = await _document(request)
    if document is None:
        return refuse(422, FieldError("body", NO_REPORT))
    now = context.app.clock.now()
    ours = await context.write(email_reports.take_in, context.app, document, now=now)
    return JSONResponse({"known": ours})


async def _document(request: Request) -> Mapping[str, Any] | None:
    try:
        document = json.loads(await read_body(request, TWILIO_LIMIT))
    except (TooLarge, ValueError):
        return None
    return document if isinstance(document, dict) else None


@router.api_route(f"{unsubscribing.PATH}{{code}}", methods=READ)
async def ask(request: Request, code: str) -> Response:
    """A page with a button. It changes nothing: mail scanners open every link before the reader does."""
    if not unsubscribing.action_of(context_of(request).app, code):
        return _unknown()
    return pages.render("unsubscribe.html", code=code, done=False)


@router.post(f"{unsubscribing.PATH}{{code}}")
async def unsubscribe(request: Request, code: str) -> Response:
    """The button, or a mail program's own (RFC 8058): no cookie, no redirect, and the same however often."""
    context = context_of(request)
    action_id = unsubscribing.action_of(context.app, code)
    if not action_id:
        return _unknown()
    try:
        await read_body(request, FORM_LIMIT)
    except TooLarge:
        return refuse(413, FieldError("body", "Nothing needs to be sent along."))
    await context.write(unsubscribing.by_link, context.app, action_id, now=context.app.clock.now())
    return pages.render("unsubscribe.html", code=code, done=True)


def _unknown() -> Response:
    return pages.message(
        404, "This link is not whole", "Perhaps it was cut on its way to you. Call us, and we do it."
    )
