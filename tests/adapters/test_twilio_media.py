"""Files of received texts come from the provider and from nowhere else. A server on this machine stands in for it."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from urllib3.response import HTTPResponse

from core.adapters.twilio import TwilioSms
from core.adapters.twilio_media import MediaDoor, origin
from core.domain.ports import FileRefused, ProviderUnavailable
from core.settings import TWILIO_API, Settings
from tests.simulator.conftest import free_port

PATH = "/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"


class Store(ThreadingHTTPServer):
    """Answers as each test says, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer: Any = (200, {"Content-Type": "image/jpeg"}, [b"\xff\xd8\xff"])
        self.asked: list[tuple[str, str, str]] = []
        self.sent = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Store

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, self.headers.get("Authorization", "")))
        status, headers, chunks = self.server.answer
        if callable(status):
            status, headers, chunks = status(self.path)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for chunk in chunks:
            try:
                self.wfile.write(chunk)
                self.server.sent += len(chunk)
            except OSError:
                return

    do_DELETE = do_GET  # noqa: N815


@pytest.fixture
def store() -> Iterator[Store]:
    server = Store()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def sms(store: Store, **named: Any) -> TwilioSms:
    return TwilioSms(Settings(_env_file=None, twilio_api_url=store.url, **named))


def test_a_file_is_fetched_with_our_password(store: Store) -> None:
    assert sms(store).fetch_media(store.url + PATH) == ("image/jpeg", b"\xff\xd8\xff")
    assert store.asked[0][2].startswith("Basic ")


def test_twilios_own_address_is_asked_where_the_settings_say(store: Store) -> None:
    """A list that names api.twilio.com, over a stand-in."""
    for address in ("https://api.twilio.com", "https://API.twilio.com:443"):
        sms(store).fetch_media(address + PATH)
    assert [path for _, path, _ in store.asked] == [PATH, PATH]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "http://api.twilio.com" + PATH,  # in the open
        "https://api.twilio.com:8443" + PATH,
        "https://api.twilio.com.evil.example" + PATH,
        "https://evil.example/api.twilio.com" + PATH,
        "https://api.twilio.com@evil.example" + PATH,
        "https://user:word@api.twilio.com" + PATH,
        "https://api.twilio.com\\@evil.example" + PATH,
        "https://evil.example#@api.twilio.com" + PATH,
        "https://mms.twiliocdn.com/AC1/x",  # only Twilio itself sends one there
        "http://127.0.0.1:1/secret",
        "http://localhost/secret",
        "http://[::1]/secret",
        "http://2130706433/secret",
        "http://0x7f.1/secret",
        "http://169.254.169.254/latest/meta-data/",
        "http://metadata.google.internal/",
        "file:///etc/passwd",
        "ftp://api.twilio.com" + PATH,
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "//api.twilio.com" + PATH,
    ],
)
def test_no_other_address_is_ever_asked(store: Store, url: str) -> None:
    """Not inside this network, not in the open, not where a name only looks like the provider's."""
    with pytest.raises(FileRefused, match="elsewhere"):
        sms(store).fetch_media(url)
    with pytest.raises(FileRefused, match="elsewhere"):
        sms(store).delete_media(url)
    assert store.asked == []


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:1/secret",
        "https://evil.example/x.jpg",
        "http://mms.twiliocdn.com/x",
        "https://mms.twiliocdn.com.evil.example/x",
        "https://mms.twiliocdn.com@evil.example/x",
        "https://s3-external-1.amazonaws.com/somebody-elses/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_redirect_leads_to_the_providers_stores_or_nowhere(store: Store, location: str) -> None:
    store.answer = (307, {"Location": location}, [])
    with pytest.raises(FileRefused, match="elsewhere"):
        sms(store).fetch_media(store.url + PATH)


def test_a_redirect_takes_no_password_along_and_does_not_go_round_in_circles(store: Store) -> None:
    def moved(path: str) -> Any:
        return (307, {"Location": "/stored"}, []) if path == PATH else (200, {}, [b"\xff\xd8\xff"])

    store.answer = (moved, None, None)
    assert sms(store).fetch_media(store.url + PATH)[1] == b"\xff\xd8\xff"
    assert [bool(password) for _, _, password in store.asked] == [True, False]
    store.answer = (307, {"Location": PATH}, [])
    with pytest.raises(FileRefused, match="elsewhere"):
        sms(store).fetch_media(store.url + PATH)


