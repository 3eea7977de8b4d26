"""Made-up forms: sent as a connector's JSON or through the hosted page, never more than allowed."""

import hashlib
import hmac
import json

import pytest
import requests

from simulator.people import make_person
from tests.simulator.conftest import Rig, wait_for

PAGE = """
<form method="get"><input name="q"></form>
<form method="post" action=""><input type="hidden" name="token" value="t-1"><input name="first_name" required>
<input name="last_name"><input name="phone" type="tel"><input name="website"><select name="treatment">
<option value="">Choose</option><option value="botox">Botox</option></select>
<textarea name="notes"></textarea><input type="radio" name="when" value="soon">
<input type="checkbox" name="consent_sms" value="yes"><input type="checkbox" name="newsletter">
<input type="submit" name="go" value="Send"></form>
"""


def test_a_generic_form_carries_key_and_signature_and_names_the_phone(rig: Rig) -> None:
    rig.gateway.answers[:] = [(201, '{"submission_id": "s-1"}')]
    answer = rig.control("forms", form="consultation_request", connector="generic")
    assert answer["taken"]
    [delivery] = rig.gateway.deliveries
    assert delivery.path == "/webhooks/forms/generic/key-1"
    expected = hmac.new(b"secret-1", delivery.body, hashlib.sha256).hexdigest()
    assert delivery.headers["X-Signature"] == f"sha256={expected}"
    document = json.loads(delivery.body)
    assert document["form_type"] == "consultation_request"
    assert document["contact"]["phone"] == answer["sent"]["phone"]
    [phone] = requests.get(f"{rig.address}/control/phones", timeout=10).json()["phones"]
    assert phone["name"].startswith(document["contact"]["first_name"])


def test_a_hosted_form_is_filled_in_as_a_person_would(rig: Rig) -> None:
    rig.gateway.pages["/f/lead-capture"] = PAGE
    rig.gateway.answers[:] = [(303, "")]
    person = {"phone": "+14075550114", "name": "Hannah Whitlock"}
    assert rig.control("forms", form="lead_capture", connector="hosted", **person)["taken"]
    [delivery] = rig.gateway.deliveries
    assert delivery.params == {
        "token": "t-1", "first_name": "Hannah", "last_name": "Whitlock", "phone": "4075550114", "website": "",
        "treatment": "botox", "notes": "Mornings are best for me.", "when": "soon", "consent_sms": "yes",
    }  # fmt: skip


def test_a_stream_sends_as_many_as_asked_from_different_people(rig: Rig) -> None:
    rig.control("forms", connector="generic", count=25, per_second=200)

    def job() -> dict[str, object]:
        found = requests.get(f"{rig.address}/control/forms", timeout=10).json()["job"]
        assert isinstance(found, dict)
        return found

    assert wait_for(lambda: not job()["running"])
    assert (job()["wanted"], job()["taken"]) == (25, 25)
    phones = {json.loads(delivery.body)["contact"]["phone"] for delivery in rig.gateway.deliveries}
    assert len(phones) == 25


@pytest.mark.parametrize(
    "order", [{"count": 2001}, {"per_second": 0}, {"form": "other"}, {"url": "http://x"}]
)
def test_an_order_beyond_the_bounds_is_refused(rig: Rig, order: dict[str, object]) -> None:
    answer = requests.post(f"{rig.address}/control/forms", json=order, timeout=10)
    assert answer.status_code == 422
    assert rig.gateway.deliveries == []


def test_a_page_of_another_site_can_not_use_the_controls(rig: Rig) -> None:
    answer = requests.post(
        f"{rig.address}/control/reset", data="{}", headers={"Content-Type": "text/plain"}, timeout=10
    )
    assert answer.status_code == 415


def test_everyone_has_a_fictional_number_of_their_own() -> None:
    phones = {make_person(number).phone for number in range(2400)}
    assert len(phones) == 2400
    assert all(phone[5:10] == "55501" for phone in phones)
