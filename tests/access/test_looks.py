"""Whatever way staff see a patient, the trail knows who saw whom (finding 2)."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import update

from console import process
from console.calendar import actions as calendar
from console.calendar import asking
from console.lead_queue import actions
from console.live import Hub, millis
from console.parts import message as messages
from console.topics import TOPICS
from core.audit.tables import audit_events
from core.booking.store import Visit as Booked
from core.domain.errors import InvalidInput
from core.domain.roles import Role
from core.leads.tables import leads
from tests.access import trying
from tests.access.test_trying import Told
from tests.awaiting import result_of
from tests.conftest import TestApp
from tests.flows.booking.booking import DAY, a_lead, add_provider, booked, wish
from tests.flows.staffing import new_lead, rows
from tests.pages.conftest import Visit
from tests.pages.test_pictures import browser, send_picture
from tests.pages.test_results_pages import add_leads


def depths(app: TestApp) -> list[str]:
    """What the trail says of looks, after what waits was written."""
    process.looks().flush(now=app.clock.now())
    return [row.detail["depth"] for row in rows(app, audit_events) if row.action == "looked"]


@pytest.mark.parametrize("username", ["provider", "frontdesk", "admin"])
def test_a_chart_that_is_opened_is_a_line(visit: Visit, console: TestApp, username: str) -> None:
    """Finding 2: seventy-five charts were opened and the trail knew of none."""
    lead_id = new_lead(console)
    visit(username, "lead.py", lead=lead_id)
    assert depths(console) == ["opened"]


def test_what_a_search_shows_is_a_line(console: TestApp) -> None:
    """Finding 2: names and numbers of whoever was found."""
    new_lead(console)
    st.session_state["session_id"] = trying.session_of(console, Role.PROVIDER).session_id
    found = actions.search({"text": "reyes"})
    st.session_state.clear()
    assert len(found.value["rows"]) == 1
    assert depths(console) == ["found"]


@pytest.mark.parametrize("topic", ["lead", "peek"])
def test_to_follow_a_patient_is_a_line(console: TestApp, topic: str) -> None:
    """Finding 2: rows came over the live socket, and references can be walked."""
    lead_id, who = new_lead(console), trying.session_of(console, Role.PROVIDER)

    async def follow() -> None:
        Hub(console, TOPICS, process.looks()).follow(Told(who), f"{topic}:{lead_id}")

    result_of(follow())
    assert depths(console) == ["opened"]


def test_a_picture_is_a_line(console: TestApp) -> None:
    """Finding 2."""
    media_id = send_picture(console)
    assert browser(console, "frontdesk").get(f"/pictures/{media_id}").status_code == 200
    assert depths(console) == ["picture"]


def test_the_people_behind_a_figure_are_lines(visit: Visit, console: TestApp) -> None:
    """The funnel's drawer shows names of those whom nobody tried to reach, and is no way around the trail."""
    add_leads(console, 25, 0)
    with console.db.write() as session:
        session.execute(update(leads).values(contacted_at=None, attempted_at=None))
    page = visit("manager", "funnel.py")
    assert depths(console) == []
    next(button for button in page.button if button.label.startswith("Show the ")).click().run()
    assert depths(console) == ["found"]


@pytest.fixture
def provider(console: TestApp) -> Iterator[None]:
    """A provider has the page open."""
    st.session_state["session_id"] = trying.session_of(console, Role.PROVIDER).session_id
    yield
    st.session_state.clear()


def two_visits(app: TestApp) -> list[Booked]:
    """One in an hour, one at the same time tomorrow."""
    add_provider(app, "tess2", "Tess Grey", ["skin"])
    at = app.clock.now() + timedelta(hours=1)
    return [booked(app, a_lead(app, number), wish(app), at + number * DAY) for number in (0, 1)]


