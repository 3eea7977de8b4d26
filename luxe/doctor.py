"""`luxe doctor`: each line is ok, or says what to do. Nothing here changes anything that is kept."""

import stat
from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy.exc import OperationalError

from core.app import App, build_unproven
from core.booking import store_feeds
from core.conversation import store as conversation
from core.db.crypto import VAULT, keyset_path
from core.db.key_check import prove_keys
from core.db.migrate import schema_state
from core.domain.errors import SettingsError
from core.domain.feeds import words_of
from core.domain.ports import ProviderUnavailable
from core.flows.sending import confirming_database
from core.flows.upkeep import verifying_trail
from core.private_files import OTHERS, how_to_close, open_to_others
from core.reads import setup
from core.reads.parts import sending_state
from core.reads.setup import State, hosted_forms
from core.serving import files
from core.settings import Settings
from core.settings_checks import parse_api_keys
from core.staff.store import people as store_pool
from luxe import emails, network, pushes
from luxe.backups.checking import backup_lines
from luxe.connectors import ways_in
from luxe.demo import staff as demo_staff
from luxe.finding import Line
from luxe.opening import cause_of, open_settings
from luxe.running import running_processes

LONG_SECRET = 24
A_DAY = timedelta(days=1)


def examine() -> list[Line]:
    """Every line that can be said. Later ones are left out where an earlier failure makes them unknowable."""
    try:
        settings = open_settings()
    except SettingsError as error:
        return [Line(False, "settings", str(error))]
    lines = [Line(True, "settings", "can be read"), _clock(settings), *_files(settings), _open_files()]
    try:
        app = build_unproven(settings)
    except SettingsError as error:
        about = {"LUXE_HOME": "home"}.get(error.setting, "keys")
        about = "reference data" if error.setting.startswith("data/") else about
        return [*lines, Line(False, about, str(error))]
    except OperationalError as error:
        return [*lines, _silent(error)]
    lines += [Line(True, "reference data", "its files fit together"), *_on(app)]
    app.db.engine.dispose()
    return lines


def _on(app: App) -> Iterator[Line]:
    settings = app.settings
    yield from _keys(settings)
    try:
        prove_keys(app.db)
        yield from _database(app)
    except SettingsError as error:
        yield Line(False, "keys", str(error))
    except OperationalError as error:
        yield _silent(error)
    yield from network.lines(settings)
    yield from _forms(settings)
    yield api_keys(settings)
    yield from _twilio(app)
    yield from emails.lines(settings)


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


def _files(settings: Settings) -> Iterator[Line]:
    seen = open_to_others(settings)
    for path in seen:
        yield Line(False, "files", f"others on this machine can use {path}; run: {how_to_close(path)}")
    if not seen:
        yield Line(True, "files", f"{settings.home} is its owner's alone")


def _open_files() -> Line:
    """Each connection is an open file, and so is the database: few of them are soon held by whoever wants."""
    most = files.allowed()
    if most < files.ENOUGH:
        words = f"only {most:,} may be open; give {files.ENOUGH:,} or more (systemd: LimitNOFILE=65536; ulimit -n)"
        return Line(False, "open files", words)
    return Line(True, "open files", f"{min(most, files.WANTED):,} may be open")


def _keys(settings: Settings) -> Iterator[Line]:
    setting = settings.keyset
    if setting.lstrip().startswith("{"):
        yield Line(True, "keys", "given by LUXE_KEYSET; keep a copy apart from the database")
        return
    if setting.startswith(VAULT):
        yield Line(True, "keys", "kept by Vault; keep a copy apart from it")
        return
    path = keyset_path(setting or None, settings.home)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        yield Line(False, "keys", f"others can read {path} (mode {mode:04o}); run: chmod 600 {path}")
    else:
        yield Line(True, "keys", f"{path}, readable by its owner only; keep a copy apart from the database")


def _database(app: App) -> Iterator[Line]:
    state = schema_state(app.db)
    yield Line(True, "database", f"{'SQLite' if app.db.is_sqlite else 'PostgreSQL'} answers")
    if not state.ready:
        have = state.current or "no schema"
        yield Line(False, "schema", f"{have}, this version needs {state.wanted}; run: luxe migrate")
        return
    yield Line(True, "schema", state.current)
    yield from _set_up(app)
    yield from _sending(app)
    yield _alarms(app)
    yield pushes.line(app)
    yield _trail(app)
    yield from backup_lines(app)
    yield from _calendars(app)
    running = running_processes(app)
    if "scheduler" in running:
        yield Line(True, "scheduler", "running")
    else:
        yield Line(False, "scheduler", "not running, texts wait; start it with: luxe scheduler, or luxe up")


def _silent(error: OperationalError) -> Line:
    return Line(False, "database", f"can't be used: {cause_of(error)}; check LUXE_DATABASE_URL")


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
        else "nobody can be told: give managers a phone number, or let them choose another way under My account"
    )
    return Line(True, "alarms", f"none waits; {told}")


def _trail(app: App) -> Line:
    verdict = verifying_trail.verify(app)
    if verdict.problems:
        return Line(False, "audit trail", f"{verdict.problems[0]}; all of it: luxe audit verify")
    return Line(True, "audit trail", f"whole, {verdict.rows:,} rows")


def _set_up(app: App) -> Iterator[Line]:
    """What a clinic sets up before its first lead; the empty console shows the same."""
    with app.db.read() as session:
        made_up = demo_staff.accounts(session)
        steps = setup.read(session, app.settings, app.reference, app.clock.now())
    if made_up and not app.settings.simulated:
        words = f"demo accounts stand beside real credentials ({', '.join(made_up)}); use a fresh database"
        yield Line(False, "staff", words)
    for step in steps:
        yield Line(step.state is not State.TO_DO, step.about, step.words)


def _calendars(app: App) -> Iterator[Line]:
    """Calendars of providers elsewhere that were not there for a day: what is booked goes by what they said before."""
    with app.db.read() as session:
        failing = store_feeds.failing(session, app.clock.now() - A_DAY)
        names = store_pool.names(session, [feed.staff_id for feed in failing])
    for feed in failing:
        words = f"that of {names.get(feed.staff_id, 'a provider')} was not there for a day. {words_of(feed.trouble)}"
        yield Line(False, "calendars", f"{words} See My account")


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


def api_keys(settings: Settings) -> Line:
    """Who may use the booking API; never a secret."""
    keys = parse_api_keys(settings.api_keys.get_secret_value())
    if not keys:
        return Line(True, "booking API", "no keys, so nobody may book by it; LUXE_API_KEYS gives some")
    short = [name for name, secret in keys.items() if len(secret) < LONG_SECRET]
    if short:
        words = f"the secret of {', '.join(short)} is short; give {LONG_SECRET} random characters or more"
        return Line(False, "booking API", words)
    return Line(True, "booking API", f"{settings.public}/api/booking, open to {', '.join(keys)}")


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
