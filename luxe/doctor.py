"""`luxe doctor`: each line is ok, or says what to do. Nothing here changes anything."""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.exc import OperationalError

from core.app import App, build_app
from core.conversation import store as conversation
from core.db.crypto import keyset_path
from core.db.migrate import schema_state
from core.domain.errors import SettingsError
from core.domain.ports import ProviderUnavailable
from core.flows.sending import confirming_database
from core.flows.upkeep import verifying_trail
from core.reads import setup
from core.reads.parts import sending_state
from core.reads.setup import LOCAL, State, hosted_forms
from core.settings import Settings
from core.staff.store import people as store_pool
from luxe.connectors import ways_in
from luxe.demo.passwords import FILE as DEMO_PASSWORD
from luxe.opening import cause_of, open_settings
from luxe.running import running_processes


@dataclass(frozen=True)
class Line:
    """One finding. `words` are what is in order, or what to do."""

    ok: bool
    about: str
    words: str


def examine() -> list[Line]:
    """Every line that can be said. Later ones are left out where an earlier failure makes them unknowable."""
    try:
        settings = open_settings()
        app = build_app(settings)
    except SettingsError as error:
        return [Line(False, "settings", str(error))]
    lines = [Line(True, "settings", "can be read"), _clock(settings), *_keys(settings)]
    lines += _database(app)
    lines += [_console(settings), *_forms(settings), *_twilio(app)]
    app.db.engine.dispose()
    return lines


def as_words(lines: list[Line]) -> str:
    width = max(len(line.about) for line in lines) + 2
    return "\n".join(
        f"{'ok   ' if line.ok else 'TO DO'}  {line.about:<{width}}{line.words}" for line in lines
    )


def _clock(settings: Settings) -> Line:
    if not settings.clock:
        return Line(True, "clock", "real time")
    shared = settings.clock_origin is not None
    words = f"made up: {settings.clock}"
    if shared:
        return Line(True, "clock", words)
    return Line(False, "clock", f"{words}; set LUXE_CLOCK_ORIGIN for processes that are started one by one")


def _keys(settings: Settings) -> Iterator[Line]:
    setting = settings.keyset
    if setting.lstrip().startswith("{"):
        yield Line(True, "keys", "given by LUXE_KEYSET; keep a copy apart from the database")
        return
    path = keyset_path(setting or None, settings.home)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield Line(False, "keys", f"others can read {path} (mode {mode:04o}); run: chmod 600 {path}")
    else:
        yield Line(True, "keys", f"{path}, readable by its owner only; keep a copy apart from the database")


def _database(app: App) -> Iterator[Line]:
    kind = "SQLite" if app.db.is_sqlite else "PostgreSQL"
    try:
        state = schema_state(app.db)
    except OperationalError as error:
        yield Line(False, "database", f"{kind} can't be used: {cause_of(error)}; check LUXE_DATABASE_URL")
        return
    yield Line(True, "database", f"{kind} answers")
    if not state.ready:
        have = state.current or "no schema"
        yield Line(False, "schema", f"{have}, this version needs {state.wanted}; run: luxe migrate")
        return
    yield Line(True, "schema", state.current)
    yield from _set_up(app)
    yield from _sending(app)
    yield _alarms(app)
    yield _trail(app)
    running = running_processes(app)
    if "scheduler" in running:
        yield Line(True, "scheduler", "running")
    else:
        yield Line(False, "scheduler", "not running, texts wait; start it with: luxe scheduler, or luxe up")


def _sending(app: App) -> Iterator[Line]:
    with app.db.read() as session:
        stops = sending_state.read(session).stops
        differs = confirming_database.differences(session, app)
    for stop in stops:
        yield Line(False, "sending", f"{stop.title} {stop.why} {stop.what_to_do}")
    if differs and not stops:
        yield Line(False, "sending", f"will stop: {', '.join(differs)}; run: luxe resume")
    elif not stops:
        yield Line(True, "sending", "nothing stops it")


def _alarms(app: App) -> Line:
    with app.db.read() as session:
        waiting = conversation.open_alarms(session)
        able = [person for person in store_pool.colleagues(session) if person.can_be_told]
    if waiting:
        return Line(False, "alarms", f"{waiting} patients may be in danger; acknowledge it in the lead queue")
    told = (
        f"{len(able)} members of staff can be told"
        if able
        else "nobody can be told: give managers a phone number"
    )
    return Line(True, "alarms", f"none waits; {told}")


def _trail(app: App) -> Line:
    verdict = verifying_trail.verify(app)
    if verdict.problems:
        return Line(False, "audit trail", f"{verdict.problems[0]}; all of it: luxe audit verify")
    return Line(True, "audit trail", f"whole, {verdict.rows:,} rows")


def _set_up(app: App) -> Iterator[Line]:
    """What a clinic sets up before its first lead; the empty console shows the same."""
    if not app.settings.simulated and (app.settings.home / DEMO_PASSWORD).exists():
        yield Line(False, "staff", "demo accounts stand beside real credentials; use a fresh database")
    with app.db.read() as session:
        steps = setup.read(session, app.settings)
    for step in steps:
        yield Line(step.state is not State.TO_DO, step.about, step.words)


def _console(settings: Settings) -> Line:
    if not settings.simulated and urlsplit(settings.console).hostname in LOCAL:
        return Line(False, "console", f"{settings.console}; staff's alerts link to it: set LUXE_CONSOLE_URL")
    return Line(True, "console", settings.console)


def _forms(settings: Settings) -> Iterator[Line]:
    try:
        ways = ways_in(settings)
    except SettingsError as error:
        yield Line(False, "form keys", str(error))
        return
    for way in ways:
        secret = f", signed with {way.secret}" if way.secret else ""
        yield Line(True, f"form {way.name}", f"post to {way.url}{secret}")
    for link in hosted_forms(settings):
        yield Line(True, "hosted form", link)


def _twilio(app: App) -> Iterator[Line]:
    settings = app.settings
    if settings.simulated:
        return
    yield _account(app.sms.account_status)
    yield Line(True, "Twilio inbound", f"set the sender's webhook to POST {settings.public}/twilio/inbound")
    yield Line(True, "Twilio status", f"each text asks for POST {settings.public}/twilio/status itself")


def _account(ask: Callable[[], str]) -> Line:
    try:
        status = ask()
    except ProviderUnavailable as error:
        return Line(
            False,
            "Twilio account",
            f"did not answer ({error}); check LUXE_TWILIO_ACCOUNT_SID and LUXE_TWILIO_AUTH_TOKEN",
        )
    ok = status == "active"
    return Line(ok, "Twilio account", status if ok else f"is {status}; look at Twilio's console")
