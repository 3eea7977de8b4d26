"""Draws the widget's pages, and reads what they send."""

import hashlib
import math
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from core.app import App
from core.booking.catalogue import Service
from core.domain.errors import FieldError, UnreadablePayload
from core.intake.connectors.form_body import parts_of
from gateway import pages
from gateway.context import Context
from gateway.embed import sending, view, words
from gateway.embed.asked import Asked, asked_for
from gateway.embed.view import View
from gateway.hosted.filled import SEAL, TOUCHED, TRAP_BOX
from gateway.hosted.seal import open_page, seal_page
from gateway.limits import CROWDED_SECONDS, Crowded
from gateway.security import FORM_LIMIT, TooLarge, read_body

FORM = "booking-request"
OTHER_LANGUAGE = {"en": "es", "es": "en"}


async def values_of(request: Request) -> dict[str, str]:
    """The form's fields; none where it can't be read: the page is shown again."""
    try:
        body = await read_body(request, FORM_LIMIT)
        return dict(parts_of(body, request.headers.get("content-type", "")))
    except (TooLarge, UnreadablePayload):
        return {}


def asked_of(context: Context, given: Mapping[str, str]) -> Asked:
    """What an address or a form asks the page for."""
    app = context.app
    return asked_for(app.reference, app.db.keyring, given, app.clock.now())


async def page(
    context: Context,
    asked: Asked,
    values: Mapping[str, str],
    status: int = 200,
    *,
    notice: str = "",
    errors: list[FieldError] | None = None,
) -> Response:
    """The one page, with what was typed; who can book nothing online is called."""
    app = context.app
    now = app.clock.now()
    if asked.service is None:
        return RedirectResponse(f"/f/{FORM}", 303)
    try:
        async with context.strangers.turn():
            shown: View = await context.read(_view, app, asked, asked.service, now)
    except Crowded:
        return crowded(asked)
    old = values.get(SEAL, "")
    seal = old if open_page(app.db.keyring, old) else seal_page(app.db.keyring, now)
    return render(
        "embed_book.html",
        asked,
        status,
        view=shown,
        form=sending.form_of(context.forms[FORM], asked.language),
        values=values,
        errors=errors or [],
        message_of={error.field: error.message for error in errors or []},
        notice=notice,
        hidden=asked.hidden() | {SEAL: seal},
        other=asked.link(lang=OTHER_LANGUAGE[asked.language]),
        other_language=OTHER_LANGUAGE[asked.language],
        called=f"/f/{FORM}?{urlencode({'treatment': asked.service.treatment, **asked.passed_on})}",
        trap=TRAP_BOX,
        touched=TOUCHED,
    )


def _view(app: App, asked: Asked, service: Service, now: datetime) -> View:
    with app.db.read() as session:
        return view.view(session, app.reference, asked, service, now)


def first_other(asked: Asked, label: str) -> str:
    return words.words_in(asked.language)["first_other"].format(service=label)


def slow(asked: Asked, wait: float) -> str:
    return words.words_in(asked.language)["slow"].format(n=math.ceil(wait))


def slow_down(asked: Asked, wait: float) -> Response:
    answer = render("embed_said.html", asked, 429, title=words.words_in(asked.language)["title"],
                     said=slow(asked, wait), another="")  # fmt: skip
    answer.headers["Retry-After"] = str(math.ceil(wait))
    return answer


def crowded(asked: Asked) -> Response:
    """Others are looking for a time already, as many as we work one out for at once."""
    answer = said(asked, "crowded", "crowded_words", 503, n=CROWDED_SECONDS)
    answer.headers["Retry-After"] = str(CROWDED_SECONDS)
    return answer


def said(asked: Asked, title: str, said: str, status: int = 200, **values: object) -> Response:
    its = words.words_in(asked.language)
    text = its[said].format(**values)
    return render("embed_said.html", asked, status, title=its[title], said=text, another=asked.link())


def render(template: str, asked: Asked, status: int = 200, **values: Any) -> Response:
    return pages.render(
        template,
        status,
        asked=asked,
        words=words.words_in(asked.language),
        style=_versioned("booking_embed.css"),
        script=_versioned("embed.js"),
        **values,
    )


@cache
def _versioned(name: str) -> str:
    digest = hashlib.sha256((pages.STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
