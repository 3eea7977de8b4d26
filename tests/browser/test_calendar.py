"""The calendar in a browser: a drop moves nothing, keys do what hands do, two see one another, a phone lists."""

from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from core.audit.tables import audit_events
from core.booking import store as visits
from core.booking.tables import reservations
from core.booking.waitlist_rules import Wanted
from core.domain.roles import PATIENT
from core.flows.booking import arriving, at_the_desk, waiting
from core.flows.booking.at_the_desk import Start
from core.flows.leads import visits as lead_visits
from core.free_times import Wish
from tests.browser.axe import serious
from tests.browser.conftest import Console, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_queue")]
HOUR_PX = 80


@pytest.fixture
def visit_id(console: Console) -> str:
    """Ada's Botox at 3 PM with Nina."""
    lead_id = console.add_lead(first_name="Ada", last_name="Quill")
    at = datetime.fromisoformat("2026-11-23T15:00:00-05:00")
    wish = Wish(
        console.app.reference.bookable.services["botox"], "downtown", console.actor("provider").staff_id
    )
    with console.app.db.write() as session:
        session.execute(delete(reservations))  # what tests before kept is nobody's: their patients are gone
        now, desk = console.app.clock.now(), console.actor("frontdesk")
        return at_the_desk.book(session, console.app.reference, desk, lead_id, Start(wish, at), now=now).id


def stands_at(console: Console, visit_id: str) -> str:
    """The wall's hour and minute of a visit."""
    with console.app.db.read() as session:
        found = visits.get(session, visit_id).starts_at
    assert found
    return found.astimezone(console.app.reference.clinic.zone).strftime("%H:%M")


def test_a_drop_moves_nothing_and_a_colleague_sees_the_move_once_it_is_made(
    page: Page, colleague: Page, console: Console, visit_id: str
) -> None:
    """The panel says what was checked and what the patient would get; then one presses, and both pages show it."""
    other = sign_in(colleague, console, "manager", "/calendar")
    sign_in(page, console, path="/calendar")
    ada = page.locator(f'.card[data-id="{visit_id}"]')
    ada.hover()  # tries again where it is drawn anew meanwhile
    box = ada.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 60, steps=4)
    page.mouse.move(box["x"] + 30, box["y"] + 12 + HOUR_PX, steps=4)
    page.mouse.up()
    panel = page.locator(".cal-card-panel.moving")
    expect(panel.get_by_label("To what time")).to_have_value("4:00 PM")
    expect(panel.locator('[data-check="provider"]')).to_have_attribute("data-state", "ok")
    expect(panel.locator(".bubble")).to_contain_text("from Mon Nov 23, 3:00 PM to 4:00 PM. Reply 1")
    expect(ada).to_contain_text("still theirs")
    assert stands_at(console, visit_id) == "15:00"
    panel.get_by_role("button", name="Move, no text").click()
    expect(other.locator(f'.card[data-id="{visit_id}"]')).to_have_attribute(
        "aria-label", "Ada Quill, Botox, 4:00 PM to 4:30 PM"
    )
    assert stands_at(console, visit_id) == "16:00"
    page.get_by_role("button", name="Undo").click()
    expect(other.locator(f'.card[data-id="{visit_id}"]')).to_have_attribute(
        "aria-label", "Ada Quill, Botox, 3:00 PM to 3:30 PM"
    )


def test_keys_move_ask_and_mark(page: Page, console: Console, visit_id: str) -> None:
    """Without a mouse: choose, move, ask; both times are kept. Then the visit is put back and marked as arrived."""
    sign_in(page, console, path="/calendar")
    ada = page.locator(f'.card[data-id="{visit_id}"]')
    expect(ada).to_be_visible()
    page.keyboard.press("j")
    expect(ada).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("m")
    panel = page.locator(".cal-card-panel.moving")
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    expect(panel.get_by_label("To what time")).to_have_value("4:00 PM")
    expect(panel.get_by_role("button", name="Ask Ada")).to_be_enabled()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".box.asked")).to_contain_text("Ada Quill")
    expect(ada).to_have_attribute("data-state", "asked")
    assert stands_at(console, visit_id) == "15:00"
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".box.asked")).to_have_count(0)
    page.keyboard.press("Escape")
    ada.click()
    page.keyboard.press("h")
    expect(ada).to_have_attribute("data-state", "arrived")


