"""Bytes that stand raw in an address are read as if they had been escaped."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.serving.plain_queries import PlainQueries, escaped
from tests.awaiting import result_of


async def asked(request: Request) -> Response:
    return PlainTextResponse(request.url.query)


def status_of(path: str, query: bytes) -> int:
    """As a server hands it on."""
    app = Starlette(routes=[Route("/a", asked)], middleware=[Middleware(PlainQueries)])
    sent: list[Any] = []
    scope = {
        "type": "http", "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": query, "headers": [], "server": ("example.com", 80), "http_version": "1.1",
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    result_of(app(scope, receive, send))
    return int(sent[0]["status"])


@pytest.mark.parametrize(("path", "status"), [("/a", 200), ("/a/", 307), ("/b/", 404)])
def test_raw_bytes_are_no_error(path: str, status: int) -> None:
    """Fuzzing: '/o/?\\xe1' at the console was an error of ours."""
    assert status_of(path, b"x=\xe1\xff") == status


def test_what_is_escaped_stays_as_it_is() -> None:
    assert (escaped(b"a=%C3%A9&b=+"), escaped(b"\xe1")) == (b"a=%C3%A9&b=+", b"%E1")
