"""What is measured, on any engine through the same few calls. Each measurement starts from an empty store."""

import random
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from bench import stage
from bench.peers.engines import LATENCY_MS, Engine, Running, running

HEAD_START = 3.0
PATIENCE = 90.0
PAUSE_BETWEEN_INSTANTS = 0.15
PENDING_IN_DAYS = 20
SHORT_VISIBILITY = 10  # seconds; for Celery under kills only: it repeats whatever is due later than that
QUIET_SECONDS = (
    45.0  # longer than any engine here takes to find what a dead worker held, on a busy machine too
)
DRAIN_SECONDS = 180.0
CYCLE_SECONDS = 8.0

Figures = dict[str, float]


@dataclass(frozen=True)
class Sizes:
    """How much of everything."""

    burst: int = 2000
    rate: int = 50
    seconds: int = 20
    instants: int = 100
    pending: int = 10_000
    crash_texts: int = 500
    crashes: int = 10

    def smaller(self, share: float) -> "Sizes":
        """The same at a share of the size, to try things out."""
        return Sizes(
            burst=max(64, int(self.burst * share)),
            seconds=max(2, int(self.seconds * share)),
            instants=max(10, int(self.instants * share)),
            pending=max(100, int(self.pending * share)),
            crash_texts=max(150, int(self.crash_texts * share)),
            crashes=max(2, int(self.crashes * share)),
        )


def burst(engine: Engine, sizes: Sizes) -> Figures:
    """Many due at one moment: texts a second from then to the last arrival, and the CPU of it all."""
    count = min(sizes.burst, engine.most)
    with running(engine) as at_work:
        numbers = _ready(at_work, count)
        worker = at_work.worker_cpu()
        due = time.time() + HEAD_START + count / engine.planned_a_second
        worker += at_work.plan([(due, number, f"Hello {n}") for n, number in enumerate(numbers)])
        _in_time(engine, due)
        server = at_work.server_cpu()
        _sleep_until(due)
        first = at_work.wait_for(numbers, PATIENCE)
        time.sleep(0.5)  # what is written after the last call belongs to it
        return {
            "burst_per_second": len(first) / (max(first.values()) - due),
            "worker_cpu_ms": (at_work.worker_cpu() - worker) / len(first) * 1000,
            "server_cpu_ms": _grown(server, at_work.server_cpu()) / len(first) * 1000,
            "at_once": _most_at_once(at_work),
            "burst_missing": count - len(first),
        }


def lateness(engine: Engine, sizes: Sizes) -> Figures:
    """A steady stream, planned beforehand: milliseconds from due to arrival."""
    count = sizes.rate * sizes.seconds
    with running(engine) as at_work:
        numbers = _ready(at_work, count)
        start = time.time() + HEAD_START + count / engine.planned_a_second
        due = {number: start + n / sizes.rate for n, number in enumerate(numbers)}
        at_work.plan([(due[number], number, f"Hello {n}") for n, number in enumerate(numbers)])
        _in_time(engine, start)
        _sleep_until(max(due.values()))
        first = at_work.wait_for(numbers, PATIENCE)
    late = [(at - due[number]) * 1000 for number, at in first.items()]
    return {
        "late_p50_ms": stage.percentile(late, 0.5),
        "late_p99_ms": stage.percentile(late, 0.99),
        "late_missing": count - len(first),
    }


def instant(engine: Engine, sizes: Sizes) -> Figures:
    """One at a time, with many pending for later: milliseconds from the call that plans it to its arrival."""
    with running(engine) as at_work:
        later = time.time() + PENDING_IN_DAYS * 86400
        pending = [(later + n, f"+1200555{n:05d}", "Later") for n in range(sizes.pending)]
        numbers = at_work.new_numbers(sizes.instants)
        at_work.plan(pending)
        if not engine.plans_itself:
            at_work.start()
        at_work.warm_up()
        began = {}
        for number in numbers:
            began[number] = at_work.plan_now(number, "Hello now")
            time.sleep(PAUSE_BETWEEN_INSTANTS)
        first = at_work.wait_for(numbers, PATIENCE)
    took = [(at - began[number]) * 1000 for number, at in first.items()]
    return {
        "instant_p50_ms": stage.percentile(took, 0.5),
        "instant_p99_ms": stage.percentile(took, 0.99),
        "instant_missing": len(numbers) - len(first),
    }


