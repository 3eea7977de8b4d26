"""One run: set everything up, strike again and again, let it settle, judge."""

import json
import random
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

from bench import stage
from bench.chaos.cluster import Cluster
from bench.chaos.fleet import Fleet, Nursery
from bench.chaos.load import KEY, Load
from bench.chaos.proxy import Proxy
from bench.chaos.verdict import Verdict, counts_of, judge, settle_down
from core.app import App, build_app
from core.db.migrate import migrate
from core.settings import load_settings
from luxe.seed import seed as seed_reference

MIDDAY = "2026-11-23T13:00:00-05:00@1"  # inside the texting hours of every American zone, for two hours more
STRIKE_EARLY, STRIKE_LATE = 0.02, 0.4  # seconds after work is seen moving
EVERY = 5
STANDBY_SHARE = 0.2
LONG_LAG = 3.0
WEIGHTS = {"scheduler": 5, "gateway": 2, "database": 2}


@dataclass(frozen=True)
class Plan:
    """What to do. Times in real seconds; `faults` are the provider's shares (see `provider.Behaviour`)."""

    kills: int = 50
    seed: int = 1
    postgres: bool = False
    schedulers: int = 2
    without: str = ""
    freeze: bool = False
    cut_off: bool = False
    gateway: bool = True
    texts: int = 30  # planned for each strike
    grace: float = 2.0
    list_lag: float = 0.5
    freeze_seconds: float = 4.0
    cut_seconds: float = 4.0
    settle_seconds: float = 180.0
    faults: dict[str, float] = field(default_factory=dict)

    @property
    def every(self) -> int:
        """One strike in so many is a freeze, one a cut. Only those show a missing fence: then every second one."""
        return 2 if self.without == "fencing" else EVERY

    @property
    def freezes(self) -> bool:
        """Without a fence, only a scheduler that comes back from elsewhere shows what the fence is for."""
        return self.freeze or (self.without == "fencing" and not self.postgres)

    @property
    def lag(self) -> float:
        """Of the provider's list; with no grace it is made long enough to be met at the first look."""
        return LONG_LAG if self.without == "grace" else self.list_lag

    @property
    def cuts(self) -> bool:
        return self.postgres and (self.cut_off or self.without == "fencing")


@dataclass
class Arena:
    """Everything that runs."""

    plan: Plan
    app: App
    fleet: Fleet
    load: Load
    provider: str
    gateway: str
    cluster: Cluster | None
    proxy: Proxy | None
    strikes: Counter[str] = field(default_factory=Counter)

    def strike(self, die: random.Random, number: int) -> None:
        """Bring work, see it move, and hit."""
        before = counts_of(self.provider)["accepted"]
        self.load.plan(self.plan.texts)
        stage.wait_until("work", lambda: counts_of(self.provider)["accepted"] > before, 60)
        time.sleep(die.uniform(STRIKE_EARLY, STRIKE_LATE))
        scheduler = self._scheduler(die)
        if self.plan.freezes and number % self.plan.every == 1:
            self._freeze(scheduler)
        elif self.proxy and self.plan.cuts and number % self.plan.every == 2 % self.plan.every:
            self._cut(self.proxy, silently=die.random() < 0.5)
        else:
            self._kill(self._target(die, scheduler))
        self.fleet.revive()

    def _scheduler(self, die: random.Random) -> str:
        """One that works; on SQLite now and then one that waits for the lease."""
        drawn = f"scheduler-{die.randint(1, self.plan.schedulers)}"
        lock = self.fleet.folder / "luxe.scheduler.lock"
        if not lock.exists() or die.random() < STANDBY_SHARE:
            return drawn
        holder = lock.read_text()
        return next((name for name, child in self.fleet.running.items() if str(child.pid) == holder), drawn)

    def _target(self, die: random.Random, scheduler: str) -> str:
        names = {"scheduler": scheduler, "gateway": "gateway", "database": "database"}
        can = [
            "scheduler",
            *(["gateway"] if self.plan.gateway else []),
            *(["database"] if self.cluster else []),
        ]
        return names[die.choices(can, [WEIGHTS[name] for name in can])[0]]

    def _kill(self, name: str) -> None:
        if name == "database" and self.cluster:
            self.cluster.kill()
        else:
            self.fleet.kill(name)
        self.strikes[name.split("-")[0]] += 1

    def _freeze(self, scheduler: str) -> None:
        self.load.plan(self.plan.texts)
        self.fleet.freeze(scheduler, self.plan.freeze_seconds)
        self.strikes["frozen"] += 1

    def _cut(self, proxy: Proxy, *, silently: bool) -> None:
        self.load.plan(self.plan.texts)
        proxy.cut(silently=silently)
        time.sleep(self.plan.cut_seconds)
        proxy.mend()
        self.strikes["cut_off"] += 1

    def behave(self, **changes: object) -> None:
        """Change the provider's behaviour."""
        request = urllib.request.Request(f"{self.provider}/behave", json.dumps(changes).encode())
        urllib.request.urlopen(request, timeout=10).close()

    def finish(self) -> Verdict:
        """Let everything settle, stop, and judge."""
        self.load.end()
        settle_down(self.app, self.plan.settle_seconds)
        until = self.app.clock.now()
        self.fleet.stop()
        return judge(self.app, self.load, self.provider, until)


