"""What makes a form valid, and what becomes of what is merely unusual."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import InvalidInput
from core.intake import rules
from core.intake.draft import Draft, Vocabulary
from core.intake.submission import Submission

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
WORDS = Vocabulary(
    treatments={"botox": "botox", "lip filler": "lip_filler"},
    timeframes={"this week": "this_week"},
    budgets={"500-1000": "500-1000", "500 1000": "500-1000"},
    locations={"westlake": "westlake"},
    sources={"google cpc": "Google Ads", "google": "Google", "typeform": "Typeform"},
)
PERSON = {"first_name": "Omar", "last_name": "Reyes", "phone": "(407) 555-0155"}


def submitted(*, answers: dict[str, Any] | None = None, **changes: Any) -> Submission:
    draft = Draft("typeform", "t-1", answers=PERSON | (answers or {}))
    return rules.submission_of(replace(draft, **changes), WORDS, NOW, strict=True)


def faults(answers: dict[str, Any], **changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        submitted(answers=answers, **changes)
    return {error.field: error.message for error in refused.value.errors}


def test_a_whole_form_becomes_codes_and_e164() -> None:
    """Spellings of other people's forms end up as the clinic's own codes."""
    found = submitted(
        answers={
            "treatment": "LIP  Filler",
            "timeframe": "This week",
            "budget": "500-1000",
            "zip": "78701-1234",
        }
    )
    assert (found.phone, found.treatment, found.timeframe, found.budget, found.zip) == (
        "+14075550155",
        "lip_filler",
        "this_week",
        "500-1000",
        "78701",
    )


@pytest.mark.parametrize(
    ("said", "language", "kept"),
    [
        ("Spanish", "es", None),
        ("Espa\u00f1ol (M\u00e9xico)", "es", None),
        ("es-MX", "es", None),
        ("en_US", "en", None),
        ("English or Spanish", "en", None),
        ("Portugu\u00eas", "", "Portugu\u00eas"),
        ("", "", None),
        (None, "", None),
        (["Spanish"], "es", None),
    ],
)
def test_a_form_may_tell_the_language_to_text_in(said: object, language: str, kept: str | None) -> None:
    """One that we don't write is no fault, and staff see what it was."""
    found = submitted(answers={"language": said})
    assert (found.language, found.fields.get("language")) == (language, kept)


def test_every_fault_of_a_form_is_told_at_once() -> None:
    """Nobody has to send a form four times to learn of four faults."""
    answers = {"phone": "", "email": "nobody", "date_of_birth": "2012-01-01", "first_name": "x" * 200}
    assert set(faults(answers, form_type="poetry")) == {
        "phone",
        "email",
        "date_of_birth",
        "first_name",
        "form_type",
    }


@pytest.mark.parametrize(
    ("phone", "words"),
    [
        ("", "Enter a mobile number"),
        ("407-555-O155", "letters"),
        ("407-555-015", "9 digits"),
        ("900-555-0155", "cost extra"),
        ("000-000-0000", "does not exist"),
    ],
)
def test_a_phone_that_cannot_be_dialled_is_refused_with_the_way_out(phone: str, words: str) -> None:
    """The message says what is wrong with this very number."""
    assert words in faults({"phone": phone})["phone"]


@pytest.mark.parametrize("born", ["2008-11-24", "2012-05-05", "11/24/2008"])
def test_somebody_under_18_is_refused(born: str) -> None:
    """The day before the eighteenth birthday is still too early."""
    assert "18" in faults({"date_of_birth": born})["date_of_birth"]


def test_the_eighteenth_birthday_itself_is_old_enough() -> None:
    """18 or over means from that day on."""
    assert submitted(answers={"date_of_birth": "2008-11-23"}).birth_date == date(2008, 11, 23)


@pytest.mark.parametrize("born", ["yesterday", "1890-01-01", "2027-01-01", "1990-02-30", "13/13/1985"])
def test_a_date_of_birth_that_nobody_has_is_refused(born: str) -> None:
    """An impossible date is not guessed at."""
    assert "1990-04-12" in faults({"date_of_birth": born})["date_of_birth"]


