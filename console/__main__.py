"""`python -m console`: the console on the address that the settings name."""

import os
import socket
import sys

from sqlalchemy.exc import OperationalError

from console.process import current_app
from core.audit.store import run_as
from core.domain.errors import SettingsError
from core.logs import configure_logs
from core.private_files import begin_privately, close_to_others
from core.settings import Settings, load_settings

EXIT_SETTINGS = 78
DATABASE_SILENT = "LUXE_DATABASE_URL: the database does not answer; start it, or check the address\n"
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
    """Serve until stopped. The exit code: 0, or another after a sentence that says what to change."""
    begin_privately()
    configure_logs("console")
    run_as("console")  # in the trail, where nobody is signed in
    try:
        settings = load_settings()
        close_to_others(settings)
        current_app()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_SETTINGS
    except OperationalError:
        sys.stderr.write(DATABASE_SILENT)
        return 1
    if not free(settings):
        sys.stderr.write(
            f"Port {settings.console_port} is taken. Stop what uses it, or set LUXE_CONSOLE_PORT.\n"
        )
        return EXIT_SETTINGS
    for name, value in OPTIONS.items():
        os.environ.setdefault(name, value)
    from console import server
    from console.app import app

    return server.run(app, settings)


if __name__ == "__main__":
    sys.exit(main())
