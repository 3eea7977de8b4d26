"""As much as anybody may send in one piece, to every reader: what takes long stops everybody else."""

import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any

from bench.fuzz import bodies, readers
from bench.fuzz.target import SLOW_SECONDS, Target, Wrong
from core.intake import rules
from core.intake.draft import Delivery
from core.reference import load_reference


def targets() -> Iterator[Target]:
    """One; each input is read by all, so few of them are many."""
    form = readers.form_in("hosted", load_reference(readers.ZONE))
    yield Target("long", 1, _long, partial(_everything, form), slow=60.0)


PIECES = (" ", "a", "(", "-", ".", ",", "'", "0", "x", "#", "@", "a.", "&", "&#0;", "{{", "\n", "e\u0301",
    "\u202e", "tel:", ";ext=", "no ",
          "stop ", "I ", "http://", "www.", "\u201c", '"', ":", "i want to ", "dont ", "1 ", "a@", "=?", "_",
          "qa")  # fmt: skip


def _long(rng: Random) -> str:
    """As much as a page of ours or Twilio may send, of one or two pieces again and again: what is slow shows here."""
    begins, piece, ends = (rng.choice(PIECES) + rng.choice((*PIECES, "")) for _ in range(3))
    return f"{begins}{piece * (60_000 // len(piece))}{ends}"


FIELDS = (
    "name",
    "phone",
    "email",
    "date_of_birth",
    "zip",
    "treatment",
    "notes",
    "best_time",
    "sms_consent",
    "utm_source",
    "gclid",
)


def _everything(form: Callable[[Delivery], None], written: str) -> None:
    """Each reader by itself takes less than a second, or it is a way to stop everybody else."""
    for name in FIELDS:
        contact = {"phone": "407-555-0155", name: written}
        document = {
            "contact": contact,
            "fields": {name: written},
            "boxes": [{"scope": "marketing", "wording": written}],
        }
        _swift(name, form, Delivery(json.dumps(document).encode(), bodies.JSON))
    known = (
        readers.read_phone,
        readers.read_names,
        readers.read_dates,
        readers.count_segments,
        partial(readers.refusable, rules.email_of),
    )
    for read in known:
        _swift(str(read), read, written)
    _swift("consent", readers.read_consent, (written, written))
    _swift("reply", readers.read_reply, (written, None, written[:1600]))
    _swift("template", readers.render, (written[:20_000], {}))


def _swift(name: str, read: Callable[[Any], object], made: Any) -> None:
    began = time.process_time()
    read(made)
    if time.process_time() - began > SLOW_SECONDS:
        raise Wrong(f"{name} takes longer than {SLOW_SECONDS:g} s")
