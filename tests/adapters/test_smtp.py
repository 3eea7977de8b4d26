"""Our side of a mail server: what its answers mean to us, over a real socket to the simulator."""

import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
import requests

from core.adapters.mime import POLICY, compose
from core.adapters.smtp import SmtpEmail
from core.domain.errors import SettingsError
from core.domain.mail_servers import parse_mail_server
from core.domain.ports import BOUNCED, Outcome, OutgoingEmail, SendResult
from core.settings import Settings, read_settings
from tests.simulator.conftest import Rig, free_port, gateway, rig, running

__all__ = ["gateway", "rig", "running"]
OMAR = "omar@example.com"
URL = "https://luxe.example.com/e/0190f0e0-1234-7abc-8def-0123456789ab.abcdefghijklmnopqrstuv"
EMAIL = OutgoingEmail(
    "0190-action", 1, OMAR, "Gracias por su visita", "Hola Omar\n\n.a dot begins this line", datetime.now(UTC)
)


def settings(port: int, **changes: object) -> Settings:
    values = {
        "email_from": "hello@luxe.example.com",
        "smtp_url": f"smtp://127.0.0.1:{port}",
    }
    return Settings(_env_file=None, **(values | changes))  # type: ignore[arg-type]


def adapter(port: int) -> SmtpEmail:
    chosen = settings(port)
    assert chosen.mail_server
    return SmtpEmail(chosen, chosen.mail_server, "Luxe")


def kept(rig: Rig) -> list[dict[str, str]]:
    found = requests.get(f"{rig.address}/control/emails", timeout=10).json()["emails"]
    assert isinstance(found, list)
    return found


def troubled(rig: Rig, kind: str, **more: int) -> SendResult:
    """What comes of one email while the server has this trouble."""
    rig.control("faults", email_faults=[{"kind": kind, "count": 1, **more}])
    email = adapter(rig.config.smtp_port)
    result = email.send(EMAIL)
    email.close()
    return result


def test_an_email_arrives_with_our_own_id_and_its_words_whole(rig: Rig) -> None:
    email = adapter(rig.config.smtp_port)
    first, again = email.send(EMAIL), email.send(replace(EMAIL, attempt=2, subject="Ñandú, ¿qué tal?"))
    email.close()
    assert (first.outcome, again.outcome) == (Outcome.ACCEPTED, Outcome.ACCEPTED)
    one, two = kept(rig)
    assert one["message_id"] == two["message_id"] == first.sid == "<0190-action@luxe.example.com>"
    assert one["text"].replace("\r\n", "\n").strip() == EMAIL.body
    assert (one["to"], one["from"], two["subject"]) == (OMAR, "hello@luxe.example.com", "Ñandú, ¿qué tal?")


@pytest.mark.parametrize(
    ("fault", "outcome", "status"),
    [
        ("bounce", Outcome.REFUSED, BOUNCED),
        ("refuse", Outcome.REFUSED, "failed"),
        ("defer", Outcome.RETRY, None),
        ("closed", Outcome.RETRY, None),
        ("drop", Outcome.UNKNOWN, None),
    ],
)
def test_only_what_was_certainly_not_sent_may_be_tried_again(
    rig: Rig, fault: str, outcome: Outcome, status: str | None
) -> None:
    result = troubled(rig, fault)
    assert (result.outcome, result.status) == (outcome, status)
    assert len(kept(rig)) == (1 if fault == "drop" else 0)


def test_a_refusal_does_not_repeat_the_address(rig: Rig) -> None:
    """Servers like to; what we keep of it is not encrypted."""
    assert troubled(rig, "bounce").detail == "5.1.1"


def test_after_a_refusal_the_next_email_goes_by_the_same_line(rig: Rig) -> None:
    rig.control("faults", email_faults=[{"kind": "bounce", "only_to": "gone@example.com"}])
    email = adapter(rig.config.smtp_port)
    assert email.send(replace(EMAIL, to="gone@example.com")).status == BOUNCED
    assert email.send(EMAIL).outcome is Outcome.ACCEPTED
    email.close()


def test_a_server_that_is_not_there_was_certainly_not_sent_anything() -> None:
    assert adapter(free_port()).send(EMAIL).outcome is Outcome.RETRY


def test_what_is_no_address_is_never_offered(rig: Rig) -> None:
    result = adapter(rig.config.smtp_port).send(replace(EMAIL, to="omar@example.com\r\nBcc: x@example.com"))
    assert (result.outcome, result.status) == (Outcome.REFUSED, BOUNCED)
    assert kept(rig) == []


def test_no_word_and_no_password_leaves_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server elsewhere that offers no STARTTLS hears our greeting and nothing else."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(b"220 plain\r\n")
                heard.append(line.recv(1000))
                line.sendall(b"250 plain, no TLS here\r\n")
                heard.append(line.recv(1000))

        thread = threading.Thread(target=serve)
        thread.start()
        elsewhere = parse_mail_server(f"smtp://user:secret@127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setattr(type(elsewhere), "is_loopback", property(lambda _server: False))
        result = SmtpEmail(settings(1), elsewhere, "Luxe").send(EMAIL)
        thread.join(10)
    assert result.outcome is Outcome.RETRY
    assert heard == [b"ehlo luxe.example.com\r\n", b""]


def sent(email: OutgoingEmail) -> EmailMessage:
    return compose(email, "hello@luxe.example.com", "Luxe", "desk@luxe.example.com")


def test_only_marketing_carries_the_way_out_in_its_headers() -> None:
    """Whole: broken into encoded words no mail program would find it."""
    assert sent(EMAIL)["List-Unsubscribe"] is None
    lines = sent(replace(EMAIL, unsubscribe_url=URL)).as_bytes(policy=POLICY).decode().splitlines()
    assert f"List-Unsubscribe: <{URL}>" in lines
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_headers_tell_nothing_of_the_patient_but_the_address() -> None:
    headers = {name: str(value) for name, value in sent(EMAIL).items()}
    assert headers["Auto-Submitted"] == "auto-generated"
    assert set(headers) == {
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"
    }  # fmt: skip
    assert [name for name, value in headers.items() if "Omar" in value or OMAR in value] == ["To"]


def test_the_html_twin_says_the_same_and_runs_nothing() -> None:
    body = sent(replace(EMAIL, body="<script>x</script> see https://example.com/a?b=1&c=2.")).get_body(
        ("html",)
    )
    assert body
    html = body.get_content()
    assert "<script>" not in html
    assert '<a href="https://example.com/a?b=1&amp;c=2">' in html


@pytest.mark.parametrize(
    "url",
    ["http://mail.example.com", "smtp://", "smtp://user@mail.example.com", "smtp://h:x", "smtp://h/path"],
)
def test_a_wrong_server_is_said_at_the_start_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="LUXE_SMTP_URL"):
        read_settings(_env_file=None, smtp_url=url, email_from="hello@luxe.example.com")


def test_a_server_without_a_sender_is_refused() -> None:
    with pytest.raises(SettingsError, match="LUXE_EMAIL_FROM"):
        read_settings(_env_file=None, smtp_url="smtps://user:secret@mail.example.com")


def test_without_a_server_there_is_none_but_in_the_demo() -> None:
    real = {"twilio_account_sid": "AC1", "twilio_auth_token": "x", "twilio_from": "+15125550100"}
    assert read_settings(_env_file=None).email_sender == "hello@luxe.example.com"
    assert read_settings(_env_file=None, **real).email_sender == ""
