"""Troubles on demand: each does to the sender what its name says, and nothing else."""

from itertools import pairwise

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from simulator.faults import Fault, FaultKind, Faults
from tests.simulator.conftest import CLINIC, HANNAH, Rig, client_at, wait_for


def send(rig: Rig) -> None:
    rig.client.messages.create(to=HANNAH, from_=CLINIC, body="Hello", status_callback=rig.callback)


def test_a_dropped_line_leaves_the_text_accepted_once_and_delivered(rig: Rig) -> None:
    rig.control("faults", faults=[{"kind": "drop", "count": 1}])
    with pytest.raises(requests.exceptions.ConnectionError):
        send(rig)
    assert wait_for(lambda: rig.gateway.statuses() == ["sent", "delivered"])
    [kept] = rig.messages()
    assert (kept["status"], kept["action_id"]) == ("delivered", "act-1")
    send(rig)
    assert len(rig.messages()) == 2


def test_a_closed_line_leaves_nothing(rig: Rig) -> None:
    rig.control("faults", faults=[{"kind": "closed", "count": 1}])
    with pytest.raises(requests.exceptions.ConnectionError):
        send(rig)
    assert rig.messages() == []


@pytest.mark.parametrize(("kind", "status", "code"), [("too_many", 429, 20429), ("server_error", 500, 20500)])
def test_a_refusal_hits_as_many_texts_as_asked(rig: Rig, kind: str, status: int, code: int) -> None:
    rig.control("faults", faults=[{"kind": kind, "count": 2}])
    for _ in range(2):
        with pytest.raises(TwilioRestException) as caught:
            send(rig)
        assert (caught.value.status, caught.value.code) == (status, code)
    send(rig)
    assert len(rig.messages()) == 1


@pytest.mark.parametrize(
    ("kind", "code", "seen"), [("undelivered", 30007, ["sent", "undelivered"]), ("failed", 30005, ["failed"])]
)
def test_a_text_can_end_badly_with_a_code(rig: Rig, kind: str, code: int, seen: list[str]) -> None:
    rig.control("faults", faults=[{"kind": kind, "code": code, "count": 1}])
    send(rig)
    assert wait_for(lambda: rig.gateway.statuses() == seen)
    assert rig.gateway.deliveries[-1].params["ErrorCode"] == str(code)
    [message] = rig.client.messages.list(to=HANNAH)
    assert (message.status, message.error_code) == (kind, code)


def test_a_slow_answer_does_not_hold_back_the_text(rig: Rig) -> None:
    rig.control("faults", faults=[{"kind": "slow", "ms": 60_000, "count": 1}])
    client = client_at(rig.address, timeout=0.5)
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.messages.create(to=HANNAH, from_=CLINIC, body="Hello", status_callback=rig.callback)
    assert wait_for(lambda: rig.gateway.statuses() == ["sent", "delivered"])


def test_a_fault_can_be_limited_to_one_phone(rig: Rig) -> None:
    rig.control("faults", faults=[{"kind": "server_error", "only_to": "+14075550199"}])
    send(rig)
    assert len(rig.messages()) == 1


def test_nonsense_is_refused_and_changes_nothing(rig: Rig) -> None:
    before = requests.get(f"{rig.address}/control/faults", timeout=10).json()
    for document in ({"faults": [{"kind": "rain"}]}, {"latency": 3}, [1], {"latency_ms": -1}):
        answer = requests.post(f"{rig.address}/control/faults", json=document, timeout=10)
        assert answer.status_code == 422
        assert answer.json()["error"]
    assert requests.get(f"{rig.address}/control/faults", timeout=10).json() == before


def test_the_same_seed_hits_the_same_texts() -> None:
    def hits() -> list[bool]:
        faults = Faults()
        faults.change({"seed": 7, "faults": [{"kind": "drop", "probability": 0.5}]})
        return [faults.take(HANNAH) is not None for _ in range(40)]

    assert hits() == hits()
    assert any(one != two for one, two in pairwise(hits()))


def test_faults_are_tried_in_order_and_used_up_one_by_one() -> None:
    faults = Faults()
    faults.change({"faults": [{"kind": "drop", "count": 1}, {"kind": "slow"}]})
    met = [fault.kind for _ in range(3) if isinstance(fault := faults.take(HANNAH), Fault)]
    assert met == [FaultKind.DROP, FaultKind.SLOW, FaultKind.SLOW]
