"""`luxe up`: everything on this machine, until Ctrl-C.

Read from top to bottom: check, prepare the database, start, wait until each is healthy, greet, look after them, stop.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from core.app import App, build_app
from core.db.migrate import migrate
from core.domain.clock import real_time
from core.domain.errors import SettingsError
from core.private_files import close_to_others
from core.settings import Settings, read_settings
from luxe import greeting, health
from luxe.children import Child, Printer
from luxe.connectors import keys_document
from luxe.demo import demo_time, first_use
from luxe.demo.live import LiveDemo
from luxe.opening import EXIT_CONFIGURATION, EXIT_FAILED
from luxe.ports import refuse_taken_ports
from luxe.seed import seed

PATIENCE_SECONDS = 60.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.2
SENDER = "scheduler"
REPORTED_TO = {"gateway", "simulator"}


def up(*, demo: bool | None) -> int:
    """Run until told to stop; the exit code. `demo` None: only while no text can reach a real phone.

    Raises SettingsError for a wrong setting, a taken port, or demo data beside real credentials.
    """
    settings = _settings()
    wants_demo = settings.simulated and not settings.emails_leave if demo is None else demo
    if wants_demo and not settings.simulated:
        raise SettingsError(
            "LUXE_TWILIO_ACCOUNT_SID", "is set, and demo data is for the simulator only; use --no-demo"
        )
    if wants_demo and settings.emails_leave:
        raise SettingsError(
            "LUXE_SMTP_URL",
            "leads out of this machine, and demo data is for the simulator only; use --no-demo",
        )
    refuse_taken_ports(settings)
    printer = Printer(sys.stdout)
    app = _prepare(settings, printer, on_demo_time=wants_demo and not settings.clock)
    sign_in = _make_demo(app, printer) if wants_demo else None
    env = dict(os.environ) | _environment(app.settings)
    with _stop_signals() as stopping:
        children = _start(app, env, printer)
        try:
            started = _await_health(app, children, printer, stopping)
            if started:
                printer.plain(greeting.words(app, sign_in))
            live = LiveDemo(app, stopping, lambda text: printer.line("luxe", text))
            if started and wants_demo:
                live.start()
            failed = started is False or _look_after(children, printer, stopping)
        finally:
            stopping.set()
            _stop(children, printer)
    app.db.engine.dispose()
    return EXIT_FAILED if failed else 0


def _settings() -> Settings:
    settings = read_settings()
    if settings.clock and settings.clock_origin is None:
        settings = read_settings(clock_origin=real_time())
    _ = settings.build_clock
    return settings


def _prepare(settings: Settings, printer: Printer, *, on_demo_time: bool) -> App:
    close_to_others(settings)
    app = build_app(settings)
    state = migrate(app.db)
    printer.line("luxe", f"database at schema {state.current}")
    if on_demo_time:
        app = demo_time.on_demo_time(app)
    else:
        demo_time.on_real_time(settings)
    seed(app, app.clock.now())
    return app


def _make_demo(app: App, printer: Printer) -> first_use.SignIn | None:
    return first_use.make_demo(app, lambda text: printer.line("luxe", text))


def _environment(settings: Settings) -> dict[str, str]:
    """What the children are told: all of them must read one and the same clock, and know the same keys."""
    # Our pipe is no terminal, yet a person reads these lines.
    env = {"LUXE_LOG_JSON": os.environ.get("LUXE_LOG_JSON", "0"), "LUXE_FORM_KEYS": keys_document(settings)}
    if settings.clock:
        env |= {"LUXE_CLOCK": settings.clock, "LUXE_CLOCK_ORIGIN": repr(settings.clock_origin)}
    return env


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set. A second Ctrl-C changes nothing: stopping has its own limit."""
    stopping = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: stopping.set()) for number in numbers}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start(app: App, env: dict[str, str], printer: Printer) -> list[Child]:
    names = ["gateway", "scheduler", "console"]
    if app.settings.simulated:
        names.insert(0, "simulator")
    children = [Child(name, env, printer) for name in names]
    for child in children:
        if child.name != SENDER:
            child.start()
    return children


def _await_health(
    app: App, children: list[Child], printer: Printer, stopping: threading.Event
) -> bool | None:
    """True when all are healthy, None when told to stop meanwhile, False when one can't start at all."""
    waiting = health.checks(app, app.clock.now())
    deadline = time.monotonic() + PATIENCE_SECONDS
    while waiting and not stopping.is_set():
        if hopeless(children, printer):
            return False
        waiting = {name: check for name, check in waiting.items() if not check()}
        if SENDER in waiting and not waiting.keys() & REPORTED_TO:
            _start_once(children)
        if waiting and time.monotonic() > deadline:
            slow = " and ".join(waiting)
            printer.line("luxe", f"no answer from {slow} after {PATIENCE_SECONDS:.0f} s; still trying")
            deadline = time.monotonic() + PATIENCE_SECONDS
        stopping.wait(POLL_SECONDS)
    return None if stopping.is_set() else True


def _start_once(children: list[Child]) -> None:
    """Start the scheduler, last of all: reports on its first texts must find an open door."""
    sender = next(child for child in children if child.name == SENDER)
    if not sender.started:
        sender.start()


def _look_after(children: list[Child], printer: Printer, stopping: threading.Event) -> bool:
    """Until told to stop; whether it ended because one of them can't go on."""
    while not stopping.wait(POLL_SECONDS):
        if hopeless(children, printer):
            return True
    return False


def hopeless(children: list[Child], printer: Printer) -> bool:
    """Restart what has ended; True when one ended over a setting, which no restart mends."""
    for child in children:
        if child.exit_code == EXIT_CONFIGURATION:
            printer.line("luxe", f"{child.name} can't start with these settings (see above); stopping")
            return True
        child.look_after()
    return False


def _stop(children: list[Child], printer: Printer) -> None:
    printer.line("luxe", "stopping")
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        child.ask_to_stop()
    for child in children:
        if not child.wait_or_kill(until):
            printer.line("luxe", f"{child.name} did not stop within {STOP_SECONDS:.0f} s and was killed")
    printer.line("luxe", "all stopped")
