"""What the queue says about a lead, and what it offers to do next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.lead_queue import view
from console.parts import visit_actions
from console.parts.wording import moment_words
from console.parts.words import budget, understood
from core.domain.errors import InvalidInput
from core.reads.lead_peek import PeekText
from core.reads.lead_rows import LastText, QueueRow
from core.reads.parts.alarms import Alarm
from core.reads.parts.conversation import Waiting
from core.reference import load_reference

NOW = datetime(2026, 11, 23, 19, 14, tzinfo=UTC)  # 2:14 PM on a Monday in New York
NEW_YORK = ZoneInfo("America/New_York")
DATA = load_reference(NEW_YORK)
LEAD = QueueRow(
    id="1", number=42, state="open", first_name="Sofia", last_name="Ramirez", phone="+15125550139", extension=None,
    vip=False, value_cents=45_000, form_type="consultation_request", treatment="botox", timeframe="asap",
    temperature="hot", priority=2, location="downtown", source="google_ads", campaign="Fall Consult",
    call_only=False, owner_id="9", owner="Maya Torres", created_at=NOW, viewed_at=None, attempted_at=None,
    contacted_at=None, snoozed_until=None, unread=0, last_event_at=NOW, last_event_kind="submitted",
    last_event_by="patient", last_event_note=None, wrong_number_at=None, due_at=NOW + timedelta(minutes=5),
    target_seconds=300, clock="first_contact", clock_state="running",
)  # fmt: skip


def test_a_row_reads_as_staff_speak() -> None:
    """Names, wishes, numbers and sources in words, moments in milliseconds."""
    row = view.row(LEAD, DATA)
    assert (row["ref"], row["name"], row["phone"]) == ("A-1042", "Sofia Ramirez", "(512) 555-0139")
    assert (row["wants"], row["formName"]) == ("Botox, ASAP", "Consultation")
    assert row["sourceName"] == "Google ads, Fall Consult"
    assert row["clock"] == {
        "due": round((NOW + timedelta(minutes=5)).timestamp() * 1000),
        "target": 300_000,
        "state": "running",
        "what": "first contact",
    }


@pytest.mark.parametrize(
    ("changes", "button"),
    [
        ({}, "call"),
        ({"owner_id": None}, "take"),
        ({"clock": "next_reply"}, "text"),
        ({"clock": "next_reply", "call_only": True}, "call"),
        ({"due_at": None, "clock": None, "contacted_at": NOW}, "text"),
        ({"state": "booked", "owner_id": None}, "open"),
        ({"state": "booked", "clock": "next_reply"}, "text"),
        ({"state": "booked", "clock": "danger", "alarm": Alarm(NOW, None, None)}, "call"),
    ],
)
def test_a_row_offers_the_one_next_action(changes: dict[str, object], button: str) -> None:
    """Take what nobody has, answer what was written, never offer a text that may not go, else call."""
    assert view.button(replace(LEAD, **changes)) == button  # type: ignore[arg-type]


def test_a_lead_in_danger_is_urgent_until_somebody_reached_the_patient() -> None:
    """Whatever its priority and state, with who has acknowledged it."""
    raised = replace(LEAD, state="booked", alarm=Alarm(NOW, NOW + timedelta(minutes=1), "Elena Ruiz"))
    row = view.row(raised, DATA)
    at = round(NOW.timestamp() * 1000)
    assert (row["urgent"], row["ended"]) == (True, None)
    assert (row["urgentSince"], row["acknowledged"], row["acknowledgedBy"]) == (at, True, "Elena Ruiz")
    assert view.row(replace(raised, alarm=Alarm(NOW, None, None)), DATA)["acknowledged"] is False
    calm = view.row(LEAD, DATA)
    assert (calm["urgent"], calm["urgentSince"]) == (False, None)


@pytest.mark.parametrize(
    ("code", "words"), [("option_2", "choice 2"), ("2", "choice 2"), ("tapback", "reaction")]
)
def test_what_a_text_was_read_as_has_words_in_old_rows_too(code: str, words: str) -> None:
    assert understood(code) == words


def test_a_reply_is_quoted() -> None:
    """The patient's own words stand in the list."""
    lead = replace(LEAD, last_event_kind="replied", last_event_note="Can you call instead?")
    assert view.last_event(lead) == {
        "by": "patient",
        "words": "Can you call instead?",
        "at": round(NOW.timestamp() * 1000),
        "quote": True,
    }


