"""`luxe try KIND`: each line answered in order, whatever stands in the others, and nothing left behind."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.domain.ids import new_id
from core.reference import Reference, load_reference
from core.settings import Settings
from core.shipped import shipped_templates
from core.versions.tables import versions
from luxe.main import app as luxe_app
from luxe.try_out import lines as trying
from luxe.try_out import segments
from tests.factories import put
from tests.luxe.conftest import Luxe

GOOD = b'{"id": 7, "text": "Hi"}'
ANSWER = {"encoding": "GSM-7", "segments": 1, "smart_encoding": "GSM-7", "smart_segments": 1}


def tried(luxe: Luxe, kind: str, *lines: bytes) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and answers."""
    result = luxe.runner.invoke(luxe_app, ["try", kind], input=b"\n".join(lines))
    assert result.stderr == ""
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_each_line_is_answered_in_order_with_its_id(luxe: Luxe) -> None:
    """Whatever the id is, it comes back; without one it is null."""
    ids: list[Any] = ["a", 1, 1.5, None, True, [1], {"a": None}, "\ud83d"]
    lines = [json.dumps({"id": one, "text": "Hi"}).encode() for one in ids]
    code, answers = tried(luxe, "segments", *lines, b'{"text": "Hi", "more": 1}', b"")
    assert code == 0
    assert answers == [{"id": one} | ANSWER for one in [*ids, None]]


def test_nothing_is_left_in_an_empty_home(luxe: Luxe) -> None:
    """No database, no keys, no folder: it can run on a machine that has none of ours."""
    tried(luxe, "segments", GOOD)
    tried(luxe, "template", b'{"body": "Hi"}')
    assert list(luxe.home.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "back", "field"),
    [
        (b"not json", None, "line"),
        (b'{"id": 1, "text": "Hi"', None, "line"),
        (b"[1]", None, "line"),
        (b"null", None, "line"),
        (b'{"id": NaN, "text": "Hi"}', None, "line"),
        (b'{"id": 1e999, "text": "Hi"}', None, "id"),
        (b'{"id": 1, "text": "\xff"}', None, "line"),
        (b"[" * 100_000, None, "line"),
        (b"9" * 5000, None, "line"),
        (b'{"id": 1}', 1, "text"),
        (b'{"id": 1, "text": 5}', 1, "text"),
        (b'{"id": [2], "text": null}', [2], "text"),
    ],
)
def test_a_line_that_cannot_be_read_costs_only_itself(luxe: Luxe, line: bytes, back: Any, field: str) -> None:
    """Its field is named, the lines around it are answered, and the exit code tells a script."""
    code, (before, refused, after) = tried(luxe, "segments", GOOD, line, b"   ", GOOD)
    assert code == 1
    assert before == after == {"id": 7} | ANSWER
    assert refused["id"] == back
    assert refused["error"]["field"] == field
    assert refused["error"]["message"]


class Broken:
    """A kind that divides by the length of the text."""

    Line = segments.Line

    def answer(self, line: Any, reference: Reference, /) -> dict[str, Any]:
        return {"text": 10 // len(line.text)}


def test_a_case_that_breaks_a_rule_costs_only_itself() -> None:
    """A fault of ours in one case must not hide the answers to the others."""
    reference = load_reference(Settings(_env_file=None).zone)
    empty, after = [trying.answer_line(Broken(), reference, raw) for raw in (b'{"text": ""}', GOOD)]
    assert empty["error"]["message"] == "The rules could not answer this: ZeroDivisionError."
    assert after == {"id": 7, "text": 5}


def test_an_unknown_kind_is_told_which_there_are(luxe: Luxe) -> None:
    """One sentence instead of a traceback."""
    result = luxe.run("try", "sgements")
    assert result.exit_code == 1
    assert result.stderr.startswith("'sgements' can't be tried. There is: ")
    assert all(kind in result.stderr for kind in trying.KINDS)


def test_every_kind_that_is_listed_can_be_opened() -> None:
    """A kind without its file would break only where somebody uses it."""
    for name in trying.KINDS:
        kind = trying.open_kind(name)
        assert kind.Line.model_fields
        assert callable(kind.answer)


def test_nobody_who_stops_reading_gets_a_traceback(tmp_path: Path) -> None:
    """`luxe try segments | head -1` is quiet."""
    lines = b"".join(b'{"id": %d, "text": "Hi"}\n' % number for number in range(20_000))
    program = [sys.executable, "-m", "luxe", "try", "segments"]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(GOOD + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == {"id": 7} | ANSWER  # said at once, not at the end
        process.stdout.close()
        try:
            process.stdin.write(lines)
            process.stdin.close()
        except BrokenPipeError:
            process.stdin = None
        assert process.stderr.read() == b""


@pytest.mark.parametrize(
    ("kind", "line", "words"),
    [
        (
            "clock",
            {"start": "2026-11-23T09:00:00Z", "calendar": {"zone": "UTC", "week": {}}},
            "Give either minutes or end.",
        ),
        (
            "hours",
            {"class": "reply", "at": "2026-11-23T09:00:00Z"},
            "Give phone, or state, zones and clinic_zone.",
        ),
    ],
)
def test_a_fault_of_several_fields_is_one_of_the_line(kind: str, line: dict[str, Any], words: str) -> None:
    """Fuzzing: a clock without minutes and end was a stack instead of an error, and no line after it was answered."""
    reference = load_reference(ZoneInfo("America/New_York"))
    answer = trying.answer_line(trying.open_kind(kind), reference, json.dumps(line).encode())
    assert answer == {"id": None, "error": {"field": "line", "message": words}}


OURS = b'{"text": "Luxe Medical Spa: for help text 512-555-0100 at any hour."}'


def test_our_own_answers_are_known_by_the_words_that_the_clinic_published(migrated: Luxe) -> None:
    """Two clinics that write to one another would else read each other's help as a patient's."""
    assert tried(migrated, "reply", OURS)[1][0]["label"] != "auto_reply"
    app = migrated.open()
    now = app.clock.now()
    body = dict(shipped_templates()["help"])
    body["wordings"] = body["wordings"] | {
        "en": {"body": "{{clinicName}}: for help text {{clinicPhone}} at any hour."}
    }
    with app.db.write() as session:
        put(
            session, versions, id=new_id(now), kind="template", key="help", number=2, state="published", retired=False,
            revision=1, body=body, note="", made_at=now, saved_at=now, published_at=now,
        )  # fmt: skip
    app.db.engine.dispose()
    assert tried(migrated, "reply", OURS)[1] == [{"id": None, "label": "auto_reply", "did": []}]


def test_a_place_for_the_hours_comes_from_the_installation(luxe: Luxe) -> None:
    """The same answer where nothing was published, and where there is no database at all."""
    line = b'{"class": "marketing", "at": "2026-11-23T08:30:00-05:00", "phone": "407-555-0155"}'
    bare = tried(luxe, "hours", line)
    luxe.run("migrate")
    assert tried(luxe, "hours", line) == bare
    assert bare[1][0]["rule"] == "quiet_hours"
