"""The lead queue in a real browser: live, safe under the hand, and closed when somebody signs out."""

from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect
from sqlalchemy import select, update

from core.flows.leads import staff_action
from core.leads.tables import lead_events, leads
from core.sla.tables import sla_clocks
from tests.browser.conftest import Console, sign_in

pytestmark = pytest.mark.browser


def row(page: Page, lead_id: str) -> Locator:
    return page.locator(f'.row[data-id="{lead_id}"]')


def due_in(console: Console, lead_id: str, minutes: int) -> None:
    """Move a lead's clock."""
    with console.app.db.write() as session:
        session.execute(
            update(sla_clocks)
            .where(sla_clocks.c.lead_id == lead_id)
            .values(due_at=console.app.clock.now() + timedelta(minutes=minutes))
        )


def calls_of(console: Console, lead_id: str) -> int:
    with console.app.db.read() as session:
        found = select(lead_events.c.id).where(
            lead_events.c.lead_id == lead_id, lead_events.c.kind == "called"
        )
        return len(session.execute(found).all())


def park_pointer(page: Page) -> None:
    """Away from the list: its order moves on."""
    page.mouse.move(700, 40)


def test_a_lead_appears_without_reloading(page: Page, console: Console) -> None:
    """A form that comes in stands in the queue a moment later."""
    sign_in(page, console)
    park_pointer(page)
    lead_id = console.add_lead(first_name="Ada", last_name="Quill")
    expect(row(page, lead_id)).to_contain_text("Ada Quill")


def test_new_leads_wait_while_the_hand_is_in_the_list(page: Page, console: Console) -> None:
    """Nothing moves under the pointer: the new one is announced above and shown when asked for."""
    first = console.add_lead(first_name="Bo", last_name="Stone")
    sign_in(page, console)
    row(page, first).hover()
    second = console.add_lead(first_name="Cy", last_name="Vale")
    expect(page.get_by_text("1 new lead")).to_be_visible()
    expect(row(page, second)).to_have_count(0)
    page.keyboard.press("n")
    expect(row(page, second)).to_contain_text("Cy Vale")


def test_an_action_reaches_the_lead_that_was_chosen_however_the_list_moves(
    page: Page, console: Console
) -> None:
    """The wrong-patient hazard: rows re-sort between choosing and pressing, the call is logged for whom one chose."""
    chosen = console.add_lead(first_name="Dee", last_name="Marsh")
    other = console.add_lead(first_name="Eli", last_name="North")
    sign_in(page, console)
    row(page, chosen).click()
    expect(page.locator(".peek-name")).to_have_text("Dee Marsh")
    due_in(console, chosen, 300)
    due_in(console, other, -30)
    expect(row(page, other)).to_contain_text("Overdue 30 min")
    page.get_by_role("button", name="No answer").click()
    expect(page.get_by_text("Call logged: no answer")).to_be_visible()
    assert (calls_of(console, chosen), calls_of(console, other)) == (1, 0)


def test_a_text_that_is_being_written_survives_what_happens_meanwhile(page: Page, console: Console) -> None:
    """Pushes redraw the list and the panel; the words, and where the cursor is, stay."""
    lead_id = console.add_lead(first_name="Fay", last_name="Olsen")
    sign_in(page, console)
    row(page, lead_id).click()
    page.keyboard.press("t")
    box = page.get_by_role("textbox", name="Text to Fay Olsen")
    box.type("Hello Fay, does ")
    for number in range(3):
        console.add_lead(first_name=f"Guest{number}", last_name="Penn")
        due_in(console, lead_id, 10 + number)
    expect(page.get_by_text("3 new leads")).to_be_visible()
    page.keyboard.type("Tuesday suit you?")
    expect(box).to_have_value("Hello Fay, does Tuesday suit you?")
    expect(box).to_be_focused()


def test_who_was_slower_is_told_who_was_faster(page: Page, console: Console) -> None:
    """Two people press Take at once: the second one changes nothing and reads who has the lead."""
    lead_id = console.add_lead(first_name="Gil", last_name="Reed")
    with console.app.db.write() as session:
        session.execute(update(leads).where(leads.c.id == lead_id).values(owner_id=None))
    news_comes = True

    def connect(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda message: socket.send(message) if news_comes else None)

    page.route_web_socket("**/live", connect)
    sign_in(page, console)
    expect(row(page, lead_id)).to_contain_text("Take")
    news_comes = False
    jordan = console.actor("jordan")
    with console.app.db.write() as session:
        staff_action.take(session, jordan, lead_id, now=console.app.clock.now())
    row(page, lead_id).get_by_role("button", name="Take Gil Reed").click()
    expect(row(page, lead_id)).to_contain_text("Jordan took this lead")
    expect(row(page, lead_id).get_by_role("button", name="Next due")).to_be_visible()


