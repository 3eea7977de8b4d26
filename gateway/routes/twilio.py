"""Twilio's webhooks: texts from patients, and what became of ours. Signed, or refused."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from core.domain.errors import FieldError, UnreadablePayload
from core.flows.conversation import missed_calls, twilio_webhooks
from core.intake.connectors.form_body import URL_ENCODED, url_encoded
from core.intake.draft import Delivery
from gateway.context import context_of
from gateway.errors import refuse
from gateway.security import TWILIO_LIMIT, TooLarge, address_of, read_body

router = APIRouter(include_in_schema=False)
NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
UNSIGNED = (
    "This is not signed by our Twilio account. Check the auth token, and that LUXE_PUBLIC_URL is the address that "
    "Twilio calls."
)


@router.post("/twilio/inbound")
async def inbound(request: Request) -> Response:
    """A patient's text. Answers are sent as texts of their own, so the TwiML is empty."""
    posted = await _signed(request)
    if posted is None:
        return refuse(403, FieldError("X-Twilio-Signature", UNSIGNED))
    context = context_of(request)
    await context.write(twilio_webhooks.take_in_text, context.app, *posted, now=context.app.clock.now())
    return Response(NOTHING_TO_SAY, media_type="text/xml")


@router.post("/twilio/status")
async def status(request: Request) -> Response:
    """What became of a text of ours; `action` and `attempt` in the query are ours."""
    posted = await _signed(request)
    if posted is None:
        return refuse(403, FieldError("X-Twilio-Signature", UNSIGNED))
    context = context_of(request)
    delivery, params = posted
    ours = dict(request.query_params)
    await context.write(
        twilio_webhooks.take_in_status, context.app, delivery, ours, params, now=context.app.clock.now()
    )
    return Response(status_code=204)


@router.post("/twilio/voice")
async def voice(request: Request) -> Response:
    """What became of a call to the clinic's number: a missed one is a lead. The TwiML is empty: it ends a <Dial>."""
    posted = await _signed(request)
    if posted is None:
        return refuse(403, FieldError("X-Twilio-Signature", UNSIGNED))
    context = context_of(request)
    _, params = posted
    await context.write(missed_calls.take_in, context.app, params, now=context.app.clock.now())
    return Response(NOTHING_TO_SAY, media_type="text/xml")


async def _signed(request: Request) -> tuple[Delivery, dict[str, str]] | None:
    """The bytes and the parameters in them, or None where the signature does not prove that Twilio sent them."""
    try:
        body = await read_body(request, TWILIO_LIMIT)
        params = url_encoded(body)
    except (TooLarge, UnreadablePayload):
        return None
    query = request.scope["query_string"].decode("latin-1")
    path = f"{request.scope['path']}?{query}" if query else request.scope["path"]
    signature = request.headers.get("x-twilio-signature", "")
    if not context_of(request).app.is_from_twilio(path, params, signature):
        return None
    return Delivery(body, URL_ENCODED, {"query": query}, address_of(request), verified=True), params
