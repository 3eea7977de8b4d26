"""Leaderboard and Speed as manager, front desk and marketing meet them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import streamlit as st

from console.parts import picks
from console.parts.figure_words import FIGURES, minutes
from tests.conftest import TestApp
from tests.pages.conftest import Visit, words
from tests.reads.made_up import add_patient
from tests.reads.test_leaderboard import MINUTE, lead_of

FIGURES_PAGE = Path(__file__).parents[2] / "docs" / "figures.md"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Reads are kept for 30 seconds: no test may meet another one's."""
    st.cache_data.clear()
    yield
    st.cache_data.clear()


def a_month(app: TestApp) -> None:
    """Jordan reached 21 in 2 minutes, Maya 20 in 7 and 4 never; Elena 2."""
    start = app.clock.now() - timedelta(days=3)
    with app.db.write() as session:
        patient = add_patient(session, start, first="Hannah", last="Whitlock")
        for who, many, after in (("jordan", 21, 2.0), ("frontdesk", 20, 7.0), ("manager", 2, 1.0)):
            for number in range(many):
                booked = start + 60 * MINUTE if number % 3 == 0 else None
                lead_of(session, patient, who, start, after, booked_at=booked, value_cents=100_000)
        for _ in range(4):
            lead_of(session, patient, "frontdesk", start, None)


def test_the_manager_sees_everybody_by_rank_and_why_targets_were_missed(
    visit: Visit, console: TestApp
) -> None:
    """Jordan stands before Maya, whose median is over the goal; Elena has too few; no patient's name anywhere."""
    a_month(console)
    shown = visit("manager", "leaderboard.py")
    assert not shown.exception
    page = words(shown)
    assert page.index("Jordan Blake") < page.index("Maya Torres") < page.index("Too few leads to rank")
    assert "7:00" in page
    assert ", over the goal" in page
    assert "Why 4 targets were missed" in page
    assert "4 never" in page
    assert "Whitlock" not in page


def test_wall_time_is_held_against_no_target(visit: Visit, console: TestApp) -> None:
    """Targets are of opening hours: by the clock on the wall nobody is over one."""
    a_month(console)
    page = words(visit("manager", "leaderboard.py", time="wall"))
    assert "7:00" in page
    assert ", over the goal" not in page
    assert "goal 5:00" not in page


def test_front_desk_meets_no_colleague_on_the_leaderboard(visit: Visit, console: TestApp) -> None:
    """Their own row, all together, and nothing to export."""
    a_month(console)
    visit("manager", "leaderboard.py")  # what a manager was shown a second ago is kept, and not for them
    shown = visit("frontdesk", "leaderboard.py")
    assert not shown.exception
    page = words(shown)
    assert "Maya Torres" in page
    assert "Jordan" not in page.replace("Jordan Blake, Front desk", "")
    assert "Everyone" in page
    assert not shown.get("download_button")


def test_marketing_reads_speed_and_is_told_who_sees_the_leaderboard(visit: Visit, console: TestApp) -> None:
    """Figures of all together are theirs; people's and leads are not. A manager opens the four never contacted."""
    a_month(console)
    shown = visit("marketing", "speed.py")
    assert not shown.exception
    page = words(shown)
    assert "When people heard from us" in page
    assert "4 of 47" in page
    assert "Maya" not in page
    assert "Show the 4" not in page
    assert "data-pick" not in page
    assert 'data-pick="never">Show the 4<' in words(visit("manager", "speed.py"))
    assert "is not open to your role" in words(visit("marketing", "leaderboard.py"))


@pytest.mark.parametrize(
    ("page", "figure", "title", "many"),
    [
        ("speed.py", "never", "Never contacted by a person", "4 leads"),
        ("speed.py", "band:2", "A person tried: 5 to 15", "20 leads"),
        ("speed.py", "band:99", "", ""),
        ("leaderboard.py", "cause:unacknowledged", "Not opened in time", "4 leads"),
        ("leaderboard.py", "person:nobody", "", ""),
    ],
)
def test_what_is_pressed_lists_its_leads(
    visit: Visit, console: TestApp, page: str, figure: str, title: str, many: str
) -> None:
    """A figure that is not on the page opens nothing."""
    a_month(console)
    shown = visit("manager", page)
    assert "Hannah Whitlock" not in words(shown)
    shown.session_state[picks.ASKED] = figure
    shown.run()
    assert not shown.exception
    assert ("Hannah Whitlock" in words(shown)) == bool(title)
    if title:
        [opened] = [one.proto.dialog.title for one in shown.get("dialog")]
        assert opened.startswith(title)
        assert many in " ".join(one.value for one in shown.caption)


@pytest.mark.parametrize("page", ["leaderboard.py", "speed.py"])
def test_a_first_day_says_what_will_be_here(visit: Visit, page: str) -> None:
    """No zero that looks like a result."""
    shown = visit("manager", page)
    assert not shown.exception
    assert "No form in this period" in words(shown)


def test_the_sentences_of_the_pages_are_those_of_the_documentation() -> None:
    """A figure is defined once: the page and the paper cannot drift apart."""
    paper = FIGURES_PAGE.read_text(encoding="utf-8")
    assert [name for name, meaning in FIGURES.items() if f"| {name} | {meaning} |" not in paper] == []


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(5, "0:05"), (156, "2:36"), (899.6, "15 min"), (2280, "38 min"), (11_520, "3.2 hours")],
)
def test_times_are_said_as_one_says_them(seconds: float, said: str) -> None:
    assert minutes(seconds) == said
