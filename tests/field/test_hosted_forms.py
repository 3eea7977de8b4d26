"""Hosted forms from the field."""

from datetime import UTC, date, datetime

import pytest

from gateway.hosted.closed_days import name_of
from tests.field.delivering import case
from tests.gateway.asking import Gateway
from tests.gateway.test_forms import LEAD, opened, send


def test_hosted_escaped_ampersands(signed_gateway: Gateway) -> None:
    """A newsletter tool wrote `&amp;` for `&`: source, medium, campaign and click id are all kept."""
    hidden = opened(signed_gateway, case("hosted-escaped-ampersands.txt").strip())
    assert send(signed_gateway, "lead-capture", hidden | LEAD).status_code == 303
    assert signed_gateway.column("form_submissions.utm_params") == [
        {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "spring glow"}
    ]
    assert signed_gateway.column("form_submissions.click_ids") == [{"gclid": "TEST_GCLID_0002"}]


def test_parameters_in_capitals_are_kept(signed_gateway: Gateway) -> None:
    """Some link builders shout."""
    hidden = opened(signed_gateway, "/f/lead-capture?UTM_Source=google&Utm_Medium=cpc&GCLID=G-3")
    assert send(signed_gateway, "lead-capture", hidden | LEAD).status_code == 303
    assert signed_gateway.column("form_submissions.source") == ["Google Ads"]
    assert signed_gateway.column("form_submissions.click_ids") == [{"gclid": "G-3"}]


def test_a_click_id_passes_through_the_page_whole_or_not_at_all(signed_gateway: Gateway) -> None:
    """A cut one must not look whole."""
    whole = opened(signed_gateway, f"/f/lead-capture?ttclid={'a' * 900}")
    assert len(whole["ttclid"]) == 900
    assert "ttclid" not in opened(signed_gateway, f"/f/lead-capture?ttclid={'a' * 2001}")


def test_a_required_email_is_never_offered_to_be_left_out(signed_gateway: Gateway) -> None:
    """The page does not advise what it then refuses."""
    values = {"first_name": "Ana", "last_name": "Lopez", "phone": "512-555-0115", "email": "walk@nope"}
    page = send(signed_gateway, "consultation-request", values)
    assert page.status_code == 422
    assert "should look like ana@example.com" in page.text
    assert "leave it out" not in page.text


def test_on_a_holiday_the_page_says_which_one_and_when_we_open(signed_gateway: Gateway) -> None:
    """Beside the usual hours 'closed' alone would be a riddle."""
    signed_gateway.app.clock.moment = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
    location = send(signed_gateway, "lead-capture", LEAD).headers["location"]
    page = signed_gateway.client.get(location).text
    assert "We are closed today for Thanksgiving Day." in page
    assert "tomorrow from 8:00 AM" in page
    assert "Thu, Nov 26 closed, Thanksgiving Day" in page


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "New Year's Day"),
        (date(2026, 5, 25), "Memorial Day"),
        (date(2026, 7, 3), "Independence Day"),
        (date(2026, 9, 7), "Labor Day"),
        (date(2026, 11, 26), "Thanksgiving Day"),
        (date(2027, 7, 5), "Independence Day"),
        (date(2026, 11, 19), ""),
        (date(2026, 8, 5), ""),
    ],
)
def test_closed_days_have_their_names(day: date, name: str) -> None:
    """By rule, for any year; a clinic's own closed day has none."""
    assert name_of(day) == name


def test_a_fault_of_ours_thanks_the_person_and_calls_staff(
    signed_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They filled it in; it is not for them to do it again."""

    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("core.flows.intake.receive_form.accept", broken)
    answer = send(signed_gateway, "lead-capture", LEAD)
    assert answer.status_code == 303
    assert "Your request is with us" in signed_gateway.client.get(answer.headers["location"]).text
    assert signed_gateway.column("raw_payloads.state") == ["dead"]
    assert set(signed_gateway.column("timed_actions.template")) == {"staff_stumbled"}
