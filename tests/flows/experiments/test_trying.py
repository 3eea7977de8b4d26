"""Who gets which variant: by lot, once and for good, and nobody who was there before."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.domain.errors import InvalidInput
from core.experiments import store
from core.experiments.rules.fixed import Running
from core.experiments.rules.proposal import Offered
from core.experiments.tables import variant_assignments
from core.flows.experiments import judging
from core.flows.leads import merging
from core.flows.publishing import publish
from core.kinds import TEMPLATE
from core.messaging.tables import sms_messages, timed_actions
from core.patients.tables import patients, possible_duplicates
from tests.conftest import TestApp
from tests.flows.dispatching import run_until, take_in
from tests.flows.experiments.trying_out import OTHER, TODAY, form, look, moment, started, wording
from tests.flows.leads.test_merging import AGAIN, FIRST
from tests.flows.staffing import do, one, rows, who

MINUTES = timedelta(minutes=1)
PEOPLE = 12


@pytest.fixture
def tried(app: TestApp) -> str:
    """The text two minutes after the form is tried out against another."""
    return started(app, wording(app, key=TODAY, variants=two_texts()))


def two_texts(other: str = "lead_what_to_expect") -> tuple[Offered, ...]:
    return Offered("a question", 50), Offered("what to expect", 50, template=other)


def come_by(app: TestApp, many: int = PEOPLE, first: int = 0) -> None:
    for number in range(first, first + many):
        take_in(app, form(number, submitted_at=app.clock.now()))
    run_until(app, 3 * MINUTES)


def by_variant(app: TestApp, experiment_id: str) -> dict[str, list[str]]:
    """Templates that were sent, by what the texts remember."""
    marked = rows(app, sms_messages, sms_messages.c.variant.is_not(None))
    assert {row.variant.partition(":")[0] for row in marked} <= {experiment_id}
    found: dict[str, list[str]] = {}
    for row in marked:
        found.setdefault(row.variant[-1], []).append(row.template_id)
    return found


def test_each_gets_the_words_of_their_variant_and_the_text_remembers_it(app: TestApp, tried: str) -> None:
    """Planned by today's template, sent by what the lot says, and written down with it."""
    come_by(app)
    went = by_variant(app, tried)
    assert {key: set(templates) for key, templates in went.items()} == {
        "A": {TODAY},
        "B": {"lead_what_to_expect"},
    }
    given = rows(app, variant_assignments)
    assert Counter(row.variant for row in given) == {key: len(texts) for key, texts in went.items()}
    assert len(given) == PEOPLE
    assert {row.counts_at - row.at for row in given} == {timedelta(days=14)}


def test_who_was_under_way_before_is_not_in_it(app: TestApp) -> None:
    """Their text is today's, and nobody counts them."""
    take_in(app, form(1, submitted_at=app.clock.now()))
    app.clock.advance(MINUTES)
    experiment = started(app, wording(app, key=TODAY, variants=two_texts()))
    run_until(app, 3 * MINUTES)
    assert by_variant(app, experiment) == {}
    assert rows(app, variant_assignments) == []
    assert len(rows(app, sms_messages, sms_messages.c.template_id == TODAY)) == 1


def test_who_comes_too_late_to_be_counted_is_not_in_it(app: TestApp, tried: str) -> None:
    """14 days before its end nobody new is taken; who has a variant keeps it with a second form."""
    come_by(app, 1)
    [before] = rows(app, variant_assignments)
    app.clock.advance(look(app, tried).fixed.design.takes_people_until - app.clock.now())
    take_in(app, form(0, external_id="again", submitted_at=app.clock.now()))
    take_in(app, form(30, submitted_at=app.clock.now()))
    run_until(app, timedelta(days=1))
    assert [row.id for row in rows(app, variant_assignments)] == [before.id]
    went = by_variant(app, tried)
    assert list(went) == [before.variant]
    assert len(went[before.variant]) == 2


def test_once_it_is_stopped_everybody_gets_what_they_got_before(app: TestApp, tried: str) -> None:
    """Also whose text was planned while it ran, and who had the other words."""
    for number in range(PEOPLE):
        take_in(app, form(number, submitted_at=app.clock.now()))
    do(app, judging.stop, who(app, "manager"), tried, "A wrong price")
    run_until(app, 3 * MINUTES)
    assert by_variant(app, tried) == {}
    assert len(rows(app, sms_messages, sms_messages.c.template_id == TODAY)) == PEOPLE


