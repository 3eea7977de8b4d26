"""What the docs name is there: tests that hold findings, cases from life, files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "review-2026-11.md"


def named_tests() -> Iterator[tuple[str, str]]:
    """(file, test) for each test that the page names; a name belongs to the file that stands last before it."""
    for row in PAGE.read_text(encoding="utf-8").splitlines():
        file = ""
        for name in re.findall(r"`(tests/[\w/]+\.py|test_\w+)`", row):
            if name.endswith(".py"):
                file = name
            elif file:
                yield file, name


def names_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_test_that_the_page_names_is_there() -> None:
    named = list(named_tests())
    assert len(named) > 80
    assert [(file, name) for file, name in named if name not in names_in(file)] == []


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
