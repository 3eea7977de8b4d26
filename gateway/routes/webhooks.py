"""`POST /webhooks/forms/{connector}/{key}`: forms of the clinic's own site and of form vendors."""

import structlog
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from core.domain.errors import FieldError
from core.flows.intake import receive_form as intake
from core.flows.intake.receive_form import Answer, Verdict
from core.intake.draft import Delivery
from gateway.context import Context, context_of
from gateway.errors import refuse
from gateway.interface import WEBHOOK
from gateway.security import WEBHOOK_LIMIT, TooLarge, address_of, kept_headers, read_body

log = structlog.get_logger(__name__)
router = APIRouter()
STATUS = {
    Verdict.STORED: 201,
    Verdict.REPEATED: 200,
    Verdict.KEPT: 202,
    Verdict.INVALID: 422,
    Verdict.UNREADABLE: 422,
    Verdict.UNKNOWN_CONNECTOR: 404,
    Verdict.WRONG_KEY: 401,
    Verdict.WRONG_SIGNATURE: 401,
}


@router.post("/webhooks/forms/{connector}/{key}", status_code=201, **WEBHOOK)
async def receive_form(request: Request, connector: str, key: str) -> Response:
    """Take in one form. The signature is checked over the raw bytes; what is authentic is kept."""
    context = context_of(request)
    try:
        body = await read_body(request, WEBHOOK_LIMIT)
    except TooLarge:
        limit = f"{WEBHOOK_LIMIT // 1_000_000} MB"
        return refuse(
            413, FieldError("body", f"The body is larger than {limit}. Send links to files, not files.")
        )
    delivery = Delivery(
        body, request.headers.get("content-type", ""), kept_headers(request), address_of(request)
    )
    checked = intake.authenticate(context.keys, connector, key, delivery)
    if isinstance(checked, Answer):
        log.info("form_refused", connector=connector[:24], verdict=checked.verdict.value)
        return answer_with(checked)
    wait = context.webhook_limit.wait(connector)
    if wait:
        words = "Too many forms at once. Send this one again after the seconds in Retry-After."
        return refuse(429, FieldError("", words), retry_after=wait)
    return answer_with(await _take_in(context, connector, checked))


async def _take_in(context: Context, connector: str, delivery: Delivery) -> Answer:
    now = context.app.clock.now()
    answer = await context.write(intake.take_in, context.app, connector, delivery, now=now)
    log.info(
        "form_received",
        connector=connector,
        verdict=answer.verdict.value,
        submission_id=answer.submission_id or None,
        fields=[error.field for error in answer.errors] or None,
        set_aside=[one.field for one in answer.set_aside] or None,
    )
    return answer


def answer_with(answer: Answer) -> JSONResponse:
    """A verdict as CONTRACT.md words it."""
    status = STATUS[answer.verdict]
    if answer.accepted:
        left = [{"field": one.field, "message": one.message} for one in answer.set_aside]
        return JSONResponse({"submission_id": answer.submission_id, "set_aside": left}, status)
    if answer.verdict is Verdict.KEPT:
        return JSONResponse({"kept": answer.raw_id}, status)
    return refuse(status, *answer.errors)