def crash(engine: Engine, sizes: Sizes) -> Figures:
    """Bursts, each with a SIGKILL soon after its first text and a restart at once: lost and doubled at the provider."""
    die = random.Random(1)
    provider = "bench.peers.listing_provider"
    with running(engine, provider_module=provider, visibility=SHORT_VISIBILITY) as at_work:
        _ready(at_work, 0)
        everyone: list[str] = []
        for _ in range(sizes.crashes):
            everyone += _burst_with_kill(at_work, sizes.crash_texts, die.uniform(0.02, 0.2))
        _drain(at_work)
        counts = Counter(to for _, to in at_work.arrivals())
    return {
        "kills": sizes.crashes,
        "crash_texts": len(everyone),
        "lost": sum(counts[number] == 0 for number in everyone),
        "doubled": sum(counts[number] - 1 for number in everyone if counts[number] > 1),
    }


MEASURES: dict[str, Callable[[Engine, Sizes], Figures]] = {
    "burst": burst,
    "lateness": lateness,
    "instant": instant,
    "crash": crash,
}


def _ready(at_work: Running, count: int) -> list[str]:
    """Numbers to write to, and a worker that has sent its first text."""
    numbers = at_work.new_numbers(count)
    if not at_work.engine.plans_itself:
        at_work.start()
    at_work.warm_up()
    return numbers


def _most_at_once(at_work: Running) -> float:
    """The most calls that were open at the provider at one moment: nobody may have more slots than the others."""
    arrivals = sorted(at for at, _ in at_work.arrivals())
    span = LATENCY_MS / 1000 - 0.001
    return max(bisect_right(arrivals, at + span) - n for n, at in enumerate(arrivals))


def _sleep_until(moment: float) -> None:
    """Nobody asks the provider anything meanwhile."""
    time.sleep(max(0.0, moment - time.time()))


def _in_time(engine: Engine, due: float) -> None:
    if time.time() > due - 0.2:
        raise RuntimeError(f"{engine.name} took its texts in too slowly for them to be due at one moment")


def _grown(before: dict[int, float], after: dict[int, float]) -> float:
    return sum(spent - before.get(pid, 0.0) for pid, spent in after.items())


def _burst_with_kill(at_work: Running, count: int, after: float) -> list[str]:
    numbers = at_work.new_numbers(count)
    due = time.time() + HEAD_START
    at_work.plan([(due, number, f"Hello {n}") for n, number in enumerate(numbers)])
    wanted = set(numbers)
    seen = len(at_work.arrivals())
    _sleep_until(due)
    stage.wait_until("a first text", lambda: _any_of(at_work, wanted, seen), PATIENCE)
    time.sleep(after)
    at_work.kill()
    at_work.start()
    until = time.monotonic() + CYCLE_SECONDS
    while time.monotonic() < until and len(wanted & {to for _, to in at_work.arrivals()}) < count:
        time.sleep(0.25)
    return numbers


def _any_of(at_work: Running, wanted: set[str], seen: int) -> bool:
    at_work.must_live()
    return any(to in wanted for _, to in at_work.arrivals()[seen:])


def _drain(at_work: Running) -> None:
    """Until nothing has come for a while: a text that is still missing then is lost."""
    until = time.monotonic() + DRAIN_SECONDS
    seen, changed_at = len(at_work.arrivals()), time.monotonic()
    while time.monotonic() < until and time.monotonic() - changed_at < QUIET_SECONDS:
        time.sleep(0.5)
        at_work.must_live()
        if len(at_work.arrivals()) != seen:
            seen, changed_at = len(at_work.arrivals()), time.monotonic()
