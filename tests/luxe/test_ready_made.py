"""The commands that `luxe up` prints work when they are pasted."""

import shlex
from datetime import UTC, datetime

import pytest

from core.intake.connectors import BY_WEBHOOK
from core.intake.draft import Delivery, Draft
from luxe.connectors import WayIn
from luxe.ready_made import curl

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def read(name: str, secret: str) -> tuple[Draft, bool]:
    """What the connector makes of the printed command, and whether it takes the signature."""
    url = f"http://127.0.0.1:8000/webhooks/forms/{name}/key"
    command = curl(WayIn(name, "key", secret, url), NOW)
    assert command
    words = shlex.split(command)
    assert words[0] == "curl"
    assert words[-1] == url
    pairs = list(zip(words[2:-1:2], words[3:-1:2], strict=True))
    headers = {
        key.lower(): value for flag, text in pairs if flag == "-H" for key, value in [text.split(": ", 1)]
    }
    body, kind = next(
        ((text.encode(), "application/json") for flag, text in pairs if flag == "-d"), (b"", "")
    )
    if not body:
        parts = [text.split("=", 1) for flag, text in pairs if flag == "--form-string"]
        body = b"".join(
            f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in parts
        )
        body, kind = body + b"--x--\r\n", "multipart/form-data; boundary=x"
    connector = BY_WEBHOOK[name]
    verified = connector.verify is None or connector.verify(body, headers, secret)
    return connector.read(Delivery(body, kind, headers, "203.0.113.9", verified)), verified


@pytest.mark.parametrize("name", ["generic", "typeform", "jotform"])
def test_each_connector_reads_its_ready_made_lead(name: str) -> None:
    """A name, a number and a ticked box come out at the other end, under an id that is new each time."""
    draft, verified = read(name, "made-up-secret")
    assert verified
    assert draft.external_id.endswith("try-20261123-150000")
    assert str(draft.answers["phone"]).endswith(("0155", "0142", "0117"))
    assert any(consent.ticked for consent in draft.consents)


def test_a_connector_without_a_ready_made_lead_prints_nothing() -> None:
    """New connectors need no example to be served."""
    assert curl(WayIn("calendly", "key", "", "http://127.0.0.1/x"), NOW) is None
