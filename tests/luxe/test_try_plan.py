"""`luxe try plan`: the dry run of one made-up person, line by line."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.db.migrate import take_back
from core.reference import load_reference
from luxe.main import app as luxe_app
from luxe.try_out import in_use, plan
from luxe.try_out import lines as trying
from tests.factories import follow_everybody_alike
from tests.luxe.conftest import Luxe

REFERENCE = load_reference(ZoneInfo("America/New_York"))
WHO = {"phone": "407-555-0155", "zip": "32801", "lang": "en"}
BOTH = ["transactional", "marketing"]
AT = "2026-11-23T10:00:00-05:00"


@pytest.fixture(autouse=True)
def empty_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine that has none of ours."""
    monkeypatch.setenv("LUXE_HOME", str(tmp_path / "var"))
    in_use.forget()


def tried(sequence: str, anchor_at: str, **more: Any) -> dict[str, Any]:
    line = {
        "id": 1,
        "sequence": sequence,
        "anchor_at": anchor_at,
        "person": WHO,
        "events": [],
        "consent": BOTH,
    }
    said: dict[str, Any] = trying.answer_line(plan, REFERENCE, json.dumps(line | more).encode())
    assert said.pop("id") == 1
    return said


def steps(sequence: str, anchor_at: str, **more: Any) -> dict[str, dict[str, Any]]:
    return {step["step"]: step for step in tried(sequence, anchor_at, **more)["steps"]}


def test_each_step_is_told_in_the_words_of_the_contract() -> None:
    """The evening before Thanksgiving in Florida: texts end at eight, the clinic opens on Friday."""
    said = steps("lead", "2026-11-25T20:00:00-05:00")
    assert list(said["minute-0"]) == ["step", "at", "what", "decision", "reason", "waited_for"]
    assert said["minute-0"]["decision"] == "send"
    assert said["hour-2"] == {
        "step": "hour-2",
        "at": "2026-11-26T08:00:00-05:00",
        "what": "text",
        "decision": "send",
        "reason": "due",
        "waited_for": ["quiet_hours"],
    }
    assert (said["minute-2"]["decision"], said["minute-2"]["reason"]) == ("drop", "too_late")
    assert said["minute-10"]["what"] == "task"
    # No advertising on the holiday.
    assert said["day-1"]["at"] == "2026-11-27T09:00:00-05:00"


@pytest.mark.parametrize(
    ("what", "reason"),
    [("reply", "replied"), ("contact", "contacted"), ("booking", "booked"), ("opt_out", "opted_out")],
)
def test_what_happens_on_the_way_ends_what_the_sequence_says(what: str, reason: str) -> None:
    at = "2026-11-24T12:00:00-05:00"
    said = steps("lead", "2026-11-23T10:00:00-05:00", events=[{"at": at, "what": what}])
    assert {(said[step]["reason"], said[step]["at"]) for step in ("day-3", "day-7", "day-14")} == {
        (reason, at)
    }


def test_a_reply_ends_no_reminder_of_a_visit_and_an_opt_out_does() -> None:
    reply = [{"at": "2026-11-29T12:00:00-05:00", "what": "reply"}]
    assert steps("pre_treatment", "2026-11-30T14:00:00-05:00", events=reply)["hours-4"]["decision"] == "send"
    stop = [{"at": "2026-11-29T15:00:00-05:00", "what": "opt_out"}]
    assert (
        steps("pre_treatment", "2026-11-30T14:00:00-05:00", events=stop)["hours-4"]["reason"] == "opted_out"
    )


def test_steps_around_a_visit_count_from_it_and_none_has_passed_unless_it_was_booked_late() -> None:
    visit = "2026-11-30T14:00:00-05:00"
    said = steps("pre_treatment", visit)
    assert said["hours-72"]["at"] == "2026-11-27T14:00:00-05:00"
    assert {step["decision"] for step in said.values()} == {"send"}
    late = steps("pre_treatment", visit, booked_at="2026-11-29T09:00:00-05:00")
    assert late["booked"]["at"] == "2026-11-29T09:00:00-05:00"
    assert [name for name, step in late.items() if step["reason"] == "moment_passed"] == [
        "hours-72",
        "hours-48",
    ]


def test_without_consent_no_text_goes_and_people_still_call() -> None:
    said = steps("lead", "2026-11-23T10:00:00-05:00", consent=[])
    assert {step["reason"] for step in said.values() if step["what"] == "text"} == {"consent_missing"}
    assert {step["decision"] for step in said.values() if step["what"] == "task"} == {"send"}
    own = steps("lead", "2026-11-23T10:00:00-05:00", consent=["transactional"])
    assert (own["minute-5"]["decision"], own["hour-4"]["reason"]) == ("send", "consent_missing")


def test_at_most_three_texts_go_in_a_day_and_never_at_night() -> None:
    for hour in range(24):
        said = steps("lead", f"2026-11-23T{hour:02}:30:00-05:00").values()
        sent = [
            datetime.fromisoformat(s["at"]) for s in said if s["what"] == "text" and s["decision"] == "send"
        ]
        assert not [at for at in sent[1:] if not 8 <= at.hour < 20]
        assert not [at for at in sent if sum(0 <= (other - at).total_seconds() < 86400 for other in sent) > 3]


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"sequence": "none"}, "sequence", "lead, consultation"),
        ({"anchor_at": "2026-11-23T10:00:00"}, "anchor_at", "timezone"),
        ({"person": {"phone": "CALL-ME"}}, "person", "phone: Use digits"),
        ({"person": {"phone": ""}}, "person", "phone: Enter a mobile number"),
        ({"person": {}}, "person", "phone: Field required"),
        (
            {"events": [{"at": "2026-11-23T10:00:00Z", "what": "sneeze"}]},
            "events",
            "0.what: Input should be 'reply'",
        ),
        ({"consent": "transactional"}, "consent", "list"),
        ({"consent": ["all"]}, "consent", "0: Input should be"),
        ({"booked_at": "2026-11-20T10:00:00Z"}, "booked_at", "does not start on a booking"),
        (
            {"sequence": "pre_treatment", "booked_at": "2026-11-24T10:00:00Z"},
            "booked_at",
            "before it takes place",
        ),
    ],
)
def test_what_is_wrong_in_a_line_is_said_by_its_field(more: dict[str, Any], field: str, words: str) -> None:
    error = tried(**{"sequence": "lead", "anchor_at": AT, **more})["error"]
    assert error["field"] == field
    assert words in error["message"]


def test_what_the_clinic_uses_takes_the_place_of_what_ships(migrated: Luxe) -> None:
    """A sequence that it retired is none."""
    line = json.dumps({"sequence": "consultation", "anchor_at": AT, "person": WHO, "consent": BOTH}).encode()
    before = migrated.runner.invoke(luxe_app, ["try", "plan"], input=line)
    assert json.loads(before.stdout)["steps"]
    with migrated.open().db.write() as session:
        follow_everybody_alike(session, datetime.fromisoformat(AT))
    after = migrated.runner.invoke(luxe_app, ["try", "plan"], input=line)
    assert json.loads(after.stdout)["error"]["field"] == "sequence"


def test_a_database_that_cannot_be_read_is_no_fault_of_the_line(luxe: Luxe) -> None:
    """Else every line would be told the same, and nobody what to do."""
    luxe.run("migrate")
    take_back(luxe.open().db, "0022")
    line = json.dumps({"sequence": "lead", "anchor_at": AT, "person": WHO, "consent": BOTH}).encode()
    result = luxe.runner.invoke(luxe_app, ["try", "plan"], input=line)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "luxe migrate" in result.stderr
