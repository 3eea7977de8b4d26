"""Twilio's webhooks: texts from patients, and what became of ours. Signed, or refused."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from core.domain.errors import FieldError, UnreadablePayload
from core.flows.conversation import receive_text
from core.flows.sending import delivery_status
from core.intake.connectors.form_body import url_encoded
from gateway.context import context_of
from gateway.errors import refuse
from gateway.security import TWILIO_LIMIT, TooLarge, read_body

router = APIRouter(include_in_schema=False)
NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
UNSIGNED = (
    "This is not signed by our Twilio account. Check the auth token, and that LUXE_PUBLIC_URL is the address that "
    "Twilio calls."
)


@router.post("/twilio/inbound")
async def inbound(request: Request) -> Response:
    """A patient's text. Answers are sent as texts of their own, so the TwiML is empty."""
    params = await _signed_params(request)
    if params is None:
        return refuse(403, FieldError("X-Twilio-Signature", UNSIGNED))
    context = context_of(request)
    await context.write(receive_text.receive, context.app, params, now=context.app.clock.now())
    return Response(NOTHING_TO_SAY, media_type="text/xml")


@router.post("/twilio/status")
async def status(request: Request) -> Response:
    """What became of a text of ours; `action` and `attempt` in the query are ours."""
    params = await _signed_params(request)
    if params is None:
        return refuse(403, FieldError("X-Twilio-Signature", UNSIGNED))
    context = context_of(request)
    ours = request.query_params
    await context.write(
        delivery_status.record,
        context.app,
        ours.get("action", ""),
        ours.get("attempt", ""),
        params,
        now=context.app.clock.now(),
    )
    return Response(status_code=204)


async def _signed_params(request: Request) -> dict[str, str] | None:
    """The parameters, or None where the signature does not prove that Twilio sent them."""
    try:
        params = url_encoded(await read_body(request, TWILIO_LIMIT))
    except (TooLarge, UnreadablePayload):
        return None
    query = request.scope["query_string"].decode("latin-1")
    path = f"{request.url.path}?{query}" if query else request.url.path
    signature = request.headers.get("x-twilio-signature", "")
    return params if context_of(request).app.is_from_twilio(path, params, signature) else None
