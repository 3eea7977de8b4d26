"""Experiments as marketing meets them: what is said first, who may do what, and a new one from form to start."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.flows.experiments import deciding, judging
from tests.conftest import TestApp
from tests.flows.experiments.trying_out import drafted, look, moment, people, started, wording
from tests.flows.staffing import do, who
from tests.pages.conftest import Visit, words

DAY = timedelta(days=1)
PAGE = "experiments.py"


def press(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click().run()
    assert not test.exception
    return test


def test_a_first_day_says_what_an_experiment_is_for(visit: Visit) -> None:
    shown = visit("marketing", PAGE)
    assert not shown.exception
    assert "Nothing was tried out yet" in words(shown)


@pytest.mark.parametrize("username", ["frontdesk", "provider"])
def test_who_may_not_see_results_is_told_who_may(visit: Visit, console: TestApp, username: str) -> None:
    started(console, wording(console))
    shown = words(visit(username, PAGE))
    assert "is not open to your role" in shown
    assert "Not enough data yet" not in shown


def test_what_is_under_way_says_first_that_it_is_not_enough(visit: Visit, console: TestApp) -> None:
    """How many of how many and until when; both texts, the split, what was fixed; nobody is called a winner."""
    tried = started(console, wording(console))
    people(console, tried, "A", 41)
    people(console, tried, "B", 38, first=41, booked_at=console.clock.now() + DAY)
    console.clock.advance(20 * DAY)
    shown = visit("marketing", PAGE)
    assert not shown.exception
    page = words(shown)
    assert "79 of the" in page
    assert "Running, day 21" in page
    assert page.index("Not enough data yet") < page.index("Booked within 14 days, so far")
    assert page.count("<blockquote>") == 2
    assert "41 to 38" in page
    assert "Started Nov 23 by Sam Okafor" in page
    assert "better" not in page


def test_one_that_stopped_itself_says_why_and_is_not_read(visit: Visit, console: TestApp) -> None:
    tried = started(console, wording(console))
    people(console, tried, "A", 70)
    people(console, tried, "B", 20, first=70)
    judging.judge(console, now=console.clock.now())
    page = words(visit("admin", PAGE))
    assert "not read, split was 70 to 20" in page
    assert "by itself" in page


def test_stopping_says_what_follows_and_its_reason_stays(visit: Visit, console: TestApp) -> None:
    tried = started(console, wording(console))
    shown = press(visit("manager", PAGE), "Stop")
    assert "Everybody gets what they got before, at once." in words(shown)
    do(console, judging.stop, who(console, "manager"), tried, "A wrong price")
    page = words(visit("manager", PAGE))
    assert "Stopped by hand" in page
    assert "A wrong price" in page
    assert "Elena Ruiz" in page


def test_what_has_ended_is_decided_by_a_person(visit: Visit, console: TestApp) -> None:
    """Better stands there first; using it publishes it, and who decided stands in the list."""
    tried, soon = started(console, wording(console)), console.clock.now() + DAY
    for first, key, booked in ((0, "A", 40), (160, "B", 72)):
        people(console, tried, key, booked, first=first, booked_at=soon)
        people(console, tried, key, 160 - booked, first=first + booked)
    console.clock.advance(15 * DAY)
    judging.judge(console, now=console.clock.now())
    shown = visit("manager", PAGE)
    assert "B is better than A." in words(shown)
    assert "is published as a version, for everybody" in words(press(shown, "Use B for everybody"))
    do(console, deciding.decide, who(console, "manager"), tried, "B", "Twenty points more")
    page = words(visit("manager", PAGE))
    assert "B is used for everybody. Twenty points more" in page
    assert "Elena Ruiz" in page
    assert "+20 points" in page


def test_a_new_one_says_what_it_takes_and_what_is_missing(visit: Visit, console: TestApp) -> None:
    """The calculator answers as one types; problems stand below their fields; a draft is kept, to be started."""
    shown = press(visit("marketing", PAGE), "New experiment")
    shown.number_input(key="exp.new.template.lead_confirmation.booked.baseline").set_value(34.0)
    shown.number_input(key="exp.new.template.lead_confirmation.booked.people").set_value(142).run()
    page = words(shown)
    assert "To see 34% become 44%: 373 a side. With 142 people a month you need about 5 months." in page
    press(shown, "Keep as a draft")
    page = words(shown)
    assert "Give it a title" in page
    assert "Choose the template of each variant." in page
    shown.text_input(key="exp.new.title").set_value("Shorter confirmation")
    shown.text_input(key="exp.new.words.A").set_value("as today")
    shown.text_input(key="exp.new.words.B").set_value("the same")
    shown.selectbox(key="exp.new.template.B.lead_confirmation").set_value("lead_confirmation").run()
    press(shown, "Keep as a draft")
    assert "Shorter confirmation" in words(shown)
    assert "nothing of it can be changed" in words(press(shown, "Start"))


def test_a_draft_is_changed_where_it_was_left(visit: Visit, console: TestApp) -> None:
    kept = drafted(console, moment(console, title="Second call sooner"))
    shown = press(visit("marketing", PAGE), "Change")
    assert shown.text_input(key=f"exp.{kept}.title").value == "Second call sooner"
    shown.text_input(key=f"exp.{kept}.title").set_value("Second call at once").run()
    press(shown, "Keep as a draft")
    assert look(console, kept).fixed.title == "Second call at once"
    press(shown, "Discard")
    assert "Nothing was tried out yet" in words(shown)
