"""Sources: what is summed by what, worked out by hand."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from core.domain.errors import Denied
from core.reads import sources
from core.reads.parts.periods import period
from core.reads.parts.scopes import Scope
from tests.conftest import TestApp
from tests.factories import actor
from tests.reads.made_up import add_lead, add_patient

ZONE = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)


def add_mixed(app: TestApp) -> None:
    """Google: 3 forms, 2 tried, 1 of them booked for $500. Instagram: 1 form, treated for $1,200."""
    now = app.clock.now()
    google = {"source": "google", "medium": "cpc"}
    with app.db.write() as session:
        patient = add_patient(session, now)
        add_lead(session, patient, now - HOUR, **google, campaign="spring")
        add_lead(session, patient, now - HOUR, **google, campaign="spring", attempted_at=now - HOUR / 2)
        add_lead(
            session,
            patient,
            now - HOUR,
            **google,
            campaign="brand",
            booked_at=now - HOUR / 2,
            value_cents=50_000,
        )
        add_lead(
            session,
            patient,
            now - HOUR,
            source="instagram",
            form_type="photo_upload",
            treated_at=now - HOUR / 2,
            value_cents=120_000,
        )


def test_sources_sum_forms_bookings_and_value(app: TestApp) -> None:
    """A treated lead was booked and contacted too; the larger campaign stands first under its source."""
    add_mixed(app)
    with app.db.read() as session:
        rows = sources.read(
            session, actor(session, "marketing"), period("7", ZONE, app.clock.now()), Scope(), "source"
        )
    assert rows == (
        sources.SourceRow("google", ("spring", "brand"), 3, 2, 1, 0, 50_000, 0, 1),
        sources.SourceRow("instagram", (), 1, 1, 1, 1, 120_000, 120_000, 1),
    )


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        ("campaign", [("spring", 2, 0), ("", 1, 1), ("brand", 1, 1)]),
        ("form", [("lead_capture", 3, 1), ("photo_upload", 1, 1)]),
    ],
)
def test_the_same_leads_by_campaign_and_by_form(
    app: TestApp, grouping: str, expected: list[tuple[str, int, int]]
) -> None:
    """Each grouping sums to the same four forms and two bookings; a lead without a campaign stays in the table."""
    add_mixed(app)
    with app.db.read() as session:
        rows = sources.read(
            session, actor(session, "admin"), period("7", ZONE, app.clock.now()), Scope(), grouping
        )
    assert [(row.name, row.forms, row.booked) for row in rows] == expected


def test_a_provider_may_not_read_sources(app: TestApp) -> None:
    """The core refuses, whatever the menu shows."""
    with app.db.read() as session, pytest.raises(Denied):
        sources.read(
            session, actor(session, "provider"), period("7", ZONE, app.clock.now()), Scope(), "source"
        )
