"""The clinic's own levels: drafted, published, in use for the next lead."""

import pytest

from core.domain.errors import Denied, InvalidInput
from core.flows.publishing import publish
from core.kinds import ESCALATION
from core.shipped import read_toml
from tests.conftest import TestApp
from tests.flows.escalation.levels import MINUTE, clinic, levels_of
from tests.flows.staffing import do, new_lead, who

OWN = read_toml("escalation.toml") | {"levels": [{"after_minutes": 10, "tell": ["manager"]}]}


def test_published_levels_count_for_the_next_lead(app: TestApp) -> None:
    app = clinic(app)
    manager = who(app, "manager")
    saved = do(app, publish.save_draft, manager, ESCALATION, "levels", OWN, publish.NONE_SEEN)
    do(app, publish.publish, manager, ESCALATION, "levels", saved.revision, "One level is enough")
    with app.db.read() as session:
        assert app.in_use.catch_up(session)
    [level] = levels_of(app, new_lead(app))
    assert level.due_at - app.clock.now() == 10 * MINUTE


def test_levels_out_of_order_are_not_published(app: TestApp) -> None:
    app = clinic(app)
    manager = who(app, "manager")
    levels = [{"after_minutes": minutes, "tell": ["manager"]} for minutes in (10, 10)]
    saved = do(
        app, publish.save_draft, manager, ESCALATION, "levels", OWN | {"levels": levels}, publish.NONE_SEEN
    )
    with pytest.raises(InvalidInput, match="Two levels come at 10 minutes"):
        do(app, publish.publish, manager, ESCALATION, "levels", saved.revision, "Both at ten")


def test_the_front_desk_edits_no_levels(app: TestApp) -> None:
    with pytest.raises(Denied):
        do(app, publish.save_draft, who(app, "frontdesk"), ESCALATION, "levels", OWN, publish.NONE_SEEN)
