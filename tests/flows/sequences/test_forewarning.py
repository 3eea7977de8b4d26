"""Before a sequence is published it says which of its steps the limit of automatic texts lets nobody get."""

from typing import Any

import pytest

from core.domain.errors import Denied
from core.flows.sequences import forewarning
from core.shipped import shipped_sequences
from tests.conftest import TestApp
from tests.flows.sequences.test_gates import TEXT
from tests.flows.staffing import who


def warned(
    app: TestApp, steps: list[dict[str, Any]], username: str = "marketing", **more: Any
) -> dict[str, str]:
    body = {"title": "Tried", "starts_on": "submission", "consent": "marketing", "steps": steps, **more}
    with app.db.read() as session:
        found = forewarning.warnings(session, who(app, username), app, body, now=app.clock.now())
    return {one.field: one.message for one in found}


def texts(*minutes: int, useful: str = "1h") -> list[dict[str, Any]]:
    return [{**TEXT, "name": f"n{at}", "offset": f"{at}m", "useful": useful} for at in minutes]


def test_the_fourth_text_of_a_day_is_named_if_it_is_of_no_use_the_next(app: TestApp) -> None:
    found = warned(app, texts(1, 10, 20, 30))
    assert list(found) == ["steps.3"]
    assert found["steps.3"].startswith("It would not go to most people: by then 3 automatic texts")


def test_a_fourth_text_that_may_wait_a_day_is_no_matter(app: TestApp) -> None:
    assert warned(app, [*texts(1, 10, 20), *texts(30, useful="2d")]) == {}


def test_what_only_those_of_the_evening_miss_is_said_so(app: TestApp) -> None:
    """Their third text waits for the next morning, and then keeps back what those of the morning have had by then."""
    spread = [*texts(1, 10), *texts(240, useful="14h"), *texts(1445, useful="20m")]
    found = warned(app, spread)
    assert {words.partition(":")[0] for words in found.values()} <= {
        "It would not go to who enters in the morning",
        "It would not go to who enters towards evening",
    }


@pytest.mark.parametrize("key", sorted(shipped_sequences()))
def test_what_ships_is_played_whatever_begins_it(app: TestApp, key: str) -> None:
    body = shipped_sequences()[key]
    assert all(
        place.startswith("steps.") for place in warned(app, list(body["steps"]), starts_on=body["starts_on"])
    )


@pytest.mark.parametrize(
    "steps",
    [
        [{"name": "x"}],
        [{**TEXT, "name": "a", "template": "gone", "offset": "1m"}],
        [{"name": "a", "kind": "exit", "offset": "1m", "then": "gone"}],
    ],
)
def test_a_half_finished_draft_is_no_trouble(app: TestApp, steps: list[dict[str, Any]]) -> None:
    assert warned(app, steps) == {}


def test_it_is_for_who_may_see_sequences(app: TestApp) -> None:
    with pytest.raises(Denied):
        warned(app, [], "provider")
