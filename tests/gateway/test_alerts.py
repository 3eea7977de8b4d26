"""The link of an alert: it shows without changing, acts once, and says in words why it does not."""

import re
from datetime import timedelta

import httpx
import pytest

from core.flows.leads import calls, staff_action
from core.leads.tables import leads
from core.staff.tables import staff
from tests.flows.dispatching import run_due
from tests.flows.staffing import do, kinds, one, rows, who
from tests.gateway.asking import Gateway
from tests.samples import TWILIO_URL

MAYA, JORDAN, PATIENT = "+15125550171", "+15125550172", "+14075550155"


def alerted(gateway: Gateway) -> tuple[str, str]:
    """A form came in and its owner was alerted: (the lead's id, the path in the alert)."""
    gateway.submit()
    run_due(gateway.app)
    told = gateway.app.sms.bodies_to(MAYA) + gateway.app.sms.bodies_to(JORDAN)
    found = re.search(r"(/a/[\w.-]+)", told[-1])
    assert found
    assert f"{TWILIO_URL}{found[1]}" in told[-1]
    return one(gateway.app, leads).id, found[1]


def press(gateway: Gateway, path: str, what: str) -> httpx.Response:
    """One of the buttons that the page shows for its lead."""
    page = gateway.client.get(path).text
    which = re.search(r'name="which" value="([^"]+)"', page)
    answer: httpx.Response = gateway.client.post(
        path, data={"act": what, "which": which[1] if which else "gone"}
    )
    return answer


def test_looking_changes_nothing_and_names_no_patient(gateway: Gateway) -> None:
    """Messengers open every link for their preview."""
    lead_id, path = alerted(gateway)
    before = kinds(gateway.app, lead_id)
    for _ in range(2):
        page = gateway.client.get(path)
        assert page.status_code == 200
    assert "Lead A-1001" in page.text
    assert not any(word in page.text for word in ("Omar", "Reyes", "otox", "407", "omar@"))
    assert kinds(gateway.app, lead_id) == before


def test_acknowledging_works_once_and_is_no_contact(gateway: Gateway) -> None:
    lead_id, path = alerted(gateway)
    assert "acknowledged" in press(gateway, path, "acknowledge").text
    assert kinds(gateway.app, lead_id).count("alert_acknowledged") == 1
    assert one(gateway.app, leads).attempted_at is None
    again = gateway.client.post(path, data={"act": "acknowledge", "which": "all"})
    assert again.status_code == 409
    assert kinds(gateway.app, lead_id).count("alert_acknowledged") == 1
    assert "Acknowledged 10:00 AM." in gateway.client.get(path).text


def test_a_link_that_was_used_says_so(gateway: Gateway) -> None:
    """Two taps on one button, or the link handed around."""
    _, path = alerted(gateway)
    page = gateway.client.get(path).text
    found = re.search(r'name="which" value="([^"]+)"', page)
    assert found
    sent = {"act": "take", "which": found[1]}
    assert gateway.client.post(path, data=sent).status_code == 200
    again = gateway.client.post(path, data=sent)
    assert again.status_code == 409
    assert "this link was used already. Taken 10:00 AM." in again.text


def test_handing_on_gives_it_to_somebody_at_work_who_is_told(gateway: Gateway) -> None:
    app = gateway.app
    _, path = alerted(gateway)
    first = one(app, leads).owner_id
    assert "has it now" in press(gateway, path, "hand_on").text
    assert one(app, leads).owner_id not in (None, first)
    run_due(app)
    other = one(app, staff, staff.c.id == one(app, leads).owner_id)
    assert any("was given to you" in body for body in app.sms.bodies_to(other.phone))


def test_where_nobody_else_is_at_work_the_link_still_stands(gateway: Gateway) -> None:
    app = gateway.app
    _, path = alerted(gateway)
    first = one(app, leads).owner_id
    with app.db.write() as session:
        session.execute(staff.update().where(staff.c.id != first).values(status="off_duty"))
    assert "Nobody else is at work" in press(gateway, path, "hand_on").text
    assert press(gateway, path, "acknowledge").status_code == 200


def test_what_is_done_already_is_not_done_again(gateway: Gateway) -> None:
    """A colleague has called meanwhile: the page says so and has no buttons."""
    app = gateway.app
    lead_id, path = alerted(gateway)
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "no_answer")
    page = gateway.client.get(path).text
    assert "Somebody has reached out already." in page
    assert "<button" not in page


def test_a_faster_colleague_keeps_the_lead(gateway: Gateway) -> None:
    """Taken in the console after the page was opened: the link takes it from the owner of now, as that page shows."""
    app = gateway.app
    lead_id, path = alerted(gateway)
    do(app, staff_action.take, who(app, "manager"), lead_id, seen_owner=one(app, leads).owner_id)
    assert "Elena has it." in gateway.client.get(path).text


@pytest.mark.parametrize("code", ["x", "guessed.guessed", "AAAAAAAAAAAA.AAAAAAAAAAAAAAAA", "%00.%00"])
def test_a_forged_link_is_told_apart_from_nothing(gateway: Gateway, code: str) -> None:
    for answer in (gateway.client.get(f"/a/{code}"), gateway.client.post(f"/a/{code}", data={"act": "take"})):
        assert answer.status_code == 404
        assert "not whole" in answer.text


def test_a_link_expires(gateway: Gateway) -> None:
    lead_id, path = alerted(gateway)
    gateway.app.clock.advance(timedelta(hours=13))
    for answer in (gateway.client.get(path), gateway.client.post(path, data={"act": "take", "which": "all"})):
        assert answer.status_code == 410
        assert "expired" in answer.text
    assert "taken" not in kinds(gateway.app, lead_id)


def test_the_link_of_a_closed_account_is_of_no_use(gateway: Gateway) -> None:
    _, path = alerted(gateway)
    with gateway.app.db.write() as session:
        session.execute(staff.update().values(active=False))
    assert gateway.client.get(path).status_code == 410


def test_a_button_that_is_none_of_ours_is_refused_in_words(gateway: Gateway) -> None:
    lead_id, path = alerted(gateway)
    answer = gateway.client.post(path, data={"act": "delete", "which": "all"})
    assert answer.status_code == 409
    assert "Choose one of the buttons." in answer.text
    assert rows(gateway.app, leads, leads.c.id == lead_id)


def test_where_something_goes_wrong_a_page_says_so_and_the_log_has_no_link(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever has the link acts for a colleague."""
    _, path = alerted(gateway)
    monkeypatch.setattr("gateway.routes.alerts.links.look", lambda *_, **__: 1 / 0)
    answer = gateway.client.get(path)
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert path not in capsys.readouterr().out
