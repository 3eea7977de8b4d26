"""A text carries its reader's own links: made as it leaves, the same at a second try, and nobody else's."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.booking.catalogue import Catalogue
from core.booking.tables import booking_links
from core.db import prepared
from core.db.driver import call
from core.domain.ports import Outcome, SendResult
from core.flows.access import erasing
from core.flows.booking import links
from core.flows.booking.links import Door
from core.flows.sending.preview_steps import preview_steps
from core.flows.sending.text_links import SAMPLE
from core.leads.store import leads
from core.links.tables import short_links
from core.messaging.actions import Lane, NewAction, Purpose
from core.messaging.segments import size_of
from core.messaging.store import planning
from core.messaging.tables import timed_actions
from core.patients.tables import patients
from core.sequences.tables import enrollments
from tests.conftest import TestApp
from tests.flows import emailing
from tests.flows.booking.booking import a_lead, add_provider, booked, wish
from tests.flows.conversation.answering import with_clinic
from tests.flows.dispatching import run_due
from tests.flows.staffing import one, rows

PHONE = "+14075550155"
PUBLIC = "https://luxe.example.com"
CODE = r"[A-Za-z0-9]{10}"


def with_pages(app: TestApp) -> TestApp:
    """At its public address, with every page of its own that texts may lead to."""
    pages = {what: f"https://clinic.example.com/{what}" for what in ("booking", "gallery", "review", "vip")}
    settings = app.settings.model_copy(update={"public_url": PUBLIC})
    return with_clinic(replace(app, settings=settings), links=pages)


def plan(app: TestApp, lead_id: str, template: str, key: str = "k", **more: Any) -> str:
    """A text to the lead's patient that is due now; everything else of theirs is out of the way."""
    with app.db.write() as session:
        session.execute(
            update(timed_actions).where(timed_actions.c.state == "planned").values(state="cancelled")
        )
        lead, now = leads.get(session, lead_id), app.clock.now()
        action = NewAction(
            key=key,
            kind="text",
            due_at=now,
            purpose=Purpose.TRANSACTIONAL,
            lane=Lane.INSTANT,
            lead_id=lead_id,
            patient_id=lead.patient_id,
            template=template,
            phone=lead.phone,
            **more,
        )
        return planning.plan(session, action, now)


def said(app: TestApp) -> str:
    """The last text to the patient."""
    run_due(app)
    return app.sms.bodies_to(PHONE)[-1]


def code_in(text: str, path: str) -> str:
    found = re.search(rf"{PUBLIC}/{path}/({CODE})(?![\w-])", text)
    assert found, text
    return found[1]


def door(app: TestApp, code: str) -> Door:
    with app.db.read() as session:
        return links.look(session, code, "", app.clock.now()).door


def test_a_text_carries_its_readers_own_page_for_as_long_as_the_rules_say(app: TestApp) -> None:
    app = with_pages(app)
    lead_id = a_lead(app)
    plan(app, lead_id, "booking_link")
    code = code_in(said(app), "b")
    link = one(app, booking_links)
    assert (link.lead_id, link.visit_id, link.opened_at) == (lead_id, None, None)
    assert link.expires_at == app.clock.now() + app.reference.bookable.rules.link
    assert code not in str(link)
    assert door(app, code) is Door.OPEN


def test_a_second_try_carries_the_same_link(app: TestApp) -> None:
    app = with_pages(app)
    plan(app, a_lead(app), "booking_link")
    tried: list[str] = []

    def busy_once(text: Any) -> SendResult | None:
        tried.append(text.body)
        return SendResult(Outcome.RETRY, code=20429) if len(tried) == 1 else None

    app.sms.answer = busy_once
    run_due(app)
    app.clock.advance(timedelta(minutes=5))
    run_due(app)
    assert len(tried) == 2
    assert tried[0] == tried[1]
    assert len(rows(app, booking_links)) == 1


def test_two_texts_to_one_person_carry_two_links(app: TestApp) -> None:
    app = with_pages(app)
    lead_id = a_lead(app)
    plan(app, lead_id, "booking_link", "one")
    first = code_in(said(app), "b")
    app.clock.advance(timedelta(hours=3))
    plan(app, lead_id, "booking_link", "two")
    assert code_in(said(app), "b") != first


def test_the_link_of_a_visits_text_leads_to_the_visit(app: TestApp) -> None:
    app = with_pages(app)
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id = a_lead(app)
    visit = booked(app, lead_id, wish(app), app.clock.now() + timedelta(days=1))
    enrollment = one(app, enrollments, enrollments.c.visit_id == visit.id)
    plan(app, lead_id, "visit_reminder", enrollment_id=enrollment.id)
    text = said(app)
    assert door(app, code_in(text, "b")) is Door.OPEN
    assert one(app, booking_links).visit_id == visit.id
    assert size_of(text).segments <= 2