@dataclass
class TwilioItself:
    """Twilio's API and its store, as far as they can be without leaving this machine."""

    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def request(self, method: str, target: str, headers: dict[str, str], **_: Any) -> HTTPResponse:
        self.asked.append((target, headers))
        moved = target.startswith(TWILIO_API)
        place = (
            {"Location": "https://mms.twiliocdn.com/AC1/x?Signature=y"}
            if moved
            else {"Content-Type": "image/jpeg"}
        )
        body = io.BytesIO(b"" if moved else b"\xff\xd8\xff")
        return HTTPResponse(body, headers=place, status=307 if moved else 200, preload_content=False)


def test_twilio_sends_us_to_its_store_and_our_password_stays_behind() -> None:
    pool = TwilioItself()
    door = MediaDoor(pool, TWILIO_API, ("AC1", "token"), 100)  # type: ignore[arg-type]
    assert door.fetch(TWILIO_API + PATH) == ("image/jpeg", b"\xff\xd8\xff")
    first, second = pool.asked
    assert (first[0], "authorization" in first[1]) == (TWILIO_API + PATH, True)
    assert second == ("https://mms.twiliocdn.com/AC1/x?Signature=y", {})


def test_what_says_that_it_is_too_large_is_not_read(store: Store) -> None:
    store.answer = (200, {"Content-Length": "10000001"}, [])
    with pytest.raises(FileRefused, match="too_large"):
        sms(store).fetch_media(store.url + PATH)


def test_what_does_not_say_so_is_read_no_further_than_the_limit(store: Store) -> None:
    store.answer = (200, {}, [b"\0" * 1_000_000] * 60)
    with pytest.raises(FileRefused, match="too_large"):
        sms(store).fetch_media(store.url + PATH)
    assert store.sent < 40_000_000  # what lies in the buffers between


def test_exactly_ten_megabytes_are_taken(store: Store) -> None:
    store.answer = (200, {}, [b"\0" * 1_000_000] * 10)
    assert len(sms(store).fetch_media(store.url + PATH)[1]) == 10_000_000


def test_what_is_packed_is_not_unpacked(store: Store) -> None:
    """A few kilobytes that unpack to gigabytes stay a few kilobytes."""
    store.answer = (200, {"Content-Encoding": "gzip"}, [b"\x1f\x8b packed"])
    assert sms(store).fetch_media(store.url + PATH)[1] == b"\x1f\x8b packed"


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_a_provider_that_does_not_hand_it_out_is_asked_again(store: Store, status: int) -> None:
    store.answer = (status, {}, [])
    with pytest.raises(ProviderUnavailable):
        sms(store).fetch_media(store.url + PATH)


def test_a_provider_that_can_not_be_reached_is_asked_again() -> None:
    port = free_port()
    away = TwilioSms(Settings(_env_file=None, twilio_api_url=f"http://127.0.0.1:{port}"))
    for ask in (away.fetch_media, away.delete_media):
        with pytest.raises(ProviderUnavailable):
            ask(f"http://127.0.0.1:{port}{PATH}")


@pytest.mark.parametrize(
    ("status", "done"), [(204, True), (404, True), (410, True), (429, False), (500, False)]
)
def test_a_file_is_deleted_or_was_gone_already(store: Store, status: int, done: bool) -> None:
    store.answer = (status, {}, [])
    if done:
        sms(store).delete_media(store.url + PATH)
    else:
        with pytest.raises(ProviderUnavailable):
            sms(store).delete_media(store.url + PATH)
    assert store.asked[0][:2] == ("DELETE", PATH)


def test_an_address_is_read_as_the_client_that_fetches_reads_it() -> None:
    assert origin("https://API.Twilio.com/x") == ("https", "api.twilio.com", 443)
    assert origin("https://api.twilio.com:443/x") == ("https", "api.twilio.com", 443)
    assert origin("https://") is None
