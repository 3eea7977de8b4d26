"""The words of clocks, computed in the browser: what staff read is what design/UI.md section 4 says."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MONDAY_2_14_PM = 1795461240000  # 23 November 2026, 14:14 in New York


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (3 * MINUTE + 12_000, "Due in 3:12"),
        (59_000, "Due in 0:59"),
        (14 * MINUTE + 59_000, "Due in 14:59"),
        (38 * MINUTE, "Due in 38 min"),
        (2 * HOUR + 16 * MINUTE, "Due 4:30 PM"),
        (DAY - 4 * HOUR - 14 * MINUTE, "Due Tue 10:00 AM"),
        (0, "Overdue 1 min"),
        (-6 * MINUTE, "Overdue 6 min"),
        (-2 * HOUR - 10 * MINUTE, "Overdue 2 h 10"),
        (-2 * HOUR - 5 * MINUTE, "Overdue 2 h 05"),
        (-30 * HOUR, "Overdue 1 day"),
        (-3 * DAY, "Overdue 3 days"),
    ],
)
def test_a_clock_says_how_long_in_the_words_agreed(module: Any, left: int, words: str) -> None:
    """Minutes and seconds when it is close, the time of day when it is far."""
    assert module("parts/clock.js", "dueWords", MONDAY_2_14_PM + left, MONDAY_2_14_PM) == words


@pytest.mark.parametrize(
    ("left", "state"),
    [
        (10 * MINUTE, "within"),
        (5 * MINUTE + 1, "within"),
        (5 * MINUTE, "approaching"),
        (1, "approaching"),
        (0, "breached"),
        (-HOUR, "breached"),
    ],
)
def test_a_clock_approaches_from_half_its_target(module: Any, left: int, state: str) -> None:
    """Amber begins where half of the time is gone, whatever the target."""
    clock = {"due": MONDAY_2_14_PM + left, "target": 10 * MINUTE, "state": "running"}
    assert module("parts/clock.js", "stateOf", clock, MONDAY_2_14_PM) == state


def test_a_clock_that_stands_still_is_paused_even_when_late(module: Any) -> None:
    """A snoozed lead is nobody's failure."""
    clock = {"due": MONDAY_2_14_PM - HOUR, "target": 10 * MINUTE, "state": "paused"}
    assert module("parts/clock.js", "stateOf", clock, MONDAY_2_14_PM) == "paused"


def lead(lead_id: str, due: int | None, **more: object) -> dict[str, object]:
    clock = None if due is None else {"due": MONDAY_2_14_PM + due, "target": HOUR, "state": "running"}
    usual = {
        "id": lead_id, "clock": clock, "last": {"at": MONDAY_2_14_PM}, "owner": "me", "form": "f", "source": "s",
        "urgent": False, "unread": 0, "snoozed": None, "ended": None, "viewed": False, "contacted": False,
    }  # fmt: skip
    return usual | more


def test_leads_stand_in_groups_by_what_is_due(module: Any) -> None:
    """Urgent until somebody has reached the patient, overdue, the next five minutes, later, paused."""
    leads = [
        lead("later", 30 * MINUTE),
        lead("waiting", None),
        lead("soon", 4 * MINUTE),
        lead("late", -MINUTE),
        lead("later still", HOUR),
        lead("urgent", -1, urgent=True, urgentSince=MONDAY_2_14_PM),
        lead("asleep", -HOUR, snoozed=MONDAY_2_14_PM + HOUR),
        lead("urgent form", 2 * HOUR, urgent=True, acknowledged=True),
        lead("seen to", -HOUR, urgent=True, acknowledged=True, urgentSince=MONDAY_2_14_PM, form="other"),
    ]
    groups = module(
        "lead_queue/queue_model.js",
        "arrange",
        leads,
        {"segment": "all", "form": "", "source": ""},
        "me",
        MONDAY_2_14_PM,
    )
    assert groups == {
        "urgent": ["urgent", "seen to"],
        "fresh": [],
        "overdue": ["late"],
        "soon": ["soon"],
        "later": ["urgent form", "later", "later still"],
        "paused": ["asleep", "waiting"],
        "ended": [],
    }


def test_a_new_form_that_would_be_far_down_stands_above(module: Any) -> None:
    """Finding 6: however much is overdue or folded away, the newest forms are in sight, the newest first."""
    junk = [lead(f"junk {n}", -HOUR + n, created=n, viewed=True) for n in range(70)]
    new = [lead("older", HOUR, created=100), lead("newest", HOUR, created=101)]
    filters = module("lead_queue/queue_model.js", "readFilter", "")
    groups = module("lead_queue/queue_model.js", "arrange", [*junk, *new], filters, "me", MONDAY_2_14_PM)
    assert (groups["fresh"], groups["later"]) == (["newest", "older"], [])
    few = module("lead_queue/queue_model.js", "arrange", [*junk[:5], *new], filters, "me", MONDAY_2_14_PM)
    assert (few["fresh"], sorted(few["later"])) == ([], ["newest", "older"])


