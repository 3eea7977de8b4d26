"""Danger in a reply, in a real browser: pinned whatever filter is on, acknowledged by name, urgent until reached."""

import pytest
from playwright.sync_api import Locator, Page, expect

from core.flows.conversation import receive_text
from core.leads.tables import leads
from tests.browser.conftest import Console, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_queue")]
CRY = "My face is swelling and I can't breathe"


def cry(console: Console, first_name: str) -> str:
    """A patient writes that they may be in danger; the lead's id."""
    lead_id = console.add_lead(first_name=first_name, last_name="Quist")
    say(console, lead_id, CRY)
    return lead_id


def say(console: Console, lead_id: str, body: str) -> None:
    with console.app.db.read() as session:
        phone = session.execute(leads.select().where(leads.c.id == lead_id)).one().phone
    said = {"MessageSid": f"SM{lead_id}{len(body)}", "From": phone, "Body": body}
    receive_text.receive(console.app, said, now=console.app.clock.now())


def row(page: Page, lead_id: str) -> Locator:
    return page.locator(f'[data-id="{lead_id}"]')


def test_danger_is_pinned_and_acknowledged_and_stays_until_the_patient_is_reached(
    page: Page, console: Console
) -> None:
    """Under a filter that it does not match too; the strip counts only what nobody acknowledged."""
    lead_id = cry(console, "Uma")
    sign_in(page, console, "manager", "/?show=unassigned&form=booking")
    strip = page.get_by_text("A patient wrote something that may be an emergency.")
    expect(strip).to_be_visible()
    expect(page.get_by_role("link", name="Urgent 1")).to_be_visible()
    lead = row(page, lead_id)
    expect(lead).to_contain_text("Possible danger in a reply")
    lead.get_by_role("button", name="Acknowledge").click()
    expect(lead).to_contain_text("Acknowledged by Elena")
    expect(lead).to_contain_text("Reach the patient")
    expect(lead.get_by_role("button", name="Call")).to_be_visible()
    expect(page.locator(".group.urgent")).to_contain_text("Uma Quist")
    expect(strip).to_have_count(0)
    lead.get_by_role("button", name="Call").click()
    peek = page.get_by_role("complementary", name="Selected lead")
    peek.get_by_role("button", name="Talked").click()
    expect(page.locator(".group.urgent")).to_have_count(0)


def test_ones_own_share_in_the_sidebar_leads_to_ones_own_list(page: Page, console: Console) -> None:
    """'1 mine' beside Unread; 'Only mine' says why others are missing, and shows them again."""
    ids = [console.add_lead(first_name=name, last_name="Quist") for name in ("Anna", "Berta")]
    maya = console.actor("frontdesk").staff_id
    with console.app.db.write() as session:
        session.execute(leads.update().where(leads.c.id.in_(ids)).values(unread=1, owner_id=None))
        session.execute(leads.update().where(leads.c.id == ids[0]).values(owner_id=maya))
    sign_in(page, console, "frontdesk")
    page.get_by_role("link", name="Unread: 1 mine").click()
    expect(row(page, ids[0])).to_be_visible()
    expect(row(page, ids[1])).to_have_count(0)
    page.get_by_role("button", name="Only mine").click()
    expect(row(page, ids[1])).to_be_visible()


def test_a_provider_may_acknowledge_from_the_leads_page(page: Page, console: Console) -> None:
    """Whoever sees it first, though a provider works no leads otherwise."""
    lead_id = cry(console, "Vera")
    sign_in(page, console, "provider", f"/lead?lead={lead_id}")
    page.get_by_role("alert").get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Acknowledged by Nina")).to_be_visible()
    expect(page.get_by_text("Reach the patient", exact=False).first).to_be_visible()


def test_a_provider_may_acknowledge_in_the_queue_and_nothing_else(page: Page, console: Console) -> None:
    """Of two rows one button acts."""
    lead_id, calm = cry(console, "Wanda"), console.add_lead(first_name="Yuri", last_name="Quist")
    sign_in(page, console, "provider")
    expect(row(page, calm).locator("button.act")).to_have_attribute("aria-disabled", "true")
    row(page, lead_id).get_by_role("button", name="Acknowledge").click()
    expect(row(page, lead_id)).to_contain_text("Acknowledged by Nina")
    expect(row(page, lead_id).locator("button.act")).to_have_attribute("aria-disabled", "true")


def test_a_reaction_is_dim_and_says_what_it_is(page: Page, console: Console) -> None:
    """A machine's text is no answer of the patient, and nobody has to read it twice."""
    lead_id = console.add_lead(first_name="Zoe", last_name="Quist")
    say(console, lead_id, 'Liked "We will call you today."')
    sign_in(page, console, "frontdesk", f"/lead?lead={lead_id}")
    expect(page.locator(".said.machine")).to_contain_text("reaction")
