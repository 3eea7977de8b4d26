"""What stands around every request: headers of every answer, the size of bodies, where a request came from."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit, urlunsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.errors import answer_unexpected

WEBHOOK_LIMIT = 1_000_000
FORM_LIMIT = 100_000
TWILIO_LIMIT = 64_000
# A sender that is told 413 while it still sends may see a broken connection instead: read on, and forget.
DRAIN_LIMIT = 20_000_000
KEPT_HEADERS = ("user-agent", "idempotency-key", "x-signature", "typeform-signature")
STATIC = "/static/"
ADDED_SLASH = 307  # no route of ours answers so: Starlette does, to where the address has no slash at its end
A_DAY, TEN_MINUTES = "public, max-age=86400", "public, max-age=600"
KEPT_SHORTLY = "/widget.js"  # its address stays when it changes
FRAMED = (
    "/f/",
    "/embed/",
)  # what the clinic's own site may show in a frame; nobody lays anything over a person's page


class TooLarge(Exception):
    """The body is larger than this route takes."""


class SafeAnswers:
    """Adds the security headers to every answer, and turns an unexpected error into a short answer with a code."""

    def __init__(self, app: ASGIApp, *, frames: Callable[[], str], https: bool) -> None:
        self._app = app
        policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "  # noqa: E501
        self._policy = policy
        self._frames = frames  # the clinic's own site, which may change
        self._headers = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        } | ({"Strict-Transport-Security": "max-age=31536000"} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        cache = _kept_for(scope["path"])
        frames = self._frames() if scope["path"].startswith(FRAMED) else "'none'"
        started = False

        async def send_safely(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                referrer = headers.get("Referrer-Policy")  # a route may want less of it, never more
                headers.update(self._headers)
                if referrer == "no-referrer":
                    headers["Referrer-Policy"] = referrer
                headers["Content-Security-Policy"] = self._policy + frames
                headers["Cache-Control"] = cache
                if message["status"] == ADDED_SLASH:
                    headers["Location"] = _within(headers["Location"])
            await send(message)

        try:
            await self._app(scope, receive, send_safely)
        except ClientDisconnect:
            return  # the sender hung up in the middle of its body: nobody is there to answer
        except Exception as error:
            answer = answer_unexpected(error, scope)
            if not started:
                await answer(scope, receive, send_safely)


def _within(location: str) -> str:
    """The same without scheme and host, which Starlette takes from what was sent: any host at all, and http where a
    proxy does not say that it ends https."""
    parts = urlsplit(location)
    return urlunsplit(("", "", parts.path, parts.query, ""))


def _kept_for(path: str) -> str:
    if path.startswith(STATIC):
        return A_DAY
    return TEN_MINUTES if path == KEPT_SHORTLY else "no-store"


async def read_body(request: Request, limit: int) -> bytes:
    """The body. Raises TooLarge without ever holding more than `limit` bytes."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit and "expect" in request.headers:
        raise TooLarge  # it waits for our word before it sends anything
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        else:
            chunks.clear()
        if size > DRAIN_LIMIT:
            break
    if size > limit:
        raise TooLarge
    return b"".join(chunks)


def address_of(request: Request) -> str:
    """Who called. Behind a trusted proxy `WhoAsks` has put the forwarded address here already."""
    return request.client.host if request.client else ""


def kept_headers(request: Request) -> Mapping[str, str]:
    """Of the request's headers, those that are evidence or that a connector reads."""
    return {name: request.headers[name][:500] for name in KEPT_HEADERS if name in request.headers}


def is_foreign(request: Request, public: str) -> bool:
    """Whether another site's page sent it, where `public` is our address. Browsers say so; whatever says nothing is no
    other site's page. A page of ours in a frame of another site is still ours."""
    site = request.headers.get("sec-fetch-site", "")
    if site:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "")
    own = {_origin_of(public), f"{request.url.scheme}://{request.headers.get('host', '')}"}
    return bool(origin) and origin.lower() not in own


def _origin_of(public: str) -> str:
    """`https://book.example.com` of our public address."""
    parts = urlsplit(public.lower())
    return f"{parts.scheme}://{parts.netloc}"
