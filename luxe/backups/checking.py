"""What `luxe doctor` says of backups."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.app import App
from core.domain import buckets
from core.domain.errors import LuxeError
from core.flows.upkeep import backing_up, key_copies, strays
from luxe.finding import Line

PROBE = "luxe-doctor"


def backup_lines(app: App) -> Iterator[Line]:
    yield _nightly(app)
    if buckets.is_bucket(app.settings.backup_to):
        yield _bucket(app)
    yield from _strays(app)
    states = key_copies.states(app)
    if not states:
        yield Line(True, "data keys", "no copy yet: the first 'luxe backup' makes one")
    for state in states:
        if state.trouble:
            yield Line(False, "data keys", f"the copy in {state.place} {state.trouble}; {WHAT_TO_DO}")
        else:
            yield Line(True, "data keys", f"copied in {state.place} on {state.made_at:%Y-%m-%d %H:%M} UTC")


def _strays(app: App) -> Iterator[Line]:
    due = strays.due_at(app)
    if due is not None and (many := strays.count(app)):
        words = (
            f"{many:,} are of people who came after the backup that was put back; forgotten on {due:%Y-%m-%d},"
            " or now: luxe keys forget-strays"
        )
        yield Line(True, "stray keys", words)


def _bucket(app: App) -> Line:
    """A few bytes are written, read again, listed and taken away: a key often may do one and not the other."""
    try:
        bucket = app.bucket_at(app.settings.backup_to)
        with tempfile.NamedTemporaryFile(dir=app.settings.home) as file:
            file.write(PROBE.encode())
            file.flush()
            bucket.put(PROBE, Path(file.name))
        listed = PROBE in {one.name for one in bucket.kept()}
        bucket.remove(PROBE)
    except (LuxeError, OSError) as error:
        return Line(False, "bucket", str(error))
    if not listed:
        return Line(False, "bucket", f"{app.settings.backup_to} keeps a file and does not list it")
    return Line(True, "bucket", "can be written, read, listed and deleted from")


def _nightly(app: App) -> Line:
    if not app.settings.backup_to:
        return Line(
            False,
            "backups",
            "none are made by themselves; set LUXE_BACKUP_TO to a folder on another disk or a bucket",
        )
    if wrong := backing_up.trouble(app, now=app.clock.now()):
        return Line(False, "backups", f"{wrong}; run: luxe backup, and read what it says")
    return Line(True, "backups", f"each day at {app.settings.backup_at:%H:%M} to {app.settings.backup_to}")


WHAT_TO_DO = "back up into that folder, or delete the copy, and its line in data-keys-places"