def test_what_the_database_counted_is_shown_as_it_is(module: Any) -> None:
    """Finding 6: with more leads than are pushed the figures come from the database, under the same filters."""
    sums = {"all": 900, "due": 500, "overdue": 400, "unread": 3, "new": 800, "review": 20}
    counted = [
        {"owner": "me", "form": "f", "source": "s", **sums},
        {"owner": None, "form": "g", "source": "s", **sums, "all": 100},
    ]
    filters = module("lead_queue/queue_model.js", "readFilter", "?form=f")
    found = module("lead_queue/queue_model.js", "counts", [], filters, "me", MONDAY_2_14_PM, counted)
    assert found == {**sums, "mine": 900, "unassigned": 0}
    everything = module("lead_queue/queue_model.js", "counts", [], {}, "me", MONDAY_2_14_PM, counted)
    assert (everything["all"], everything["unassigned"]) == (1000, 100)


def test_one_can_see_only_ones_own_of_a_segment(module: Any) -> None:
    """'2 mine' of the sidebar leads to them; a patient in danger stands there all the same."""
    leads = [
        lead("mine", -MINUTE),
        lead("hers", -MINUTE, owner="ann"),
        lead("danger", HOUR, owner="ann", urgent=True, urgentSince=MONDAY_2_14_PM),
    ]
    filters = module("lead_queue/queue_model.js", "readFilter", "?show=overdue&owner=me")
    groups = module("lead_queue/queue_model.js", "arrange", leads, filters, "me", MONDAY_2_14_PM)
    assert (groups["urgent"], groups["overdue"]) == (["danger"], ["mine"])


def test_the_wall_shows_first_what_can_still_be_kept(module: Any) -> None:
    """Danger before all; then what is due soonest, what is overdue, and what is paused."""
    clocks = [
        {"id": name, "due": MONDAY_2_14_PM + due, "target": HOUR, "state": state, "urgent": urgent}
        for name, due, state, urgent in (
            ("long over", -3 * DAY, "running", False),
            ("over", -MINUTE, "running", False),
            ("asleep", -HOUR, "paused", False),
            ("later", HOUR, "running", False),
            ("soon", MINUTE, "running", False),
            ("danger", 4 * MINUTE, "running", True),
        )
    ]
    found = module("sla_monitor/sla_parts.js", "savableFirst", clocks, MONDAY_2_14_PM)
    assert [row["id"] for row in found] == ["danger", "soon", "later", "long over", "over", "asleep"]


def test_the_counts_of_the_segments_follow_the_other_filters(module: Any) -> None:
    """With a form chosen, 'Mine' says how many of mine came by that form."""
    leads = [
        lead("a", -MINUTE),
        lead("b", MINUTE, owner=None, review=True),
        lead("c", HOUR, viewed=True, unread=2),
        lead("d", -MINUTE, form="other"),
    ]
    filters = {"segment": "all", "form": "f", "source": ""}
    found = module("lead_queue/queue_model.js", "counts", leads, filters, "me", MONDAY_2_14_PM)
    assert found == {
        "due": 2, "overdue": 1, "mine": 2, "unassigned": 1, "unread": 1, "new": 2, "review": 1, "all": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (MINUTE + 5_000, "due in 1 minute"),
        (3 * MINUTE + 12_000, "due in 3 minutes"),
        (20_000, "due in less than a minute"),
        (38 * MINUTE, "due in 38 minutes"),
        (-MINUTE, "overdue 1 minute"),
        (-2 * HOUR - 10 * MINUTE, "overdue 2 hours 10 minutes"),
        (-HOUR - MINUTE, "overdue 1 hour 1 minute"),
        (2 * HOUR + 16 * MINUTE, "due 4:30 PM"),
    ],
)
def test_a_clock_is_read_aloud_as_one_says_it(module: Any, left: int, words: str) -> None:
    """One minute is no 'minutes', and seconds are not read out."""
    assert module("parts/clock.js", "spokenDue", MONDAY_2_14_PM + left, MONDAY_2_14_PM) == words


def test_an_old_link_to_breached_leads_shows_the_overdue(module: Any) -> None:
    """The segment has one name now; links that people kept still lead there."""
    assert module("lead_queue/queue_model.js", "readFilter", "?show=breached&form=f") == {
        "segment": "overdue",
        "owner": "",
        "form": "f",
        "source": "",
    }
