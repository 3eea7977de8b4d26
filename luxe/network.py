"""What `luxe doctor` says of the ways between us, the staff's browsers and the database: is anybody listening there?"""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from sqlalchemy import make_url

from core.reads.setup import LOCAL
from core.settings import Settings
from luxe.finding import Line

PROVEN = frozenset({"verify-ca", "verify-full"})  # 'require' encrypts, for whoever answers


def lines(settings: Settings) -> Iterator[Line]:
    """The console's address, and the way to a database on another machine."""
    yield _console(settings)
    yield from _database(settings)


def _console(settings: Settings) -> Line:
    address = urlsplit(settings.console)
    if settings.simulated:
        return Line(True, "console", settings.console)
    if address.hostname in LOCAL:
        return Line(False, "console", f"{settings.console}; staff's alerts link to it: set LUXE_CONSOLE_URL")
    if address.scheme != "https":
        words = f"{settings.console}; sessions travel in the clear: set LUXE_CONSOLE_URL to its https address"
        return Line(False, "console", words)
    return Line(True, "console", settings.console)


def _database(settings: Settings) -> Iterator[Line]:
    """A server elsewhere is spoken to by TLS, and must prove who it is."""
    url = make_url(settings.database)
    host = url.query.get("host", url.host or "")
    if url.get_backend_name() == "sqlite" or not host or host in LOCAL or str(host).startswith("/"):
        return
    mode = url.query.get("sslmode", os.environ.get("PGSSLMODE", "prefer"))
    if mode in PROVEN:
        yield Line(True, "database's TLS", f"sslmode={mode}")
    else:
        words = (
            f"sslmode={mode} proves nothing; add ?sslmode=verify-full&sslrootcert=... to LUXE_DATABASE_URL"
        )
        yield Line(False, "database's TLS", words)
