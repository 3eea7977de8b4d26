"""`luxe up` as a person runs it: everything starts, answers, takes a form, and is gone after one signal."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from luxe.loopback import request

ROOT = Path(__file__).parents[2]


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Running:
    """A `luxe up` under way; `said` is everything that it has printed so far."""

    def __init__(self, folder: Path) -> None:
        self.gateway, self.console, self.simulator, mail = free_ports(4)
        own = {key: value for key, value in os.environ.items() if not key.startswith("LUXE_")}
        env = own | {
            "LUXE_HOME": str(folder / "var"),
            "LUXE_GATEWAY_PORT": str(self.gateway),
            "LUXE_CONSOLE_PORT": str(self.console),
            "LUXE_SIMULATOR_PORT": str(self.simulator),
            "LUXE_SIMULATOR_SMTP_PORT": str(mail),
            "PYTHONPATH": str(ROOT),
        }
        self._log = folder / "up.log"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "luxe", "up", "--no-demo"],
            cwd=folder,
            env=env,
            stdout=self._log.open("w"),
            stderr=subprocess.STDOUT,
        )

    @property
    def said(self) -> str:
        return self._log.read_text()

    def wait_for(self, words: str, seconds: float = 90.0) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.1)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    up = Running(tmp_path)
    yield up
    if up.process.poll() is None:
        up.process.send_signal(signal.SIGTERM)
        up.process.wait(20)


def test_everything_starts_takes_a_form_and_stops_at_once(running: Running) -> None:
    """One command and one signal, with nothing left behind."""
    running.wait_for("Luxe Follow-Up is ready.")
    running.wait_for("luxe staff add")
    assert request(f"http://127.0.0.1:{running.console}/_stcore/health") == 200
    assert request(f"http://127.0.0.1:{running.simulator}/healthz") == 200
    line = re.search(r"-d '(\{.*\})' (http\S+/generic/\S+)", running.said)
    assert line
    assert request(line[2], json.loads(line[1])) == 201
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(25) == 0, running.said
    assert running.said.rstrip().endswith("luxe      | all stopped")
    for port in (running.gateway, running.console, running.simulator):
        assert request(f"http://127.0.0.1:{port}/") is None
