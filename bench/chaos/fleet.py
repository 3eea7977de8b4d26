"""The processes under fire: schedulers and a gateway, started in a moment, killed, frozen and thawed."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench import stage

START_SECONDS = 120
BYTECODE = Path(tempfile.gettempdir()) / f"luxe-chaos-bytecode-{os.geteuid()}"


class Nursery:
    """The process that forks all others (see `bench.chaos.nursery`)."""

    def __init__(self) -> None:
        env = {**os.environ, "PYTHONPYCACHEPREFIX": str(BYTECODE)}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.chaos.nursery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, cwd=stage.ROOT,
        )  # fmt: skip
        self._said()

    def start(self, order: dict[str, object]) -> int:
        """A new process; its pid."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._said())

    def _said(self) -> str:
        assert self._process.stdout
        if not select.select([self._process.stdout], [], [], START_SECONDS)[0]:
            raise TimeoutError("the nursery does not answer")
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the nursery ended")
        return line

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(15)


@dataclass
class Child:
    """A process that is no child of ours: its handle says when it ended."""

    pid: int

    def __post_init__(self) -> None:
        self._handle = os.pidfd_open(self.pid)

    def send(self, number: int) -> None:
        try:
            signal.pidfd_send_signal(self._handle, number)
        except ProcessLookupError:
            return

    def ended(self, seconds: float) -> bool:
        """Whether it ends within `seconds`."""
        return bool(select.select([self._handle], [], [], seconds)[0])

    def end(self, patience: float) -> None:
        """Ask it to stop, then make it."""
        self.send(signal.SIGTERM)
        if not self.ended(patience):
            self.send(signal.SIGKILL)
            self.ended(10)
        os.close(self._handle)


@dataclass
class Fleet:
    """Named processes: `gateway`, `scheduler-1`, `scheduler-2`. `env_of` holds what only one of them gets."""

    nursery: Nursery
    env: dict[str, str]
    folder: Path
    grace: float = 2.0
    without: str = ""
    env_of: dict[str, dict[str, str]] = field(default_factory=dict)
    running: dict[str, Child] = field(default_factory=dict)

    def start(self, name: str) -> None:
        order: dict[str, object] = {
            "what": name.split("-")[0],
            "env": {**self.env, **self.env_of.get(name, {})},
            "log": str(self.log(name)),
            "grace": self.grace,
            "without": self.without,
        }
        self.running[name] = Child(self.nursery.start(order))

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def kill(self, name: str) -> None:
        """SIGKILL, and start again as soon as it is dead."""
        child = self.running[name]
        child.send(signal.SIGKILL)
        assert child.ended(20), f"{name} outlives SIGKILL"
        self.start(name)

    def freeze(self, name: str, seconds: float) -> None:
        """It stands still for so long, with its locks and its lines."""
        self.running[name].send(signal.SIGSTOP)
        time.sleep(seconds)
        self.running[name].send(signal.SIGCONT)

    def revive(self) -> list[str]:
        """Start what ended by itself, as the supervisor would; their names."""
        gone = [name for name, child in self.running.items() if child.ended(0)]
        for name in gone:
            self.start(name)
        return gone

    def stop(self, patience: float = 15) -> None:
        for child in self.running.values():
            child.send(signal.SIGCONT)
            child.send(signal.SIGTERM)
        for child in self.running.values():
            child.end(patience)
        self.running.clear()
