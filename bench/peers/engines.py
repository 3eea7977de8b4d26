"""The engines, and one of them at work: its store, its planner and its worker as processes."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import stage
from bench.peers import servers
from bench.peers.orders import SLOTS

VENV = stage.ROOT / "var" / "peers-venv"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
LATENCY_MS = 60
ANSWER_SECONDS = 180
WARM_SECONDS = 120
POLL_SECONDS = 0.2  # asking costs the provider CPU that the engine would have had
AREA_CODES = range(201, 1000)


@dataclass(frozen=True)
class Engine:
    """One engine on one store. `planned_a_second` is what it surely takes in; `most` bounds a burst for slow ones."""

    name: str
    module: str
    store: str  # sqlite, postgres, redis
    planned_a_second: int
    most: int = 2000
    plans_itself: bool = False  # its worker takes the orders, since no other process can wake it

    @property
    def ours(self) -> bool:
        return self.module == "scheduler"


ENGINES = (
    Engine("ours-sqlite", "scheduler", "sqlite", 1500),
    Engine("ours-pg", "scheduler", "postgres", 1000),
    Engine("apscheduler-sqlite", "bench.peers.apscheduler_worker", "sqlite", 1500, plans_itself=True),
    Engine("apscheduler-pg", "bench.peers.apscheduler_worker", "postgres", 1000, plans_itself=True),
    Engine("huey-sqlite", "bench.peers.huey_worker", "sqlite", 700),
    Engine("huey-redis", "bench.peers.huey_worker", "redis", 700),
    Engine("celery-redis", "bench.peers.celery_worker", "redis", 250),
    Engine("procrastinate-pg", "bench.peers.procrastinate_worker", "postgres", 500, most=500),
)


def prepare_venv() -> None:
    """The peers' own environment, made anew when their requirements changed. Raises CalledProcessError."""
    stamp = VENV / "requirements.txt"
    if stamp.exists() and stamp.read_text() == REQUIREMENTS.read_text():
        return
    print(f"installing the peers into {VENV.relative_to(stage.ROOT)}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS)]
    subprocess.run(pip, check=True)
    stamp.write_text(REQUIREMENTS.read_text())


@dataclass
class Running:
    """One engine at work: what a measurement may do with it."""

    engine: Engine
    env: dict[str, str]
    log: Path
    provider: int
    database: str = ""
    _worker: subprocess.Popen[bytes] | None = None
    _planner: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[str] = field(
        default_factory=lambda: (f"+1{code}55501{line:02d}" for code in AREA_CODES for line in range(100))
    )

    def new_numbers(self, count: int) -> list[str]:
        """Made-up numbers that nobody wrote to yet; the engine learns whose they are."""
        numbers = [next(self._numbers) for _ in range(count)]
        self._order({"meet": numbers})
        return numbers

    def plan(self, texts: Sequence[tuple[float, str, str]]) -> float:
        """Plan (due, number, body) all at once; CPU seconds that it cost the worker itself."""
        cpu = float(self._order({"plan": texts})["cpu"])
        return cpu if self.engine.plans_itself else 0.0

    def plan_now(self, number: str, body: str) -> float:
        """Plan one that is due at once; when the call began, seconds since 1970."""
        return float(self._order({"now": [time.time(), number, body]})["began"])

    def start(self) -> None:
        """Start the worker."""
        self._worker = self._spawn("work")

    def warm_up(self) -> None:
        """Wait until the worker has sent a first text, which loads what is loaded once. Raises TimeoutError."""
        number = self.new_numbers(1)
        self.plan_now(number[0], "Hello")
        self.wait_for(number, WARM_SECONDS)
        time.sleep(1)

    def kill(self) -> None:
        """SIGKILL the worker and every process it started."""
        if self._worker is not None:
            _kill(self._worker)
        self._worker = None

    def close(self) -> None:
        """End everything."""
        self.kill()
        if self._planner is not None:
            _kill(self._planner)

    def arrivals(self) -> list[tuple[float, str]]:
        """(seconds since 1970, number) of each text that the provider has read so far."""
        return stage.received(self.provider)

    def wait_for(self, numbers: Sequence[str], seconds: float) -> dict[str, float]:
        """When each number's first text arrived, waiting `seconds` at most. Raises TimeoutError when none did."""
        until, wanted = time.monotonic() + seconds, set(numbers)
        while True:
            first = {to: at for at, to in reversed(self.arrivals()) if to in wanted}
            if len(first) == len(wanted) or (first and time.monotonic() > until):
                return first
            if time.monotonic() > until:
                raise TimeoutError(f"nothing was sent\n{self.last_words()}")
            self.must_live()
            time.sleep(POLL_SECONDS)

    def must_live(self) -> None:
        """Raises RuntimeError when the worker ended by itself: what is missing then is not the engine's loss."""
        if self._worker is None or self._worker.poll() is not None:
            raise RuntimeError(f"the worker ended by itself\n{self.last_words()}")

    def worker_cpu(self) -> float:
        """CPU seconds of the worker and its children so far."""
        return sum(servers.cpu_seconds(_tree(self._worker.pid)).values()) if self._worker else 0.0

    def server_cpu(self) -> dict[int, float]:
        """CPU seconds of each process of the database or broker that serves this engine."""
        if self.engine.store == "redis":
            return servers.cpu_seconds(servers.redis_pids())
        return servers.cpu_seconds(servers.postgres_pids(self.database)) if self.database else {}

    def last_words(self) -> str:
        """The end of the log."""
        return self.log.read_text(errors="replace")[-2000:]

    def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        if self.engine.plans_itself:
            taker = self._worker = self._worker or self._spawn("work")
        else:
            taker = self._planner = self._planner or self._spawn("plan")
        assert taker.stdin is not None
        assert taker.stdout is not None
        taker.stdin.write(json.dumps(order).encode() + b"\n")
        taker.stdin.flush()
        ready, _, _ = select.select([taker.stdout], [], [], ANSWER_SECONDS)
        line = taker.stdout.readline() if ready else b""
        if not line:
            raise RuntimeError(f"{self.engine.name} did not take an order\n{self.last_words()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _spawn(self, role: str) -> subprocess.Popen[bytes]:
        takes_orders = role == "plan" or self.engine.plans_itself
        with self.log.open("ab") as log:
            return subprocess.Popen(
                _command(self.engine, role),
                env={**os.environ, **self.env},
                cwd=stage.ROOT,
                stdin=subprocess.PIPE if takes_orders else subprocess.DEVNULL,
                stdout=subprocess.PIPE if takes_orders else log,
                stderr=log,
                start_new_session=True,
            )


def _command(engine: Engine, role: str) -> list[str]:
    if engine.ours:
        return [sys.executable, "-m", "scheduler" if role == "work" else "bench.peers.luxe_planner"]
    return [str(VENV / "bin" / "python"), "-m", engine.module, role]


def _kill(process: subprocess.Popen[bytes]) -> None:
    """It leads a process group of its own, so its children go with it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tree(pid: int) -> list[int]:
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for listed in lists for child in listed.read_text().split()]
    return [pid, *(found for child in children for found in _tree(child))]


@contextmanager
def running(
    engine: Engine, *, provider_module: str = "bench.provider", visibility: int = 3600
) -> Iterator[Running]:
    """An empty store, a provider and the engine's planner; the worker is started by the measurement."""
    with ExitStack() as stack:
        folder = stack.enter_context(stage.home())
        port, log = stage.free_port(), folder / "log"
        name = f"luxe_peers_{os.getpid()}"
        place = _store(engine, folder, name, stack)
        stack.enter_context(stage.process(provider_module, str(port), str(LATENCY_MS), env={}, log=log))
        stage.wait_until("the provider", lambda: stage.answers(f"http://127.0.0.1:{port}/received"))
        if engine.ours:
            url = (
                place.replace("postgresql://", "postgresql+psycopg://") if engine.store == "postgres" else ""
            )
            env = stage.settings_env(folder, port, LUXE_SLOTS=str(SLOTS), LUXE_DATABASE_URL=url)
        else:
            env = {"PEER_API": f"http://127.0.0.1:{port}", "PEER_VISIBILITY": str(visibility)}
            env["PEER_STORE"] = _address(engine, place)
        at_work = Running(engine, env, log, port, name if engine.store == "postgres" else "")
        stack.callback(at_work.close)
        yield at_work


def _store(engine: Engine, folder: Path, name: str, stack: ExitStack) -> str:
    if engine.store == "postgres":
        return stack.enter_context(servers.database(name))
    if engine.store == "redis":
        return stack.enter_context(servers.redis_database())
    return str(folder / "queue.db")


def _address(engine: Engine, place: str) -> str:
    if not engine.plans_itself:
        return place
    prefix = {"postgres": ("postgresql://", "postgresql+psycopg://"), "sqlite": ("/", "sqlite:////")}[
        engine.store
    ]
    return place.replace(*prefix, 1)
