"""What is fuzzed is what there is: the long run, apart from the suite, does not stumble over a kind that came since."""

from pathlib import Path

from bench.fuzz import catalogue
from bench.fuzz.target import fuzz
from luxe.try_out.lines import KINDS


def test_every_kind_of_line_is_among_them() -> None:
    assert {f"try-{kind}" for kind in KINDS} <= set(catalogue.NAMES)


def test_each_reader_reads_what_it_is_given(tmp_path: Path) -> None:
    """The others need a database, and are tried by `python -m bench.fuzz`."""
    reports = [fuzz(target, 2, 1, 0) for target in catalogue.opened(["readers", "lines"], tmp_path)]
    assert {report.name for report in reports} >= {"generic", "reply", "try-assign"}
    assert [report.found for report in reports if report.found] == []
