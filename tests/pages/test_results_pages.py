"""Funnel and Sources as marketing meets them: figures, few people, nothing at all, and no patient's name."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import streamlit as st

from tests.conftest import TestApp
from tests.pages.conftest import Visit, words
from tests.reads.made_up import add_lead, add_patient

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Reads are kept for 30 seconds for everybody: no test may meet another one's."""
    st.cache_data.clear()
    yield
    st.cache_data.clear()


def add_leads(app: TestApp, many: int, booked: int, **values: object) -> None:
    """`many` leads of one source, all contacted, the first `booked` of them booked for $1,000."""
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now, many, first="Hannah", last="Whitlock")
        for number in range(many):
            stage = {"booked_at": now - HOUR, "value_cents": 100_000} if number < booked else {}
            add_lead(session, patient, now - 2 * HOUR, contacted_at=now - HOUR, **stage, **values)


@pytest.mark.parametrize("page", ["funnel.py", "sources.py"])
@pytest.mark.parametrize("username", ["frontdesk", "provider"])
def test_those_who_may_not_see_results_are_told_who_may(visit: Visit, page: str, username: str) -> None:
    """Refused with the roles that may, and without a figure."""
    shown = visit(username, page)
    assert "is not open to your role" in words(shown)
    assert "Marketing" in words(shown)
    assert "luxe-figures" not in words(shown)


@pytest.mark.parametrize("page", ["funnel.py", "sources.py"])
def test_a_first_day_says_what_will_be_here(visit: Visit, page: str) -> None:
    """No zero that looks like a result."""
    shown = visit("marketing", page)
    assert not shown.exception
    assert "No form in this period" in words(shown)


@pytest.mark.parametrize("page", ["funnel.py", "sources.py"])
def test_the_first_form_is_seen_at_the_next_look(visit: Visit, console: TestApp, page: str) -> None:
    """Figures are kept for half a minute; that there is none is not."""
    shown = visit("marketing", page)
    add_leads(console, 25, 10)
    assert "No form in this period" not in words(shown.run())


def test_the_funnel_shows_stages_goals_and_how_many_were_spoken_to(visit: Visit, console: TestApp) -> None:
    """25 forms, a person spoke with all, 10 booked: qualified is 10 of 25, under its goal of 50."""
    add_leads(console, 25, 10)
    shown = visit("marketing", "funnel.py")
    assert not shown.exception
    page = words(shown)
    assert 'class="luxe-insight"' not in page
    assert "Staff spoke with 25 of the 25 whom they called or wrote to." in page
    assert "40%" in page
    assert "under goal" in page
    assert "Hannah" not in page
    assert "Whitlock" not in page


def add_one_untried(app: TestApp) -> None:
    now = app.clock.now()
    with app.db.write() as session:
        patient = add_patient(session, now, first="Hannah", last="Whitlock")
        add_lead(session, patient, now - 2 * HOUR)
        add_lead(session, patient, now - 2 * HOUR, contacted_at=now - HOUR)


def test_the_insight_leads_to_the_people_behind_it(visit: Visit, console: TestApp) -> None:
    """Whoever may see leads opens the list, each name leads to its lead; those who were called are not in it."""
    add_one_untried(console)
    shown = visit("manager", "funnel.py")
    next(button for button in shown.button if button.label == "Show the 1").click().run()
    assert not shown.exception
    assert words(shown).count("lead?lead=A-") == 1
    assert "Hannah Whitlock" in words(shown)


def test_marketing_reads_the_insight_without_names(visit: Visit, console: TestApp) -> None:
    """Counts are theirs, patients are not: there is no button, and the core refuses the list."""
    add_one_untried(console)
    shown = visit("marketing", "funnel.py")
    assert "1 of 2 people was not called or written to yet." in words(shown)
    assert not [button for button in shown.button if button.label.startswith("Show the")]
    assert "Whitlock" not in words(shown)


def test_few_people_get_counts_and_no_verdict(visit: Visit, console: TestApp) -> None:
    """5 of 5 is not 100 per cent, and 0 of 5 is no miss."""
    add_leads(console, 5, 0)
    page = words(visit("manager", "funnel.py"))
    assert "5 of 5" in page
    assert "under goal" not in page


def test_filters_in_the_address_hold_and_nonsense_is_ignored(visit: Visit, console: TestApp) -> None:
    """A link that a colleague sent opens the same figures."""
    add_leads(console, 3, 0, source="instagram")
    add_leads(console, 2, 0, source="google")
    narrowed = visit("admin", "funnel.py", source="instagram", period="7", location="nowhere")
    assert [box.value for box in narrowed.selectbox] == ["", "instagram", ""]
    assert "3 of 3" in words(narrowed)


def test_choosing_a_filter_brings_the_address_up_to_date(visit: Visit, console: TestApp) -> None:
    """What one sees can be copied from the address bar, and taken back."""
    add_leads(console, 3, 0, source="instagram")
    shown = visit("marketing", "funnel.py")
    shown.selectbox(key="filter.source").set_value("instagram").run()
    assert shown.query_params["source"] == "instagram"
    shown.selectbox(key="filter.source").set_value("").run()
    assert "source" not in shown.query_params


def test_sources_name_the_best_only_where_it_is_clear(visit: Visit, console: TestApp) -> None:
    """Referral books 30 of 40, the website 10 of 100: clear. Email has 5 forms: no rate, no rank."""
    add_leads(console, 40, 30, source="referral")
    add_leads(console, 100, 10, source="website")
    add_leads(console, 5, 5, source="email")
    shown = visit("marketing", "sources.py")
    assert not shown.exception
    page = words(shown)
    assert "Referral books most often: 75% of its forms, the rest 14%" in page
    assert "Not enough data yet: Email." in page
    assert '<th scope="row">Referral</th><td>40</td>' in page
    assert "$30,000" in page
    assert "5 of 5" in page
    total = page[page.index("<tfoot>") : page.index("</tfoot>")]
    assert [figure in total for figure in (">145<", ">45<", "31%", "$45,000")] == [True] * 4
    assert page.count("no spend entered") == 1


def test_sources_are_ordered_as_the_address_says(visit: Visit, console: TestApp) -> None:
    """By value the smaller but dearer one stands first."""
    add_leads(console, 30, 20, source="referral")
    add_leads(console, 40, 1, source="website")
    usual, by_value = visit("admin", "sources.py"), visit("admin", "sources.py", order="value")
    assert words(usual).index(">Website<") < words(usual).index(">Referral<")
    assert words(by_value).index(">Referral<") < words(by_value).index(">Website<")
