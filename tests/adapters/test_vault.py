"""A keyset that a key service keeps, asked over HTTP as the real one is."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from core.adapters.vault import VaultKeyset
from core.db.crypto import from_home, new_keyset
from core.domain.errors import SettingsError

SETTING = "vault:secret/luxe/production#keyset"
PATH = "/v1/secret/data/luxe/production"


class Vault:
    """The part of Vault's interface that is used: read and patch a secret of the key-value engine, version 2."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {"keyset": new_keyset(), "other": "untouched"}
        self.token = "s.token"

    def answer(self, method: str, path: str, token: str, body: Any) -> tuple[int, Any]:
        if token != self.token:
            return 403, {"errors": ["permission denied"]}
        if path != PATH:
            return 404, {"errors": []}
        if method in ("PATCH", "POST", "PUT"):
            self.fields |= body["data"]
            return 200, {"data": {"version": 2}}
        return 200, {"data": {"data": self.fields, "metadata": {"version": 1, "deletion_time": ""}}}


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    kept = Vault()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            path = self.path.partition("?")[0]
            status, document = kept.answer(self.command, path, self.headers.get("X-Vault-Token", ""), body)
            raw = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = do_PATCH = _answer  # noqa: N815 - the names are http.server's

        def log_message(self, *_: Any) -> None:
            """Nothing on a test's screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("VAULT_ADDR", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("VAULT_TOKEN", kept.token)
    yield kept
    server.shutdown()
    server.server_close()


def test_the_keyset_is_read_from_the_service_and_can_be_replaced_there(vault: Vault) -> None:
    """What else is in the secret stays."""
    home = VaultKeyset(SETTING)
    first = from_home(home)
    stored = first.encrypt(b"Omar", b"x")
    assert from_home(VaultKeyset(SETTING)).decrypt(stored, b"x") == b"Omar"
    fresh = new_keyset()
    home.replace(fresh)
    assert vault.fields == {"keyset": fresh, "other": "untouched"}
    assert from_home(home).primary != first.primary


@pytest.mark.parametrize(
    ("setting", "token", "words"),
    [
        (SETTING, "wrong", "can't be had from Vault: Forbidden"),
        ("vault:secret/elsewhere#keyset", "s.token", "can't be had from Vault: InvalidPath"),
        ("vault:secret/luxe/production#missing", "s.token", "no field 'missing'"),
        ("vault:secret#keyset", "s.token", "must be vault:MOUNT/PATH#FIELD"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, setting: str, token: str, words: str
) -> None:
    monkeypatch.setenv("VAULT_TOKEN", token)
    with pytest.raises(SettingsError, match=words):
        VaultKeyset(setting).read()
    assert vault.fields["other"] == "untouched"


def test_a_service_that_is_away_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_ADDR", "http://127.0.0.1:1")
    monkeypatch.setenv("VAULT_TOKEN", "s.token")
    with pytest.raises(SettingsError, match="can't be had from Vault: ConnectionError"):
        VaultKeyset(SETTING).read()