def test_markup_in_a_name_stays_the_plain_text_that_it_is() -> None:
    """Nothing is interpreted and nothing is lost: screens escape it."""
    assert (
        submitted(answers={"first_name": "<script>alert(1)</script>"}).first_name
        == "<script>alert(1)</script>"
    )


def test_a_web_address_as_a_name_is_refused() -> None:
    """Our texts print names: nobody may send links under the clinic's number."""
    assert "web address" in faults({"first_name": "You won https://evil.example.com"})["first_name"]


def test_what_cannot_be_seen_leaves_a_name() -> None:
    """Control characters, lone surrogates and marks that reverse the reading order break texts and databases."""
    assert submitted(answers={"first_name": "O\x00m\u202ea\ud800r\n"}).first_name == "Omar"


def test_one_full_name_is_split() -> None:
    """Short forms ask for one name."""
    draft = Draft("generic", "1", answers={"name": "Ana  Maria Lopez", "phone": "4075550155"})
    found = rules.submission_of(draft, WORDS, NOW)
    assert (found.first_name, found.last_name) == ("Ana", "Maria Lopez")


def test_a_treatment_without_a_code_is_kept_where_staff_read_it() -> None:
    """A lead is never refused for wanting something that our list does not have."""
    found = submitted(answers={"treatment": ["Thread lift", "Botox"], "notes": "First time"})
    assert (found.treatment, found.notes) == ("botox", "First time\nTreatment: Thread lift")
    assert found.fields["treatment"] == "Thread lift"


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        (NOW - timedelta(hours=3), NOW - timedelta(hours=3)),
        (NOW + timedelta(days=1), NOW),
        (NOW - timedelta(days=9), NOW - timedelta(hours=24)),
    ],
)
def test_the_senders_clock_is_believed_within_a_day(claimed: datetime, kept: datetime) -> None:
    """A wrong clock can neither hide a lead in the future nor make it a week overdue."""
    assert submitted(submitted_at=claimed.isoformat()).submitted_at == kept


@pytest.mark.parametrize("claimed", ["", "soon", "2026-11-23T09:00:00"])
def test_a_time_without_a_zone_is_the_time_of_arrival(claimed: str) -> None:
    """Nobody knows whose wall clock it was."""
    assert submitted(submitted_at=claimed).submitted_at == NOW


def test_campaigns_and_click_ids_are_kept_and_name_the_source() -> None:
    """Google with medium cpc is what the clinic calls Google Ads."""
    found = submitted(tracking={"UTM_Source": "google", "utm_medium": "cpc", "gclid": "G-1", "color": "red"})
    assert (found.source, found.utm, found.click_ids) == (
        "Google Ads",
        {"utm_source": "google", "utm_medium": "cpc"},
        {"gclid": "G-1"},
    )
    assert found.fields["color"] == "red"


def test_long_values_fit_their_columns() -> None:
    """PostgreSQL refuses what SQLite takes: nothing longer than its column leaves the rules."""
    long = "x" * 5000
    found = submitted(
        external_id=long,
        source=long,
        tracking={"utm_campaign": long, "utm_medium": long},
        answers={"notes": long, "best_time": long, "heard_from": long},
    )
    lengths = [len(found.external_id), len(found.source), len(found.utm["utm_campaign"]), len(found.notes)]
    assert lengths == [71, 80, 120, 4000]


@given(st.dictionaries(st.text(max_size=20), st.text() | st.none() | st.integers() | st.lists(st.text())))
def test_no_answer_whatever_breaks_the_rules(answers: dict[str, Any]) -> None:
    """Strangers may send anything: it is a submission or a refusal with fields, never a crash."""
    draft = Draft("generic", "1", answers=PERSON | answers, extra=answers, tracking=answers)
    fields: list[str] = []
    try:
        fields = [rules.submission_of(draft, WORDS, NOW).phone]
    except InvalidInput as refused:
        fields = [error.field for error in refused.errors]
    assert all(fields)
