"""Calls, call-backs, snoozes, visits and planned texts, worked on the queue and on the lead's page."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from core.booking.tables import appointments
from core.flows.sending import pausing
from core.leads.tables import lead_calls, leads, tasks
from core.messaging.tables import timed_actions
from core.staff.tables import staff
from tests.browser.conftest import Console, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("empty_queue")]


def lead_of(console: Console, lead_id: str) -> Any:
    with console.app.db.read() as session:
        return session.execute(select(leads).where(leads.c.id == lead_id)).one()


def open_tasks(console: Console, lead_id: str) -> list[tuple[str, str]]:
    """Kind and words of what is still to do."""
    t = tasks.c
    with console.app.db.read() as session:
        rows = session.execute(
            select(t.kind, t.words).where(t.lead_id == lead_id, t.done_at.is_(None)).order_by(t.due_at)
        )
        return [(kind, words or "") for kind, words in rows]


def visit_of(console: Console, lead_id: str) -> Any:
    with console.app.db.read() as session:
        return session.execute(select(appointments).where(appointments.c.lead_id == lead_id)).one()


def on_the_queue(page: Page, console: Console, lead_id: str) -> None:
    sign_in(page, console)
    page.locator(f'.row[data-id="{lead_id}"]').click()
    page.locator(".peek-name").wait_for()


def on_its_page(page: Page, console: Console, lead_id: str) -> None:
    sign_in(page, console, path=f"/lead?lead={lead_id}")
    page.locator("h1.name").wait_for()


def test_a_logged_call_is_taken_back_by_z(page: Page, console: Console) -> None:
    """Within ten seconds nothing of it is left: no attempt, no next try."""
    lead_id = console.add_lead(first_name="Ada", last_name="Quill")
    on_the_queue(page, console, lead_id)
    page.keyboard.press("p")
    page.locator(".outcome .key").first.wait_for()
    page.keyboard.press("3")
    expect(page.locator(".toast")).to_contain_text("Call logged: no answer. Call again")
    expect(page.get_by_role("group", name="Next step")).to_contain_text("Call again")
    assert ("next_call", "") in open_tasks(console, lead_id)
    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("Call taken back")
    expect(page.get_by_role("group", name="Next step")).to_be_hidden()
    assert lead_of(console, lead_id).attempted_at is None
    assert ("next_call", "") not in open_tasks(console, lead_id)


def test_after_a_missed_call_its_text_goes_by_one_click(page: Page, console: Console) -> None:
    """It waits its ten seconds as any text does, and is not offered twice, in this browser or in another."""
    lead_id = console.add_lead(first_name="Bea", last_name="Reed")
    on_the_queue(page, console, lead_id)
    page.get_by_role("button", name="Voicemail").click()
    page.get_by_role("button", name='Send "missed you"').click()
    expect(page.locator(".toast")).to_contain_text("The text goes out in 10 s")
    expect(page.get_by_role("button", name='Send "missed you"')).to_have_count(0)
    page.reload()
    expect(page.get_by_role("group", name="Next step")).to_be_visible()
    expect(page.get_by_role("button", name='Send "missed you"')).to_have_count(0)


def test_the_text_of_a_missed_call_can_be_taken_back(page: Page, console: Console) -> None:
    """Nothing leaves, and it is offered again."""
    lead_id = console.add_lead(first_name="Bea", last_name="Reed")
    on_the_queue(page, console, lead_id)
    page.get_by_role("button", name="Voicemail").click()
    page.get_by_role("button", name='Send "missed you"').click()
    expect(page.locator(".toast")).to_contain_text("The text goes out")  # until then Undo takes the call back
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("Not sent")
    a = timed_actions.c
    with console.app.db.read() as session:
        states = session.execute(select(a.state).where(a.lead_id == lead_id, a.purpose == "manual"))
        assert states.scalars().all() == ["cancelled"]
    expect(page.get_by_role("button", name='Send "missed you"')).to_be_visible()


def test_a_wrong_number_says_first_what_it_stops(page: Page, console: Console) -> None:
    """The number and the texts that stop; afterwards nobody calls it, and what to do next stands there."""
    lead_id = console.add_lead(first_name="Cy", last_name="Stone")
    phone = lead_of(console, lead_id).phone
    on_its_page(page, console, lead_id)
    page.keyboard.press("p")
    page.get_by_role("button", name="Wrong number").click()
    question = page.locator(".outcome-ask")
    expect(question).to_contain_text(f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}")
    expect(question).to_contain_text("No text goes to it any more")
    expect(question).to_contain_text("planned texts stop")
    assert lead_of(console, lead_id).wrong_number_at is None
    page.get_by_role("button", name="Yes, wrong number").click()
    expect(page.get_by_role("group", name="Next step")).to_contain_text("Correct the number or email")
    expect(page.get_by_role("link", name="Call")).to_have_count(0)
    assert lead_of(console, lead_id).wrong_number_at is not None


def test_a_call_is_corrected_on_the_lead_s_page(page: Page, console: Console) -> None:
    """Logged as no answer, and they had talked: the lead counts as contacted."""
    lead_id = console.add_lead(first_name="Dee", last_name="Todd")
    on_its_page(page, console, lead_id)
    page.keyboard.press("p")
    page.get_by_role("button", name="No answer").click()
    expect(page.locator(".call-line")).to_contain_text("No answer")
    page.get_by_role("button", name="Correct the call").click()
    page.get_by_role("menuitem", name="Talked").click()
    expect(page.locator(".call-line")).to_contain_text("corrected by Maya")
    expect(page.locator(".banner")).to_contain_text("Contacted")
    k = lead_calls.c
    with console.app.db.read() as session:
        outcomes = session.execute(select(k.outcome).where(k.lead_id == lead_id)).scalars().all()
    assert outcomes == ["talked"]
    assert lead_of(console, lead_id).contacted_at is not None


def test_a_call_back_is_set_changed_and_ticked_off(page: Page, console: Console) -> None:
    """At a chosen time, with words; another time by one field; done, and back with undo."""
    lead_id = console.add_lead(first_name="Eli", last_name="Umber")
    on_the_queue(page, console, lead_id)
    page.keyboard.press("l")
    page.get_by_role("textbox", name="Date").fill("12/1/2026")
    page.get_by_role("textbox", name="Time").fill("2:30 pm")
    page.get_by_role("textbox", name="What for").fill("Asked her husband")
    page.get_by_role("button", name="Set", exact=True).click()
    step = page.get_by_role("group", name="Next step")
    expect(step).to_contain_text("Asked her husband")
    assert ("call_back", "Asked her husband") in open_tasks(console, lead_id)
    page.keyboard.press("Enter")
    task = page.locator(".later.task", has_text="Call back")
    task.get_by_role("button", name="Change").click()
    page.get_by_role("textbox", name="Time").fill("4 pm")
    page.locator(".ask").get_by_role("button", name="Change").click()
    expect(task).to_contain_text("4:00 PM")
    task.get_by_role("button", name="Done").click()
    expect(task).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(task).to_have_count(1)
    assert ("call_back", "Asked her husband") in open_tasks(console, lead_id)


def test_a_lead_sleeps_until_any_moment(page: Page, console: Console) -> None:
    """Beside the usual choices there is a day and a time."""
    lead_id = console.add_lead(first_name="Fay", last_name="Vane")
    on_the_queue(page, console, lead_id)
    page.keyboard.press("s")
    page.get_by_role("button", name="Another time").click()
    page.get_by_role("textbox", name="Date").fill("12/9/2026")
    page.get_by_role("button", name="Snooze", exact=True).first.click()
    expect(page.get_by_text("Choose a time.")).to_be_visible()
    page.get_by_role("textbox", name="Time").fill("11 am")
    page.locator(".lead-question").get_by_role("button", name="Snooze").click()
    expect(page.locator(".toast")).to_contain_text("Lead snoozed until")
    assert lead_of(console, lead_id).snoozed_until.isoformat() == "2026-12-09T16:00:00+00:00"


def test_a_visit_is_booked_moved_and_cancelled(page: Page, console: Console) -> None:
    """With its date; moved and moved back; cancelled with a reason, and put back."""
    lead_id = console.add_lead(first_name="Gia", last_name="West")
    on_its_page(page, console, lead_id)
    page.keyboard.press("b")
    page.get_by_role("textbox", name="Date").fill("12/1/2026")
    page.get_by_role("textbox", name="Time").fill("2:30 pm")
    page.get_by_role("textbox", name="Value").fill("5")
    page.get_by_role("button", name="Mark booked").click()
    expect(page.get_by_text("Enter an amount from $10")).to_be_visible()
    page.get_by_role("textbox", name="Value").fill("450")
    page.get_by_role("button", name="Mark booked").click()
    visit = page.locator(".visit")
    expect(visit).to_contain_text("Dec 1, 2:30 PM")
    assert visit_of(console, lead_id).value_cents == 45_000
    card = page.get_by_role("region", name="The visit")
    card.get_by_role("button", name="Move").click()
    page.get_by_role("textbox", name="Time").fill("3 pm")
    page.locator(".ask").get_by_role("button", name="Move").click()
    expect(visit).to_contain_text("Dec 1, 3:00 PM")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(visit).to_contain_text("Dec 1, 2:30 PM")
    card.get_by_role("button", name="Cancel the visit").click()
    page.get_by_role("button", name="Unwell").click()
    expect(visit).to_contain_text("Cancelled")
    assert (lead_of(console, lead_id).state, visit_of(console, lead_id).reason) == ("open", "unwell")
    page.get_by_role("button", name="Put the visit back").click()
    expect(visit).to_contain_text("Booked")
    assert lead_of(console, lead_id).state == "booked"


def test_a_service_is_booked_at_a_free_time_and_its_patient_arrives(page: Page, console: Console) -> None:
    """From the question to the room: what is free is offered, H says that they are here, and one step wants a hand."""
    lead_id = console.add_lead(first_name="Gus", last_name="Nord")
    with console.app.db.write() as session:
        treats = (
            update(staff).where(staff.c.username == "provider").values(skills=["skin"], location="downtown")
        )
        session.execute(treats)
    on_its_page(page, console, lead_id)
    page.keyboard.press("b")
    page.get_by_label("Service").select_option("hydrafacial")
    page.get_by_label("Place").select_option("downtown")
    free = page.get_by_role("radiogroup", name="Free times").get_by_role("radio")
    free.first.click()
    page.get_by_role("button", name="Book", exact=True).click()
    card = page.get_by_role("region", name="The visit")
    expect(card).to_contain_text("HydraFacial")
    expect(card).to_contain_text("reference LX-")
    assert visit_of(console, lead_id).room == "room-1"
    request = page.locator(".conversation").get_by_text("Consultation request", exact=False)
    expect(request).to_be_visible()
    page.get_by_role("button", name="This visit").click()
    expect(request).to_be_hidden()
    page.keyboard.press("h")
    expect(card.locator("[aria-current=step]")).to_contain_text("In room")
    card.get_by_role("button", name="In room").click()
    expect(card.get_by_role("button", name="Still waiting")).to_be_visible()
    assert visit_of(console, lead_id).in_room_at
    assert visit_of(console, lead_id).state == "attended"
    card.get_by_role("button", name="Checked out").click()
    page.locator(".ask").get_by_role("button", name="Checked out").click()
    expect(page.locator(".visit")).to_contain_text("Checked out")
    expect(card).to_be_hidden()
    found = visit_of(console, lead_id)
    assert found.ended_at > found.arrived_at


def test_money_is_replaced_by_typing_over_it(page: Page, console: Console) -> None:
    """225 stands there; 450 typed is 450, never 225450."""
    lead_id = console.add_lead(first_name="Hal", last_name="Young")
    with console.app.db.write() as session:
        session.execute(update(leads).where(leads.c.id == lead_id).values(value_cents=22_500))
    on_the_queue(page, console, lead_id)
    page.keyboard.press("b")
    value = page.get_by_role("textbox", name="Value")
    expect(value).to_have_value("225")
    value.focus()
    page.keyboard.type("450")
    expect(value).to_have_value("450")


def test_a_planned_text_shows_its_wording_before_it_is_sent_early(page: Page, console: Console) -> None:
    """The words as they would go, and the button to send them."""
    lead_id = console.add_lead(first_name="Ina", last_name="Zeller")
    on_its_page(page, console, lead_id)
    step = page.locator(".later", has=page.get_by_text("Pick a time", exact=True))
    step.get_by_role("button", name="Send early").click()
    shown = page.get_by_role("group", name="Send now: Pick a time")
    expect(shown.locator(".bubble")).to_contain_text("Luxe")
    shown.get_by_role("button", name="Send now").click()
    expect(page.locator(".toast")).to_contain_text("It goes now, ahead of its plan")


def test_a_text_that_can_t_go_is_not_offered_to_be_sent(page: Page, console: Console) -> None:
    """What holds it stands in its place; the plan is as it was."""
    lead_id = console.add_lead(first_name="Jo", last_name="Abel")
    on_its_page(page, console, lead_id)
    manager = console.actor("manager")
    with console.app.db.write() as session:
        pausing.pause(session, manager, "Wrong wording in use", now=console.app.clock.now())
    try:
        step = page.locator(".later", has=page.get_by_text("Pick a time", exact=True))
        step.get_by_role("button", name="Send early").click()
        shown = page.get_by_role("group", name="Send now: Pick a time")
        expect(shown.get_by_role("alert")).to_be_visible()
        expect(shown.get_by_role("button", name="Send now")).to_have_count(0)
        shown.get_by_role("button", name="Leave it planned").click()
        expect(shown).to_be_hidden()
    finally:
        with console.app.db.write() as session:
            pausing.resume(session, manager, "", now=console.app.clock.now())


def test_a_lead_is_handed_to_whoever_has_room(page: Page, console: Console) -> None:
    """Each colleague stands there with shift and load, and answers to the digit that is printed."""
    lead_id = console.add_lead(first_name="Kim", last_name="Bond")
    on_the_queue(page, console, lead_id)
    page.keyboard.press("h")
    question = page.get_by_role("group", name="Hand to")
    expect(question).to_contain_text("leads")
    expect(question.locator(".key").first).to_have_text("1")
    before = lead_of(console, lead_id).owner_id
    page.keyboard.press("1")
    expect(page.locator(".toast")).to_contain_text("Handed over")
    assert lead_of(console, lead_id).owner_id != before


def test_a_mark_that_was_a_mistake_is_taken_back_later(page: Page, console: Console) -> None:
    """The visit's own line takes it back, long after the toast is gone."""
    lead_id = console.add_lead(first_name="Lea", last_name="Cole")
    on_its_page(page, console, lead_id)
    page.keyboard.press("b")
    page.get_by_role("textbox", name="Date").fill("11/20/2026")
    page.get_by_role("textbox", name="Time").fill("2:30 pm")
    page.get_by_role("button", name="Mark booked").click()
    visit, card = page.locator(".visit"), page.get_by_role("region", name="The visit")
    card.get_by_role("button", name="Took place").click()
    page.get_by_role("button", name="It took place").click()
    expect(visit).to_contain_text("Came")
    card.get_by_role("button", name="Not arrived").click()
    expect(visit).to_contain_text("Booked")
    card.get_by_role("button", name="No-show").click()
    expect(page.get_by_role("button", name="Put the visit back")).to_be_visible()
    assert (lead_of(console, lead_id).state, visit_of(console, lead_id).state) == ("open", "no_show")


def test_a_missed_call_is_noted_and_a_sequence_begun_from_the_lead(page: Page, console: Console) -> None:
    """Both are under 'More'; what goes out for them stands in the lead's plan."""
    lead_id = console.add_lead(first_name="Mia", last_name="Ward")
    on_its_page(page, console, lead_id)
    page.locator(".lead").get_by_role("button", name="More", exact=False).first.click()
    page.get_by_role("button", name="They called, nobody picked up").click()
    expect(page.locator(".toast")).to_contain_text("Noted")
    page.locator(".lead").get_by_role("button", name="More", exact=False).first.click()
    page.get_by_role("button", name="Begin a sequence").click()
    page.get_by_role("button", name="Come back").click()
    expect(page.locator(".toast")).to_contain_text("It begins now")
    with console.app.db.read() as session:
        planned = select(timed_actions.c.sequence).where(timed_actions.c.lead_id == lead_id)
        assert {"missed_call", "reengagement"} <= set(session.execute(planned).scalars())
