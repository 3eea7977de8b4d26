"""`luxe webhooks`: who hears of visits is set, shown and ended from the command line."""

import re

import pytest
from sqlalchemy import select

from core.audit.tables import audit_events
from core.flows.webhooks.endpoints import MOST
from tests.luxe.conftest import Luxe

URL = "https://hooks.example.com/luxe/k3y"


def add(luxe: Luxe, *more: str) -> str:
    """The endpoint's id."""
    done = luxe.run("webhooks", "add", URL, *more)
    assert done.exit_code == 0, done.output
    found = re.search(r"Endpoint (\S+) hears", done.output)
    assert found
    return found[1]


def test_an_address_is_told_from_now_on_and_its_secret_shown_once(migrated: Luxe) -> None:
    done = migrated.run("webhooks", "add", URL, "--events", "created,cancelled")
    assert re.search(r"shown this once: whsec_[\w-]{43}\n", done.output)
    shown = migrated.run("webhooks", "list").output
    assert "hooks.example.com  booking.created, booking.cancelled" in shown
    assert "by command:" in shown
    assert "0 delivered, 0 waiting, 0 failed" in shown
    assert not any(secret in shown for secret in ("whsec_", "k3y"))
    assert migrated.run("webhooks", "log").output == ""


def test_a_removed_one_is_gone_and_the_trail_says_who_did_it(migrated: Luxe) -> None:
    endpoint_id = add(migrated)
    assert "Removed; 0 things" in migrated.run("webhooks", "remove", endpoint_id).output
    assert migrated.run("webhooks", "list").output == ""
    again = migrated.run("webhooks", "remove", endpoint_id)
    assert (again.exit_code, "no such endpoint" in again.output) == (1, True)
    app = migrated.open()
    with app.db.read() as session:
        noted = session.execute(select(audit_events.c.action).order_by(audit_events.c.id)).scalars().all()
    app.db.engine.dispose()
    assert [action for action in noted if action.startswith("webhook")] == [
        "webhook_added",
        "webhook_removed",
    ]


@pytest.mark.parametrize(
    ("url", "events", "words"),
    [
        ("http://hooks.example.com/", "", "url: must be an https address on the internet"),
        ("https://10.0.0.5/", "", "LUXE_WEBHOOK_HOSTS"),
        (URL, "paid", "events: booking.paid is none. Choose of: booking.created"),
    ],
)
def test_what_is_wrong_is_said_with_the_way_out(migrated: Luxe, url: str, events: str, words: str) -> None:
    done = migrated.run("webhooks", "add", url, "--events", events)
    assert (done.exit_code, words in done.output) == (1, True)


def test_there_is_an_end_to_how_many_may_listen(migrated: Luxe) -> None:
    for number in range(MOST):
        assert migrated.run("webhooks", "add", f"{URL}/{number}").exit_code == 0
    done = migrated.run("webhooks", "add", URL)
    assert (done.exit_code, "remove another one first" in done.output) == (1, True)


def test_a_test_says_what_it_came_to(migrated: Luxe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUXE_WEBHOOK_HOSTS", "127.0.0.1")
    done = migrated.run("webhooks", "add", "http://127.0.0.1:9/luxe")
    found = re.search(r"Endpoint (\S+) hears", done.output)
    assert found
    tried = migrated.run("webhooks", "test", found[1])
    assert tried.exit_code == 1
    assert "It did not take it: no answer (ConnectionRefusedError)." in tried.output
