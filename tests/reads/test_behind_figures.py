"""The leads behind a figure of Speed or the Leaderboard. It is 10:00 on a Monday in New York."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.domain.errors import Denied
from core.domain.ids import new_id
from core.reads import behind_figures, leaderboard, speed
from core.reads.behind_figures import Behind
from core.reads.parts.scopes import Scope
from core.reads.parts.speed_figures import SIX_BANDS
from tests.conftest import TestApp
from tests.factories import actor
from tests.reads.made_up import add_patient, staff_id
from tests.reads.test_leaderboard import MINUTE, lead_of, today


def some(app: TestApp) -> dict[str, str]:
    """Jordan after 2 and 7 minutes, Maya never and after 70; two hours ago. By a word for each."""
    start = app.clock.now() - 120 * MINUTE
    with app.db.write() as session:
        patient = add_patient(session, start, first="Hannah", last="Whitlock")
        return {
            "soon": lead_of(session, patient, "jordan", start, 2.0),
            "late": lead_of(session, patient, "jordan", start, 7.0),
            "never": lead_of(session, patient, "frontdesk", start, None),
            "hour": lead_of(session, patient, "frontdesk", start, 70.0, viewed_at=start + MINUTE),
        }


def of_speed(session: Session, app: TestApp, who: str, figure: str) -> Behind:
    period, me = today(app.clock.now()), actor(session, who)
    return behind_figures.of_speed(session, me, app.reference, period, Scope(), True, figure)


def of_board(session: Session, app: TestApp, who: str, figure: str) -> Behind:
    period, me = today(app.clock.now()), actor(session, who)
    return behind_figures.of_leaderboard(session, me, app.reference, period, Scope(), True, figure)


def ids(found: Behind) -> list[str]:
    assert found.many == len(found.lines)
    return [one.id for one in found.lines]


def test_every_bar_lists_as_many_leads_as_it_counts(app: TestApp) -> None:
    """Bands, bars of the axis and cells of the week: nobody is missing behind them, and nobody twice."""
    made = some(app)
    with app.db.read() as session:
        me = actor(session, "manager")
        found = speed.read(session, me, app.reference, today(app.clock.now()), Scope(), True)
        for place, band in enumerate(found.bands):
            assert of_speed(session, app, "manager", f"band:{place}").many == band.booked.of
        for place, many in enumerate(found.person_histogram.counts):
            assert of_speed(session, app, "manager", f"bar:{place}").many == many
        for day, cells in enumerate(found.grid):
            for slot, cell in enumerate(cells):
                assert of_speed(session, app, "manager", f"cell:{day}:{slot}").many == cell.many
        assert ids(of_speed(session, app, "manager", "never")) == [made["never"]]
        [line] = of_speed(session, app, "manager", f"band:{SIX_BANDS.of(420)}").lines
    assert (line.id, line.name, line.owner) == (made["late"], "Hannah Whitlock", "Jordan Blake")
    assert line.seconds == pytest.approx(420, abs=0.01)


def test_a_person_s_leads_are_those_that_count_for_them_the_slowest_first(app: TestApp) -> None:
    made = some(app)
    with app.db.read() as session:
        jordan, maya = staff_id(session, "jordan"), staff_id(session, "frontdesk")
        assert ids(of_board(session, app, "manager", f"person:{jordan}")) == [made["late"], made["soon"]]
        assert ids(of_board(session, app, "manager", f"person:{maya}")) == [made["never"], made["hour"]]
        board = leaderboard.read(
            session, actor(session, "manager"), app.reference, today(app.clock.now()), Scope(), True
        )
        for cause in board.causes:
            assert of_board(session, app, "manager", f"cause:{cause.code}").many == cause.many
        for place, (_, band) in enumerate(board.bands):
            assert of_board(session, app, "manager", f"fast:{place}").many == band.of


def test_front_desk_opens_its_own_row_and_nobody_else_s(app: TestApp) -> None:
    some(app)
    with app.db.read() as session:
        mine = staff_id(session, "frontdesk")
        assert of_board(session, app, "frontdesk", f"person:{mine}").many == 2
        for figure in (f"person:{staff_id(session, 'jordan')}", "cause:late", "fast:0"):
            with pytest.raises(Denied):
                of_board(session, app, "frontdesk", figure)


def test_marketing_reads_results_and_no_lead_behind_them(app: TestApp) -> None:
    with app.db.read() as session, pytest.raises(Denied):
        of_speed(session, app, "marketing", "never")


@pytest.mark.parametrize(
    "figure", ["", "band", "band:99", "band:x", "cell:1", "cell:9:9", "bar:-1", "else:1"]
)
def test_a_figure_that_nobody_knows_has_no_leads(app: TestApp, figure: Any) -> None:
    some(app)
    with app.db.read() as session:
        assert of_speed(session, app, "manager", figure) == Behind(0, ())
        assert of_board(session, app, "manager", figure or f"person:{new_id(app.clock.now())}").many == 0


def test_like_for_like_is_told_by_treatment_and_by_form_too(app: TestApp) -> None:
    """Fast ones want lip filler and book often; slow ones want anything. Among equal treatments the gap is smaller."""
    start = app.clock.now() - 120 * MINUTE
    with app.db.write() as session:
        patient = add_patient(session, start)
        for number in range(24):
            kind = "lip_filler" if number % 4 else "botox"
            booked = {"booked_at": start + 90 * MINUTE} if kind == "lip_filler" else {}
            lead_of(session, patient, "jordan", start, 2.0, treatment=kind, **booked)
            slow = "botox" if number % 4 else "lip_filler"
            booked = {"booked_at": start + 90 * MINUTE} if slow == "lip_filler" else {}
            lead_of(session, patient, "jordan", start, 8.0, treatment=slow, **booked)
    with app.db.read() as session:
        period = today(app.clock.now())
        found = speed.read(session, actor(session, "manager"), app.reference, period, Scope(), True)
    assert set(found.alike) == set(found.gaps) == {"temperature", "treatment", "form"}
    by_heat, by_treatment = found.gaps["temperature"], found.gaps["treatment"]
    assert by_heat is not None
    assert by_treatment is not None
    assert by_heat.like_for_like == pytest.approx(0.5)
    assert by_treatment.like_for_like == pytest.approx(0.0)
    assert by_treatment.low < 0 < by_treatment.high
