"""Reference data that is broken is one sentence with the file and the key, before any of it is used (finding 29)."""

import tomllib
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core import reference_checks, shipped
from core.domain.errors import SettingsError
from core.reference import load_reference
from core.shipped import (
    read_toml,
    shipped_catalogue,
    shipped_plans,
    shipped_sequences,
    shipped_templates,
    texting_hours,
)
from gateway.hosted.definition import load_forms
from tests.architecture.test_source_rules import ROOT

ZONE = ZoneInfo("America/New_York")
Change = Callable[[dict[str, Any]], Any]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """What was read is kept for the process: each of these tests reads anew, and leaves nothing behind."""
    forget()
    yield
    forget()


def forget() -> None:
    for kept in (
        load_reference, shipped_templates, shipped_catalogue, shipped_sequences, shipped_plans, texting_hours,
    ):  # fmt: skip
        kept.cache_clear()


def broken(monkeypatch: pytest.MonkeyPatch, name: str, change: Change) -> str:
    """What loading says when one file was changed so."""

    def read(wanted: str) -> dict[str, Any]:
        raw = read_toml(wanted)
        if wanted == name:
            change(raw)
        return raw

    monkeypatch.setattr(shipped, "read_toml", read)
    with pytest.raises(SettingsError) as told:
        load_forms(load_reference(ZONE))
    words = str(told.value)
    assert words.startswith(f"data/{name}: ")
    assert "\n" not in words
    return words.removeprefix(f"data/{name}: ")


def put(*way: Any, value: Any) -> Change:
    """Put `value` at the end of a way of keys; None takes away what is there."""

    def change(raw: dict[str, Any]) -> None:
        at: Any = raw
        for key in way[:-1]:
            at = at[key]
        if value is None:
            del at[way[-1]]
        else:
            at[way[-1]] = value

    return change


CASES = [
    ("limits.toml", put("spend", "segments_a_day", value=-5), "spend.segments_a_day is -5, and must be 1 or more"),
    ("limits.toml", put("errors", "share", value=40), "errors.share is 40, and must be more than 0, 1 at most"),
    ("limits.toml", put("opt_outs", "at_least", value=None), "opt_outs.at_least is missing"),
    ("limits.toml", put("spend", value=None), "spend is missing"),
    ("experiments.toml", put("opt_outs", "false_alarm", value=5), "opt_outs.false_alarm is 5, and must be"),
    ("experiments.toml", put("complaints", value=None), "complaints is missing"),
    ("senders.toml", put("messaging_service", "segments_a_day", value=-5), "messaging_service.segments_a_day is -5"),
    ("senders.toml", put("long_code", "texts_a_second", value="one"), "long_code.texts_a_second is 'one'"),
    ("sequences/lead.toml", put("steps", 0, "template", value="gone"), "step minute-0: template: There is no"),
    ("sequences/lead.toml", put("steps", 1, "offset", value="soon"), "step minute-2: offset: Write a span"),
    ("sequences/lead.toml", put("steps", 0, "kind", value="fax"), "step minute-0: kind: Choose one of"),
    ("sequences/lead.toml", put("steps", 0, "lane", value="slow"), "step minute-0: lane: Choose one of"),
    ("sequences/lead.toml", put("steps", 0, "useful", value=None), "step minute-0: useful: Say how long"),
    ("sequences/lead.toml", put("steps", value=None), "steps: A sequence has one step"),
    ("templates/compliance.toml", put("help", "en", "body", value="Hi {{nobody}}"), "help.wordings.en.body, line 1"),
    ("templates/compliance.toml", put("help", "title", value=None), "help.title: Give it a title"),
    ("templates/booking.toml", put("visit_package", "purpose", value="manual"), "visit_package.purpose: A text of"),
    ("sla_policies.toml", put("first_contact", 0, "minutes", value=0), "first_contact[1].minutes is 0, and must be"),
    ("sla_policies.toml", put("danger", value=None), "danger: the last policy must hold for every lead"),
    ("sla_policies.toml", put("first_contct", value=[{"name": "Slip", "minutes": 5}]), "first_contct is no target"),
    ("clinic.toml", put("default_location", value="moon"), "default_location is 'moon', and must be one of"),
    ("clinic.toml", put("locations", 0, "hours", "monday", value=["25:00-26:00"]), "downtown.hours.monday is ['25"),
    ("clinic.toml", put("locations", 0, "hours", "mondy", value=[]), "downtown.hours: 'mondy' is no day"),
    ("clinic.toml", put("texts_a_month", value="many"), "texts_a_month is 'many', and must be a number"),
    ("alarms.toml", put("levels", 0, "tell", value=["nobody"]), "tell knows"),
    ("treatments.toml", put("botox", "value", value=-1), "botox.value is -1, and must be 0 or more"),
    ("treatments.toml", put("botox", "also", value=None), "also is missing"),
    ("call_plan.toml", put("tries", value=None), "tries is missing"),
    ("quiet_hours.toml", put("marketing", value=None), "marketing is missing"),
    ("retention.toml", put("days", "ended_sessions", value=0), "days.ended_sessions is 0, and must be 1 or more"),
    ("automation.toml", put("pause_days", value=None), "pause_days is missing"),
    ("lint.toml", put("asking", value=None), "asking is missing"),
    ("templates/quick.toml", put("missed_you", "body", value=""), "missed_you: "),
    ("forms/lead-capture.toml", put("title", value=None), "title is missing"),
    ("forms/consent.toml", put("boxes", value=None), "boxes is missing"),
    ("forms/consent.toml", put("boxes", 0, "wording", value="I agree, {nobody}"), "nobody is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "says"), CASES)
def test_a_mistake_is_a_sentence_with_the_file_and_the_key(
    monkeypatch: pytest.MonkeyPatch, name: str, change: Change, says: str
) -> None:
    """Finding 29: a broken file was 44 to 64 lines of traceback, -5 segments a day were taken, and a step whose
    template is not there passed until every form was an error."""
    assert says in broken(monkeypatch, name, change)


def test_a_file_that_is_no_toml_or_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_raw: dict[str, Any]) -> None:
        tomllib.loads("x = [")

    def gone(_raw: dict[str, Any]) -> None:
        raise FileNotFoundError(2, "No such file")

    assert "Invalid value" in broken(monkeypatch, "limits.toml", unreadable)
    forget()
    assert broken(monkeypatch, "senders.toml", gone) == "the file is missing"


def test_what_ships_fits_together() -> None:
    assert load_reference(ZONE).sequences["lead"].steps
    assert load_forms(load_reference(ZONE))


def test_a_wording_that_the_product_sends_by_name_can_not_be_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def without_help(wanted: str) -> dict[str, Any]:
        return {key: entry for key, entry in read_toml(wanted).items() if key != "help"}

    monkeypatch.setattr(shipped, "read_toml", without_help)
    with pytest.raises(
        SettingsError, match="data/templates: help is missing: the product sends it by this name"
    ):
        load_reference(ZONE)


def test_every_wording_that_the_code_names_is_asked_for() -> None:
    """A new alert whose wording somebody forgets must not pass the check at start."""
    code = "\n".join(path.read_text() for path in (ROOT / "core" / "flows").rglob("*.py"))
    named = {key for key in shipped_templates() if f'"{key}"' in code}
    assert named <= reference_checks.SENT_BY_NAME
