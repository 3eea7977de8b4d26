"""The gateway was away: what patients wrote and what became of our texts is asked for, once and in order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, event, select

from core.compliance.tables import consents, phone_standing
from core.db.engine import Database
from core.domain.ports import Outcome, ProviderText, SendResult
from core.flows.conversation import missed_messages, receive_text, received_files
from core.flows.sending import delivery_status
from core.leads.tables import lead_events, leads
from core.messaging.store import missed
from core.messaging.tables import sms_messages, text_media, timed_actions
from core.operations import store as operations
from core.sla.tables import sla_clocks
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import run_due, take_in

PHONE = "+14075550155"
MINUTE = timedelta(minutes=1)


def writes(app: TestApp, body: str, *, number: int = 1, pictures: int = 0) -> ProviderText:
    """A patient's text reaches the provider now, and nobody answers its webhook."""
    text = ProviderText(
        f"SMin{number}",
        app.sms.sender,
        PHONE,
        body,
        "received",
        app.clock.now(),
        inbound=True,
        pictures=pictures,
    )
    app.sms.inbound.append(text)
    return text


def webhook(app: TestApp, text: ProviderText) -> None:
    params = {"MessageSid": text.sid, "From": text.sender, "To": text.to, "Body": text.body, "NumMedia": "0"}
    receive_text.receive(app, params, now=app.clock.now())


def catch_up(app: TestApp, after: timedelta = 3 * MINUTE) -> int:
    return missed_messages.catch_up(app, now=app.clock.advance(after))


def column(app: TestApp, wanted: Column[Any]) -> list[Any]:
    with app.db.read() as session:
        return list(session.execute(select(wanted).order_by(wanted.table.c.id)).scalars())


def opted_out(app: TestApp) -> bool:
    with app.db.read() as session:
        return session.execute(select(phone_standing.c.opted_out_at)).scalar_one() is not None


def inbound(app: TestApp) -> list[tuple[str, datetime]]:
    c = sms_messages.c
    with app.db.read() as session:
        rows = session.execute(
            select(c.message_body, c.created_at).where(c.direction == "inbound").order_by(c.created_at)
        )
        return [(row.message_body, row.created_at) for row in rows]


def confirmation(app: TestApp) -> str:
    """The sid of the text that answered the patient's form."""
    c = sms_messages.c
    with app.db.read() as session:
        return str(session.execute(select(c.twilio_sid).where(c.origin == "automatic")).scalars().first())


def planned(app: TestApp) -> list[str]:
    c = timed_actions.c
    with app.db.read() as session:
        return list(
            session.execute(
                select(c.template).where(c.state == "planned", c.audience == "patient", c.kind == "text")
            ).scalars()
        )


def test_a_stop_that_met_a_closed_door_is_honoured(app: TestApp) -> None:
    """Nothing planned to the number survives it, and the ledger says when we recorded it."""
    take_in(app, submission())
    run_due(app)
    assert planned(app)
    writes(app, "STOP")
    assert catch_up(app) == 1
    assert opted_out(app)
    assert [template for template in planned(app) if template != "opt_out_confirmation"] == []
    assert column(app, consents.c.action)[-1] == "revoke"


def test_an_answer_is_owed_for_a_few_minutes_only(app: TestApp) -> None:
    """A STOP of an hour ago is honoured in silence: its confirmation would be one text too many by now."""
    take_in(app, submission())
    run_due(app)
    before = len(app.sms.bodies_to(PHONE))
    catch_up(app)
    writes(app, "STOP")
    catch_up(app, timedelta(hours=1))
    run_due(app)
    assert opted_out(app)
    assert len(app.sms.bodies_to(PHONE)) == before


def test_a_missed_reply_waits_since_it_was_written(app: TestApp) -> None:
    """It stands in the thread at its time, unread, and its clock began then, not when we found it."""
    take_in(app, submission())
    run_due(app)
    with app.db.write() as session:
        session.execute(sla_clocks.delete())
    catch_up(app)
    written = writes(app, "Could you call me tonight?").created_at
    catch_up(app, timedelta(minutes=20))
    assert inbound(app) == [("Could you call me tonight?", written)]
    assert column(app, sla_clocks.c.started_at) == [written]
    with app.db.read() as session:
        assert session.execute(select(leads.c.unread)).scalar_one() == 1
        events = session.execute(select(lead_events.c.kind)).scalars().all()
        assert "replied" in events
        due = session.execute(select(timed_actions.c.template).where(timed_actions.c.audience == "staff"))
        assert "staff_reply" in due.scalars().all()


