"""`luxe keys rotate`: a new key for everything stored from now on, and everything stored before written anew."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from core.app import App, build_app
from core.db.crypto import keyset_path, rotated
from core.db.rotation import any_stale, rewrite_all
from core.domain.errors import SettingsError
from luxe.opening import CommandError
from luxe.running import refuse_while_running


def rotate(app: App, say: Callable[[str], None]) -> int:
    """Rotate, or finish a rotation that was interrupted; rows rewritten. Raises CommandError, SettingsError."""
    refuse_while_running(app, "rotate keys")
    path = _keyset_file(app)
    if any_stale(app.db):
        say("An earlier rotation was interrupted; finishing it.")
        fresh = app
    else:
        _replace(path, rotated(path.read_text()))
        fresh = build_app(app.settings)
    total = 0
    for table, rows in rewrite_all(fresh.db):
        total += rows
        say(f"{table}: {rows:,} rows")
    return total


def _keyset_file(app: App) -> Path:
    setting = app.settings.keyset
    if setting.lstrip().startswith("{"):
        raise SettingsError(
            "LUXE_KEYSET", "holds the keys themselves; put them into a file and name it here, then rotate"
        )
    path = keyset_path(setting or None, app.settings.home)
    if not os.access(path, os.W_OK):
        raise CommandError(f"The keyset {path} can't be written by this user.")
    return path


def _replace(path: Path, text: str) -> None:
    """Whole or not at all: a keyset that is cut short would lose every value."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as draft:
        draft.write(text)
        draft.flush()
        os.fsync(draft.fileno())
    os.chmod(draft.name, 0o600)
    os.replace(draft.name, path)
