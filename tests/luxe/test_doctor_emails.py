"""What the doctor says of emails, in each way that they may be set up."""

import pytest

from core.settings import Settings
from luxe.emails import lines

TWILIO = {"twilio_account_sid": "AC1", "twilio_auth_token": "x", "twilio_from": "+15125550100"}
OUT = {"smtp_url": "smtps://user:made-up-secret@mail.example.com", "email_from": "hello@luxe.example.com"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, [(True, "by the simulator")]),
        (TWILIO, [(False, "set LUXE_SMTP_URL and LUXE_EMAIL_FROM")]),
        (TWILIO | OUT, [(True, "mail.example.com:465"), (False, "set LUXE_EMAIL_KEY")]),
        (TWILIO | OUT | {"email_key": "k"}, [(True, "hello@luxe.example.com"), (True, "/webhooks/email/k")]),
    ],
)
def test_each_line_says_where_emails_go_or_what_to_do(
    given: dict[str, str], told: list[tuple[bool, str]]
) -> None:
    found = list(lines(Settings(_env_file=None, **given)))  # type: ignore[arg-type]
    assert [line.ok for line in found] == [ok for ok, _ in told]
    assert all(words in line.words for line, (_, words) in zip(found, told, strict=True))
    assert "made-up-secret" not in " ".join(line.words for line in found)