def follow_days(app: TestApp, *days: str) -> list[dict[str, Any]]:
    """What two pages of one provider hear, the second of what the first had read."""
    who = trying.session_of(app, Role.PROVIDER)
    pages = [Told(who), Told(who)]

    async def story() -> None:
        hub = Hub(app, TOPICS, process.looks())
        running = asyncio.create_task(hub.run())
        async with asyncio.timeout(10):
            for page in pages:
                for day in days:
                    hub.follow(page, f"visits:downtown.{day}")
                while len(page.heard) < len(days):
                    await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    result_of(story())
    return pages[0].heard


def seen(app: TestApp) -> list[tuple[str, str]]:
    """(lead, depth) of each look in the trail, after what waits was written."""
    process.looks().flush(now=app.clock.now())
    return [(row.subject, row.detail["depth"]) for row in rows(app, audit_events) if row.action == "looked"]


def test_today_s_calendar_is_the_day_s_work(console: TestApp) -> None:
    """It is pushed to each desk all day long, as the queue is."""
    two_visits(console)
    [heard] = follow_days(console, "2026-11-23.1")
    assert [row["name"] for row in heard["rows"] if row["kind"] == "visit"] == ["Omar Reyes"]
    assert seen(console) == []


@pytest.mark.parametrize(("days", "whose"), [("2026-11-24.1", [1]), ("2026-11-23.7", [0, 1])])
def test_another_day_or_a_week_of_the_calendar_is_a_line_for_each_patient(
    console: TestApp, days: str, whose: list[int]
) -> None:
    """Any week could be walked through, and the trail knew of nobody. It is once, on however many pages."""
    made = two_visits(console)
    follow_days(console, days)
    assert sorted(seen(console)) == sorted((made[one].lead_id, "found") for one in whose)
    follow_days(console, days)
    assert len(seen(console)) == len(whose)


def test_weeks_of_the_calendar_count_for_the_alarm(console: TestApp) -> None:
    console.settings.__dict__["audit_many"] = 2
    two_visits(console)
    follow_days(console, "2026-11-23.7")
    seen(console)
    alarms = [row.detail for row in rows(console, audit_events) if row.action == "looked_at_many"]
    assert alarms == [{"patients": 2}]


def test_a_visit_that_is_opened_on_the_calendar_is_a_line(console: TestApp, provider: None) -> None:
    [made, _] = two_visits(console)
    assert calendar.ACTIONS["opened"](messages.read({"visit": made.id})).ok
    assert seen(console) == [(made.lead_id, "opened")]


def test_the_text_of_a_move_that_nobody_makes_is_a_line(console: TestApp, provider: None) -> None:
    """It is the patient's very text, with their name."""
    [made, _] = two_visits(console)
    assert made.starts_at
    to = {"at": millis(made.starts_at + timedelta(hours=2)), "was": millis(made.starts_at)}
    found = asking.look(messages.read({"visit": made.id, "provider": made.provider_id, **to}))
    assert "Omar" in found.value["text"]
    assert seen(console) == [(made.lead_id, "opened")]


@pytest.mark.parametrize("day", ["0001-01-01", "2025-10-18", "2027-12-29", "9999-12-31"])
def test_the_calendar_ends_four_hundred_days_from_today(console: TestApp, provider: None, day: str) -> None:
    """Further away there are no rows and no free times, and nothing breaks."""
    heard = follow_days(console, f"{day}.1", f"{day}.7")
    assert [(one["kind"], one["rows"]) for one in heard] == [("all", []), ("all", [])]
    asked = {"service": "hydrafacial", "location": "downtown", "day": day}
    with pytest.raises(InvalidInput, match="within 400 days"):
        calendar.free(messages.read(asked))


@pytest.mark.parametrize("day", ["2025-10-19", "2027-12-28"])
def test_the_calendar_goes_as_far_as_that(console: TestApp, day: str) -> None:
    [heard] = follow_days(console, f"{day}.1")
    assert heard["rows"]
