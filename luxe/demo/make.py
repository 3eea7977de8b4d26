"""`luxe demo`: staff, months of history, today's open leads and loose ends, for an empty database."""

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from core.app import App
from core.flows.intake import finding_namesakes
from core.flows.sending import confirming_database
from core.reads import status as status_read
from luxe.demo import calendar, passwords, rota, staff
from luxe.demo.batch import SETTLED, Plan, Visit, tell_batch
from luxe.demo.emails import add_emails
from luxe.demo.load import Encoded, tidy, write
from luxe.demo.loose_ends import add_loose_ends
from luxe.demo.open_leads import add_open_leads
from luxe.demo.rhythm import arrivals
from luxe.demo.trials import add_trials
from luxe.opening import CommandError
from luxe.seed import seed

RETURNING = 0.12  # forms from people who sent one before
BATCH = 500
PARALLEL_FROM = 3_000  # below, starting another process costs more than it saves
AHEAD = 3
AT_LEAST_APART = timedelta(days=5)


@dataclass(frozen=True)
class Wanted:
    """How large a demo."""

    patients: int
    months: int
    seed: int


def make(app: App, wanted: Wanted, now: datetime, say: Callable[[str], None]) -> str:
    """Fill an empty database; what to tell. Raises CommandError where there are leads already."""
    began = time.perf_counter()
    with app.db.read() as session:
        if status_read.has_leads(session):
            raise CommandError("There are leads already. Demo data is for an empty database.")
    if not app.settings.simulated:
        raise CommandError("Demo data is for the simulator; unset LUXE_TWILIO_ACCOUNT_SID first.")
    seed(app, now)
    staff_ids = _staff(app, now - timedelta(days=31 * wanted.months))
    visits = plan_visits(app, wanted, now)
    say(f"Making up {wanted.patients:,} patients over {wanted.months} months")
    plan = Plan(
        app.settings.database, _keyset(app), app.settings.clinic_timezone, staff_ids, wanted.seed, now
    )
    rows = write(app.db, _told(plan, visits))
    tidy(app.db)
    opened = add_open_leads(app, Random(wanted.seed), now)
    add_loose_ends(app, Random(wanted.seed), now)
    add_emails(app, now)
    add_trials(app, now)
    finding_namesakes.find(app, now=now)
    with app.db.write() as session:
        rota.add(session, app.reference, staff_ids, now)
        confirming_database.confirm(session, app, None, now=now)
        calendar.add(session, app.reference, Random(wanted.seed), now)
    seconds = time.perf_counter() - began
    return f"Made {wanted.patients:,} patients, {rows:,} rows and {opened} open leads in {seconds:.1f} s."


def _staff(app: App, since: datetime) -> dict[str, str]:
    password = passwords.demo_password(app.settings)
    with app.db.write() as session:
        return staff.add_missing(session, passwords.hashed(password), since)


def _keyset(app: App) -> str:
    home = app.db.keyring.home
    return home.read() if home else app.settings.keyset


def plan_visits(app: App, wanted: Wanted, now: datetime) -> list[Visit]:
    """Who sends a form when. Lead numbers follow the order of arrival."""
    dice = Random(wanted.seed)
    clinic = app.reference.clinic
    hours = clinic.location(clinic.default_location).hours
    first = (now - timedelta(days=round(30.4 * wanted.months))).astimezone(hours.zone).date()
    until = _last_settled(app, now)
    count = wanted.patients + round(wanted.patients * RETURNING)
    moments = arrivals(count, first=first, now=until, zone=hours.zone, closed=hours.closed, dice=dice)
    people = _who(count, wanted.patients, moments, dice)
    visits: dict[int, list[int]] = {}
    for position, person in enumerate(people):
        visits.setdefault(person, []).append(position)
    return [
        Visit(person, tuple(moments[i] for i in positions), tuple(i + 1 for i in positions))
        for person, positions in visits.items()
    ]


def _last_settled(app: App, now: datetime) -> datetime:
    """The last moment whose form somebody has had time to answer."""
    clinic = app.reference.clinic
    hours = clinic.location(clinic.default_location).hours
    moment = now - SETTLED
    while not hours.is_open(moment):
        moment -= timedelta(minutes=15)
    return moment


def _who(count: int, people: int, moments: list[datetime], dice: Random) -> list[int]:
    """The person behind each form in turn: mostly somebody new, else one who wrote at least days before."""
    returns = set(dice.sample(range(count // 8, count), k=count - people)) if count > people else set()
    chosen: list[int] = []
    last: dict[int, datetime] = {}
    fresh = 0
    for position in range(count):
        person = fresh
        if position in returns:
            person = dice.randrange(fresh)
            while moments[position] - last[person] < AT_LEAST_APART and dice.random() < 0.97:
                person = dice.randrange(fresh)
        else:
            fresh += 1
        last[person] = moments[position]
        chosen.append(person)
    return chosen


def _told(plan: Plan, visits: list[Visit]) -> Iterator[Encoded]:
    """Every batch, told in another process while this one writes the batch before."""
    batches = [visits[start : start + BATCH] for start in range(0, len(visits), BATCH)]
    if len(visits) < PARALLEL_FROM:
        yield from (tell_batch(plan, batch) for batch in batches)
        return
    workers = max(1, (multiprocessing.cpu_count() or 2) - 1)
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: deque[Future[Encoded]] = deque()
        for batch in batches:
            waiting.append(pool.submit(tell_batch, plan, batch))
            if len(waiting) > AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
