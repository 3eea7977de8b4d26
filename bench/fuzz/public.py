"""Every route of the gateway, asked as a server hands requests on: no exception, and no 5xx but a readiness of 503."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

from twilio.request_validator import RequestValidator

import gateway.security
from bench.fuzz import bodies, intake, readers, strange
from bench.fuzz.stage import Asgi, app_in, caught, let_through
from bench.fuzz.target import Target, Wrong
from core.intake.connectors.form_body import url_encoded
from gateway.errors import answer_unexpected
from gateway.hosted.seal import seal_change, seal_page, seal_thanks
from gateway.limits import Buckets
from gateway.main import create_app
from tests.samples import STATUS, TWILIO_TOKEN, TWILIO_URL

Request = tuple[str, str, list[tuple[str, str]], bytes]
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "\xff")
PATHS = (
    "/webhooks/forms/generic/g-key", "/webhooks/forms/typeform/t-key", "/webhooks/forms/jotform/j-key",
    "/f/lead-capture",
    "/f/consultation-request", "/f/lead-capture/thanks", "/f/terms", "/f/privacy", "/twilio/inbound",
    "/twilio/status", "/healthz",
    "/readyz", "/metrics", "/openapi.json", "/static/public.css", "/static/touch.js", "/static/mark.svg", "/",
)  # fmt: skip
FILLED = {
    "first_name": "Omar", "name": "Omar Reyes", "phone": "407-555-0155", "email": "omar@example.com",
    "treatment": "botox",
    "date_of_birth": "1990-04-12", "notes": "", "sms_transactional": "yes", "sms_marketing": "yes",
    "website": "", "touched": "yes",
    "utm_source": "google", "gclid": "G-1", "referrer": "https://example.com", "source": "website", "page": "",
}  # fmt: skip
QUERY = {
    "treatment": "botox",
    "utm_source": "google",
    "l": "",
    "change": "",
    "gclid": "G-1",
    "action": "",
    "attempt": "1",
}
HEADERS = ("content-type", "content-length", "user-agent", "referer", "x-signature", "typeform-signature",
    "idempotency-key",
           "x-forwarded-for", "x-forwarded-proto", "forwarded", "host", "origin", "expect", "accept", "range",
           "if-modified-since",
           "if-none-match", "x-twilio-signature", "authorization", "cookie", "transfer-encoding")  # fmt: skip
USUAL = {"referer": "https://example.com/x", "x-forwarded-for": "203.0.113.9", "content-length": "12"}
INBOUND = {
    "MessageSid": "SM1", "From": "+14075550155", "To": "+15125550100", "Body": "yes", "NumMedia": "0",
    "NumSegments": "1",
    "OptOutType": "", "MediaUrl0": "https://example.com/a.jpg", "MediaContentType0": "image/jpeg", "FromZip": "32801",
}  # fmt: skip


def targets(folder: Path) -> Iterator[Target]:
    """The routes as strangers ask them, and Twilio's with its signature."""
    vars(gateway.security)["answer_unexpected"] = _noting
    app = app_in(folder)
    api = create_app(app)
    context = api.state.context
    api.state.context = replace(context, webhook_limit=Buckets(0, 1))
    server = Asgi(api)
    sealed = _Sealed(app.db.keyring)
    yield Target("routes", 3, sealed.request, lambda made: _ask(server, made))
    yield Target("twilio", 2, _signed, lambda made: _ask(server, made))


def _noting(error: Exception, scope: Any) -> Any:
    caught.append(error)
    return answer_unexpected(error, scope)


def _ask(server: Asgi, made: Request) -> None:
    method, target, headers, body = made
    answer = server.ask(method, target, headers, body)
    let_through()
    if answer.status >= 500 and not target.startswith("/readyz"):
        raise Wrong(f"answered {answer.status}")
    answer.body.decode()


class _Sealed:
    """Requests with seals that this gateway made, so that what stands behind them is reached too."""

    def __init__(self, keyring: Any) -> None:
        self._keyring = keyring

    def request(self, rng: Random) -> Request:
        path = rng.choice(PATHS) if rng.random() < 0.95 else f"/{strange.text(rng)}"
        if rng.random() < 0.12:
            path = strange.bent(rng, path)
        method = rng.choice(METHODS) if rng.random() < 0.1 else self._method(rng, path)
        body, kind = self._body(rng, path) if method == "POST" else (b"", "")
        headers = {name: bodies.header(rng, USUAL.get(name, "")) for name in HEADERS if rng.random() < 0.08}
        if rng.random() < 0.9:
            headers["content-type"] = kind
        if rng.random() < 0.9:
            headers["content-length"] = str(len(body))
        return (
            method,
            f"{quote(path.encode('utf-8', 'surrogatepass'))}{self._query(rng)}",
            list(headers.items()),
            body,
        )

    def _method(self, rng: Random, path: str) -> str:
        if path.startswith(("/webhooks", "/twilio")):
            return "POST"
        return rng.choice(("GET", "POST")) if path.startswith("/f/") else "GET"

    def _body(self, rng: Random, path: str) -> tuple[bytes, str]:
        if path.startswith("/webhooks"):
            _, delivery = intake.sent(rng)
            return delivery.body, delivery.content_type
        usual = {**FILLED, "page": self._seal(rng)} if path.startswith("/f/") else INBOUND
        filled = bodies.fields(rng, usual)
        if rng.random() < 0.2:
            return bodies.as_multipart(rng, filled), bodies.MULTIPART
        body = bodies.as_form(rng, filled.items())
        return (bodies.broken(rng, body) if rng.random() < 0.1 else body), bodies.FORM

    def _query(self, rng: Random) -> str:
        if rng.random() < 0.5:
            return ""
        query = bodies.fields(rng, {**QUERY, "l": self._seal(rng), "change": self._seal(rng)})
        return "?" + bodies.as_form(rng, query.items()).decode("latin-1").replace("#", "")

    def _seal(self, rng: Random) -> str:
        seal = rng.choice((seal_thanks, seal_change))(
            self._keyring, strange.text(rng).encode(errors="replace").decode()
        )
        return rng.choice((seal, seal_page(self._keyring, readers.NOW), "", strange.bent(rng, seal)))


def _signed(rng: Random) -> Request:
    """With the signature that Twilio would have made over whatever stands in it."""
    status = rng.random() < 0.4
    usual = url_encoded(STATUS.body) if status else INBOUND
    body = bodies.as_form(rng, bodies.fields(rng, usual).items())
    if rng.random() < 0.05:
        body = bodies.broken(rng, body)
    path = "/twilio/status" if status else "/twilio/inbound"
    ours = {"action": "01a20e37-19b6-7146-8000-29be0da2b6c5", "attempt": "1"}
    query = (
        bodies.as_form(rng, bodies.fields(rng, ours).items()).decode("latin-1").replace("#", "")
        if status
        else ""
    )
    target = f"{path}?{query}" if query else path
    try:
        params = url_encoded(body)
    except Exception:
        params = {}
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(f"{TWILIO_URL}{target}", params)
    return "POST", target, [("content-type", bodies.FORM), ("x-twilio-signature", signature)], body
