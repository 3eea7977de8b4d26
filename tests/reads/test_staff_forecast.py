"""How many forms usually come in a gap: of the same weekday and hours, and silent where nobody can know."""

from datetime import UTC, datetime, timedelta
from itertools import count

from core.domain.ids import new_id
from core.intake.tables import form_submissions
from core.reads import staff_forecast
from core.reads.staff_forecast import Usual
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import put
from tests.flows.staffing import who
from tests.reads.made_up import add_lead, add_patient

NUMBERS = count()
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)
SATURDAY = datetime(2026, 11, 28, 15, 0, tzinfo=UTC)  # ten o'clock in New York
WORKS = {"0": ["07:00-22:00"], "5": ["12:00-22:00"]}  # nobody on a Saturday morning


def forms(app: TestApp, *moments: datetime) -> None:
    with app.db.write() as session:
        patient = add_patient(session, moments[0], next(NUMBERS))
        for moment in moments:
            made = new_id(moment)
            put(
                session, form_submissions, id=made, connector="generic", external_id=made, patient_id=patient,
                form_type="lead_capture", form_data={}, source="website", utm_params={}, submitted_at=moment,
                received_at=moment,
            )  # fmt: skip
            add_lead(session, patient, moment, submission_id=made)


def only(app: TestApp, hours: dict[str, list[str]]) -> None:
    with app.db.write() as session:
        session.execute(staff.update().values(hours=hours))


def mornings(app: TestApp) -> list[Usual]:
    """Saturday's gap at the usual location."""
    with app.db.read() as session:
        found = staff_forecast.usual(
            session, who(app, "frontdesk"), app.reference, SATURDAY.date(), now=app.clock.now()
        )
    return [one for one in found if one.slug == "downtown" and one.day == SATURDAY.date()]


def test_it_is_the_average_of_the_same_hours_of_the_weeks_before(app: TestApp) -> None:
    only(app, WORKS)
    forms(app, SATURDAY - 10 * WEEK)  # so long is the clinic there
    forms(app, *[SATURDAY - n * WEEK for n in range(1, 9) for _ in range(6)])
    forms(app, *[SATURDAY - n * WEEK + 8 * HOUR for n in range(1, 9)])  # in the evening somebody is there
    (found,) = mornings(app)
    assert found.forms == 6


def test_with_fewer_than_four_weeks_nobody_knows_what_is_usual(app: TestApp) -> None:
    only(app, WORKS)
    forms(app, *[SATURDAY - n * WEEK for n in range(1, 4) for _ in range(6)])
    assert mornings(app) == []
    forms(app, app.clock.now() - 4 * WEEK)
    (found,) = mornings(app)
    assert found.forms == 18 / 4


def test_a_week_far_ahead_is_counted_of_weeks_that_are_over(app: TestApp) -> None:
    only(app, WORKS)
    forms(app, *[SATURDAY - n * WEEK for n in range(1, 10) for _ in range(2)])
    later = SATURDAY + 5 * WEEK
    with app.db.read() as session:
        found = staff_forecast.usual(
            session, who(app, "frontdesk"), app.reference, later.date(), now=app.clock.now()
        )
    (morning,) = [one for one in found if one.slug == "downtown" and one.day == later.date()]
    assert morning.forms == 2
