"""What the packaging promises: a lock that installs anywhere, a Streamlit that obeys our settings."""

import gc
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from streamlit import config as streamlit_config
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONSOLE_CONFIG = ROOT / "console" / ".streamlit" / "config.toml"


def locked_versions() -> dict[str, Version]:
    """Name to version of every line `name==version` in the lock."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", LOCK, flags=re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in pins}


def options(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested TOML tables as dotted Streamlit option names."""
    flat: dict[str, Any] = {}
    for name, value in table.items():
        flat |= options(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return flat


def test_the_lock_names_no_server_and_no_machine() -> None:
    """The lock installs from whatever index the machine uses: no address, no index option, no path."""
    assert "://" not in LOCK
    assert not re.search(
        r"^\s*(-i|-f|--(extra-)?index-url|--find-links|--trusted-host)", LOCK, flags=re.MULTILINE
    )
    assert not re.search(r"(^|\s)/\w+/", LOCK)


def test_every_package_in_the_lock_is_held_by_hashes() -> None:
    """pip refuses a changed download only for a package whose entry carries hashes."""
    entries = re.split(r"\n(?=[A-Za-z0-9])", LOCK.strip())
    assert len(entries) == len(locked_versions())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_holds_everything_the_project_asks_for() -> None:
    """Each requirement of pyproject.toml, those of the build included, is pinned to a version it accepts."""
    locked = locked_versions()
    asked = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["dev"],
        *PROJECT["build-system"]["requires"],
    ]
    requirements = [Requirement(line) for line in asked]
    missing = [r.name for r in requirements if canonicalize_name(r.name) not in locked]
    assert missing == []
    refused = [str(r) for r in requirements if locked[canonicalize_name(r.name)] not in r.specifier]
    assert refused == []


def test_the_installed_streamlit_honours_every_option_of_our_settings() -> None:
    """Streamlit ignores a name it does not know; a renamed or dropped option must fail here instead."""
    ours = options(tomllib.loads(CONSOLE_CONFIG.read_text()))
    known = streamlit_config.get_config_options()
    assert sorted(set(ours) - set(known)) == []


@pytest.mark.parametrize(("setting", "collections"), [(False, 0), (True, 1)])
def test_streamlit_collects_garbage_after_a_rerun_only_when_told(
    setting: bool, collections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hidden option works in the installed Streamlit: 95 ms for each rerun of each session hang on it."""
    # AppTest leaves out what follows a rerun; the server's own ending is put back.
    monkeypatch.setattr(LocalScriptRunner, "_on_script_finished", ScriptRunner._on_script_finished)
    full: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda generation=2: full.append(generation))
    before = streamlit_config.get_option("runner.postScriptGC")
    streamlit_config.set_option("runner.postScriptGC", setting)
    try:
        AppTest.from_string("import streamlit as st; st.write('a page')").run()
    finally:
        streamlit_config.set_option("runner.postScriptGC", before)
    assert len(full) == collections


def test_our_settings_switch_the_collection_off() -> None:
    """The pages stay live for 60 sessions only with the option off."""
    assert options(tomllib.loads(CONSOLE_CONFIG.read_text()))["runner.postScriptGC"] is False


def test_the_console_sends_no_usage_figures_and_shows_no_tracebacks() -> None:
    """Nothing about the clinic leaves the machine, and an error page carries no patient's data."""
    ours = options(tomllib.loads(CONSOLE_CONFIG.read_text()))
    assert ours["browser.gatherUsageStats"] is False
    assert ours["client.showErrorDetails"] == "none"


def test_light_and_dark_set_the_same_colours() -> None:
    """A key set in one theme only would leave Streamlit's own colour in the other."""
    theme = tomllib.loads(CONSOLE_CONFIG.read_text())["theme"]
    assert options(theme["light"]).keys() == options(theme["dark"]).keys()
