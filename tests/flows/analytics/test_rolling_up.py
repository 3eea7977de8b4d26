"""Charts over months read counted days; the counts follow what statuses and opt-outs say later."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.analytics import store_days
from core.analytics.store_days import Count
from core.domain.errors import Denied
from core.flows.analytics.rolling_up import roll_up
from core.flows.conversation import receive_text
from core.flows.sending import delivery_status
from core.messaging.tables import sms_messages
from core.reads.parts.delivery_days import DayOfTexts, TemplateTexts, by_day, by_template
from tests.conftest import TestApp
from tests.factories import actor, submission
from tests.flows.dispatching import run_due, take_in

MONDAY = date(2026, 11, 23)
PHONE = "+14075550155"


def counted(app: TestApp, days: int = 1) -> list[DayOfTexts]:
    with app.db.read() as session:
        return by_day(session, actor(session, "admin"), MONDAY, MONDAY + timedelta(days=days - 1))


def template(app: TestApp, name: str) -> TemplateTexts:
    with app.db.read() as session:
        found = by_template(session, actor(session, "admin"), MONDAY, MONDAY + timedelta(days=9))
    return next(texts for texts in found if texts.template == name)


def a_form(app: TestApp) -> None:
    """A confirmation to the patient and an alert to staff are handed over."""
    take_in(app, submission())
    run_due(app)


def stop(app: TestApp, sid: str = "SMin1") -> None:
    params = {"MessageSid": sid, "From": PHONE, "Body": "STOP", "NumMedia": "0"}
    receive_text.receive(app, params, now=app.clock.now())


def test_a_day_is_counted_by_template(app: TestApp) -> None:
    a_form(app)
    assert roll_up(app, now=app.clock.now()) == 1
    confirmation = template(app, "lead_confirmation")
    assert (confirmation.purpose, confirmation.handed_over, confirmation.delivered) == ("confirmation", 1, 0)
    assert confirmation.segments >= 1
    assert template(app, "staff_new_lead").handed_over == 1
    assert counted(app)[0].handed_over == len(app.sms.accepted)


def test_counting_twice_counts_once(app: TestApp) -> None:
    """Restarts, two schedulers, every quarter of an hour: the figures are replaced, never added, and unchanged days
    are not written.
    """
    a_form(app)
    roll_up(app, now=app.clock.now())
    before = counted(app)
    assert roll_up(app, now=app.clock.now()) == 0
    assert counted(app) == before


def test_what_arrives_two_days_later_still_counts_for_its_day(app: TestApp) -> None:
    a_form(app)
    roll_up(app, now=app.clock.now())
    app.clock.advance(timedelta(days=2))
    for _, sid, _ in app.sms.accepted:
        delivery_status.record(
            app, "", "", {"MessageSid": sid, "MessageStatus": "delivered"}, now=app.clock.now()
        )
    roll_up(app, now=app.clock.now())
    assert counted(app)[0].delivered == len(app.sms.accepted)


def test_an_opt_out_is_held_against_the_text_it_followed(app: TestApp) -> None:
    """Once, however often they say it, and not against the confirmation of the STOP itself."""
    a_form(app)
    app.clock.advance(timedelta(minutes=1))
    stop(app)
    run_due(app)
    app.clock.advance(timedelta(minutes=1))
    stop(app, "SMin2")
    roll_up(app, now=app.clock.now())
    assert template(app, "lead_confirmation").opted_out == 1
    assert counted(app)[0].opted_out == 1


def test_a_day_ends_at_the_clinics_midnight(app: TestApp) -> None:
    """23:30 in New York is the next day in UTC already."""
    app.clock.advance(timedelta(hours=13, minutes=30))
    a_form(app)
    app.clock.advance(timedelta(hours=1))
    roll_up(app, now=app.clock.now())
    assert [day.day for day in counted(app, days=3)] == [MONDAY]


def test_a_text_that_moved_to_another_day_is_not_counted_twice(app: TestApp) -> None:
    """Tried again after midnight, it belongs to the day on which it went."""
    a_form(app)
    roll_up(app, now=app.clock.now())
    app.clock.advance(timedelta(days=1))
    with app.db.write() as session:
        session.execute(update(sms_messages).values(created_at=app.clock.now()))
    roll_up(app, now=app.clock.now())
    assert [day.day for day in counted(app, days=3)] == [MONDAY + timedelta(days=1)]


def test_a_crash_between_two_days_leaves_whole_days(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each day is one transaction; the next run does the rest."""
    a_form(app)
    app.clock.advance(timedelta(days=1))
    take_in(app, submission(external_id="form-2", phone="+14075550156", email="ava@example.com"))
    run_due(app)
    keep, kept = store_days.keep, list[date]()

    def dies_at_the_second(session: Session, day: date, counts: set[Count], now: datetime) -> None:
        if kept:
            raise KeyboardInterrupt
        kept.append(day)
        keep(session, day, counts, now)

    with monkeypatch.context() as patch:
        patch.setattr(store_days, "keep", dies_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            roll_up(app, now=app.clock.now())
    assert [day.day for day in counted(app, days=2)] == [MONDAY]
    assert roll_up(app, now=app.clock.now()) == 1
    assert sum(day.handed_over for day in counted(app, days=2)) == len(app.sms.accepted)


def test_days_that_nobody_counted_are_made_up_for(app: TestApp) -> None:
    """At first all there are; after a fortnight without a scheduler, the days in between."""
    a_form(app)
    app.clock.advance(timedelta(days=12))
    roll_up(app, now=app.clock.now())
    assert [day.day for day in counted(app, days=20)] == [MONDAY]
    take_in(app, submission(external_id="form-2", phone="+14075550156", email="ava@example.com"))
    run_due(app)
    app.clock.advance(timedelta(days=12))
    roll_up(app, now=app.clock.now())
    assert [day.day for day in counted(app, days=30)] == [MONDAY, MONDAY + timedelta(days=12)]


def test_figures_are_for_those_who_look_after_delivery(app: TestApp) -> None:
    with app.db.read() as session, pytest.raises(Denied):
        by_day(session, actor(session, "provider"), MONDAY, MONDAY)
