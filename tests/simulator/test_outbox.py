"""The outbox of the simulator: what was handed over can be read, and nothing that an email brings along runs."""

import smtplib
from email.message import EmailMessage

import pytest
import requests
from playwright.sync_api import Browser, expect

from simulator.journal import Journal
from simulator.outbox import Outbox
from tests.simulator.conftest import Rig


def hand_over(rig: Rig, subject: str = "Hello", body: str = "Good morning") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "hello@luxe.example.com", "omar@example.com", subject
    message.set_content(body)
    message.add_alternative(f"<p>{body}</p><script>document.title='ran'</script>", subtype="html")
    with smtplib.SMTP("127.0.0.1", rig.config.smtp_port, timeout=10) as client:
        client.send_message(message)


def test_an_email_stands_in_the_list_and_is_forgotten_with_everything_else(rig: Rig) -> None:
    hand_over(rig, "<b>Bold</b>")
    page = requests.get(f"{rig.address}/outbox", timeout=10)
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    rig.control("reset")
    assert "No email yet" in requests.get(f"{rig.address}/outbox", timeout=10).text


def test_an_email_that_is_not_there_is_said(rig: Rig) -> None:
    assert requests.get(f"{rig.address}/outbox/7", timeout=10).status_code == 404


def test_emails_survive_a_kill(rig: Rig, tmp_path: object) -> None:
    hand_over(rig)
    copy = rig.config.home / "copy.jsonl"
    copy.write_bytes(rig.config.outbox_path.read_bytes() + b'{"torn')
    assert [email.subject for email in Outbox(Journal(copy)).newest()] == ["Hello"]


def test_a_slow_server_answers_late_and_keeps_it(rig: Rig) -> None:
    rig.control("faults", email_faults=[{"kind": "slow", "ms": 1, "count": 1}])
    hand_over(rig)
    assert "Hello" in requests.get(f"{rig.address}/outbox", timeout=10).text


@pytest.mark.browser
def test_the_html_of_an_email_is_shown_without_its_scripts(chromium: Browser, rig: Rig) -> None:
    hand_over(rig)
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{rig.address}/outbox")
    page.get_by_role("link", name="Hello").click()
    expect(page.frame_locator("iframe").get_by_text("Good morning")).to_be_visible()
    assert page.title() == "Hello"
    assert page.frames[1].title() != "ran"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
