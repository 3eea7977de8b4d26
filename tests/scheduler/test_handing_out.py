"""Whose push services are silent waits alone: two calls at once for one person, each notice written as it ends."""

from collections.abc import Sequence
from threading import Event

from core.domain.ports import Browser, Notice, Outcome, SendResult
from core.flows.sending.notifying import Job
from scheduler.handing_out import AT_ONCE, OF_ONE, Calls


def job(name: str, staff_id: str, browsers: int = 1, *, urgent: bool = False) -> Job:
    """A notice to so many browsers of one person."""
    known = tuple(Browser(f"{name}{number}", "", "", "") for number in range(browsers))
    notice = Notice("New lead", "", "", name, urgent=urgent, useful_for=60)
    return Job(name, 1, "owner", staff_id, notice, known)


class Service:
    """Silent for one person until it answers; quick for the others."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers = Event()

    def call(self, one: Job, target: str) -> SendResult:
        self.asked.append(target)
        if one.staff_id == "silent":
            self.answers.wait(10)
        return SendResult(Outcome.ACCEPTED)


def names(found: Sequence[tuple[Job, object]]) -> set[str]:
    return {one.action_id for one, _ in found}


def test_ten_silent_browsers_of_one_person_hold_up_nobody_else() -> None:
    """Neither what was taken up with them nor what comes later."""
    service = Service()
    calls = Calls(service.call)
    calls.take([job("a", "silent", 10), job("b", "silent", 10), job("c", "maya")])
    assert names(calls.done(5)) == {"c"}
    calls.take([job(f"d{number}", f"person-{number}") for number in range(AT_ONCE)])
    ended: set[str] = set()
    while len(ended) < AT_ONCE:
        ended |= names(calls.done(5))
    assert len([target for target in service.asked if target[0] in "ab"]) == OF_ONE
    assert len(calls) == 2
    service.answers.set()
    while len(calls):
        ended |= names(calls.done(5))
    assert {"a", "b"} <= ended
    assert len(service.asked) == len(set(service.asked)) == 20 + 1 + AT_ONCE


def test_what_is_urgent_is_begun_first() -> None:
    service = Service()
    calls = Calls(service.call)
    calls.take([job("a", "silent", 2)])
    calls.take([job("b", "silent"), job("c", "silent", urgent=True)])
    service.answers.set()
    while len(calls):
        calls.done(5)
    assert service.asked.index("c0") < service.asked.index("b0")


def test_at_a_stop_what_runs_is_kept_and_the_rest_not_begun() -> None:
    service = Service()
    calls = Calls(service.call)
    calls.take([job("a", "silent", 3), job("b", "silent")])
    service.answers.set()
    [(one, results)] = calls.finish()
    assert (one.action_id, len(results), len(calls)) == ("a", OF_ONE, 0)
    assert set(service.asked) == set(results)