def test_words_that_are_tried_out_are_not_changed_meanwhile(app: TestApp, tried: str) -> None:
    """Nobody could say then what was compared; the refusal names the experiment."""
    manager = who(app, "manager")
    body = {**TEMPLATE.shipped()[TODAY], "title": "Another"}
    saved = do(app, publish.save_draft, manager, TEMPLATE, TODAY, body, publish.NONE_SEEN)
    with pytest.raises(InvalidInput, match="'A question, or a time at once' is under way"):
        do(app, publish.publish, manager, TEMPLATE, TODAY, saved.revision, "Shorter")
    with pytest.raises(InvalidInput, match="under way with it"):
        do(app, publish.retire, manager, TEMPLATE, "lead_what_to_expect", "Gone")


def test_a_moment_is_given_as_somebody_enters(app: TestApp) -> None:
    """B's second call is due ten minutes earlier; other steps, and A's, as always."""
    experiment = started(app, moment(app))
    come_by(app)
    given = {row.patient_id: row.variant for row in rows(app, variant_assignments)}
    assert set(given.values()) == {"A", "B"}
    began = {
        row.patient_id: row.planned_for
        for row in rows(app, timed_actions, timed_actions.c.step == "minute-0")
    }
    due = {
        (given[row.patient_id], row.planned_for - began[row.patient_id])
        for row in rows(app, timed_actions, timed_actions.c.step == "minute-30")
    }
    assert due == {("A", 30 * MINUTES), ("B", 20 * MINUTES)}
    do(app, judging.stop, who(app, "manager"), experiment, "Too early")
    again = rows(app, timed_actions, timed_actions.c.step == "minute-30")
    assert {row.planned_for - began[row.patient_id] for row in again} == {30 * MINUTES}


def test_two_profiles_that_become_one_keep_the_variant_of_the_one_that_stays(
    app: TestApp, tried: str
) -> None:
    """The other is counted no more, until the two are parted again."""
    for twin in (FIRST, AGAIN):
        take_in(app, replace(twin, submitted_at=app.clock.now()))
        run_until(app, timedelta(days=2))
    before = {row.patient_id: row.variant for row in rows(app, variant_assignments)}
    assert len(before) == 2
    pair = one(app, possible_duplicates)
    merge = do(app, merging.merge, who(app, "frontdesk"), pair.id, pair.patient_id)
    counted = rows(app, variant_assignments, variant_assignments.c.aside.is_(False))
    assert [(row.patient_id, row.variant) for row in counted] == [(pair.patient_id, before[pair.patient_id])]
    do(app, merging.unmerge, who(app, "frontdesk"), merge)
    assert {row.patient_id: row.variant for row in rows(app, variant_assignments) if not row.aside} == before


def test_a_profile_without_a_variant_takes_over_that_of_the_one_it_takes_in(app: TestApp) -> None:
    """A person who saw B never sees A because of a merge."""
    take_in(app, FIRST)
    app.clock.advance(timedelta(days=1))
    started(app, wording(app, key=TODAY, variants=two_texts()))
    take_in(app, AGAIN)
    run_until(app, 3 * MINUTES)
    [given] = rows(app, variant_assignments)
    pair = one(app, possible_duplicates)
    kept = next(row.id for row in rows(app, patients) if row.id != given.patient_id)
    do(app, merging.merge, who(app, "frontdesk"), pair.id, kept)
    assert [(row.patient_id, row.aside) for row in rows(app, variant_assignments)] == [(kept, False)]


def test_without_an_experiment_no_text_asks_for_one(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever enters a sequence looks once; what is handed over goes by the stamp that the gate has anyway."""
    asked: list[int] = []
    real = store.running

    def counted(session: Session) -> tuple[Running, ...]:
        asked.append(1)
        return real(session)

    monkeypatch.setattr(store, "running", counted)
    come_by(app, 3)
    assert len(rows(app, sms_messages, sms_messages.c.origin == "automatic")) > 3
    assert len(asked) == 3


def test_an_experiment_on_the_same_text_has_to_wait(app: TestApp, tried: str) -> None:
    with pytest.raises(InvalidInput, match="one at a time"):
        started(app, wording(app, key="lead_what_to_expect", variants=two_texts(OTHER)))
