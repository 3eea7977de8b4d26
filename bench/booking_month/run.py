"""A month of bookings: time jumps from what is due to what happens, and the whole is judged at the end."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bench.booking_month import judge, owed, turns
from bench.booking_month.judge import Facts, Label
from bench.booking_month.record import Diary
from bench.booking_month.story import Story
from bench.simulated.jumping import Time
from bench.simulated.people import people
from bench.simulated.provider import Provider, digest
from bench.simulated.schedulers import Schedulers, Trouble
from core.adapters.fakes import FakeClock
from core.app import App
from core.booking.tables import appointments
from core.messaging.tables import timed_actions
from core.reference import Reference
from core.sequences.tables import enrollments
from core.setup.published import CLINIC, clinic_over, shipped_clinic
from core.staff.tables import staff
from core.versions.rules import InUse
from tests.factories import actor

BEGINS = datetime(2027, 3, 1, 14, 0, tzinfo=UTC)  # a Monday, 9:00 in New York; clocks change on the 14th
AWAY = ("westlake", "America/Chicago")
AT = {"downtown": 6, "westlake": 3}  # providers
WEEK = {str(day): ["09:00-18:00"] for day in range(6)}
CALM = Trouble()


@dataclass(frozen=True)
class Outcome:
    """What was found. `kinds` counts texts by what they say."""

    violations: dict[str, list[str]]
    kinds: Counter[str]
    digest: str
    happened: Counter[str]
    facts: Facts

    @property
    def faults(self) -> int:
        return sum(map(len, self.violations.values()))

    @property
    def booked(self) -> int:
        """Visits that were ever booked."""
        return len(self.facts.diary.visits)


def run(app: App, *, appointments: int, span: timedelta, seed: int, trouble: Trouble = CALM) -> Outcome:
    """Play it on an app with staff and rules in an otherwise empty database, and judge. A tenth beyond `appointments`
    sends forms and books, since some find nothing or forget, and a sixth only waits."""
    clock, diary = FakeClock(BEGINS), Diary()
    provider = Provider(clock, record=diary)
    app = replace(app, clock=clock, sms=provider, shipped=with_another_zone(app.shipped))
    add_providers(app)
    waiters = appointments // 6
    everybody, time = people(appointments + appointments // 10 + waiters, seed, families=0), Time(clock)
    with app.db.read() as session:
        desk = actor(session, "frontdesk")
    story = Story(app, time.later, everybody, diary, desk, seed)
    provider.heard = story.hear
    schedulers = Schedulers(app, provider, trouble, seed, time.later)
    story.plan(BEGINS, span, waiters)
    time.run(schedulers.work, BEGINS + span)
    return judged(facts_of(app, story, BEGINS + span), story.seen + schedulers.seen, unlike(app, diary))


def with_another_zone(shipped: Reference) -> Reference:
    """One of the two locations is in another zone than the clinic."""
    body = dict(shipped_clinic()[CLINIC])
    slug, zone = AWAY
    body["locations"] = [{**one, "zone": zone} if one["slug"] == slug else one for one in body["locations"]]
    return clinic_over(shipped, [InUse(CLINIC, 1, body)])


def add_providers(app: App) -> None:
    """Who gives treatments, with names of their own on every database."""
    rows = [
        {
            "id": f"{slug}-{number}", "username": f"{slug}{number}", "name": f"Person {slug.title()}{number}",
            "role": "provider", "password_hash": "!", "skills": ["skin", "injectables"], "hours": WEEK,
            "alert_channels": [], "created_at": BEGINS, "location": slug,
        }
        for slug, many in AT.items()
        for number in range(many)
    ]  # fmt: skip
    with app.db.write() as session:
        session.execute(insert(staff), rows)


def facts_of(app: App, story: Story, until: datetime) -> Facts:
    """What the judges go by."""
    with app.db.read() as session:
        labels = _labels(session)
    zones = {slug: one.hours.zone for slug, one in app.reference.clinic.locations.items()}
    return Facts(story.diary, story.people, labels, zones, until)


def _labels(session: Session) -> dict[str, Label]:
    a, e = timed_actions.c, enrollments.c
    joined = timed_actions.outerjoin(enrollments, a.enrollment_id == e.id)
    rows = session.execute(select(a.id, a.purpose, e.sequence).select_from(joined).where(a.kind == "text"))
    return {id_: Label(purpose, sequence or "") for id_, purpose, sequence in rows}


def unlike(app: App, diary: Diary) -> list[str]:
    """Visits of which the database says something else than whoever acted was told."""
    a = appointments.c
    with app.db.read() as session:
        rows = session.execute(select(a.id, a.starts_at, a.state)).all()
    told = {visit: states[-1] for visit, states in diary.visits.items()}
    stored = {row.id: (row.starts_at, row.state != "cancelled") for row in rows}
    return [
        f"visit {id_}: stored {stored.get(id_)}, told {told.get(id_)}"
        for id_ in told.keys() | stored.keys()
        if id_ not in told or stored.get(id_) != (told[id_].starts_at, told[id_].stands)
    ]


def judged(facts: Facts, happened: Counter[str], unlike: list[str]) -> Outcome:
    """All judges over one month."""
    found: dict[str, list[str]] = defaultdict(list)
    for look in (judge.violations, owed.missing, turns.violations):
        for kind, words in look(facts):
            found[kind].append(words)
    if unlike:
        found["a visit that is another than was told"] = unlike
    kinds = Counter(one.kind for one in facts.texts)
    return Outcome(dict(found), kinds, digest(one.taken for one in facts.texts), happened, facts)