def test_a_snooze_can_be_taken_back(page: Page, console: Console) -> None:
    """For ten seconds Z undoes what a slip of the finger did."""
    lead_id = console.add_lead(first_name="Hal", last_name="Byrd")
    sign_in(page, console)
    row(page, lead_id).click()
    page.keyboard.press("s")
    page.get_by_role("button", name="1 hour").click()
    expect(row(page, lead_id)).to_contain_text("snoozed by Maya")
    expect(page.get_by_text("Lead snoozed until")).to_be_visible()
    page.keyboard.press("z")
    expect(row(page, lead_id)).to_contain_text("Due in")


def test_the_search_finds_by_the_last_four_digits(page: Page, console: Console) -> None:
    """A caller's number is enough."""
    lead_id = console.add_lead(first_name="Ivy", last_name="Lund")
    sign_in(page, console)
    row(page, lead_id).click()
    digits = page.locator(".peek-number").inner_text()[-4:]
    page.keyboard.press("/")
    page.keyboard.type(digits)
    with console.app.db.read() as session:
        same = [phone for phone in session.execute(select(leads.c.phone)).scalars() if phone.endswith(digits)]
    expect(page.locator(".row[data-id]")).to_have_count(len(same))
    expect(row(page, lead_id)).to_contain_text("Ivy Lund")


def test_the_filters_stand_in_the_address(page: Page, console: Console) -> None:
    """A colleague who is sent the link sees the same leads; no name or number is ever in it."""
    console.add_lead(first_name="Jo", last_name="Katz")
    sign_in(page, console)
    page.get_by_role("button", name="Mine").click()
    page.get_by_role("combobox", name="Form").select_option("consultation_request")
    expect(page).to_have_url(f"{console.url}/?show=mine&form=consultation_request")
    page.reload()
    expect(page.get_by_role("button", name="Mine")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("combobox", name="Form")).to_have_value("consultation_request")


def test_a_link_to_a_lead_survives_the_sign_in(page: Page, console: Console) -> None:
    """An alert's link leads to its lead, through the sign-in."""
    console.add_lead()
    sign_in(page, console, path="/lead?lead=A-1001")
    expect(page).to_have_url(f"{console.url}/lead?lead=A-1001")


def test_signing_out_revokes_and_leaves_nothing_behind(page: Page, console: Console) -> None:
    """The session is over in every tab, and its cookie opens nothing."""
    sign_in(page, console)
    other = page.context.new_page()
    other.goto(console.url)
    other.get_by_text("Live,").wait_for()
    cookie = next(one for one in page.context.cookies() if one["name"] == "luxe_session")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("textbox", name="User name")).to_be_visible()
    expect(
        other.get_by_role("textbox", name="User name").or_(other.get_by_text("You are signed out."))
    ).to_be_visible()
    page.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": console.url}])
    page.goto(console.url)
    expect(page.get_by_role("textbox", name="User name")).to_be_visible()


def test_the_cookie_is_closed_to_scripts(page: Page, console: Console) -> None:
    """What a script on the page could read could be carried away."""
    sign_in(page, console)
    cookie = next(one for one in page.context.cookies() if one["name"] == "luxe_session")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert "luxe_session" not in page.evaluate("document.cookie")


def test_the_browser_asks_nobody_else(first_visit: Page, console: Console) -> None:
    """No request leaves the clinic's machine: no fonts, no icons, no statistics."""
    asked: list[str] = []
    first_visit.on("request", lambda request: asked.append(request.url))
    sign_in(first_visit, console)
    first_visit.get_by_role("button", name="Mine").wait_for()
    strangers = [url for url in asked if not url.startswith((console.url, "data:", "blob:"))]
    assert strangers == []


def test_a_page_of_another_site_gets_no_session(console: Console) -> None:
    """A foreign page can't sign anybody in or out."""
    for path in ("/session", "/sign-out"):
        foreign = Request(console.url + path, b"{}", {"Origin": "https://elsewhere.example.com"})
        with pytest.raises(HTTPError, match="403"):
            urlopen(foreign)
