"""The thread of webhooks: from a booking to a receiver that checks the signature, and nothing gets lost on the way."""

import json
import time
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from core.adapters.webhooks import SignedWebhooks
from core.domain.ports import Hook, SendResult
from core.domain.signed_hooks import HEADER, is_signed
from core.flows.webhooks import delivering, endpoints
from core.webhooks.tables import webhook_deliveries
from scheduler.turns import LOOK_SECONDS
from scheduler.webhook_caller import WebhookCaller
from tests.adapters.test_web_push import Service, served
from tests.conftest import TestApp
from tests.flows.booking.hooks import listen, log
from tests.flows.booking.test_webhooks import MINUTE, a_visit
from tests.flows.dispatching import Held
from tests.flows.staffing import rows
from tests.scheduler.test_emailer import Lost


def test_from_a_booking_to_a_receiver_that_checks_who_speaks(app: TestApp) -> None:
    with served(Service()) as service:
        settings = app.settings.model_copy(update={"webhook_hosts": "127.0.0.1"})
        app = replace(app, settings=settings, webhooks=SignedWebhooks(("127.0.0.1",)))  # type: ignore[arg-type]
        added = listen(app, url=f"http://127.0.0.1:{service.port}/luxe")
        visit_id = a_visit(app)
        WebhookCaller(app, "caller", Held()).turn()
        [(path, headers, body)] = service.asked
        assert path == "/luxe"
        assert is_signed(added.secret, headers[HEADER], body, int(time.time()))
        assert json.loads(body)["data"]["appointmentId"] == visit_id
        assert log(app) == [("booking.created", "delivered", 1, 201)]
        assert endpoints.test(app, added.id, now=app.clock.now()).code == 201
        assert json.loads(service.asked[-1][2])["type"] == "webhook.test"


def test_a_result_that_could_not_be_written_is_written_later_and_the_call_made_once(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen(app)
    a_visit(app)
    caller, settle = WebhookCaller(app, "caller", Held()), delivering.settle
    monkeypatch.setattr(delivering, "settle", _refusing)
    caller._turn_or_pause()
    assert [state for _, state, _, _ in log(app)] == ["waiting"]
    monkeypatch.setattr(delivering, "settle", settle)
    caller._turn_or_pause()
    assert log(app) == [("booking.created", "delivered", 1, 200)]
    assert len(app.webhooks.asked) == 1


def _refusing(*_arguments: object, **_options: object) -> None:
    raise OperationalError("", None, Exception("database is locked"))


def test_an_adapter_that_raises_has_failed_and_it_goes_again(app: TestApp) -> None:
    listen(app)
    a_visit(app)

    def raises(_hook: Hook) -> SendResult:
        raise RuntimeError

    app.webhooks.answer = raises
    caller = WebhookCaller(app, "caller", Held())
    caller.turn()
    assert [(row.state, row.error) for row in rows(app, webhook_deliveries)] == [("waiting", "RuntimeError")]
    app.webhooks.answer = lambda _hook: None
    app.clock.advance(MINUTE)
    caller.turn()
    assert [state for _, state, _, _ in log(app)] == ["delivered"]


def test_without_the_lease_nothing_is_claimed(app: TestApp) -> None:
    listen(app)
    a_visit(app)
    assert WebhookCaller(app, "caller", Lost()).turn() == LOOK_SECONDS
    assert app.webhooks.asked == []


def test_what_is_in_hand_when_it_stops_is_written_down(app: TestApp) -> None:
    listen(app)
    a_visit(app)
    caller = WebhookCaller(app, "caller", Held())
    caller._take_up()
    caller.stop()
    caller.run()
    assert log(app) == [("booking.created", "delivered", 1, 200)]
