"""An App on a database of its own, and whatever it took for its own fault."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import event

from bench.fuzz.target import Wrong
from core.adapters.fakes import FakeClock, FakeSms
from core.app import App
from core.db.crypto import new_keyset, parse_keyset
from core.db.engine import connect
from core.db.schema import metadata
from core.domain.errors import LuxeError
from core.flows.intake import stumbling
from core.reference import load_reference
from core.settings import Settings
from tests.factories import add_rules, add_staff
from tests.samples import TWILIO_TOKEN, TWILIO_URL

KEYS = {"generic": "g-key", "typeform": "t-key", "jotform": "j-key"}
FORM_KEYS = '{"generic": {"key": "g-key"}, "typeform": {"key": "t-key"}, "jotform": {"key": "j-key"}}'
# What the product caught by itself, and answered as a fault of ours.
caught: list[BaseException] = []


def app_in(folder: Path) -> App:
    """The product with the demo's staff and rules, at 10:00 on a Monday in New York; limits off. No commit waits."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'luxe.db'}"
    database = connect(url, parse_keyset(new_keyset()))
    event.listen(
        database.engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF")
    )
    metadata.create_all(database.engine)
    clock = FakeClock()
    settings = Settings(
        home=folder,
        database_url=url,
        form_keys=FORM_KEYS,
        public_url=TWILIO_URL,
        twilio_auth_token=SecretStr(TWILIO_TOKEN),
        form_rate=0,
        form_signs=0,
        _env_file=None,
    )
    with database.write() as session:
        add_staff(session, clock.now() - timedelta(days=30))
        add_rules(session, clock.now() - timedelta(days=30))
    stumbling.report = _note_stumble  # type: ignore[assignment]
    return App(settings, database, clock, FakeSms(clock), load_reference(ZoneInfo("America/New_York")))


def _note_stumble(
    _session: Any, _settings: Any, _what: str, _raw_id: str, error: Exception, _now: Any
) -> None:
    if not isinstance(error, LuxeError):  # a text from no number waits for a person: that is how it is meant
        caught.append(error)


def let_through() -> None:
    """Raise what the product caught since the last time."""
    if caught:
        first = caught[0]
        caught.clear()
        raise first


@dataclass(frozen=True)
class Answer:
    """What a server was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Asgi:
    """Asks an ASGI application as a server would: in process, without sockets."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.loop = asyncio.new_event_loop()

    def ask(self, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes = b"") -> Answer:
        """`target`: the path as it stands in the request, with its query. Raises what the application raises."""
        path, _, query = target.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "https", "method": method,
            "path": unquote(path), "raw_path": _bytes(path), "query_string": _bytes(query), "root_path": "",
            "headers": [(_bytes(name.lower()), _bytes(value)) for name, value in headers],
            "client": ("203.0.113.9", 40000), "server": ("hooks.example.com", 443), "state": {},
        }  # fmt: skip
        return self.loop.run_until_complete(self._ask(scope, body))

    async def _ask(self, scope: dict[str, Any], body: bytes) -> Answer:
        waiting = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        if not sent:
            raise Wrong("no answer at all")
        heads = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], heads, b"".join(one.get("body", b"") for one in sent[1:]))


def _bytes(text: str) -> bytes:
    return (
        text.encode("utf-8", "surrogatepass") if any(ord(c) > 255 for c in text) else text.encode("latin-1")
    )
