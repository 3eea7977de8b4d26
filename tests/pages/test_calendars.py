"""My account, calendars: a provider connects their own, a manager anybody's."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.booking import store_feeds
from core.reads.parts import provider_calendars
from tests.conftest import TestApp
from tests.flows.booking.booking import add_provider
from tests.flows.staffing import who
from tests.pages.conftest import Visit

FIELD = "Secret address of the calendar, in iCal format"
ADDRESS = "https://calendar.example.com/secret/basic.ics"


@pytest.fixture
def tess(console: TestApp) -> str:
    with console.db.read() as session:
        hashed = session.connection().exec_driver_sql("SELECT password_hash FROM staff LIMIT 1").scalar_one()
    return add_provider(console, "tess", "Tess Holloway", ["skin"], password_hash=hashed)


def words(page: AppTest) -> str:
    return " ".join(
        str(one.body if hasattr(one, "body") else one.value) for one in [*page.get("html"), *page.error]
    )


def connect(page: AppTest, address: str) -> None:
    next(one for one in page.text_input if one.label == FIELD).set_value(address)
    next(one for one in page.button if one.label.startswith("Connect")).click()
    page.run()


def test_a_provider_connects_their_calendar_and_sees_how_it_stands(
    console: TestApp, visit: Visit, tess: str
) -> None:
    page = visit("tess", "my_account.py")
    connect(page, ADDRESS)
    assert not page.exception
    with console.db.read() as session:
        [mine] = provider_calendars.of(session, who(console, "tess"))
    assert (mine.host, mine.seen_at) == ("calendar.example.com", None)
    assert ADDRESS not in words(page)


def test_what_is_no_address_is_said_in_words_and_changes_nothing(
    console: TestApp, visit: Visit, tess: str
) -> None:
    page = visit("tess", "my_account.py")
    connect(page, "https://10.0.0.1/x.ics")
    assert "does not lie on the internet" in words(page)
    with console.db.read() as session:
        assert store_feeds.of_staff(session, tess) is None


def test_one_that_is_not_there_for_a_day_is_warned_of(console: TestApp, visit: Visit, tess: str) -> None:
    now = console.clock.now()
    with console.db.write() as session:
        store_feeds.put(session, tess, ADDRESS, tess, now)
        feed = store_feeds.of_staff(session, tess)
        assert feed
        store_feeds.unchanged(session, feed.id, now - timedelta(days=3))
        store_feeds.failed(session, feed.id, "refused 404", now - timedelta(days=2))
    said = words(visit("tess", "my_account.py"))
    assert "refused (404)" in said
    assert "more than a day old" in said


def test_a_manager_chooses_whose_and_the_front_desk_sees_none(
    console: TestApp, visit: Visit, tess: str
) -> None:
    manager = visit("manager", "my_account.py")
    assert any(one.label == FIELD for one in manager.text_input)
    assert not any(one.label == FIELD for one in visit("frontdesk", "my_account.py").text_input)
