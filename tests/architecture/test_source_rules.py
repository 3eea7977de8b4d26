"""Rules over the source itself that no linter holds."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ["console", "core", "gateway", "luxe", "pages", "scheduler", "simulator"]
THE_CLOCK = Path("core/domain/clock.py")
ASKS_THE_TIME = {
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("Timestamp", "now"),
    ("Timestamp", "utcnow"),
}
BINS = {"service", "services", "util", "utils", "helper", "helpers", "manager", "managers"}


def sources() -> Iterator[Path]:
    for package in CODE:
        yield from (path.relative_to(ROOT) for path in sorted((ROOT / package).rglob("*.py")))


def clock_calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and wording of every call in ASKS_THE_TIME, however the module or the name was imported."""
    renamed = {
        alias.asname or alias.name: alias.name.rpartition(".")[2]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    direct = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for alias in node.names
        if ("time", alias.name) in ASKS_THE_TIME
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in direct:
            yield node.lineno, ast.unparse(called)
        if isinstance(called, ast.Attribute):
            owner = ast.unparse(called.value).rpartition(".")[2]
            if (renamed.get(owner, owner), called.attr) in ASKS_THE_TIME:
                yield node.lineno, ast.unparse(called)


# Without one of these words nothing of ASKS_THE_TIME can be called: most files need no closer look.
WORDS_OF_TIME = re.compile(r"\.(now|today|utcnow|time|time_ns)\b|from time import")


def test_only_the_clock_asks_the_system_for_the_time() -> None:
    """A test or a demo at 600 times speed moves every part of the product by moving one clock."""
    found = [
        f"{path}:{line} {call}"
        for path in sources()
        if path != THE_CLOCK
        if WORDS_OF_TIME.search(source := (ROOT / path).read_text())
        for line, call in clock_calls(ast.parse(source))
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "from datetime import datetime\ndatetime.now(UTC)",
        "import datetime as dt\ndt.datetime.now()",
        "from datetime import date as day\nday.today()",
        "import time\ntime.time()",
        "from time import time as clock\nclock()",
        "import pandas as pd\npd.Timestamp.now()",
    ],
)
def test_the_search_for_the_time_sees_every_spelling(line: str) -> None:
    """A renamed import hides nothing from the rule above."""
    assert WORDS_OF_TIME.search(line)
    assert len(list(clock_calls(ast.parse(line)))) == 1


@pytest.mark.parametrize(
    "line",
    ["import time\ntime.monotonic()", "import time\ntime.perf_counter()", "clock.now()"],
)
def test_measuring_a_duration_or_asking_the_clock_is_allowed(line: str) -> None:
    """Durations and the injected clock are no look at the wall."""
    assert list(clock_calls(ast.parse(line))) == []


def test_no_module_is_a_bin() -> None:
    """A file called helpers or service collects what belongs to a feature."""
    assert [str(path) for path in sources() if BINS & set(path.with_suffix("").parts)] == []
