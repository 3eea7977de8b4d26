"""The drill: a backup that was made while the clinic worked is put back on another machine."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import make_url, select

from core.adapters.fakes import FakeClock, FakeSms
from core.db.crypto import Keyring
from core.db.engine import connect
from core.db.migrate import migrate
from core.flows.intake.accept_submission import accept
from core.flows.sending import confirming_database, dispatch
from core.flows.sending.dispatch import Capacity, Finished
from core.intake.tables import form_submissions
from core.patients.tables import patients
from core.reference import load_reference
from core.settings import Settings
from luxe import resuming
from luxe.backups import making, restoring
from tests.conftest import HAS_POSTGRES, SERVER, TestApp, _admin_dsn
from tests.factories import add_rules, add_staff, follow_everybody_alike, submission
from tests.luxe.conftest import HAS_PROGRAMS

ROOM = Capacity(64, 64)
AREAS = (407, 321, 512, 214, 305, 212)
BEFORE, SINCE = 40, 5


@contextmanager
def postgres_database() -> Iterator[str]:
    name = f"luxe_drill_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_admin_dsn(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(_admin_dsn(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def machines(request: pytest.FixtureRequest, keyring: Keyring, tmp_path: Path) -> Iterator[list[TestApp]]:
    """Two machines with the same keyset: one that works, one with nothing in its database."""
    if request.param == "postgresql" and not (HAS_POSTGRES and HAS_PROGRAMS):
        pytest.skip("no PostgreSQL server, or no client programs")
    with ExitStack() as stack:
        made = []
        for name in ("works", "spare"):
            home = tmp_path / name
            home.mkdir()
            sqlite = f"sqlite:///{home / 'luxe.db'}"
            url = sqlite if request.param == "sqlite" else stack.enter_context(postgres_database())
            database, clock = connect(url, keyring), FakeClock()
            stack.callback(database.engine.dispose)
            settings = Settings(home=home, database_url=url, _env_file=None)
            reference = load_reference(ZoneInfo("America/New_York"))
            made.append(TestApp(settings, database, clock, FakeSms(clock), reference))
        yield made


class Clinic(threading.Thread):
    """Forms come in and texts leave, one after the other, until it is told to close."""

    def __init__(self, app: TestApp) -> None:
        super().__init__(daemon=True)
        self.accepted: list[str] = []
        self.changed = threading.Condition()
        self.closing = threading.Event()
        self._app = app

    def run(self) -> None:
        while not self.closing.is_set():
            self._take_in(len(self.accepted))
            self._send()

    def wait_for(self, count: int) -> list[str]:
        """The numbers of the forms that were accepted by the time there are so many."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.accepted) >= count, timeout=60)
            return list(self.accepted)

    def _take_in(self, number: int) -> None:
        phone = f"+1{AREAS[number // 100 % len(AREAS)]}55501{number % 100:02}"
        form = submission(external_id=f"form-{number}", phone=phone, email=f"omar{number}@example.com")
        now = self._app.clock.now()
        with self._app.db.write() as session:
            accept(session, self._app.reference, self._app.settings, form, raw_payload_id=None, now=now)
        with self.changed:
            self.accepted.append(phone)
            self.changed.notify_all()

    def _send(self) -> None:
        step = dispatch.step(self._app, "drill", [], ROOM, now=self._app.clock.now())
        done = [Finished(job, self._app.sms.take(job.text)) for job in step.jobs]
        dispatch.step(self._app, "drill", done, Capacity(0, 64), now=self._app.clock.now())


def open_clinic(app: TestApp) -> Clinic:
    migrate(app.db)
    with app.db.write() as session:
        add_staff(session, app.clock.now() - timedelta(days=30))
        add_rules(session, app.clock.now() - timedelta(days=30))
        follow_everybody_alike(session, app.clock.now() - timedelta(days=30))
    confirming_database.check(app, now=app.clock.now())
    clinic = Clinic(app)
    clinic.start()
    return clinic


def test_what_was_accepted_before_a_backup_is_in_it_and_nothing_leaves_unasked(
    machines: list[TestApp], tmp_path: Path
) -> None:
    """The clinic works on while it is made; the spare machine sends only once a person says so."""
    works, spare = machines
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    clinic = open_clinic(works)
    accepted = clinic.wait_for(BEFORE)
    making.backup(works, shelf / "nightly", force=False, now=works.clock.now())
    clinic.wait_for(len(clinic.accepted) + SINCE)
    clinic.closing.set()
    clinic.join()
    assert works.sms.accepted
    restoring.restore(spare, shelf / "nightly", keys=None, force=False, now=spare.clock.now())
    _all_are_there(spare, accepted)
    _sends_only_when_told(spare)


def _all_are_there(app: TestApp, accepted: list[str]) -> None:
    with app.db.read() as session:
        known = session.execute(select(patients.c.phone, patients.c.first_name, patients.c.last_name)).all()
        forms = session.execute(select(form_submissions.c.form_data)).scalars().all()
    assert set(accepted) <= {row.phone for row in known}
    assert {(row.first_name, row.last_name) for row in known} == {("Omar", "Reyes")}
    assert len(forms) == len(known)
    assert all(forms)


def _sends_only_when_told(app: TestApp) -> None:
    now = app.clock.advance(timedelta(days=1))
    assert not confirming_database.check(app, now=now)
    assert dispatch.step(app, "spare", [], ROOM, now=now).jobs == []
    resuming.resume(app, lambda _words: None, lambda _question: True, drop_overdue=False)
    assert confirming_database.check(app, now=now)
    assert dispatch.step(app, "spare", [], ROOM, now=now).handled > 0
