"""Nothing accepted is lost: not by a kill, not by a torn last line."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from simulator.journal import Journal, JournalInUseError, SpoiledJournalError
from simulator.ledger import Ledger
from simulator.pictures import draw_picture
from tests.simulator.conftest import ACCOUNT, CLINIC, HANNAH, TOKEN, Rig, client_at, free_port, wait_for


def start(home: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LUXE_")} | {
        "LUXE_HOME": str(home),
        "LUXE_SIMULATOR_PORT": str(port),
        "LUXE_SIMULATOR_SMTP_PORT": str(free_port()),
        "LUXE_GATEWAY_PORT": "9",
        "LUXE_TWILIO_ACCOUNT_SID": ACCOUNT,
        "LUXE_TWILIO_AUTH_TOKEN": TOKEN,
        "LUXE_TWILIO_FROM": CLINIC,
    }
    process = subprocess.Popen([sys.executable, "-m", "simulator"], env=environment)

    def answers() -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=1).ok
        except requests.exceptions.ConnectionError:
            return False

    assert wait_for(answers, 20)
    return process


@pytest.mark.faults
def test_every_accepted_text_is_there_after_a_kill_and_is_still_delivered(tmp_path: Path) -> None:
    port = free_port()
    client = client_at(f"http://127.0.0.1:{port}")
    process = start(tmp_path, port)
    try:
        sids = [client.messages.create(to=HANNAH, from_=CLINIC, body=f"text {n}").sid for n in range(30)]
        requests.post(
            f"http://127.0.0.1:{port}/control/phones", json={"phone": HANNAH, "name": "Hannah"}, timeout=5
        )
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        with (tmp_path / "simulator.jsonl").open("ab") as journal:
            journal.write(b'{"kind":"text","sid":"SMtorn')
        process = start(tmp_path, port)
        assert [message.sid for message in reversed(client.messages.list(to=HANNAH))] == sids
        assert wait_for(lambda: all(m.status == "delivered" for m in client.messages.list(to=HANNAH)))
    finally:
        process.kill()
        process.wait(10)


def test_a_reloaded_ledger_knows_what_the_first_one_knew(rig: Rig, tmp_path: Path) -> None:
    rig.client.messages.create(to=HANNAH, from_=CLINIC, body="one")
    rig.control("reply", phone=HANNAH, body="picture", media=["hand"])
    rig.control("reply", phone=HANNAH, body="STOP")
    rig.control("phones", phone=HANNAH, name="Hannah Whitlock")
    assert wait_for(lambda: rig.messages()[0]["status"] == "delivered")
    copy = tmp_path / "copy.jsonl"
    shutil.copy(rig.config.journal_path, copy)
    ledger = Ledger(Journal(copy), lambda _phone, _sid: None)
    phone = ledger.phone(HANNAH)
    assert phone
    assert (phone.name, phone.opted_out, len(phone.sids)) == ("Hannah Whitlock", True, 3)
    one, picture, _ = ledger.texts()
    assert one.status == "delivered"
    assert one.delivered_at
    assert (rig.config.media_path / picture.media[0].sid).read_bytes() == draw_picture("hand").content


def test_a_torn_last_line_is_cut_and_the_next_one_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "simulator.jsonl"
    path.write_bytes(b'{"kind":"name","phone":"+14075550114","name":"A"}\n{"kind":"na')
    journal = Journal(path)
    journal.append({"kind": "name", "phone": HANNAH, "name": "B"})
    names: list[str] = []
    journal.replay(lambda entry: names.append(entry["name"]))
    assert names == ["A", "B"]


def test_a_line_that_a_full_disk_tears_is_cut_off_at_once(tmp_path: Path) -> None:
    """Severity 1 of the November review: the next line was glued to it, and the simulator never started again."""
    journal = Journal(tmp_path / "simulator.jsonl")
    journal.append({"kind": "name", "phone": HANNAH, "name": "A"})
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    full = (tmp_path / "simulator.jsonl").stat().st_size + 10
    resource.setrlimit(resource.RLIMIT_FSIZE, (full, usual[1]))
    try:
        with pytest.raises(OSError, match="only a part"):
            journal.append({"kind": "name", "phone": HANNAH, "name": "B"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    journal.append({"kind": "name", "phone": HANNAH, "name": "C"})
    names: list[str] = []
    journal.replay(lambda entry: names.append(entry["name"]))
    assert names == ["A", "C"]


def test_a_second_simulator_in_the_same_home_is_refused(rig: Rig) -> None:
    with pytest.raises(JournalInUseError, match="set another LUXE_HOME"):
        Journal(rig.config.journal_path)


def test_a_spoiled_line_is_named_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "simulator.jsonl"
    path.write_text('{"kind":"name","phone":"+14075550114","name":"A"}\n{"kind":"text"}\n')
    with pytest.raises(SpoiledJournalError, match="line 2 can't be read; mend it"):
        Ledger(Journal(path), lambda _phone, _sid: None)
