"""Around every run of the console: whatever fails, a plain page with a way on, and a line in our own log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from console.shell import unexpected

T = TypeVar("T")
AWAY = (OperationalError, InterfaceError, TimeoutError)  # gone, locked, or no connection left


def tried(call: Callable[[], T]) -> tuple[T | None, Exception | None]:
    """What the call returned, or what it raised, for whoever has something to do in between."""
    try:
        return call(), None
    except Exception as error:
        return None, error


@contextmanager
def whole_run() -> Iterator[None]:
    """Streamlit's own page for an error is red and says nothing, and its log would not mask who it is about."""
    try:
        yield
    except Exception as error:
        _show(error)


def _show(error: Exception) -> None:
    reference = unexpected(error)
    words = "The database did not answer. Try again in a moment." if isinstance(error, AWAY) else reference
    st.html('<h2 class="luxe-state">The console could not be loaded</h2>')
    st.markdown(words)
    if words != reference:
        st.caption(reference)
    if st.button("Try again", type="primary", key="guard.again"):
        st.rerun()
