"""What leaves in a table must not run in somebody's spreadsheet."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from console.parts.spreadsheet import safe, table
from core.reads.parts.periods import Period

CONSOLE = Path(__file__).parents[2]
MOMENT = datetime(2026, 11, 2, tzinfo=UTC)
PERIOD = Period(MOMENT, MOMENT, MOMENT, MOMENT, *[date(2026, 11, 1), date(2026, 11, 2)] * 2)


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", "\u00a0=1"],
)
def test_what_would_be_a_formula_is_text(text: str) -> None:
    """Finding 17: a source that came in a link was unquoted."""
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Google, spring", "0.4188", "Maya = Jordan", "a@example.com"])
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


def test_every_value_of_a_file_is_made_safe() -> None:
    """Filters too: they come from the address of the page."""
    found = table(PERIOD, {"source": "=1"}, ["name"], [["@x"]])
    assert found.splitlines()[1] == "2026-11-01,2026-11-02,'=1,'@x"


def test_no_screen_shows_a_table_that_saves_itself() -> None:
    """Finding 17: Streamlit's own 'Download as CSV' quotes nothing. Tables here are drawn, and files made by us."""
    scripts = [*(CONSOLE / "pages").glob("*.py"), *(CONSOLE / "console").rglob("*.py")]
    assert len(scripts) > 50
    found = [
        path.name
        for path in scripts
        if any(f"st.{name}(" in path.read_text() for name in ("dataframe", "data_editor"))
    ]
    assert found == []
