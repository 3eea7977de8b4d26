"""Loads at start-up what the first visitor would otherwise wait for."""

import importlib

MODULES = (
    "pandas",
    "pyarrow",
    "plotly.graph_objects",
    "streamlit_authenticator",
    "console.shell",
    "console.sign_in",
)


def imports() -> None:
    for name in MODULES:
        importlib.import_module(name)