def test_a_number_that_may_be_another_persons_gets_no_page_of_theirs(app: TestApp) -> None:
    """A form matched by email may carry another's number: the page would name the patient to them."""
    app = with_clinic(with_pages(app), links={})
    lead_id = a_lead(app)
    with app.db.write() as session:
        session.execute(update(patients).values(phone_index="somebody else's"))
    plan(app, lead_id, "booking_link")
    assert "reply BOOK" in said(app)
    assert rows(app, booking_links) == []


def test_a_preview_shows_a_sample_and_writes_nothing(app: TestApp) -> None:
    """Who may read a text may not open its reader's page."""
    app = with_pages(app)
    action_id = plan(app, a_lead(app), "booking_link")
    with app.db.read() as session:
        shown = preview_steps(session, app, [action_id], now=app.clock.now())[action_id]
    assert f"{PUBLIC}/b/{SAMPLE}" in shown
    assert rows(app, booking_links) == []
    assert len(said(app)) == len(shown)


def test_an_email_carries_the_page_too(app: TestApp) -> None:
    app = with_pages(app)
    lead_id = a_lead(app, 7)
    emailing.agree(app, "b7@example.com")
    emailing.plan(app, lead_id, emailing.BACK)
    assert emailing.send_all(app) == 1
    [email] = app.email.to("b7@example.com")
    assert door(app, code_in(email.body, "b")) is Door.OPEN


def test_where_nothing_can_be_booked_online_the_link_leads_to_the_clinics_own_page(app: TestApp) -> None:
    app = with_pages(app)
    app = replace(app, shipped=replace(app.shipped, bookable=Catalogue()))
    plan(app, a_lead(app), "booking_link")
    code_in(said(app), "s")
    assert one(app, short_links).target == "https://clinic.example.com/booking"
    assert rows(app, booking_links) == []


def test_a_page_of_the_clinic_is_a_short_link_of_this_text(app: TestApp) -> None:
    app = with_pages(app)
    lead_id = a_lead(app)
    action_id = plan(app, lead_id, "lead_gallery")
    code = code_in(said(app), "s")
    link = one(app, short_links)
    assert (link.what, link.target) == ("gallery", "https://clinic.example.com/gallery")
    assert (link.lead_id, link.action_id, link.clicks) == (lead_id, action_id, 0)
    assert link.expires_at == app.clock.now() + timedelta(days=90)
    assert code not in str(link)


def test_a_clinic_without_that_page_has_no_link_to_it(app: TestApp) -> None:
    app = with_clinic(with_pages(app), links={"gallery": "javascript:alert(1)"})
    plan(app, a_lead(app), "lead_gallery")
    assert "http" not in said(app)
    assert rows(app, short_links) == []


@pytest.mark.parametrize(
    ("template", "written"), [("lead_confirmation", 0), ("booking_link", 1), ("lead_gallery", 1)]
)
def test_a_batch_writes_its_links_in_one_statement_and_without_links_none(
    app: TestApp, template: str, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A burst costs what it prints."""
    app = with_pages(app)
    lead_ids = [a_lead(app, number) for number in range(1, 9)]
    with app.db.write() as session:
        session.execute(update(timed_actions).values(state="cancelled"))
    _plan_for(app, lead_ids, template)
    asked: list[str] = []

    def listening(connection: Any, sql: str, *more: Any, **named: Any) -> Any:
        asked.append(sql)
        return call(connection, sql, *more, **named)

    monkeypatch.setattr(prepared, "call", listening)
    assert run_due(app) == 8
    assert len([sql for sql in asked if "_links" in sql]) == written
    assert len(rows(app, booking_links)) + len(rows(app, short_links)) == 8 * written


def _plan_for(app: TestApp, lead_ids: list[str], template: str) -> None:
    with app.db.write() as session:
        for lead_id in lead_ids:
            lead, now = leads.get(session, lead_id), app.clock.now()
            action = NewAction(
                f"{template}:{lead_id}", "text", now, Purpose.TRANSACTIONAL, Lane.INSTANT, lead_id=lead_id,
                patient_id=lead.patient_id, template=template, phone=lead.phone,
            )  # fmt: skip
            planning.plan(session, action, now)


def test_who_was_erased_has_no_links_any_more(app: TestApp) -> None:
    app = with_pages(app)
    lead_id = a_lead(app)
    plan(app, lead_id, "booking_link")
    code = code_in(said(app), "b")
    app.clock.advance(timedelta(hours=3))
    plan(app, lead_id, "lead_gallery", "gallery")
    run_due(app)
    with app.db.read() as session:
        number = leads.get(session, lead_id).number
    erasing.erase(app, number, "asked for it", actor="test", now=app.clock.now())
    assert door(app, code) is Door.UNKNOWN
    assert rows(app, booking_links) == rows(app, short_links) == []
