"""What the timeline of a lead says of a patient who booked by themselves."""

from typing import Any

import pytest

from console.lead_queue.view import EVENTS
from console.parts.thread_events import line
from core.adapters.fakes import FakeClock
from core.reads.lead_thread import Event


def said(kind: str, **data: Any) -> str:
    event = Event("1", kind, "patient", FakeClock().now(), None, data, None)
    return line(event, {}).words


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("booked", {"came_by": "link"}, "The patient booked on their own page"),
        ("booked", {"came_by": "widget"}, "Booked on the clinic's website"),
        ("visit_moved", {}, "The patient moved the visit"),
        ("visit_cancelled", {"reason": "not_said"}, "The patient cancelled the visit: did not say why"),
        ("link_opened", {}, "The patient opened their booking page"),
        ("link_asked", {}, "The patient asked for a new booking link"),
        (
            "visit_asked",
            {"why": "ahead"},
            "Asked on the website for the time in the form, to be agreed on: "
            "two visits of theirs, or of their number, are ahead",
        ),
        ("call_asked", {}, "The patient asked for a call on their booking page"),
    ],
)
def test_it_says_that_the_patient_did_it(kind: str, data: dict[str, Any], words: str) -> None:
    assert said(kind, **data) == words


def test_the_queue_has_words_for_what_happens_last_on_the_page() -> None:
    assert {"link_asked", "call_asked", "link_opened", "visit_asked"} <= EVENTS.keys()
