"""One child process under supervision: started bound to us, its lines prefixed, stopped in order."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from luxe import bound

COLOURS = {"simulator": 35, "gateway": 36, "scheduler": 33, "console": 32, "luxe": 34}
STABLE_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 60.0


class Printer:
    """Whole lines from several threads, each with the coloured name of who wrote it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._coloured = stream.isatty() and "NO_COLOR" not in os.environ

    def line(self, name: str, text: str) -> None:
        with self._lock:
            self._stream.write(f"{self._prefix(name)} {text.rstrip()}\n")
            self._stream.flush()

    def plain(self, text: str) -> None:
        with self._lock:
            self._stream.write(f"{text}\n")
            self._stream.flush()

    def _prefix(self, name: str) -> str:
        padded = f"{name:<9} |"
        return f"\033[{COLOURS.get(name, 37)}m{padded}\033[0m" if self._coloured else padded


class Child:
    """`python -m NAME`. Start and poll it from the main thread: its life is bound to the thread that starts it."""

    def __init__(self, name: str, env: Mapping[str, str], printer: Printer) -> None:
        self.name = name
        self._env = dict(env)
        self._printer = printer
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._failures = 0
        self._started = 0.0
        self._again_at = 0.0

    def start(self) -> None:
        command = [sys.executable, "-I", "-S", str(Path(bound.__file__)), str(os.getpid())]
        command += [sys.executable, "-u", "-m", self.name]
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            command,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Ctrl-C on the terminal must reach us alone: we stop the children in order.
            process_group=0,
        )
        self._reader = threading.Thread(target=self._copy_lines, args=(self._process,), daemon=True)
        self._reader.start()

    def _copy_lines(self, process: "subprocess.Popen[str]") -> None:
        for line in process.stdout or ():
            self._printer.line(self.name, line)

    @property
    def started(self) -> bool:
        return self._process is not None

    @property
    def exit_code(self) -> int | None:
        """None while it runs, or before it was ever started."""
        return self._process.poll() if self._process else None

    def look_after(self) -> int | None:
        """Start it again with back-off when it has ended; the exit code of an end that was just seen."""
        code = self.exit_code
        if code is None:
            return None
        if not self._again_at:
            stable = time.monotonic() - self._started > STABLE_SECONDS
            self._failures = 0 if stable else self._failures
            wait = min(2.0**self._failures, LONGEST_WAIT_SECONDS)
            self._failures += 1
            self._again_at = time.monotonic() + wait
            self._printer.line("luxe", f"{self.name} ended ({how(code)}); starting it again in {wait:.0f} s")
            return code
        if time.monotonic() >= self._again_at:
            self._again_at = 0.0
            self.start()
        return None

    def ask_to_stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def wait_or_kill(self, until: float) -> bool:
        """Wait for its end until the monotonic moment `until`, then kill its group; whether it ended by itself."""
        if self._process is None:
            return True
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
            ended = True
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            ended = False
        if self._reader:
            self._reader.join(1.0)
        return ended


def how(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
