"""The levels of escalation as data: what is refused, by field, and what they say of themselves."""

import copy
from typing import Any

import pytest

from core.alerting.concerns import concerns
from core.alerting.replaying import Waited, replay
from core.alerting.rules import faults, in_words, parse_escalation, shown
from core.shipped import read_toml

SHIPPED = read_toml("escalation.toml")


def test_what_ships_is_sound_and_says_what_it_does() -> None:
    levels = parse_escalation(SHIPPED)
    assert [in_words(level) for level in levels.levels] == [
        "5 min: tell team lead; another owner is found; unless somebody has acknowledged",
        "15 min: tell manager; the lead becomes urgent",
        "30 min: the patient gets an apology",
    ]
    assert [number for number, _ in levels.of(2)] == [1, 2, 3]
    assert levels.of(4) == ()
    assert (levels.level(0), levels.level(4)) == (None, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda raw: raw.update(priorities=[0]), "priorities"),
        (lambda raw: raw.update(priorities="all"), "priorities"),
        (lambda raw: raw.update(levels=None), "levels"),
        (lambda raw: raw["levels"].append("x"), "levels.3"),
        (lambda raw: raw["levels"][1].update(after_minutes=5), "levels.1.after_minutes"),
        (lambda raw: raw["levels"][0].update(after_minutes=0), "levels.0.after_minutes"),
        (lambda raw: raw["levels"][0].update(after_minutes="soon"), "levels.0.after_minutes"),
        (lambda raw: raw["levels"][0].update(tell=["boss"]), "levels.0.tell"),
        (lambda raw: raw["levels"][0].update(tell="manager"), "levels.0.tell"),
        (lambda raw: raw["levels"][0].update(does=["fire"]), "levels.0.does"),
        (lambda raw: raw["levels"][0].update(does=[""]), "levels.0.does"),
        (lambda raw: raw["levels"][2].update(does=[]), "levels.2"),
        (lambda raw: raw["levels"][0].update(unless_acknowledged="yes"), "levels.0.unless_acknowledged"),
        (lambda raw: raw["levels"][0].update(after_minutes=2.5), "levels.0.after_minutes"),
        (lambda raw: raw["levels"][2].update(after_minutes=24 * 60 + 1), "levels.2.after_minutes"),
        (lambda raw: raw["levels"][1].update(does=["apology"]), "levels.2.does"),
    ],
)
def test_what_can_not_be_is_named_by_its_field(change: Any, field: str) -> None:
    raw = copy.deepcopy(SHIPPED)
    change(raw)
    assert field in [found for found, _ in faults(raw)]
    with pytest.raises(ValueError, match=field.replace(".", r"\.")):
        parse_escalation(raw)


def changed(change: Any) -> dict[str, Any]:
    raw = copy.deepcopy(SHIPPED)
    change(raw)
    return raw


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (5, "Two levels come at 5 minutes."),
        (4, "Each level is later than the one before"),
        ("0", "1 minute at least"),
        ("7,5", "Give whole minutes"),
        ("", "Give whole minutes"),
        (True, "Give whole minutes"),
        ("99999", "within a day: 1440 minutes"),
        ("9" * 5000, "Give whole minutes"),
    ],
)
def test_minutes_are_refused_in_words(minutes: Any, words: str) -> None:
    found = dict(faults(changed(lambda raw: raw["levels"][1].update(after_minutes=minutes))))
    assert found["levels.1.after_minutes"].startswith(words) or words in found["levels.1.after_minutes"]


def test_a_second_apology_is_refused_where_it_stands() -> None:
    found = dict(faults(changed(lambda raw: raw["levels"][1].update(does=["urgent", "apology"]))))
    assert found == {"levels.2.does": "A patient gets one apology, and an earlier level sends it."}


def test_what_a_browser_sends_as_text_is_read_as_the_numbers_that_it_is() -> None:
    """It sends every number as it is written."""
    sent = changed(lambda raw: raw.update(priorities=["1", "2", "3"]))
    for level in sent["levels"]:
        level["after_minutes"] = str(level["after_minutes"])
    assert parse_escalation(sent) == parse_escalation(SHIPPED)
    assert shown(sent) == shown(SHIPPED)


def unwise(change: Any, goal: int = 5) -> dict[str, str]:
    return {one.place: one.words for one in concerns(parse_escalation(changed(change)), goal)}


def test_what_ships_is_wise() -> None:
    assert unwise(lambda _raw: None) == {}


def test_what_is_unwise_is_said_at_its_level_and_bars_nothing() -> None:
    def early(raw: Any) -> None:
        raw["levels"] = [{"after_minutes": 3, "does": ["apology"]}, {"after_minutes": 9, "does": ["backup"]}]

    found = unwise(early)
    assert "before the target of 5 minutes has passed" in found["levels.0"]
    assert "only after the patient was told" in found["levels.1"]
    alone = unwise(lambda raw: raw.update(levels=[{"after_minutes": 30, "does": ["apology"]}]))
    assert "before anybody but the owner had a chance" in alone["levels.0"]
    kept = unwise(lambda raw: raw["levels"][2].update(unless_acknowledged=True))
    assert "keeps the apology from the patient" in kept["levels.2"]
    assert set(unwise(lambda raw: raw.update(levels=[]))) == {"levels"}
    assert set(unwise(lambda raw: raw.update(priorities=[]))) == {"priorities"}


def test_a_month_is_counted_by_how_long_each_lead_waited() -> None:
    """Reached at once, after 7 minutes, after 20 with an acknowledgement at 2, never; and a cold one."""
    minute = 60.0
    past = [
        Waited(2, 0.0, None),
        Waited(2, 7 * minute, None),
        Waited(3, 20 * minute, 2 * minute),
        Waited(1, 900 * minute, 6 * minute),
        Waited(4, 900 * minute, None),
    ]
    fired = replay(parse_escalation(SHIPPED), past)
    assert [(one.minutes, one.leads) for one in fired] == [(5, 2), (15, 2), (30, 1)]


def test_a_draft_shows_what_of_it_can_be_read() -> None:
    """Two levels at one minute are compared with what is in use; one without minutes is left out."""
    raw = changed(lambda raw: raw["levels"][0].update(after_minutes=15))
    raw["levels"][2]["after_minutes"] = ""
    assert set(shown(raw)) == {"Priorities", "Level 1", "Level 2"}
    assert shown({"priorities": "all", "levels": None}) == {"Priorities": ""}
