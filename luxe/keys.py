"""`luxe keys rotate` and `luxe keys rotate-index`: keys are replaced, what stands under them is written anew.

The first makes a new key of keys, and wraps every data key under it, while everything runs.

A process that runs meanwhile finds the new key in the file when it meets it, and goes on wrapping under the one that it
knows until it is started again: these keys are wrapped anew by the next rotation.
"""

from collections.abc import Callable

from core.app import App, build_app
from core.db.crypto import KeysetHome, is_rotating, parse_keyset, rotated, rotation_over, with_new_seal
from core.db.resealing import reseal
from core.db.rotation import renew_all
from core.domain.errors import SettingsError
from core.flows.upkeep import key_copies
from luxe.running import refuse_while_running


def rotate(app: App, say: Callable[[str], None]) -> int:
    """Rotate, or finish a rotation that was interrupted; rows written anew. Raises SettingsError.

    What can't be read is named and stays as it is.
    """
    home = _home_of(app)
    if is_rotating(home.read()):
        say("An earlier rotation was interrupted; finishing it.")
        fresh = app
    else:
        home.replace(rotated(home.read()))
        fresh = build_app(app.settings)
    total = 0
    for step in renew_all(fresh.db):
        total += step.rows
        say(f"{step.table}: {step.rows:,} rows")
        for lost in step.unreadable:
            say(f"{step.table}: {lost} can't be read, and stays as it is.")
    home.replace(rotation_over(home.read()))
    for place in key_copies.rewrite_copies(fresh):
        say(f"The copy of the data keys in {place} could not be replaced; make a backup there, or delete it.")
    return total


def rotate_index(app: App, say: Callable[[str], None]) -> int:
    """Seal every blind index anew, while nothing runs; how many. Raises SettingsError, CommandError.

    A seal that an interrupted run has left in the keyset is taken.
    """

    def alone() -> None:
        refuse_while_running(app, "replace the key of the indexes")

    alone()
    home, seals = _home_of(app), app.db.keyring.seals
    if seals.newest == seals.in_force:
        home.replace(with_new_seal(home.read()))
        seals.learn(parse_keyset(home.read()).seals)
    done = reseal(app.db, seals.newest, alone)
    for table, count in done.items():
        if count:
            say(f"{table}: {count:,}")
    return sum(done.values())


def _home_of(app: App) -> KeysetHome:
    home = app.db.keyring.home
    if home is None:
        raise SettingsError(
            "LUXE_KEYSET", "holds the keys themselves; put them into a file and name it here, then rotate"
        )
    return home