def app_of(env: dict[str, str]) -> App:
    """The product with these settings, without touching this process's environment."""
    values = {name.removeprefix("LUXE_").lower(): value for name, value in env.items()}
    return build_app(load_settings(_env_file=None, **values))


@contextmanager
def arena(plan: Plan, nursery: Nursery, folder: Path) -> Iterator[Arena]:
    """Everything set up and running; nothing is left of it afterwards."""
    with ExitStack() as stack:
        cluster = _cluster(stack) if plan.postgres else None
        port = stage.free_port()
        env = _environment(folder, port, cluster.url if cluster else "")
        app = app_of(env)
        stack.callback(app.db.engine.dispose)
        migrate(app.db)
        seed_reference(app, app.clock.now())
        stack.enter_context(_provider(plan, env, port, folder))
        fleet = Fleet(nursery, env, folder, plan.grace, plan.without)
        stack.callback(fleet.stop, 5)
        proxy = _proxy(stack, cluster, fleet) if cluster and plan.cuts else None
        load = Load(app, plan.seed)
        stack.callback(load.end)
        here = f"http://127.0.0.1:{env['LUXE_GATEWAY_PORT']}"
        made = Arena(plan, app, fleet, load, f"http://127.0.0.1:{port}", here, cluster, proxy)
        _start(made)
        yield made


def _start(made: Arena) -> None:
    stage.wait_until("provider", lambda: stage.answers(f"{made.provider}/count"))
    for number in range(made.plan.schedulers):
        made.fleet.start(f"scheduler-{number + 1}")
    if made.plan.gateway:
        made.fleet.start("gateway")
        stage.wait_until("gateway", lambda: stage.answers(f"{made.gateway}/healthz"))
    made.load.begin(made.gateway if made.plan.gateway else "")


def _cluster(stack: ExitStack) -> Cluster:
    cluster = Cluster()
    stack.callback(cluster.stop)
    cluster.create()
    return cluster


def _environment(folder: Path, port: int, database_url: str) -> dict[str, str]:
    return stage.settings_env(
        folder,
        port,
        LUXE_DATABASE_URL=database_url,
        LUXE_FORM_KEYS=json.dumps({"generic": {"key": KEY}}),
        LUXE_CLOCK=MIDDAY,
        LUXE_CLOCK_ORIGIN=str(time.time()),
        LUXE_SLOTS="16",
        LUXE_LOG_JSON="1",
    )


@contextmanager
def _provider(plan: Plan, env: dict[str, str], port: int, folder: Path) -> Iterator[None]:
    settings = {
        "seed": plan.seed,
        "list_lag": plan.lag,
        "clock": env["LUXE_CLOCK"],
        "clock_origin": float(env["LUXE_CLOCK_ORIGIN"]),
        **plan.faults,
    }
    command = ("bench.chaos.provider", str(port), json.dumps(settings))
    with stage.process(*command, env={}, log=folder / "provider.log"):
        yield


def _proxy(stack: ExitStack, cluster: Cluster, fleet: Fleet) -> Proxy:
    """The first scheduler's line to the database."""
    proxy = Proxy(cluster.port)
    stack.callback(proxy.close)
    through = make_url(cluster.url).set(port=proxy.port).render_as_string(hide_password=False)
    fleet.env_of["scheduler-1"] = {"LUXE_DATABASE_URL": through}
    return proxy


def run(plan: Plan, nursery: Nursery, folder: Path) -> tuple[Verdict, Counter[str]]:
    """All strikes; the verdict, and how often each was hit. Raises TimeoutError where nothing moves any more."""
    die = random.Random(plan.seed)
    with arena(plan, nursery, folder) as made:
        for number in range(plan.kills):
            made.strike(die, number)
        return made.finish(), made.strikes
