"""A demo runs on a clock of its own: a working Tuesday, 10:40 in the clinic's zone, at natural speed.

Started at night or on a holiday it would show a closed clinic. The next start goes on where the last one stopped,
so that what is due stays due; where it stopped with the clinic closed, it goes on the next working day.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from core.app import App
from core.domain.clock import real_time
from core.domain.hours import WeeklyHours, at
from core.reads import status
from core.settings import Settings

TUESDAY = 1
MORNING = time(10, 40)
# What happened after the last sign of life must not happen before the next one.
MARGIN = timedelta(seconds=10)
LOOK_AHEAD = 60


def on_demo_time(app: App) -> App:
    """The same App on demo time, which commands in other shells read too (`core.settings.load_settings`)."""
    clinic = app.reference.clinic
    hours = clinic.location(clinic.default_location).hours
    with app.db.read() as session:
        last = status.last_moment(session)
    start = start_of(hours, app.clock.now(), last).astimezone(app.settings.zone)
    origin = real_time()
    settings = app.settings.on_clock(start.isoformat(), origin)
    settings.demo_clock.write_text(f"{settings.clock} {origin!r}\n")
    return replace(app, settings=settings, clock=settings.build_clock)


def on_real_time(settings: Settings) -> None:
    """The next run is no demo, or has a clock of its own."""
    settings.demo_clock.unlink(missing_ok=True)


def start_of(hours: WeeklyHours, real: datetime, last: datetime | None) -> datetime:
    """When demo time begins: the last working Tuesday up to `real`, or where the demo stopped at `last`."""
    if last is None:
        today = real.astimezone(hours.zone).date()
        tuesday = today - timedelta(days=(today.weekday() - TUESDAY) % 7)
        return next((one for one in _open_mornings(hours, tuesday, step=-7) if one <= real), real)
    going_on = last + MARGIN
    if hours.is_open(going_on):
        return going_on
    later = _open_mornings(hours, going_on.astimezone(hours.zone).date(), step=1)
    return next((morning for morning in later if morning > going_on), going_on)


def _open_mornings(hours: WeeklyHours, day: date, *, step: int) -> Iterator[datetime]:
    """The moments 10:40 at which the clinic is open, from `day` on in steps of `step` days."""
    mornings = (at(day + timedelta(days=step * n), MORNING, hours.zone) for n in range(LOOK_AHEAD))
    return (morning for morning in mornings if hours.is_open(morning))
