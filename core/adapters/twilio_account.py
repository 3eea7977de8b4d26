"""What is asked of Twilio apart from sending: its official client, over a transport of urllib3."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

import urllib3
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance
from urllib3.exceptions import HTTPError
from urllib3.util import make_headers

from core.adapters.twilio_media import MediaDoor
from core.domain.ports import ProviderText, ProviderUnavailable
from core.messaging.received_files import MOST_BYTES
from core.settings import TWILIO_API, Settings

TIMEOUT_SECONDS = 10.0
POOL = 8
LIST_PAGE = 1000
DAY = timedelta(days=1)


class PooledHttpClient(HttpClient):  # type: ignore[misc]
    """The official client's transport over urllib3: no repeats, and the API's address replaceable."""

    def __init__(self, api_url: str, slots: int) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False, timeout=TIMEOUT_SECONDS)
        self._api_url = api_url
        # No retries below us: a repeated POST is a second text.
        self.pool = urllib3.PoolManager(
            maxsize=slots, block=True, retries=False, timeout=urllib3.Timeout(TIMEOUT_SECONDS)
        )

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Send one request, to the configured address in place of Twilio's. Raises urllib3's HTTPError."""
        target = url.replace(TWILIO_API, self._api_url, 1)
        if params:
            target = f"{target}?{urlencode(params, doseq=True)}"
        every = {**(headers or {}), **(make_headers(basic_auth=":".join(auth)) if auth else {})}
        answer = self.pool.request(
            method,
            target,
            body=urlencode(data, doseq=True) if data else None,
            headers=every,
            timeout=urllib3.Timeout(timeout or TIMEOUT_SECONDS),
            redirect=allow_redirects,
        )
        return Response(answer.status, answer.data.decode("utf-8", "replace"), dict(answer.headers))


@dataclass
class TwilioAccount:
    """Lists, pictures and the account's state, over Twilio's REST API or anything that speaks it."""

    settings: Settings
    sender: str = field(init=False)

    def __post_init__(self) -> None:
        settings = self.settings
        self.sender = settings.sender
        self._http = PooledHttpClient(settings.twilio_api, POOL)
        auth = (settings.account_sid, settings.auth_token)
        self._door = MediaDoor(self._http.pool, settings.twilio_api, auth, MOST_BYTES)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=self._http)

    def sent_to(self, to: str, since: datetime) -> Sequence[ProviderText]:
        # DateSent is documented by day and empty while queued: ask by number, compare creation times ourselves.
        try:
            found = self._client.messages.list(to=to, limit=100, page_size=100)
        except (TwilioException, HTTPError, ValueError) as error:
            raise ProviderUnavailable(type(error).__name__) from error
        texts = [
            ProviderText(
                str(m.sid),
                str(m.to),
                str(m.messaging_service_sid or m.from_),
                str(m.body),
                str(m.status),
                m.date_created,
                m.error_code,
            )
            for m in found
            if m.date_created and str(m.direction).startswith("outbound")
        ]
        return [text for text in texts if text.created_at >= since]

    def messages_since(
        self, since: datetime, limit: int, *, until: datetime | None = None
    ) -> Sequence[ProviderText]:
        # DateSent may be taken to the second or to the day, and a day to its beginning: ask for more, keep what fits.
        span = {"date_sent_after": since} | ({"date_sent_before": until + DAY} if until else {})
        found: list[ProviderText] = []
        try:
            for message in self._client.messages.stream(page_size=LIST_PAGE, **span):
                at = message.date_sent or message.date_created
                if at and since <= at and (until is None or at <= until) and self._is_ours(message):
                    found.append(_listed(message, at))
                if len(found) == limit:
                    break
        except (TwilioException, HTTPError, ValueError) as error:
            raise ProviderUnavailable(type(error).__name__) from error
        return found

    def _is_ours(self, message: MessageInstance) -> bool:
        """Other numbers of the same account may belong to other people's work."""
        return self.sender in (message.messaging_service_sid, message.to, message.from_)

    def pictures_of(self, sid: str) -> Sequence[tuple[str, str]]:
        base = f"{TWILIO_API}/2010-04-01/Accounts/{self.settings.account_sid}/Messages/{sid}/Media"
        try:
            return [
                (f"{base}/{media.sid}", str(media.content_type))
                for media in self._client.messages(sid).media.list(limit=10)
            ]
        except TwilioRestException as error:
            if error.status == 404:  # deleted there since: its words are still wanted
                return []
            raise ProviderUnavailable(f"HTTP {error.status}") from error
        except (TwilioException, HTTPError, ValueError) as error:
            raise ProviderUnavailable(type(error).__name__) from error

    def account_status(self) -> str:
        try:
            account = self._client.api.accounts(self.settings.account_sid).fetch()
        except TwilioRestException as error:
            raise ProviderUnavailable(f"HTTP {error.status}") from error
        except (TwilioException, HTTPError) as error:
            raise ProviderUnavailable(type(error).__name__) from error
        return str(account.status)

    def fetch_media(self, url: str) -> tuple[str, bytes]:
        return self._door.fetch(url)

    def delete_media(self, url: str) -> None:
        self._door.delete(url)


def _listed(message: MessageInstance, at: datetime) -> ProviderText:
    return ProviderText(
        str(message.sid),
        str(message.to),
        str(message.from_ or message.messaging_service_sid),
        str(message.body or ""),
        str(message.status),
        at,
        message.error_code,
        inbound=str(message.direction) == "inbound",
        pictures=int(message.num_media or 0),
    )
