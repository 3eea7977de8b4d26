"""External calendars fetched: one GET to the very address that was looked up and found public, within limits.

A provider chooses the address, and whoever answers there what comes back. A redirect is looked at like a first address:
no other scheme than https, no host inside, and the name is not looked up twice.
"""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urljoin

import httptools

from core.adapters.name_lookups import NameLookups
from core.adapters.public_connection import addresses_of, connected
from core.domain.feeds import (
    ASTRAY,
    INSIDE,
    MOST_BYTES,
    PACKED,
    REFUSED,
    SECONDS,
    SILENT,
    TOO_LARGE,
    TOO_SLOW,
    FeedTrouble,
    parse_feed,
)
from core.domain.ports import Fetched
from core.domain.push_endpoints import Endpoint

HOPS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED, OK = 304, 200
CHUNK, MOST_HEADERS = 65_536, 100_000
LONGEST_ETAG = 200
LOOKUPS = NameLookups()


class CalendarFeeds:
    """CalendarSource. `allowed`: hosts that need not be public, for tests."""

    def __init__(
        self, allowed: tuple[str, ...] = (), seconds: float = SECONDS, most: int = MOST_BYTES
    ) -> None:
        self._allowed, self._seconds, self._most = allowed, seconds, most

    def fetch(self, url: str, etag: str) -> Fetched:
        try:
            return asyncio.run(self._within(url, etag))
        except TimeoutError as error:
            raise FeedTrouble(TOO_SLOW) from error
        except (OSError, EOFError, httptools.HttpParserError) as error:
            raise FeedTrouble(SILENT) from error

    async def _within(self, url: str, etag: str) -> Fetched:
        async with asyncio.timeout(self._seconds):
            return await self._followed(url, etag)

    async def _followed(self, url: str, etag: str) -> Fetched:
        for hop in range(HOPS + 1):
            endpoint = self._endpoint(url, is_first=hop == 0)
            answer = await self._asked(endpoint, etag)
            if answer.status not in REDIRECTS:
                return _judged(answer)
            url = _led_to(endpoint, answer.headers.get("location", ""))
        raise FeedTrouble(ASTRAY)

    def _endpoint(self, url: str, *, is_first: bool) -> Endpoint:
        try:
            return parse_feed(url, self._allowed)
        except ValueError as error:
            # What was typed in was looked at before: only a setting can have changed since.
            astray = not is_first and not url.lower().startswith("https://")
            raise FeedTrouble(ASTRAY if astray else INSIDE) from error

    async def _asked(self, endpoint: Endpoint, etag: str) -> "Answer":
        addresses = await addresses_of(endpoint, LOOKUPS)
        if addresses is None:
            raise FeedTrouble(INSIDE)
        reader, writer = await connected(endpoint, addresses)
        try:
            writer.write(_request(endpoint, etag))
            await writer.drain()
            return await self._read(reader)
        finally:
            writer.transport.abort()  # nothing of the rest is of use, and no goodbye is waited for

    async def _read(self, reader: asyncio.StreamReader) -> "Answer":
        answer = Answer(self._most)
        parser = httptools.HttpResponseParser(answer)
        while not answer.complete:
            part = await reader.read(CHUNK)
            if not part:
                if not answer.begun or answer.announced:
                    raise EOFError  # cut off in the middle
                answer.complete = True  # its length was not said: it ends with the connection
                break
            parser.feed_data(part)
            if answer.trouble:
                raise answer.trouble
            answer.status = parser.get_status_code()
            if answer.status in REDIRECTS and answer.begun:
                break
        return answer


@dataclass
class Answer:
    """What httptools reads. `trouble`: what is wrong with it; httptools would hide an error that is raised here."""

    most: int
    status: int = 0
    begun: bool = False
    complete: bool = False
    trouble: FeedTrouble | None = None
    announced: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    _size: int = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        self._size += len(name) + len(value)
        if self._size > MOST_HEADERS:
            self.trouble = FeedTrouble(TOO_LARGE)
            return
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.begun = True
        length = self.headers.get("content-length", "")
        self.announced = bool(length) or "chunked" in self.headers.get("transfer-encoding", "").lower()
        if length.isdecimal() and int(length) > self.most:
            self.trouble = FeedTrouble(TOO_LARGE)

    def on_body(self, part: bytes) -> None:
        self.body += part
        if len(self.body) > self.most:  # a part is never large
            self.trouble = FeedTrouble(TOO_LARGE)

    def on_message_complete(self) -> None:
        self.complete = True


def _led_to(endpoint: Endpoint, location: str) -> str:
    """Where a redirect leads. Raises FeedTrouble for nowhere."""
    try:
        return urljoin(f"{endpoint.origin}{endpoint.path}", location)
    except ValueError as error:
        raise FeedTrouble(ASTRAY) from error


def _judged(answer: Answer) -> Fetched:
    etag = answer.headers.get("etag", "")[:LONGEST_ETAG]
    if answer.status == NOT_MODIFIED:
        return Fetched(None, etag)
    if answer.status != OK:
        raise FeedTrouble(REFUSED, answer.status)
    if answer.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise FeedTrouble(PACKED)  # could unpack to any size
    return Fetched(bytes(answer.body), etag)


def _request(endpoint: Endpoint, etag: str) -> bytes:
    lines = {
        "Host": endpoint.origin.partition("://")[2],
        "User-Agent": "Luxe-Follow-Up",
        "Accept": "text/calendar",
        "Accept-Encoding": "identity",
        "Connection": "close",
    } | ({"If-None-Match": etag} if etag.isascii() and etag.isprintable() and etag else {})
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"GET {endpoint.path} HTTP/1.1\r\n{head}\r\n".encode("ascii")
