"""Levels tried before they are published: what is unwise in them with the people of today, and one made-up lead.

It is 10:00 on a Monday in New York; downtown is open until 20:00, and everybody works every day from 8 to 20.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from core.domain.errors import Denied, InvalidInput
from core.domain.roles import Actor, Role
from core.flows.escalation import acknowledging, trying_levels
from core.flows.escalation.trying_levels import Played
from core.flows.leads import calls
from core.reads import escalation
from core.reference import load_reference
from core.shipped import read_toml
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.flows.escalation.levels import MINUTE, clinic
from tests.flows.staffing import do, new_lead, who

SHIPPED = read_toml("escalation.toml")
NEW_YORK = ZoneInfo("America/New_York")


def played(app: TestApp, moment: datetime, priority: int = 2, body: Any = SHIPPED) -> Played:
    with app.db.read() as session:
        return trying_levels.play(
            session,
            who(app, "frontdesk"),
            app.reference,
            body,
            priority=priority,
            location="downtown",
            moment=moment,
        )


def named(one: Played) -> list[tuple[int, list[str]]]:
    return [(stage.number, [person.name for person in stage.told]) for stage in one.stages]


def test_a_lead_of_the_morning_meets_each_level_at_its_minute_and_the_people_on_shift(app: TestApp) -> None:
    app = clinic(app)
    now = app.clock.now()
    found = played(app, now)
    assert found.anybody
    assert named(found) == [(0, []), (1, ["Lea Novak"]), (2, ["Elena Ruiz"]), (3, [])]
    assert [stage.at - now for stage in found.stages] == [0 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE]


def test_at_night_somebody_hears_at_once_and_the_minutes_begin_as_it_opens(app: TestApp) -> None:
    app = clinic(app)
    night = datetime(2026, 11, 23, 22, tzinfo=NEW_YORK).astimezone(UTC)
    found = played(app, night)
    opens = datetime(2026, 11, 24, 8, tzinfo=NEW_YORK)
    assert not found.anybody
    assert found.opens == opens
    assert found.stages[0].told
    assert [stage.at - opens for stage in found.stages[1:]] == [5 * MINUTE, 15 * MINUTE, 30 * MINUTE]


def test_where_nobody_whom_a_level_names_is_at_work_it_says_who_is_told_instead(app: TestApp) -> None:
    app = clinic(app)
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "lea").values(hours={}))
    level = played(app, app.clock.now()).stages[1]
    assert (level.instead, [person.name for person in level.told]) == (True, ["Elena Ruiz"])


def test_a_cold_lead_has_no_levels_and_a_broken_body_says_what_is_wrong(app: TestApp) -> None:
    app = clinic(app)
    assert played(app, app.clock.now(), priority=4).stages == ()
    with pytest.raises(InvalidInput, match="can be tried once it can be published"):
        played(app, app.clock.now(), body={"priorities": [1], "levels": [{"after_minutes": "soon"}]})


def test_a_level_for_people_who_do_not_exist_is_a_warning_with_who_is_told_instead(app: TestApp) -> None:
    app = clinic(app)
    body = SHIPPED | {"levels": [{"after_minutes": 9, "tell": ["medical_director"]}]}
    with app.db.read() as session:
        [found] = trying_levels.concerns_of(session, who(app, "manager"), app.reference, body)
        assert trying_levels.concerns_of(session, who(app, "manager"), app.reference, SHIPPED) == []
    assert found.place == "levels.0"
    assert "Instead it would be told to Elena Ruiz" in found.words


def test_leads_under_way_are_counted_once_however_many_levels_they_have(app: TestApp) -> None:
    app = clinic(app)
    new_lead(app)
    with app.db.read() as session:
        assert escalation.under_way(session, who(app, "manager")) == 1


def test_the_last_month_knows_how_long_each_lead_waited_and_who_took_it_up(app: TestApp) -> None:
    app = clinic(app)
    lead_id = new_lead(app)
    app.clock.advance(3 * MINUTE)
    do(app, acknowledging.acknowledge, who(app, "frontdesk"), lead_id)
    app.clock.advance(4 * MINUTE)
    do(app, calls.log, app.reference, who(app, "frontdesk"), lead_id, "no_answer")
    app.clock.advance(timedelta(days=1))
    with app.db.read() as session:
        [one] = escalation.past(session, who(app, "manager"), app.reference, app.clock.now())
    assert round(one.seconds / 60) == 7
    assert one.acknowledged is not None
    assert round(one.acknowledged / 60) == 3


def test_marketing_sees_none_of_it(app: TestApp) -> None:
    nobody = Actor("x", "X", Role.MARKETING)
    with app.db.read() as session, pytest.raises(Denied):
        escalation.past(session, nobody, load_reference(NEW_YORK), app.clock.now())
