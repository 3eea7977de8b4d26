"""Loads at start-up what the first visitor would otherwise wait for."""

import gc
import importlib
import logging

from console.process import current_app

MODULES = (
    "pandas",
    "pyarrow",
    "plotly.graph_objects",
    "streamlit_authenticator",
    "console.shell",
    "console.sign_in",
)


def imports() -> None:
    """Outside a page, Streamlit warns of each import that would belong to one; nobody needs to read that."""
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    for name in MODULES:
        importlib.import_module(name)
    importlib.import_module("console.provider").configure(current_app())
    # What was loaded stays: a full collection that walks it would stop every live page for 100 ms.
    gc.collect()
    gc.freeze()
