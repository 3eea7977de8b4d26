"""A draft is tried out: who may ask for whom, and that the answer is that of the body in the fields."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.domain.errors import Denied, InvalidInput, LuxeError
from core.domain.phone import read_phone
from core.flows.sequences import trying_out
from core.flows.sequences.dry_run import Person
from core.flows.sequences.pieces import Event
from core.flows.sequences.trying_out import Course, Tried
from core.shipped import shipped_sequences
from tests.conftest import TestApp
from tests.flows.sequences.test_gates import TEXT
from tests.flows.staffing import new_lead, who

SOMEBODY = Person(read_phone("407-555-0155"))
BODY = {
    "title": "Two texts",
    "starts_on": "submission",
    "consent": "transactional",
    "stops_on": ["reply"],
    "steps": [{**TEXT, "name": "first", "offset": "1m"}, {**TEXT, "name": "second", "offset": "2h"}],
}


def course(app: TestApp, **changes: Any) -> Course:
    return replace(Course(app.clock.now()), **changes)


def tried(app: TestApp, body: Any = BODY, given: Course | None = None, username: str = "marketing") -> Tried:
    with app.db.read() as session:
        return trying_out.for_somebody(
            session, app, who(app, username), "draft", body, SOMEBODY, given or course(app)
        )


def test_a_draft_that_nobody_published_is_played_in_sample_words(app: TestApp) -> None:
    found = tried(app)
    assert [(one.step, one.decision) for one in found.outcomes] == [("first", "send"), ("second", "send")]
    assert "Luxe" in found.outcomes[0].words
    assert found.titles["draft"] == "Two texts"


def test_what_they_do_meanwhile_ends_what_the_sequence_says(app: TestApp) -> None:
    reply = Event(app.clock.now() + timedelta(hours=1), "reply")
    found = tried(app, given=course(app, events=(reply,)))
    assert [(one.decision, one.reason) for one in found.outcomes][1] == ("drop", "replied")


def test_a_lead_is_for_those_who_may_see_leads(app: TestApp) -> None:
    lead_id = new_lead(app)
    with app.db.read() as session:
        found = trying_out.for_lead(session, app, who(app, "frontdesk"), "draft", BODY, lead_id, course(app))
        assert [one.step for one in found.outcomes] == ["first", "second"]
        for username in ("marketing", "provider"):
            with pytest.raises(Denied):
                trying_out.for_lead(session, app, who(app, username), "draft", BODY, lead_id, course(app))


def test_a_sequence_around_a_visit_asks_when_it_is(app: TestApp) -> None:
    body = shipped_sequences()["pre_treatment"]
    with pytest.raises(InvalidInput) as refused:
        tried(app, body)
    assert [error.field for error in refused.value.errors] == ["visit"]
    found = tried(app, body, course(app, visit_at=app.clock.now() + timedelta(days=5)))
    assert {one.step for one in found.outcomes if one.decision == "send"} >= {
        "booked",
        "hours-72",
        "hours-24",
    }


def test_what_cannot_be_tried_is_refused_in_words(app: TestApp) -> None:
    with pytest.raises(LuxeError, match="as soon as nothing bars publishing"):
        tried(app, {})
    strange = Event(app.clock.now(), "sneeze")
    with pytest.raises(InvalidInput, match="Choose among reply"):
        tried(app, given=course(app, events=(strange,)))
    with pytest.raises(InvalidInput, match="At most 20"):
        tried(app, given=course(app, events=(Event(app.clock.now(), "reply"),) * 21))
