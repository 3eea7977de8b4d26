"""Errors as answers: JSON with the field for machines, a page in plain words for people."""

import secrets
import traceback

import structlog
from fastapi import FastAPI, Request
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from core.domain.errors import (
    ClosedToTexts,
    Denied,
    FieldError,
    InvalidInput,
    LostRace,
    LuxeError,
    NotAuthentic,
    NotFound,
)
from gateway import pages

log = structlog.get_logger(__name__)
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
STATUS: dict[type[LuxeError], int] = {
    InvalidInput: 422,
    NotAuthentic: 401,
    Denied: 403,
    NotFound: 404,
    LostRace: 409,
    ClosedToTexts: 409,
}
PAGES = ("/f/", "/s/", "/e/", "/b/", "/a/", "/embed/")
KEYED = ("/webhooks/email/", "/e/", "/feeds/", "/s/", "/b/", "/a/")  # a key or a code stands right behind
GONE = "There is nothing at this address. Check how it is written."
BUSY = "The database can't be reached right now. Nothing was stored; send it again in a few seconds."


def refuse(status: int, *errors: FieldError, retry_after: float | None = None) -> JSONResponse:
    """`{"errors": [{"field", "message"}]}`, the shape of every refusal."""
    document = {"errors": [{"field": error.field, "message": error.message} for error in errors]}
    headers = {"Retry-After": str(max(1, round(retry_after)))} if retry_after is not None else None
    return JSONResponse(document, status, headers=headers)


def register(app: FastAPI) -> None:
    """Tell the app how errors are answered."""
    app.add_exception_handler(LuxeError, _luxe_error)
    app.add_exception_handler(OperationalError, _database_down)
    app.add_exception_handler(HTTPException, _http_error)


async def _luxe_error(_request: Request, error: Exception) -> Response:
    if isinstance(error, InvalidInput):
        return refuse(422, *error.errors)
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)
    return refuse(status, FieldError("", str(error)))


async def _database_down(request: Request, error: Exception) -> Response:
    log.error("database_unreachable", path=_place(request.scope), error=type(error).__name__)
    if _is_page(request.scope):
        return pages.message(
            503, "Please try again in a moment", "Nothing was sent yet. Go back, and send it again."
        )
    return refuse(503, FieldError("", BUSY), retry_after=5)


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    if _is_page(request.scope) and status == 404:
        return pages.message(404, "This page does not exist", "Perhaps the link was cut on its way to you.")
    words = GONE if status == 404 else "This address does not take that kind of request."
    answer = refuse(status, FieldError("path" if status == 404 else "method", words))
    answer.headers.update(headers or {})
    return answer


def answer_unexpected(error: Exception, scope: Scope) -> Response:
    """500 with a code that stands in the log beside where it happened; never what was in the request."""
    code = "E-" + "".join(secrets.choice(ALPHABET) for _ in range(4))
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("unexpected", code=code, path=_place(scope), error=type(error).__name__, at=places)
    if _is_page(scope):
        words = f"Nothing was lost on your side: go back, and send it again, or call us. Reference {code}."
        return pages.message(500, "Something went wrong here", words)
    return refuse(
        500, FieldError("", f"Something went wrong on our side. Send it again later. Reference {code}.")
    )


def _is_page(scope: Scope) -> bool:
    return str(scope["path"]).startswith(PAGES)


def _place(scope: Scope) -> str:
    """The first words of the path: what follows may be a key."""
    keyed = next((prefix for prefix in KEYED if str(scope["path"]).startswith(prefix)), None)
    if keyed:
        return keyed
    return "/".join(str(scope["path"]).split("/")[:4])
