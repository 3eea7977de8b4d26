"""The password of the demo's staff: one for all, kept so that a later `luxe up` can print it again."""

from pathlib import Path

from core.db.crypto import write_new
from core.flows.access import passwords
from core.settings import Settings

FILE = "demo_password"


def demo_password(settings: Settings) -> str:
    """From LUXE_DEMO_PASSWORD, else from LUXE_HOME, where a random one is made on first use (mode 0600)."""
    given = settings.demo_password.get_secret_value()
    path = _path(settings)
    if given:
        return given
    write_new(path, passwords.new_one())  # keeps one that is there
    return path.read_text().strip()


def is_demo(settings: Settings) -> bool:
    """Whether demo staff were made here."""
    return bool(settings.demo_password.get_secret_value()) or _path(settings).exists()


def hashed(password: str) -> str:
    return passwords.hashed(password)


def _path(settings: Settings) -> Path:
    return settings.home / FILE
