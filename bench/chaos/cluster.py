"""A PostgreSQL of our own that may be killed: a data folder, a port, durable commits."""

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench import stage

CONFIG = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = on
synchronous_commit = on
shared_buffers = 64MB
max_connections = 200
restart_after_crash = off
"""


def available() -> bool:
    """Whether this machine can make a cluster: the programs are there, and an ordinary user to run them as."""
    return shutil.which("initdb") is not None and (os.geteuid() != 0 or shutil.which("runuser") is not None)


@dataclass
class Cluster:
    """Made with `create`, and gone with `stop`."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="luxe-chaos-pg-")))
    port: int = field(default_factory=stage.free_port)
    server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        """Make the data folder and start the server. Raises CalledProcessError."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        options = ["-A", "trust", "-U", "postgres", "-N", "--no-instructions"]
        subprocess.run(
            [*_as_postgres(), shutil.which("initdb") or "initdb", *options, "-D", str(self.folder)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
        with (self.folder / "postgresql.conf").open("a") as config:
            config.write(CONFIG + f"port = {self.port}\n")
        self.start()

    def start(self) -> None:
        """Start, and recover from whatever was left. Raises TimeoutError."""
        with (self.folder / "server.log").open("ab") as log:
            self.server = subprocess.Popen(
                [*_as_postgres(), shutil.which("postgres") or "postgres", "-D", str(self.folder)],
                stdout=log, stderr=log, cwd="/",
            )  # fmt: skip
        stage.wait_until("PostgreSQL", self.answers, 60)

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.url.replace("+psycopg", ""), connect_timeout=2):
                return True
        except psycopg.Error:
            return False

    def kill(self) -> None:
        """SIGKILL to the postmaster and to every process it started, and start again."""
        doomed = self._processes()
        for pid in doomed:
            _kill(pid)
        stage.wait_until("the dead", lambda: not any(_lives(pid) for pid in doomed), 20)
        if self.server:
            self.server.wait(20)
        self.start()

    def stop(self) -> None:
        """End the server and remove its folder."""
        if self.server is not None and self.server.poll() is None:
            for pid in self._processes():
                _kill(pid)
            self.server.wait(15)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _processes(self) -> list[int]:
        postmaster = int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
        return [postmaster, *_children(postmaster)]


def _as_postgres() -> list[str]:
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(entry.name))
    return found


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _lives(pid: int) -> bool:
    """Dead ones that nobody has asked about yet do not count."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return False
    return fields[0] != "Z"
