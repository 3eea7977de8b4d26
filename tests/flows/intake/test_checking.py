"""What staff do with forms that were held: send them on, put them aside, take that back; and who is told of them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from core.audit.tables import audit_events
from core.compliance.tables import consents
from core.db import driver, prepared
from core.domain.errors import Denied
from core.flows.intake import checking, receive_form, weighing
from core.flows.intake.checking import SentOn
from core.flows.intake.receive_form import Verdict
from core.flows.upkeep import retention
from core.intake.draft import Delivery
from core.intake.suspicion_rules import Page
from core.intake.tables import form_knocks, raw_payloads
from core.leads.tables import leads
from core.messaging.tables import timed_actions
from core.reads import check_these, now_block
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due
from tests.flows.staffing import do, rows, who

NOBODY = Page()
HAND = Page(timedelta(seconds=30), "opened", touched=True)


def document(app: TestApp, n: int = 1, **contact: Any) -> Delivery:
    """What the gateway makes of a page that was filled in."""
    person = {"name": f"Hannah Whitlock{n}", "phone": f"512-555-{n + 100:04d}"} | contact
    box = {"scope": "transactional", "ticked": True, "wording": "I agree to texts.", "version": "1"}
    content = {
        "form_type": "lead_capture", "submitted_at": app.clock.now().isoformat(), "external_id": f"page-{n}",
        "contact": person, "fields": {"treatment": "botox", "notes": ""}, "boxes": [box],
    }  # fmt: skip
    return Delivery(json.dumps(content).encode(), "application/json", {}, "203.0.113.9")


def come(app: TestApp, n: int = 1, page: Page = NOBODY, **contact: Any) -> Verdict:
    return receive_form.fill_in(app, document(app, n, **contact), (), page, now=app.clock.now()).verdict


def held(app: TestApp) -> list[str]:
    ids = select(raw_payloads.c.id).where(raw_payloads.c.state == "to_check").order_by(raw_payloads.c.id)
    with app.db.read() as session:
        return list(session.execute(ids).scalars())


def shown(app: TestApp, username: str = "frontdesk") -> check_these.ToCheck:
    with app.db.read() as session:
        return check_these.read(session, who(app, username))


def send_on(app: TestApp, *ids: str) -> SentOn:
    done: SentOn = do(app, checking.send_on, app.reference, app.settings, who(app, "frontdesk"), ids)
    return done


def test_one_click_makes_a_lead_and_its_first_text_goes(app: TestApp) -> None:
    """Its clocks start with the click: nobody could have answered before. What was agreed to keeps its own moment."""
    came_at = app.clock.now()
    assert come(app) is Verdict.HELD
    assert not rows(app, leads)
    app.clock.advance(timedelta(hours=3))
    done = send_on(app, *held(app))
    assert (len(done.lead_ids), done.refused) == (1, ())
    (lead,) = rows(app, leads)
    (clock, *_) = rows(app, sla_clocks, sla_clocks.c.target == "first_contact")
    assert lead.created_at == clock.started_at == app.clock.now()
    (agreed,) = rows(app, consents, consents.c.action == "grant")
    assert agreed.captured_at == came_at
    run_due(app)
    assert len(app.sms.bodies_to("+15125550101")) == 1
    assert not held(app)
    assert "form_sent_on" in {row.action for row in rows(app, audit_events)}


def test_many_are_sent_on_together_and_one_that_cannot_be_keeps_none_back(app: TestApp) -> None:
    for n in (1, 2, 3):
        come(app, n)
    first, second, third = held(app)
    do(app, checking.put_aside, who(app, "manager"), [second])
    done = send_on(app, first, second, third)
    assert len(done.lead_ids) == 2
    assert done.refused == (checking.HANDLED,)
    assert len(rows(app, leads)) == 2


def test_what_is_no_patient_is_put_aside_and_can_be_taken_back(app: TestApp) -> None:
    """Nothing is deleted: whoever erred takes it back."""
    come(app)
    (raw_id,) = held(app)
    assert do(app, checking.put_aside, who(app, "frontdesk"), [raw_id]) == 1
    assert (held(app), shown(app).waiting) == ([], 0)
    assert do(app, checking.put_aside, who(app, "frontdesk"), [raw_id]) == 0
    assert do(app, checking.put_back, who(app, "frontdesk"), [raw_id]) == 1
    assert held(app) == [raw_id]
    assert not rows(app, leads)


def test_sending_on_twice_makes_one_lead(app: TestApp) -> None:
    """Two colleagues press at the same moment: the second hears of it."""
    come(app)
    ids = held(app)
    assert send_on(app, *ids).lead_ids
    assert send_on(app, *ids) == SentOn((), (checking.HANDLED,))
    assert len(rows(app, leads)) == 1


def test_the_list_says_who_what_from_where_and_why(app: TestApp) -> None:
    """Enough to decide by; the whole address of a visitor is not."""
    come(app)
    (form,) = shown(app).forms
    said = form.content
    assert said is not None
    assert (said.name, said.phone, said.treatment) == ("Hannah Whitlock1", "512-555-0101", "botox")
    assert said.network == "203.0.113.0/24"
    assert [reason.code for reason in form.reasons] == ["no_page", "untouched"]


def test_one_damaged_form_does_not_hide_the_others(app: TestApp) -> None:
    """Finding 5: one damaged value stopped everybody."""
    come(app, 1)
    come(app, 2)
    damaged = held(app)[0]
    nonsense = "X'00'" if app.db.is_sqlite else "'!'"
    with app.db.write() as session:
        session.connection().exec_driver_sql(
            f"UPDATE raw_payloads SET body = {nonsense} WHERE id = '{damaged}'"
        )
    found = shown(app)
    assert {form.id for form in found.forms if form.content is None} == {damaged}
    assert len(found.forms) == found.waiting == 2


@pytest.mark.parametrize("username", ["marketing", "provider"])
def test_other_roles_neither_see_nor_decide(app: TestApp, username: str) -> None:
    come(app)
    with pytest.raises(Denied):
        shown(app, username)
    for flow in (checking.put_aside, checking.put_back):
        with pytest.raises(Denied):
            do(app, flow, who(app, username), held(app))
    with pytest.raises(Denied):
        do(app, checking.send_on, app.reference, app.settings, who(app, username), held(app))


def test_the_edge_of_the_page_counts_them(app: TestApp) -> None:
    come(app)
    with app.db.read() as session:
        assert now_block.read(session, who(app, "frontdesk")).to_check == 1


def alerts(app: TestApp) -> int:
    found = select(func.count()).where(timed_actions.c.template == "staff_check_forms")
    with app.db.read() as session:
        return int(session.execute(found).scalar_one())


def test_a_flood_rings_once_and_not_for_each(app: TestApp) -> None:
    """Forty junk forms are one text to each who handles forms, minutes later and in opening hours."""
    for n in range(40):
        come(app, n)
    run_due(app)
    assert alerts(app) == 0
    app.clock.advance(timedelta(minutes=6))
    run_due(app)
    told = alerts(app)
    assert 0 < told <= 4
    for n in range(40, 50):
        come(app, n)
    app.clock.advance(timedelta(minutes=6))
    run_due(app)
    assert alerts(app) == told


def test_nobody_is_told_of_what_was_handled_meanwhile(app: TestApp) -> None:
    come(app)
    do(app, checking.put_aside, who(app, "frontdesk"), held(app))
    app.clock.advance(timedelta(minutes=6))
    run_due(app)
    assert alerts(app) == 0


def test_what_is_counted_is_forgotten_after_days(app: TestApp) -> None:
    """The hashes run the limits and are of no use after the longest of them."""
    come(app, 1, HAND)
    come(app, 2, HAND)
    app.clock.advance(timedelta(days=1))
    retention.forget(app, now=app.clock.now())
    assert len(rows(app, form_knocks)) == 2
    app.clock.advance(timedelta(days=2))
    retention.forget(app, now=app.clock.now())
    assert rows(app, form_knocks) == []


def test_an_ordinary_form_costs_one_look_and_one_row_more(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every form is weighed: it must not make the clinic's answer slower."""
    ran: list[str] = []
    usual = driver.call

    def counted(connection: Any, sql: str, *rest: Any, **more: Any) -> Any:
        ran.append(sql)
        return usual(connection, sql, *rest, **more)

    with app.db.write() as session:
        session.connection()
        event.listen(app.db.engine, "before_cursor_execute", lambda *args: ran.append(args[2]))
        monkeypatch.setattr(prepared, "call", counted)
        now = app.clock.now()
        weighed = weighing.weigh(session, app.settings, submission(), HAND, "203.0.113.9", now)
        weighing.note_accepted(session, weighed, now)
        assert [sql.split()[0] for sql in ran] == ["SELECT", "INSERT"]