def test_a_phone_shows_the_day_as_a_list_and_a_tap_opens_what_can_be_done(
    page: Page, console: Console, visit_id: str
) -> None:
    """Nothing is dragged with a thumb."""
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, console, path="/calendar")
    line = page.locator(f'.cal-line[data-id="{visit_id}"]')
    expect(line).to_contain_text("Ada Quill")
    expect(page.locator(".cal-day")).to_be_hidden()
    line.click()
    page.locator(".drawer").get_by_role("button", name="Arrived").click()
    expect(line).to_have_attribute("data-state", "arrived")


def test_a_visit_that_is_opened_is_told_to_the_trail_and_the_calendar_ends_somewhere(
    page: Page, console: Console, visit_id: str
) -> None:
    """Once somebody rests on it. A year too far is said in words, with the way back."""
    sign_in(page, console, path="/calendar?day=2031-01-01")
    expect(page.get_by_role("alert").filter(has_text="does not go so far")).to_be_visible()
    page.get_by_role("button", name="Today", exact=True).click()
    page.locator(f'.card[data-id="{visit_id}"]').click()
    with console.app.db.read() as session:
        lead_id = visits.get(session, visit_id).lead_id
    opened = select(audit_events.c.detail).where(
        audit_events.c.action == "looked", audit_events.c.subject == lead_id
    )
    for _ in range(200):
        with console.app.db.read() as session:
            found = session.scalars(opened).all()
        if found:
            break
        page.wait_for_timeout(50)
    assert found == [{"depth": "opened"}]


def test_who_wrote_here_is_shown_as_here_and_not_as_late(page: Page, console: Console, visit_id: str) -> None:
    """Their own text marks them; the desk can take it back."""
    sign_in(page, console, path="/calendar")
    ada = page.locator(f'.card[data-id="{visit_id}"]')
    expect(ada).to_be_visible()
    with console.app.db.write() as session:
        lead_id = visits.get(session, visit_id).lead_id
        assert arriving.heard_here(session, PATIENT, lead_id, now=console.app.clock.now())
    expect(ada).to_have_attribute("data-state", "arrived")
    ada.click()
    page.get_by_role("button", name="Not arrived").click()
    expect(ada).not_to_have_attribute("data-state", "arrived")


def test_a_freed_time_is_offered_to_somebody_before_their_turn_with_a_reason(
    page: Page, console: Console, visit_id: str
) -> None:
    """Ada's time comes free: who waits for it stands beside the day, and who asks for whom says why."""
    waiting_id = console.add_lead(first_name="Wendy", last_name="Tran")
    desk = console.actor("frontdesk")
    with console.app.db.write() as session:
        now, data = console.app.clock.now(), console.app.reference
        waiting.join(session, data, desk, waiting_id, "botox", Wanted(part="morning"), now=now)
        lead_visits.cancel(session, data, desk, visit_id, "time", now=now)
    sign_in(page, console, path="/calendar")
    page.locator(".cal-side .hand", has_text="Botox").click()
    panel = page.locator(".cal-card-panel")
    expect(panel).to_contain_text("Ada Quill gave it up,")
    expect(panel.locator(".freed-one")).to_contain_text("Wants a time before noon")
    panel.get_by_role("button", name="Offer it to Wendy Tran").click()
    panel.get_by_role("button", name="Ask Wendy now").click()
    expect(panel).to_contain_text("Choose a reason")
    panel.get_by_label("Why").select_option("asked")
    panel.get_by_role("button", name="Ask Wendy now").click()
    expect(panel.locator(".freed-one.offered")).to_contain_text("left")
    expect(panel.locator(".freed-one")).to_contain_text("They asked for it today (Maya)")
    panel.get_by_role("button", name="Wendy Tran takes it").click()
    expect(page.locator(".card", has_text="Wendy Tran")).to_be_visible()


@pytest.mark.parametrize(("width", "shown"), [(1440, ".card"), (390, ".cal-line")])
def test_it_is_not_shut_to_who_sees_badly_or_uses_no_mouse(
    page: Page, console: Console, visit_id: str, width: int, shown: str
) -> None:
    """Day and list: axe-core has no serious finding."""
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, console, path="/calendar")
    expect(
        page.locator(f'.card[data-id="{visit_id}"], .cal-line[data-id="{visit_id}"]').first
    ).to_be_visible()
    assert serious(page) == []
