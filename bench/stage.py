"""What every measurement needs: a place of its own, processes that end with it, and numbers in words."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from core.app import App, build_app
from core.settings import load_settings

ROOT = Path(__file__).resolve().parent.parent
KEEP_SECONDS = 6 * 3600


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(*command: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python module as a process of its own; it ends with the block."""
    with log.open("ab") as out:
        started = subprocess.Popen(
            [sys.executable, "-m", *command], env={**os.environ, **env}, cwd=ROOT, stdout=out, stderr=out
        )
    try:
        yield started
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)
            try:
                started.wait(15)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


@contextmanager
def clinic(env: dict[str, str], latency_ms: float, log: Path) -> Iterator[dict[str, tuple[int, float]]]:
    """A stand-in for the provider, then gateway and scheduler: (pid, seconds until it was ready) of these two by name.

    The provider's own log, which may say whom it was asked to text, lies outside LUXE_HOME.
    """
    started: dict[str, tuple[int, float]] = {}
    gateway = f"http://127.0.0.1:{env['LUXE_GATEWAY_PORT']}"
    with ExitStack() as stack:
        asked = stack.enter_context(tempfile.TemporaryDirectory(prefix="luxe-provider-"))
        provider = ("bench.provider", env["LUXE_SIMULATOR_PORT"], str(latency_ms))
        stack.enter_context(process(*provider, env={}, log=Path(asked) / "log"))
        for name, ready in (("gateway", "/healthz"), ("scheduler", "/readyz")):
            one = stack.enter_context(process(name, env=env, log=log))
            seconds = wait_until(name, lambda url=f"{gateway}{ready}": answers(url), 120)
            started[name] = one.pid, seconds
        yield started


@contextmanager
def home() -> Iterator[Path]:
    """An empty LUXE_HOME."""
    with tempfile.TemporaryDirectory(prefix="luxe-bench-") as folder:
        yield Path(folder)


def settings_env(folder: Path, provider_port: int, **more: str) -> dict[str, str]:
    """The environment of one stage: ports of its own, texts to the fake provider, unpaced."""
    return {
        "LUXE_HOME": str(folder),
        "LUXE_GATEWAY_PORT": str(free_port()),
        "LUXE_CONSOLE_PORT": str(free_port()),
        "LUXE_SIMULATOR_PORT": str(provider_port),
        "LUXE_SIMULATOR_SMTP_PORT": str(free_port()),
        "LUXE_SENDER_RATE": "0",
        "LUXE_FORM_RATE": "0",
        "LUXE_DEMO_PASSWORD": "bench-password-1",
        **more,
    }


def app_in(env: dict[str, str]) -> App:
    """The product as a process with this environment would build it."""
    os.environ.update(env)
    return build_app(load_settings(_env_file=None))


def luxe(env: dict[str, str], *arguments: str) -> None:
    """Run one `luxe` command. Raises CalledProcessError with its output shown."""
    command = [sys.executable, "-m", "luxe.main", *arguments]
    subprocess.run(command, env={**os.environ, **env}, cwd=ROOT, check=True)


def history(env: dict[str, str], patients: int) -> None:
    """Schema, reference data and made-up history; on SQLite a copy of what was made in the last hours."""
    folder = Path(env["LUXE_HOME"])
    kept = ROOT / "var" / f"bench-{patients}"
    fresh = (kept / "luxe.db").exists() and time.time() - (kept / "luxe.db").stat().st_mtime < KEEP_SECONDS
    if not env.get("LUXE_DATABASE_URL") and fresh:
        for name in ("luxe.db", "keyset.json"):
            shutil.copy(kept / name, folder / name)
        luxe(env, "resume", "--yes")  # a copy sends nothing until somebody says so
        return
    luxe(env, "migrate")
    luxe(env, "seed")
    began = time.monotonic()
    luxe(env, "demo", "--patients", str(patients), "--months", "6", "--seed", "1")
    print(f"made-up history of {patients} patients in {time.monotonic() - began:.0f} s", flush=True)
    if not env.get("LUXE_DATABASE_URL"):
        kept.mkdir(parents=True, exist_ok=True)
        _copy(folder / "luxe.db", kept / "luxe.db")
        shutil.copy(folder / "keyset.json", kept / "keyset.json")


def _copy(source: Path, target: Path) -> None:
    """The file with what its log still holds; `luxe backup` would leave the patients' keys out."""
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as from_, closing(sqlite3.connect(target)) as to:
        from_.backup(to)


@contextmanager
def cleared(database_url: str) -> Iterator[None]:
    """An empty PostgreSQL schema before and after; nothing to do for SQLite."""
    _empty(database_url)
    try:
        yield
    finally:
        _empty(database_url)


def _empty(database_url: str) -> None:
    if database_url:
        engine = create_engine(database_url)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()


def server_cpu(app: App) -> float:
    """CPU seconds so far of the PostgreSQL backends that serve this database; 0 for SQLite."""
    if app.db.is_sqlite:
        return 0.0
    with app.db.read() as session:
        mine = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return sum(cpu_seconds(pid) for pid in session.execute(text(mine)).scalars())


def wait_until(what: str, ready: object, seconds: float = 60) -> float:
    """Call `ready()` until it is true; seconds it took. Raises TimeoutError naming `what`."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if callable(ready) and ready():
            return time.monotonic() - started
        time.sleep(0.02)
    raise TimeoutError(f"{what} was not ready in {seconds} s")


def answers(url: str) -> bool:
    """Whether a GET is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def received(port: int) -> list[tuple[float, str]]:
    """What the provider read, as (real seconds since 1970, number)."""
    return [(at, to) for at, to in get(port, "received")]


def get(port: int, what: str) -> Any:
    """One of the provider's own figures: count, refused, received."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{what}", timeout=10) as answer:
        return json.load(answer)


def count(port: int) -> int:
    """How many texts the provider has read: cheap to ask while it works."""
    return int(get(port, "count"))


def forget(port: int) -> None:
    """Empty the provider's list."""
    urllib.request.urlopen(
        urllib.request.Request(f"http://127.0.0.1:{port}/received", method="DELETE"), timeout=10
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def rss_mb(pid: int) -> float:
    """Resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_calm(pids: Iterable[int], share: float = 0.1, seconds: float = 120) -> None:
    """Until these processes have used less than `share` of a core for a second: what a start after a made-up history
    counts once (90 days of every sequence) is not what a form or a text costs. Raises TimeoutError."""

    def used() -> float:
        return sum(map(cpu_seconds, pids))

    def calm() -> bool:
        before = used()
        time.sleep(1)
        return used() - before < share

    wait_until("a calm machine", calm, seconds)