def test_an_automatic_text_says_how_far_it_came() -> None:
    """Machine and person never look alike: it is marked automatic, with its delivery."""
    text = LastText("automatic", "confirmation", "delivered", NOW + timedelta(seconds=3))
    event = view.last_event(replace(LEAD, last_text=text))
    assert (event["by"], event["words"]) == ("automatic", "Confirmation delivered")


def test_an_older_automatic_text_does_not_hide_what_a_colleague_did() -> None:
    """A call after the text is what happened last."""
    text = LastText("automatic", "confirmation", "delivered", NOW - timedelta(minutes=3))
    lead = replace(
        LEAD, last_text=text, last_event_kind="called", last_event_by="staff", last_event_note="No answer"
    )
    event = view.last_event(lead)
    assert (event["by"], event["words"]) == ("staff", "Call: No answer")


def test_a_status_that_nobody_knows_yet_is_shown_as_it_came() -> None:
    """A new word of the provider breaks no list."""
    text = LastText("automatic", "transactional", "brand_new", NOW)
    assert view.last_event(replace(LEAD, last_text=text))["words"] == "Follow-up brand_new"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("500-1000", "$500 to $1,000"),
        ("under-500", "Under $500"),
        ("2000-plus", "$2,000 or more"),
        ("$1,500", "$1,500"),
        ("1500", "$1,500"),
        ("", ""),
        ("no_limit", "No limit"),
        ("about-five", "About-five"),
    ],
)
def test_a_budget_reads_as_money(code: str, words: str) -> None:
    assert budget(code) == words


@pytest.mark.parametrize(("typed", "dollars"), [("450", 450), ("$1,450", 1450), (" 0 ", 0)])
def test_a_value_is_read_as_people_type_it(typed: str, dollars: int) -> None:
    assert visit_actions.dollars(typed) == dollars


@pytest.mark.parametrize("typed", ["", "ten", "-5", "4.50", "99999999"])
def test_a_value_that_is_none_is_refused(typed: str) -> None:
    """Nothing is booked with a number that nobody meant."""
    with pytest.raises(InvalidInput, match="whole dollars"):
        visit_actions.dollars(typed)


@pytest.mark.parametrize(
    ("moment", "words"),
    [(NOW + timedelta(hours=1, minutes=46), "4:00 PM"), (NOW + timedelta(hours=19), "Tue 9:14 AM")],
)
def test_a_moment_names_its_day_only_when_it_is_another(moment: datetime, words: str) -> None:
    assert moment_words(moment, NOW, NEW_YORK) == words


def test_a_reply_without_words_is_a_picture() -> None:
    """The list says what came, instead of an empty quotation."""
    lead = replace(LEAD, last_event_kind="replied", last_event_note="")
    assert (view.last_event(lead)["words"], view.last_event(lead)["quote"]) == ("Picture", False)


@pytest.mark.parametrize(
    ("reason", "held"), [("", ""), ("quiet_hours", "outside texting hours"), ("restored_by_staff", "")]
)
def test_a_text_that_waits_says_by_what_it_is_held(reason: str, held: str) -> None:
    """Ten seconds of undo are no hold; texting hours are."""
    waits = Waiting("a", "May I call?", "planned", NOW, reason, "9", "Maya Torres", NOW)
    row = view.waiting_row(waits)
    assert (row["body"], row["by"], row["held"]) == ("May I call?", "Maya Torres", held)


def test_the_panel_says_which_texts_a_machine_wrote() -> None:
    """An automatic reply and a reaction are nobody's words, as on the lead's page."""
    text = PeekText("1", "patient", "I am driving", "received", None, "auto_reply", None, NOW)
    assert view.text_row(text)["machine"] is True
    assert view.text_row(replace(text, understood_as="question"))["machine"] is False
    assert view.text_row(replace(text, understood_as=None))["machine"] is False
