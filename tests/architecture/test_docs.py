"""What the docs name is there: tests that hold findings, cases from life, files."""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "review-2026-11.md"
ATTACKED = ROOT / "docs" / "security-review-2026-11.md"
DEFENDED = ROOT / "docs" / "security.md"


def named_tests(page: Path = PAGE) -> Iterator[tuple[str, str]]:
    """(file, test) for each test that the page names; a name belongs to the file that stands last before it."""
    for row in page.read_text(encoding="utf-8").splitlines():
        file = ""
        for name in re.findall(r"`(tests/[\w/]+\.py|test_\w+)`", row):
            if name.endswith(".py"):
                file = name
            elif file:
                yield file, name


def names_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(
    ("page", "least"), [(PAGE, 80), (ATTACKED, 80), (DEFENDED, 40)], ids=["walk", "attack", "defence"]
)
def test_every_test_that_a_page_names_is_there(page: Path, least: int) -> None:
    named = list(named_tests(page))
    assert len(named) > least
    assert [(file, name) for file, name in named if name not in names_in(file)] == []


def test_every_finding_of_the_attack_has_a_line_and_a_test_or_a_reason() -> None:
    """Thirty numbers, each once; a line without a test says that it stays."""
    rows = [row for row in ATTACKED.read_text(encoding="utf-8").splitlines() if row.startswith("| ")]
    numbers = [int(found[1]) for row in rows if (found := re.match(r"\| (\d+) \|", row))]
    assert numbers == list(range(1, 31))
    told = [row for row in rows if not re.match(r"\| (no\.|finding) \|", row)]
    assert [row for row in told if "`test_" not in row and "**Stays.**" not in row] == []


def test_every_case_from_life_has_a_test_by_its_name() -> None:
    tests = {name.removeprefix("test_").replace("_", "-") for _, name in named_tests()}
    files = {Path(file).stem.removeprefix("test_").replace("_", "-") for file, _ in named_tests()}
    cases = {case.stem for case in (ROOT / "tests" / "field" / "cases").iterdir()}
    assert cases - tests - files == set()


EXAMPLES = ROOT / "docs" / "console.md"  # its recipe names the files of a screen that is not there yet


def test_every_file_of_core_that_the_docs_name_is_there() -> None:
    pages = [page for page in sorted((ROOT / "docs").rglob("*.md")) if page != EXAMPLES]
    named = {
        name
        for page in pages
        for name in re.findall(r"`(core/[\w/]+\.py)`", page.read_text(encoding="utf-8"))
    }
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


HARDENED = ROOT / "docs" / "hardening.md"


def test_systemd_understands_the_unit_that_we_show(tmp_path: Path) -> None:
    """A word that it does not know protects nothing, and it starts all the same."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    unit = re.search(r"```ini\n(\[Unit\].*?)```", HARDENED.read_text(encoding="utf-8"), re.DOTALL)
    assert unit
    file = tmp_path / "luxe@gateway.service"
    file.write_text(unit[1].replace("/opt/luxe/.venv/bin/luxe", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
