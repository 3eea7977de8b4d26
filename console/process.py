"""The one App of this process: made at start-up by the server, or by the first script run without one."""

import threading

from core.app import App, build_app
from core.settings import load_settings

_lock = threading.Lock()
_app: App | None = None


def use(app: App | None) -> None:
    """Hand this process its App; tests and the server's start-up do."""
    global _app
    with _lock:
        _app = app


def current_app() -> App:
    """The App, built from the environment when nobody handed one over. Raises SettingsError."""
    global _app
    with _lock:
        if _app is None:
            _app = build_app(load_settings())
        return _app
