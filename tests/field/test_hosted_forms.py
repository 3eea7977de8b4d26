"""Hosted forms from the field."""

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
