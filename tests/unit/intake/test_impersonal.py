"""What a link says of a campaign may be kept in plain sight; what it says of a person may not (finding 14)."""

import pytest

from core.intake.draft import Draft, Vocabulary
from core.intake.findings import Findings
from core.intake.impersonal import REMOVED, impersonal
from core.intake.tracking import source_of, tracking_of


@pytest.mark.parametrize(
    "value",
    [
        "jane.doe@example.com",
        "jane.doe%40example.com",
        "jane.doe%2540example.com",
        "jane.doe&#64;example.com",
        "jane.doe\uff20example.com",
        "+13215550177",
        "321-555-0177",
        "(321) 555 0177",
        "321_555_0177",
        "%2B1%20321%20555%200177",
        "ab5550177",
        "\u0663\u0662\u0661\u0665\u0665\u0665\u0660\u0661\u0667\u0667",
        "1990-04-12",
        "name=jane",
        "x|first_name=Jane",
        "Full Name: Jane Doe",
        "spring?email=none",
        "spring_2026-11-23 3215550177",
    ],
)
def test_an_address_a_number_or_a_labelled_name_is_taken_out(value: str) -> None:
    """However it was escaped on its way: mail programs write the reader into the link."""
    assert impersonal(value) == REMOVED


@pytest.mark.parametrize(
    "value",
    [
        "spring",
        "Spring 2026",
        "newsletter-2026-11-23",
        "20261123_open_house",
        "banner_300x250_v2",
        "botox+fillers",
        "50% off",
        "username_test",
        "filename",
        "",
    ],
)
def test_what_names_a_campaign_stays(value: str) -> None:
    """Marketing counts by these words: nothing may be taken out without need."""
    assert impersonal(value) == value


def test_every_plain_column_of_a_form_is_cleaned() -> None:
    """Finding 14: `utm_content=jane.doe@example.com` stood in plain, the campaign in three tables."""
    sent = {
        "utm_source": "mail",
        "utm_campaign": "jane.doe@example.com",
        "utm_term": "+13215550177",
        "utm_13215550177": "x",
        "gclid": "Cj0KCQ_13215550177",
    }
    kept, other = tracking_of(sent, Findings([]))
    assert kept == {
        "utm_source": "mail",
        "utm_campaign": REMOVED,
        "utm_term": REMOVED,
        "gclid": "Cj0KCQ_13215550177",  # encrypted, and of no use if it is not whole
    }
    assert other == {"utm_13215550177": "x"}  # among the answers, which are encrypted


def test_the_source_of_a_lead_names_nobody() -> None:
    draft = Draft(
        connector="generic",
        external_id="",
        source="jane.doe@example.com",
        form_type="",
        submitted_at="",
        answers={},
    )
    assert source_of(draft, {}, Vocabulary({}, {}, {}, {}, {})) == REMOVED
