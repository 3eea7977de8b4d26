"""`luxe up` before and around its processes: ports, restarts, endings."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.domain.errors import SettingsError
from core.settings import load_settings
from luxe import bound
from luxe.children import Child, Printer
from luxe.ports import is_free, refuse_taken_ports
from luxe.up import hopeless
from tests.luxe.conftest import Luxe


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_taken_port_ends_with_a_sentence_that_names_the_setting(
    luxe: Luxe, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is started, nothing is written, and the way out is in the message."""
    monkeypatch.setenv("LUXE_CONSOLE_PORT", str(taken_port))
    monkeypatch.setenv("LUXE_GATEWAY_PORT", str(free_port()))
    monkeypatch.setenv("LUXE_SIMULATOR_PORT", str(free_port()))
    monkeypatch.setenv("LUXE_SIMULATOR_SMTP_PORT", str(free_port()))
    done = luxe.run("up", "--demo")
    assert done.exit_code == 78
    assert done.output.startswith(f"LUXE_CONSOLE_PORT: port {taken_port} for the console is in use")
    assert not luxe.home.exists()


def test_two_processes_can_not_be_given_one_port() -> None:
    """The second one would fail a minute later with words of the web server."""
    settings = load_settings(gateway_port=8790, console_port=8790, simulator_port=8791)
    with pytest.raises(SettingsError, match="the same as LUXE_GATEWAY_PORT"):
        refuse_taken_ports(settings)


def test_a_port_that_was_just_left_counts_as_free(taken_port: int) -> None:
    """A restart right after Ctrl-C must not be refused over connections that are closing."""
    port = free_port()
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as our own servers do
        server.bind(("127.0.0.1", port))
        server.listen()
        with socket.create_connection(("127.0.0.1", port)):
            server.accept()[0].close()
    assert is_free("127.0.0.1", port)
    assert not is_free("127.0.0.1", taken_port)


def test_demo_data_never_meets_real_credentials(luxe: Luxe, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up people have planned texts; they belong to the simulator."""
    monkeypatch.setenv("LUXE_TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("LUXE_TWILIO_AUTH_TOKEN", "made-up")
    monkeypatch.setenv("LUXE_TWILIO_FROM", "+15125550100")
    done = luxe.run("up", "--demo")
    assert done.exit_code == 78
    assert "--no-demo" in done.output


def module(folder: Path, body: str) -> dict[str, str]:
    """An environment in which `python -m thing` runs `body`."""
    (folder / "thing.py").write_text(body)
    return {**os.environ, "PYTHONPATH": str(folder)}


def until(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether `holds()` becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_a_child_that_dies_is_started_again_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One crash must not end the evening."""
    env = module(tmp_path, "import sys; open('runs', 'a').write('x'); print('hello'); sys.exit(3)")
    monkeypatch.chdir(tmp_path)
    child = Child("thing", env, Printer(sys.stdout))
    child.start()
    assert until(lambda: child.exit_code == 3)
    assert child.look_after() == 3
    assert until(lambda: child.look_after() is None and (tmp_path / "runs").read_text() == "xx")
    child.wait_or_kill(time.monotonic() + 5)
    said = capsys.readouterr().out
    assert "thing     | hello" in said
    assert "thing ended (exit code 3); starting it again in 1 s" in said


def test_a_child_that_refuses_its_settings_is_not_started_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No restart mends a setting: everything stops, under the sentence that says which one."""
    env = module(tmp_path, "import sys; sys.exit(78)")
    monkeypatch.chdir(tmp_path)
    printer = Printer(sys.stdout)
    child = Child("thing", env, printer)
    child.start()
    assert until(lambda: child.exit_code == 78)
    assert hopeless([child], printer)
    assert "thing can't start with these settings (see above); stopping" in capsys.readouterr().out


def test_a_child_that_will_not_stop_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends everything within its limit."""
    env = module(
        tmp_path,
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nopen('up', 'w').close()\ntime.sleep(60)",
    )
    monkeypatch.chdir(tmp_path)
    child = Child("thing", env, Printer(sys.stdout))
    child.start()
    assert until((tmp_path / "up").exists)
    child.ask_to_stop()
    assert child.wait_or_kill(time.monotonic() + 0.3) is False
    assert child.exit_code == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_children_end_with_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    """No orphan holds a port after `kill -9`."""
    script = (
        "import os, subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-I', '-S', {bound.__file__!r}, str(os.getpid()),"
        " '/bin/sleep', '60'])\n"
        "print(child.pid, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    assert until(lambda: Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"/bin/sleep"))
    parent.kill()
    parent.wait()
    assert until(lambda: _gone(pid))


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True