def test_a_text_is_taken_in_once_whoever_brings_it_first(app: TestApp) -> None:
    """The webhook first and the list later, or the other way round."""
    take_in(app, submission())
    first, second = writes(app, "Hello"), writes(app, "Are you there?", number=2)
    webhook(app, first)
    assert catch_up(app) == 1
    webhook(app, second)
    assert catch_up(app) == 0
    assert sorted(body for body, _ in inbound(app)) == ["Are you there?", "Hello"]


def test_a_webhook_that_is_only_just_under_way_gets_its_chance(app: TestApp) -> None:
    """It may say that the provider has answered already, which the list does not."""
    catch_up(app)
    writes(app, "STOP")
    assert catch_up(app, timedelta(seconds=20)) == 0
    assert catch_up(app, 2 * MINUTE) == 1


def test_the_webhook_and_the_list_at_the_same_moment(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """The webhook's transaction ends while the list is being read: one text, one event."""
    take_in(app, submission())
    text = writes(app, "Hello")
    ranks = missed.ranks

    def then_the_webhook(session: Any, sids: Any) -> dict[str, int]:
        known = ranks(session, sids)
        session.rollback()
        webhook(app, text)
        return known

    monkeypatch.setattr(missed, "ranks", then_the_webhook)
    catch_up(app)
    assert [body for body, _ in inbound(app)] == ["Hello"]
    assert column(app, lead_events.c.kind).count("replied") == 1


@pytest.mark.parametrize("apart", [MINUTE, timedelta(0)])
def test_start_after_stop_counts_in_the_order_written(app: TestApp, apart: timedelta) -> None:
    """Both were missed, and the list names the newer one first; its times are whole seconds."""
    take_in(app, submission())
    writes(app, "STOP")
    app.clock.advance(apart)
    writes(app, "START", number=2)
    catch_up(app)
    assert not opted_out(app)


def test_a_missed_start_never_undoes_a_later_stop(app: TestApp) -> None:
    """STOP, START and STOP again; only the last one's webhook came through."""
    take_in(app, submission())
    writes(app, "STOP")
    app.clock.advance(MINUTE)
    writes(app, "START", number=2)
    app.clock.advance(MINUTE)
    webhook(app, writes(app, "STOP", number=3))
    catch_up(app)
    assert opted_out(app)


def test_a_crash_between_two_texts_skips_none_and_doubles_none(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is in, the process dies, the next one goes on from where everything was known to be done."""
    take_in(app, submission())
    catch_up(app)
    for number in (1, 2, 3):
        writes(app, f"Text {number}", number=number)
        app.clock.advance(timedelta(seconds=1))
    receive = receive_text.receive

    def dies_at_the_second(app: TestApp, params: dict[str, str], **moments: datetime) -> Any:
        if params["MessageSid"] == "SMin2":
            raise KeyboardInterrupt
        return receive(app, params, **moments)

    with monkeypatch.context() as patch:
        patch.setattr(receive_text, "receive", dies_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            catch_up(app)
    app.clock.advance(timedelta(hours=5))
    assert catch_up(app) == 2
    assert [body for body, _ in inbound(app)] == ["Text 1", "Text 2", "Text 3"]


def test_a_crash_before_the_mark_is_moved_repeats_nothing(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are in, the mark is not: the same stretch is read again, and there is nothing new in it."""
    take_in(app, submission())
    catch_up(app)
    writes(app, "STOP")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(operations, "reach", dies)
        with pytest.raises(KeyboardInterrupt):
            catch_up(app)
    assert catch_up(app) == 0
    assert len(inbound(app)) == 1
    assert column(app, consents.c.action).count("revoke") == 1


def test_one_text_that_cannot_be_taken_in_holds_up_no_stop(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are in at once; the one is tried again until it can be."""
    take_in(app, submission())
    writes(app, "Hello")
    app.clock.advance(timedelta(seconds=1))
    writes(app, "STOP", number=2)
    receive = receive_text.receive

    def stumbles(app: TestApp, params: dict[str, str], **moments: datetime) -> Any:
        if params["MessageSid"] == "SMin1":
            raise ValueError("a fault of ours")
        return receive(app, params, **moments)

    with monkeypatch.context() as patch:
        patch.setattr(receive_text, "receive", stumbles)
        assert catch_up(app) == 1
        assert opted_out(app)
    assert catch_up(app, timedelta(hours=2)) == 1


def test_a_provider_that_is_down_is_asked_again_for_all_of_it(app: TestApp) -> None:
    """The outage of the provider after our own: the mark waits."""
    take_in(app, submission())
    catch_up(app)
    writes(app, "STOP")
    app.sms.down = True
    assert catch_up(app, timedelta(hours=3)) == 0
    app.sms.down = False
    assert catch_up(app) == 1
    assert opted_out(app)


def test_days_away_are_read_in_stretches(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left out at the seams, nor where a page is full."""
    monkeypatch.setattr(missed_messages, "PAGE", 4)
    catch_up(app)
    for number in range(30):
        writes(app, f"Text {number}", number=number)
        app.clock.advance(timedelta(hours=2))
    assert catch_up(app) == 30
    assert [body for body, _ in inbound(app)] == [f"Text {number}" for number in range(30)]


def test_a_clock_that_went_back_does_not_stop_the_asking(app: TestApp) -> None:
    take_in(app, submission())
    catch_up(app)
    app.clock.advance(timedelta(hours=-1))
    writes(app, "STOP")
    assert catch_up(app) == 1


def test_pictures_of_a_missed_text_are_fetched_like_any_other(app: TestApp) -> None:
    take_in(app, submission())
    text = writes(app, "Look", pictures=1)
    app.sms.pictures[text.sid] = [("https://api.twilio.com/made-up/ME1", "image/jpeg")]
    catch_up(app)
    assert column(app, text_media.c.url) == ["https://api.twilio.com/made-up/ME1"]


def test_pictures_of_days_ago_are_fetched_at_once(app: TestApp) -> None:
    """Whatever the age of the text that they came with."""
    take_in(app, submission())
    catch_up(app)
    text = writes(app, "Look", pictures=1)
    app.sms.pictures[text.sid] = [("https://api.twilio.com/made-up/ME1", "image/jpeg")]
    catch_up(app, timedelta(days=4))
    received_files.sweep(app, now=app.clock.now())
    assert column(app, text_media.c.fetched_at) == [app.clock.now()]


def test_two_schedulers_that_ask_at_once_take_each_text_in_once(app: TestApp) -> None:
    """On PostgreSQL every scheduler asks."""
    take_in(app, submission())
    for number in range(8):
        writes(app, f"Text {number}", number=number)
    now = app.clock.advance(3 * MINUTE)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: missed_messages.catch_up(app, now=now), range(2)))
    assert len(inbound(app)) == 8
    assert column(app, lead_events.c.kind).count("replied") == 8


def test_a_lost_status_is_learnt_like_a_callback(app: TestApp) -> None:
    """A number that is no mobile is barred just as if we had been told."""
    take_in(app, submission())
    run_due(app)
    sid = confirmation(app)
    app.sms.reports[sid] = ("undelivered", 30006)
    assert catch_up(app) == 1
    with app.db.read() as session:
        text = session.execute(select(sms_messages).where(sms_messages.c.twilio_sid == sid)).one()
        assert (text.status, text.error_code) == ("undelivered", 30006)
        assert session.execute(select(phone_standing.c.unreachable_at)).scalar_one() is not None
    assert "text_failed" in column(app, lead_events.c.kind)


def test_a_status_never_goes_back(app: TestApp) -> None:
    """The callback said delivered; a list that lags still says sent."""
    take_in(app, submission())
    run_due(app)
    sid = confirmation(app)
    delivery_status.record(
        app, "", "", {"MessageSid": sid, "MessageStatus": "delivered"}, now=app.clock.now()
    )
    app.sms.reports[sid] = ("sent", None)
    catch_up(app)
    assert "delivered" in column(app, sms_messages.c.status)


def test_an_end_that_comes_hours_later_is_asked_for(app: TestApp) -> None:
    """The phone was off; the text is long out of the list's stretch when it arrives."""
    take_in(app, submission())
    run_due(app)
    sid = confirmation(app)
    for _ in range(5):
        catch_up(app, 10 * MINUTE)
    app.sms.reports[sid] = ("delivered", None)
    assert sum(catch_up(app, 3 * MINUTE) for _ in range(10)) == 1
    assert "delivered" in column(app, sms_messages.c.status)


def test_a_text_of_ours_whose_answer_was_lost_is_no_patients(app: TestApp) -> None:
    """The list shows it; those who look after lost answers adopt it, and nobody takes it for a reply."""
    app.sms.answer = lambda _text: SendResult(Outcome.UNKNOWN, sid="SM1")
    take_in(app, submission())
    run_due(app)
    app.sms.reports = dict.fromkeys((sid for _, sid, _ in app.sms.accepted), ("delivered", None))
    assert app.sms.accepted
    assert catch_up(app) == 0
    assert inbound(app) == []


def statements(db: Database) -> list[str]:
    """Every statement from now on."""
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    return seen


def test_at_rest_nothing_is_written_but_the_mark(app: TestApp) -> None:
    """A few small reads, one question, one row: a scheduler with nothing to do stays idle."""
    catch_up(app)
    seen = statements(app.db)
    catch_up(app)
    assert [words for words in seen if words.startswith(("INSERT", "UPDATE", "DELETE"))] == [
        words for words in seen if words.startswith("INSERT INTO job_marks")
    ]
    assert len(seen) < 12
