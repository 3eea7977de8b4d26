"""Files of received texts: fetched from Twilio and deleted there, and from nowhere else.

The address of a file comes with a text. Only the provider's own are asked, with our password; Twilio sends one on to
where the file lies, and there our password does not go. No other host, scheme or port is ever asked, so no address
makes us knock at a door inside.
"""

import time
from dataclasses import dataclass

import urllib3
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import Url, make_headers, parse_url

from core.domain.ports import FileRefused, ProviderUnavailable
from core.settings import TWILIO_API

TIMEOUT = urllib3.Timeout(10.0)
WHOLE_SECONDS = 60.0  # a file that trickles must not hold up the others
CHUNK = 65_536
HOPS = 2
REDIRECTS = (301, 302, 303, 307, 308)
GONE = (404, 410)
# Where Twilio's API sends one on; the last is Amazon's, where only the folder is Twilio's.
STORES = (
    "https://mms.twiliocdn.com/",
    "https://media.twiliocdn.com/",
    "https://s3-external-1.amazonaws.com/media.twiliocdn.com/",
)


def origin(address: str) -> tuple[str, str, int] | None:
    """(scheme, host, port) as the client that fetches it would read them; None for what is no plain address."""
    try:
        parts = parse_url(address)
    except LocationParseError:
        return None
    if parts.auth is not None or "\\" in address or not parts.host or parts.scheme not in ("http", "https"):
        return None
    return parts.scheme, parts.host, parts.port or (443 if parts.scheme == "https" else 80)


@dataclass(frozen=True)
class MediaDoor:
    """`api`: the configured address of the provider, which stands in for Twilio's own. `auth`: account and password."""

    pool: urllib3.PoolManager
    api: str
    auth: tuple[str, str]
    limit: int

    def fetch(self, url: str) -> tuple[str, bytes]:
        """(announced type, content) of a file. Raises FileRefused, ProviderUnavailable."""
        target, headers = self._at_provider(url), self._headers()
        deadline = time.monotonic() + WHOLE_SECONDS
        for _ in range(HOPS + 1):
            answer = self._ask("GET", target, headers)
            try:
                if answer.status not in REDIRECTS:
                    return self._read(answer, deadline)
                target, headers = self._moved(target, answer.headers.get("Location", "")), {}
            finally:
                answer.close()
        raise FileRefused("elsewhere")

    def delete(self, url: str) -> None:
        """Have the provider delete a file; one that is gone is deleted. Raises FileRefused, ProviderUnavailable."""
        answer = self._ask("DELETE", self._at_provider(url), self._headers())
        answer.close()
        if answer.status not in (200, 202, 204, *GONE):
            raise ProviderUnavailable(f"HTTP {answer.status}")

    def _headers(self) -> dict[str, str]:
        # As it lies there: what is packed could unpack to any size.
        return {**make_headers(basic_auth=":".join(self.auth)), "Accept-Encoding": "identity"}

    def _at_provider(self, url: str) -> str:
        if origin(url) == origin(TWILIO_API):
            return f"{self.api}{parse_url(url).request_uri}"
        if origin(url) is None or origin(url) != origin(self.api):
            raise FileRefused("elsewhere")
        return url

    def _moved(self, here: str, location: str) -> str:
        """Where a redirect may lead: to the provider's stores. The configured stand-in may lead to itself."""
        target = location if "://" in location else str(Url(*parse_url(here)[:4], path=location))
        allowed = any(target.startswith(store) for store in STORES)
        if origin(target) is None or not (allowed or (origin(target) == origin(here) == origin(self.api))):
            raise FileRefused("elsewhere")
        return target

    def _ask(self, method: str, target: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        try:
            return self.pool.request(
                method,
                target,
                headers=headers,
                preload_content=False,
                redirect=False,
                retries=False,
                timeout=TIMEOUT,
            )
        except HTTPError as error:
            raise ProviderUnavailable(type(error).__name__) from error

    def _read(self, answer: urllib3.BaseHTTPResponse, deadline: float) -> tuple[str, bytes]:
        if answer.status != 200:
            raise ProviderUnavailable(f"HTTP {answer.status}")
        announced = answer.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) > self.limit:
            raise FileRefused("too_large")
        return answer.headers.get("Content-Type", ""), b"".join(self._chunks(answer, deadline))

    def _chunks(self, answer: urllib3.BaseHTTPResponse, deadline: float) -> list[bytes]:
        chunks, size = [], 0
        try:
            while chunk := answer.read(CHUNK, decode_content=False):
                chunks.append(chunk)
                size += len(chunk)
                if size > self.limit:
                    raise FileRefused("too_large")
                if time.monotonic() > deadline:
                    raise ProviderUnavailable("too slow")
        except HTTPError as error:
            raise ProviderUnavailable(type(error).__name__) from error
        return chunks
