"""`python -m console`: the console on the address that the settings name."""

import os
import socket
import sys
from urllib.parse import urlsplit

from core.domain.errors import SettingsError
from core.logs import configure_logs
from core.settings import Settings, load_settings

OPTIONS = {
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    "STREAMLIT_SERVER_HEADLESS": "true",
    "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
    "STREAMLIT_RUNNER_POST_SCRIPT_GC": "false",
}


def free(settings: Settings) -> bool:
    """Whether nobody listens on the console's port yet."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.bind, settings.console_port))
        except OSError:
            return False
    return True


def main() -> int:
    """Serve until stopped. The exit code: 0, or 2 after a sentence that says what to change."""
    configure_logs("console")
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if not free(settings):
        sys.stderr.write(
            f"Port {settings.console_port} is taken. Stop what uses it, or set LUXE_CONSOLE_PORT.\n"
        )
        return 2
    for name, value in OPTIONS.items():
        os.environ.setdefault(name, value)
    from console.app import app

    app.run(
        config={
            "server.port": settings.console_port,
            "server.address": settings.bind,
            # Behind a proxy the browser's Origin is the public one; without this its WebSocket is refused.
            "browser.serverAddress": urlsplit(settings.console).hostname,
        }
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
