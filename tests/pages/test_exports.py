"""A file leaves the house for somebody who has just shown who they are, and for nobody else."""

from collections.abc import Iterator

import pytest
import streamlit as st

from tests.conftest import TestApp
from tests.pages.conftest import Visit
from tests.pages.test_results_pages import add_leads
from tests.pages.test_second_factor_pages import grow_old, press


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    st.cache_data.clear()
    yield
    st.cache_data.clear()


@pytest.mark.parametrize("file", ["funnel.py", "sources.py"])
def test_an_export_asks_an_old_session_who_it_is(visit: Visit, console: TestApp, file: str) -> None:
    """A fresh one has the button that saves; an old one a question first, and no file lies ready meanwhile."""
    add_leads(console, 25, 10)
    page = visit("manager", file)
    assert [one.proto.label for one in page.get("download_button")] == ["Export CSV"]
    grow_old(console)
    page.run()
    assert not page.get("download_button")
    press(page, "Export CSV")
    assert [field.label for field in page.text_input] == ["Your password"]
    assert not page.get("download_button")
