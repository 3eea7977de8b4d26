"""What `luxe try` answers by: what the clinic published, or what ships where there is no database yet.

Each is read once for a run. All raise SettingsError, and CommandError where `luxe migrate` is needed first.
"""

from collections.abc import Mapping
from functools import cache

from core import plans
from core.app import App
from core.db.key_check import is_bare
from core.library import published
from core.messaging.library import Catalogue
from core.reference import Reference
from core.sequences.rules.definition import Sequence
from core.settings import load_settings
from core.shipped import shipped_catalogue, shipped_plans
from luxe.opening import open_app


@cache
def installed() -> App | None:
    """The product on its database; None where there is none: nothing is made by asking."""
    return None if is_bare(load_settings().database) else open_app()


def reference(shipped: Reference) -> Reference:
    """The clinic's own laid over `shipped`."""
    app = installed()
    return app.reference if app else shipped


@cache
def catalogue() -> Catalogue:
    """The templates in use."""
    app = installed()
    if app is None:
        return shipped_catalogue()
    with app.db.read() as session:
        return published(session)


@cache
def sequences() -> Mapping[str, Sequence]:
    """The sequences in use, by key."""
    app = installed()
    if app is None:
        return shipped_plans()
    with app.db.read() as session:
        return plans.published(session)


def forget() -> None:
    """Another run begins: what was read may have changed since."""
    for kept in (installed, catalogue, sequences):
        kept.cache_clear()
