"""What a monitoring system reads, and who may read it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import insert, update
from starlette.testclient import TestClient

from core.domain.ports import BOUNCED, Outcome, SendResult
from core.flows.sending import dispatch
from core.flows.upkeep import backing_up, heartbeat
from core.messaging.tables import timed_actions
from core.operations.tables import switches
from gateway.main import create_app
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.dispatching import OWNER, ROOM, run_due, take_in
from tests.flows.emailing import clinic, plan, send_all
from tests.flows.sending.test_resend import undelivered, unknown

HERE = ("127.0.0.1", 50000)
LOCAL = "http://127.0.0.1:8000"
Labels = dict[str, str]


def client_of(app: TestApp, peer: tuple[str, int] = HERE, url: str = LOCAL) -> TestClient:
    """Somebody at `peer` who asks for `url`."""
    return TestClient(create_app(app), base_url=url, client=peer)


def on_trial(app: TestApp) -> TestApp:
    """The same where nobody but this machine is served yet."""
    return replace(app, settings=app.settings.model_copy(update={"public_url": ""}))


def scraped(app: TestApp) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample by its name and the values of its labels, in the order of their names."""
    answer = client_of(on_trial(app)).get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, tuple(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_program_on_this_machine_reads_them_while_it_serves_nobody_else(public_app: TestApp) -> None:
    """In Prometheus' own format, without any setting."""
    here = on_trial(public_app)
    answer = client_of(here).get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert client_of(here, ("::1", 5), "http://[::1]:8000").get("/metrics").status_code == 200


def test_behind_a_proxy_that_hides_whom_it_asks_for_they_need_the_token(public_app: TestApp) -> None:
    """nginx without a further line sends neither a header nor the host: it looks like this machine."""
    assert client_of(public_app).get("/metrics").status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_whoever_comes_through_a_proxy_on_this_machine_finds_nothing(
    public_app: TestApp, header: str
) -> None:
    """The proxy calls from loopback for all the world."""
    answer = client_of(on_trial(public_app)).get("/metrics", headers={header: "127.0.0.1"})
    assert answer.status_code == 404
    assert "luxe_" not in answer.text


def test_strangers_and_the_public_name_find_nothing(public_app: TestApp) -> None:
    """Nor does a made-up or broken host."""
    here = on_trial(public_app)
    assert client_of(here, ("203.0.113.9", 5)).get("/metrics").status_code == 404
    assert client_of(here, url="https://follow-up.example.com").get("/metrics").status_code == 404
    assert client_of(here).get("/metrics", headers={"Host": "[::1"}).status_code == 404


def test_the_token_opens_them_from_anywhere_and_only_the_right_one(public_app: TestApp) -> None:
    """Without a token in the settings an empty one opens nothing."""
    settings = public_app.settings.model_copy(update={"metrics_token": SecretStr("made-up-token")})
    afar = client_of(replace(public_app, settings=settings), ("203.0.113.9", 5))
    assert afar.get("/metrics", headers={"Authorization": "Bearer made-up-token"}).status_code == 200
    for wrong in ("Bearer made-up", "Bearer ", "Basic made-up-token", "Bearer päss"):
        assert afar.get("/metrics", headers={"Authorization": wrong.encode()}).status_code == 404
    none = client_of(public_app, ("203.0.113.9", 5))
    assert none.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_what_waits_is_counted_with_its_age(public_app: TestApp) -> None:
    """Only what is due: the rest of a sequence is no lag."""
    take_in(public_app, submission())
    public_app.clock.advance(timedelta(seconds=40))
    found = scraped(public_app)
    assert found["luxe_actions", ("instant", "due")] == 2  # the confirmation, and the alert to its owner
    assert found["luxe_lag_seconds", ("instant",)] == 40
    assert found["luxe_lag_seconds", ("bulk",)] == 0
    run_due(public_app)
    found = scraped(public_app)
    assert found["luxe_actions", ("instant", "due")] == found["luxe_lag_seconds", ("instant",)] == 0


def test_texts_of_the_day_by_outcome_and_failures_by_code(public_app: TestApp) -> None:
    """They begin anew at the clinic's midnight."""
    undelivered(public_app, code=30007)
    found = scraped(public_app)
    assert found["luxe_texts_total", ("handed_over",)] >= 1
    assert found["luxe_texts_total", ("failed",)] == found["luxe_failures_total", ("30007",)] == 1
    public_app.clock.advance(timedelta(days=1))
    found = scraped(public_app)
    assert found["luxe_texts_total", ("handed_over",)] == found["luxe_texts_total", ("failed",)] == 0
    assert ("luxe_failures_total", ("30007",)) not in found


def test_a_text_of_unknown_fate_is_seen(public_app: TestApp) -> None:
    """So that an alarm calls a person."""
    unknown(public_app)
    assert scraped(public_app)["luxe_actions", ("instant", "unknown")] == 1


def test_emails_are_counted_beside_texts(public_app: TestApp) -> None:
    """One that is out or of unknown fate has a lane of its own, and breaks no scrape."""
    public_app.email.answer = lambda _email: SendResult(Outcome.UNKNOWN)
    plan(public_app, clinic(public_app))
    assert scraped(public_app)["luxe_actions", ("email", "due")] == 1
    send_all(public_app)
    found = scraped(public_app)
    assert found["luxe_actions", ("email", "unknown")] == 1
    assert found["luxe_emails_total", ("handed_over",)] == 0
    public_app.email.answer = lambda _email: SendResult(
        Outcome.REFUSED, status=BOUNCED, code=550, detail="5.1.1"
    )
    plan(public_app, clinic(public_app, external_id="second"), key="second")
    send_all(public_app)
    assert scraped(public_app)["luxe_emails_total", ("bounced",)] == 1


def test_an_alert_to_staff_of_unknown_fate_calls_nobody(public_app: TestApp) -> None:
    """It is looked up; after that its moment has passed, and no page could settle it."""
    action_id = unknown(public_app)
    with public_app.db.write() as session:
        alert = update(timed_actions).where(timed_actions.c.id == action_id)
        session.execute(alert.values(audience="staff"))
    assert scraped(public_app)["luxe_actions", ("instant", "unknown")] == 0


def test_what_is_out_without_a_result_is_seen(public_app: TestApp) -> None:
    """A sender that hangs with everything in hand leaves no lag."""
    take_in(public_app, submission())
    dispatch.step(public_app, OWNER, [], ROOM, now=public_app.clock.now())
    public_app.clock.advance(timedelta(seconds=30))
    found = scraped(public_app)
    assert found["luxe_in_flight_seconds", ()] == 30
    assert found["luxe_lag_seconds", ("instant",)] == 0
    assert found["luxe_actions", ("instant", "sending")] == 2


def test_the_heartbeat_ages_and_none_at_all_is_endless(public_app: TestApp) -> None:
    """An alarm on its age rings in both cases."""
    name = ("luxe_scheduler_heartbeat_age_seconds", ())
    assert scraped(public_app)[name] == float("inf")
    now = public_app.clock.now()
    heartbeat.beat(public_app, "s-1", started_at=now, now=now)
    public_app.clock.advance(timedelta(seconds=7))
    assert scraped(public_app)[name] == 7


def test_the_age_of_the_last_good_backup_is_told_where_backups_are_made(public_app: TestApp) -> None:
    """An alarm on it rings before the first one too."""
    name = ("luxe_backup_age_seconds", ())
    assert name not in scraped(public_app)
    wanting = replace(public_app, settings=public_app.settings.model_copy(update={"backup_to": "/somewhere"}))
    assert scraped(wanting)[name] == float("inf")
    backing_up.made(public_app, now=public_app.clock.now())
    public_app.clock.advance(timedelta(hours=2))
    assert scraped(wanting)[name] == 7200


def test_a_try_that_failed_is_told_until_a_good_one(public_app: TestApp) -> None:
    """The age alone says it a day later."""
    name = ("luxe_backup_failing", ())
    wanting = replace(public_app, settings=public_app.settings.model_copy(update={"backup_to": "/somewhere"}))
    assert scraped(wanting)[name] == 0
    backing_up.failed(wanting, now=public_app.clock.now())
    assert scraped(wanting)[name] == 1
    backing_up.made(wanting, now=public_app.clock.now() + timedelta(hours=1))
    assert scraped(wanting)[name] == 0


def test_what_stops_sending_is_named(public_app: TestApp) -> None:
    """One template's breaker stops that template alone."""
    found = scraped(public_app)
    assert found["luxe_sending_stopped", ()] == found["luxe_breaker_open", ("error_rate",)] == 0
    stop(public_app, "template:lead_confirmation")
    found = scraped(public_app)
    assert found["luxe_sending_stopped", ()] == 0
    assert found["luxe_breaker_open", ("template:lead_confirmation",)] == 1
    stop(public_app, "error_rate")
    found = scraped(public_app)
    assert found["luxe_sending_stopped", ()] == found["luxe_breaker_open", ("error_rate",)] == 1


def stop(app: TestApp, name: str) -> None:
    with app.db.write() as session:
        session.execute(insert(switches).values(name=name, stops=True, value={}, changed_at=app.clock.now()))


def test_no_figure_names_a_person(public_app: TestApp) -> None:
    """Neither numbers nor names leave by this door."""
    undelivered(public_app)
    text = client_of(on_trial(public_app)).get("/metrics").text
    assert "Omar" not in text
    assert "5550155" not in text
    families = text_string_to_metric_families(text)
    labels = {value for family in families for sample in family.samples for value in sample.labels.values()}
    assert labels
    assert not [value for value in labels if "555" in value or "+1" in value]  # a figure may hold any digits
