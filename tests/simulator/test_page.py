"""The page in a real browser: live phones, replies, troubles, no request to anywhere else."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.simulator.conftest import CLINIC, HANNAH, Rig, wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser, rig: Rig) -> Iterator[Page]:
    opened = chromium.new_page(viewport={"width": 1440, "height": 927})
    opened.goto(rig.address)
    expect(opened.get_by_text("Connected", exact=True)).to_be_visible()
    yield opened
    opened.close()


def test_a_text_appears_on_its_phone_and_a_typed_reply_reaches_the_gateway(page: Page, rig: Rig) -> None:
    rig.client.messages.create(to=HANNAH, from_=CLINIC, body="Hi Hannah, may we call you?")
    phone = page.get_by_role("article", name="Phone of Hannah")
    expect(phone.get_by_text("Hi Hannah, may we call you?")).to_be_visible()
    expect(phone.get_by_text("Delivered", exact=True)).to_be_visible()
    phone.get_by_placeholder("Reply as Hannah").fill("<b>Yes</b>")
    page.keyboard.press("Enter")
    expect(phone.get_by_text("<b>Yes</b>")).to_be_visible()
    assert wait_for(lambda: rig.gateway.deliveries)
    assert rig.gateway.deliveries[0].params["Body"] == "<b>Yes</b>"


def test_stop_and_a_picture_take_one_press_each(page: Page, rig: Rig) -> None:
    rig.control("phones", phone=HANNAH, name="Hannah Whitlock")
    phone = page.get_by_role("article", name="Phone of Hannah Whitlock")
    phone.get_by_role("button", name="Send a picture").click()
    phone.get_by_role("button", name="Cheek").click()
    expect(phone.get_by_role("img", name="Picture")).to_be_visible()
    phone.get_by_role("button", name="STOP").click()
    expect(phone.get_by_text("opted out", exact=True)).to_be_visible()
    assert wait_for(lambda: len(rig.gateway.deliveries) == 2)
    assert rig.gateway.deliveries[0].params["MediaContentType0"] == "image/jpeg"


def test_a_trouble_chosen_on_the_page_hits_the_next_text_and_shows_with_its_code(
    page: Page, rig: Rig
) -> None:
    page.get_by_label("Undelivered with code").check()
    expect(page.get_by_text("On: undelivered 30003, 10 more texts")).to_be_visible()
    rig.client.messages.create(to=HANNAH, from_=CLINIC, body="Hi Hannah")
    expect(page.get_by_text("Not delivered: phone off or out of reach 30003")).to_be_visible()
    expect(page.get_by_text("On: undelivered 30003, 9 more texts")).to_be_visible()


def test_clear_all_asks_first(page: Page, rig: Rig) -> None:
    rig.control("phones", phone=HANNAH, name="Hannah Whitlock")
    page.get_by_role("button", name="Clear all").click()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("button", name="Clear all").click()
    page.get_by_role("dialog").get_by_role("button", name="Clear all").click()
    expect(page.get_by_role("article")).to_have_count(0)


def test_nothing_is_loaded_from_elsewhere_and_nothing_overflows_a_phones_width(
    chromium: Browser, rig: Rig
) -> None:
    rig.client.messages.create(
        to=HANNAH, from_=CLINIC, body="Hi Hannah", media_url=["https://example.com/x.png"]
    )
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(rig.address)
    expect(page.get_by_role("article")).to_have_count(1)
    assert asked
    assert [url for url in asked if not url.startswith(rig.address)] == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_at_most_24_phones_are_drawn_and_the_others_are_found_by_number(page: Page, rig: Rig) -> None:
    for number in range(30):
        rig.control("phones", phone=f"+140755501{number:02d}", name=f"Person {number}")
    expect(page.get_by_text("Newest 24 of 30")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(24)
    page.get_by_label("Find a phone").fill("555-0103")
    expect(page.get_by_role("article", name="Phone of Person 3,")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(1)
