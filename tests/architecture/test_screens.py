"""Rules over the console's folders that Import Linter does not see: scripts, styles, names."""

import re
from pathlib import Path

from console import nav

CONSOLE = Path(__file__).parents[2] / "console"
IMPORTED = re.compile(r"""^(?:import|export) [^;]*?from "(\.[^"]+)"|^import "(\.[^"]+)";""", re.MULTILINE)
SAVES_ITSELF = re.compile(
    r"\.(?:dataframe|data_editor|(?:line|bar|area|scatter|altair|vega_lite)_chart)\(|\bst\.(?:table|write)\("
)
SCRIPTS = sorted(CONSOLE.rglob("*.js"))


def imports(script: Path) -> list[Path]:
    """The scripts that one imports, as paths."""
    found = IMPORTED.findall(script.read_text(encoding="utf-8"))
    return [(script.parent / (one or other)).resolve() for one, other in found]


def test_every_script_imports_what_exists_from_its_own_folder_or_from_parts() -> None:
    """A screen can be changed, or taken away, without another one's noticing."""
    strays = [
        f"{script.relative_to(CONSOLE)} imports {path}"
        for script in SCRIPTS
        for path in imports(script)
        if not path.exists() or path.parent not in {script.parent, CONSOLE / "parts"}
    ]
    assert strays == []


def test_the_search_for_imports_sees_them() -> None:
    """The rule above reads real lines: most scripts build on the parts."""
    assert sum(bool(imports(script)) for script in SCRIPTS) > len(SCRIPTS) / 2


def test_a_style_lies_beside_the_script_of_its_name() -> None:
    """A component loads the style of its own name; frame, panels, experiments and speed are styles of Python pages."""
    alone = {"experiments.css", "frame.css", "panels.css", "speed.css", "tokens.css"}
    assert [
        path.name
        for path in CONSOLE.rglob("*.css")
        if path.name not in alone and not path.with_suffix(".js").exists()
    ] == []


WIDGET = re.compile(r"""^export default widget\(.*?^}(?:, \[(.*?)\])?\);""", re.MULTILINE | re.DOTALL)


def styled_parts(script: Path, seen: set[Path]) -> set[str]:
    """The parts with a style that a script draws with, through whatever it imports."""
    found: set[str] = set()
    for path in imports(script):
        if path in seen:
            continue
        seen.add(path)
        found |= styled_parts(path, seen)
        if path.parent == CONSOLE / "parts" and path.with_suffix(".css").exists():
            found.add(path.stem)
    return found


def test_a_component_names_the_style_of_every_part_that_it_draws_with() -> None:
    """A part without its style is a heap of words on the page."""
    for script in SCRIPTS:
        made = WIDGET.search(script.read_text(encoding="utf-8"))
        if made:
            named = set(re.findall(r'"(\w+)"', made.group(1) or ""))
            assert named == styled_parts(script, set()), script.name


def test_a_screen_has_one_name_from_its_page_to_its_read() -> None:
    """Who looks for a screen finds pages/x.py, console/x/ and core/reads/x.py."""
    names = [Path(entry.file).stem for entry in nav.ENTRIES]
    reads = CONSOLE.parent / "core" / "reads"
    assert [name for name in names if not (CONSOLE / name).is_dir()] == []
    assert [name for name in names if not (reads / f"{name}.py").exists()] == []


def test_every_table_that_can_be_saved_is_written_by_us() -> None:
    """Finding 17: Streamlit's own tables and charts save what they show, formulas as they are.

    Ours are drawn by panels.table and saved by panels.export, whose texts go through spreadsheet.safe.
    """
    pages = [*CONSOLE.rglob("*.py"), *(CONSOLE.parent / "pages").rglob("*.py")]
    found = [f"{path.name}: {hit}" for path in pages for hit in SAVES_ITSELF.findall(path.read_text("utf-8"))]
    assert found == []
