"""Posts signed requests to the gateway and notes each try in the log."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from yarl import URL

from simulator.requests_log import RequestsLog
from simulator.signing import Signer

TIMEOUT = aiohttp.ClientTimeout(total=15)
RETRY_AFTER = (0.5, 2.0)
AT_ONCE = 32


@dataclass(frozen=True)
class Errand:
    """One webhook: what it is called in the log, and whom it is about."""

    what: str
    url: str
    params: Mapping[str, str]
    phone: str
    sid: str
    state: str


@dataclass(frozen=True)
class Answer:
    """What the gateway said; `status` is None when it could not be reached."""

    status: int | None
    body: str = ""


class Webhooks:
    """Owns the connections to the gateway. Start inside the event loop with `open`, end with `close`."""

    def __init__(self, signer: Signer, log: RequestsLog) -> None:
        self._signer = signer
        self._log = log
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=AT_ONCE),
            timeout=TIMEOUT,
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        await self.session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the connections are not open yet")
        return self._session

    async def post(self, errand: Errand) -> Answer:
        """Tries again, twice at the most, when nobody answered or the gateway had an error of its own."""
        request = self._signer.sign(errand.url, dict(errand.params))
        answer = Answer(None)
        for pause in (0.0, *RETRY_AFTER):
            await asyncio.sleep(pause)
            answer = await self._try(request.url, request.body, request.headers)
            self._log.note("out", errand.what, errand.phone, answer.status, errand.sid, errand.state)
            if answer.status is not None and answer.status < 500:
                break
        return answer

    async def _try(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        try:
            async with self.session.post(
                URL(url, encoded=True), data=body, headers=headers, allow_redirects=False
            ) as response:
                return Answer(response.status, await response.text())
        except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError):
            # Not reaching the gateway is an answer in itself: it is in the log, and tried again.
            return Answer(None)
