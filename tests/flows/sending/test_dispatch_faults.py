"""The engine under odd answers, odd rows and odd moments: a text is neither lost nor sent twice."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import select, text

from core.adapters.http_client import Answer, AnswerLost, HttpClient
from core.adapters.twilio import _read
from core.db.lease import lease_for
from core.db.session_lease import SessionLease
from core.domain.ports import Outcome, OutgoingText, SendResult
from core.flows.sending import dispatch, reconciling, rescuing
from core.messaging.rules import send_hold_drop
from core.messaging.tables import timed_actions
from scheduler.dispatcher import Dispatcher
from scheduler.pacing import TokenBucket
from scheduler.sender import Sender, machine_seconds
from tests.awaiting import result_of
from tests.conftest import TestApp
from tests.flows.dispatching import OWNER, ROOM, Held, hand_over
from tests.flows.sending.test_dispatch_races import PATIENT, plan_text, state_of

PATIENCE = 10.0


def became(condition: Callable[[], bool], patience: float = PATIENCE) -> bool:
    until = time.monotonic() + patience
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return condition()


def turns(dispatcher: Dispatcher, count: int) -> None:
    """The dispatcher looks so often, whatever becomes of it."""
    for _ in range(count):
        dispatcher.wake()
        with suppress(Exception):
            dispatcher._turn()


def test_with_one_slot_the_second_text_follows_the_first(app: TestApp) -> None:
    """LUXE_SLOTS=1 is allowed: what was claimed must not wait for the next text to come."""
    finished: list[dispatch.Finished] = []
    sender = Sender(app.sms, 1, finished.append)
    sender.start()
    jobs = [dispatch.Job(OutgoingText(str(n), 1, PATIENT, "Hello"), OWNER) for n in range(2)]
    sender.submit(jobs, machine_seconds())
    both = became(lambda: len(finished) == 2, 1.0)
    sender.stop()
    assert both


def test_what_another_scheduler_claims_meanwhile_is_not_damaged(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marked failed while it is being sent, it would be sent a second time by whoever reads that."""
    action_id = plan_text(app, "fine")
    trial = rescuing._can_be_taken_up

    def claimed_before(app_: TestApp, *args: object, **kwargs: object) -> bool:
        dispatch.step(app, "another", [], ROOM, now=app.clock.now())
        return trial(app_, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(rescuing, "_can_be_taken_up", claimed_before)
    rescuing.set_aside_damaged(app, now=app.clock.now())
    assert state_of(app, action_id)[0] == "sending"


@pytest.mark.parametrize(
    "odd",
    [
        SendResult(Outcome.ACCEPTED, "SM" + "0" * 70, "queued"),
        SendResult(Outcome.ACCEPTED, "SM01", "a status of more than twenty letters"),
        SendResult(Outcome.REFUSED, code=400, detail="words with a \x00 in them"),
        SendResult(Outcome.REFUSED, code=400, detail="half an emoji \ud83d"),
        SendResult(Outcome.REFUSED, code=2**40, detail="a code like no other"),
    ],
    ids=["long-sid", "long-status", "nul", "surrogate", "large-code"],
)
def test_an_odd_answer_to_one_text_holds_up_no_other(app: TestApp, odd: SendResult) -> None:
    """An answer that can't be written down goes to a person; all others go on."""
    plan_text(app, "odd")
    step = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    dispatcher = Dispatcher(app, OWNER, Held(), TokenBucket(0))
    dispatcher._unwritten = [dispatch.Finished(job, odd) for job in step.jobs]
    turns(dispatcher, 3)
    assert not dispatcher._unwritten, "the same result is tried for ever"


def test_a_row_that_cannot_be_read_holds_up_no_other(app: TestApp) -> None:
    """A number under a key that is gone, or bytes that a disk changed."""
    damaged = plan_text(app, "damaged", "Damaged")
    fine = plan_text(app, "fine", "Fine")
    with app.db.write() as session:
        session.execute(
            text("UPDATE timed_actions SET phone = :junk WHERE id = :id"),
            {"junk": b"junk" * 20, "id": damaged},
        )
    turns(Dispatcher(app, OWNER, Held(), TokenBucket(0)), 3)
    assert state_of(app, fine)[0] == "sending"


def test_a_clock_that_was_set_does_not_shorten_the_wait_after_a_take_over(app: TestApp) -> None:
    """Whose texts were taken over may still be calling for a while, whatever the clock says."""
    action_id = plan_text(app, "one")
    dispatch.step(app, "cut-off", [], ROOM, now=app.clock.now())
    rescuing.take_over(app, "cut-off", now=app.clock.now())
    reconciling.wait_anew(app, now=app.clock.now() + timedelta(seconds=1))
    with app.db.read() as session:
        verify_at = session.execute(
            select(timed_actions.c.verify_at).where(timed_actions.c.id == action_id)
        ).scalar_one()
    assert verify_at >= app.clock.now() + timedelta(seconds=send_hold_drop.TAKE_OVER_SECONDS)


def test_results_are_written_even_while_something_is_due_all_the_time(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that another scheduler, frozen, keeps locked is due at every look."""
    plan_text(app, "one")
    step = dispatch.step(app, OWNER, [], ROOM, now=app.clock.now())
    dispatcher = Dispatcher(app, OWNER, Held(), TokenBucket(0))
    dispatcher._unwritten = hand_over(app, step)
    locked = dispatch.Step([], 0, more=False, next_due=app.clock.now())
    dispatcher._plan = locked
    monkeypatch.setattr(dispatch, "step", lambda *_args, **_named: locked)
    for _ in range(100):
        dispatcher._step()
    assert not dispatcher._unwritten


HANG_UP = b""
ACCEPTED = b"HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\n"


async def _answers(parts: list[list[bytes]], posts: int) -> list[object]:
    """What `posts` requests one after another learn from a server that answers them in these parts."""
    waiting = iter(parts)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, StopIteration):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(1)
                for part in next(waiting):
                    if part == HANG_UP:
                        return writer.close()
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.05)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = HttpClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", {}, 2.0)
    learned: list[object] = []
    for _ in range(posts):
        try:
            answer = await client.post("/", "x")
            learned.append((answer.status, answer.body))
        except AnswerLost as lost:
            learned.append(str(lost))
    client.close()
    server.close()
    return learned


@pytest.mark.parametrize(
    "interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"]
)
def test_an_interim_response_is_not_the_answer(interim: bytes) -> None:
    """The next text would get this one's sid, and this one would be sent again."""
    learned = result_of(_answers([[interim, interim, ACCEPTED + b"1"], [ACCEPTED + b"2"]], 2))
    assert learned == [(201, b"1"), (201, b"2")]


def test_an_answer_in_pieces_and_in_chunks_is_read() -> None:
    chunked = [
        b"HTTP/1.1 201 Created\r\nTransfer-",
        b"Encoding: chunked\r\n\r\n1\r",
        b"\n1\r\n0\r\n\r",
        b"\n",
    ]
    assert result_of(_answers([chunked, [ACCEPTED + b"2"]], 2)) == [(201, b"1"), (201, b"2")]


def test_a_second_answer_in_one_breath_is_not_the_next_requests() -> None:
    """The connection that carried it is not used again, or what it carried too much is thrown away."""
    learned = result_of(_answers([[ACCEPTED + b"1" + ACCEPTED + b"X"], [ACCEPTED + b"2"]], 2))
    assert learned == [(201, b"1"), (201, b"2")]


def test_half_an_answer_is_a_lost_one() -> None:
    half = [b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n123", HANG_UP]
    assert result_of(_answers([half], 1)) == ["connection closed"]


@pytest.mark.parametrize("status", [408, 404])
def test_a_refusal_that_is_not_the_providers_own_is_no_refusal(status: int) -> None:
    """A proxy's page carries no Twilio code: the text may have gone out, or may still go."""
    assert _read(Answer(status, b"<html>Request Timeout</html>", "")).outcome is Outcome.UNKNOWN


def test_the_same_words_from_another_sender_are_not_ours(app: TestApp) -> None:
    """Another branch's text to the same number would count as this one, which then never leaves."""
    action_id = plan_text(app, "ours")
    dispatch.step(app, "died", [], ROOM, now=app.clock.now())
    rescuing.take_over(app, "died", now=app.clock.now())
    app.sms.take(OutgoingText("theirs", 1, PATIENT, "Hello"))
    listed = [replace(theirs, sender="+15125550199") for theirs in app.sms.sent_to(PATIENT, app.clock.now())]
    app.sms.sent_to = lambda _to, _since: listed  # type: ignore[method-assign,assignment]
    reconciling.look_up(app, now=app.clock.advance(timedelta(minutes=1)))
    assert state_of(app, action_id) == ("planned", "not_found_resend")


def test_a_scheduler_whose_old_session_lingers_on_the_server_does_not_hang(app: TestApp) -> None:
    """A line that was cut: the server may hold the dead session's lock for hours. It must try, not wait."""
    if app.db.is_sqlite:
        pytest.skip("PostgreSQL keeps sessions")
    lingering = lease_for(app.db, "same")
    assert lingering.acquire()
    again = lease_for(app.db, "same")
    answered = threading.Event()

    def try_again() -> None:
        again.acquire()
        answered.set()

    worker = threading.Thread(target=try_again)
    worker.start()
    hung = not answered.wait(2.0)
    lingering.release()
    worker.join()
    again.release()
    assert not hung


def test_the_server_too_gives_up_a_line_that_went_silent(app: TestApp) -> None:
    """Else a scheduler whose machine vanished keeps its lock, and its texts in flight, for two hours."""
    if app.db.is_sqlite:
        pytest.skip("PostgreSQL keeps sessions")
    lease = lease_for(app.db, "silent")
    assert isinstance(lease, SessionLease)
    assert lease.acquire()
    connection = lease._connection
    assert isinstance(connection, psycopg.Connection)
    row = connection.execute("SELECT current_setting('tcp_keepalives_idle')::int").fetchone()
    lease.release()
    assert row
    assert 0 < row[0] <= 60


def test_a_frozen_scheduler_does_not_hold_its_locks_for_ever(app: TestApp) -> None:
    """Stopped between claim and commit, it keeps the locks of its numbers; every other one then waits for them."""
    if app.db.is_sqlite:
        pytest.skip("one scheduler")
    with app.db.read() as session:
        limit = session.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one()
    assert limit != "0"
