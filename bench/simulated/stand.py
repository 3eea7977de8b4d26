"""A place for a simulated clinic: the product on an empty database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, make_url

from bench import stage
from core.app import App
from core.db.migrate import migrate
from tests.factories import add_rules, add_staff

MONTH = timedelta(days=30)


@contextmanager
def empty_clinic(database_url: str, begins: datetime) -> Iterator[App]:
    """The product on an empty database, with the demo's staff and rules; nothing waits for a disk."""
    if database_url:
        relaxed = make_url(database_url).update_query_dict({"options": "-csynchronous_commit=off"})
        database_url = relaxed.render_as_string(hide_password=False)
    with stage.home() as folder, stage.cleared(database_url):
        app = stage.app_in(stage.settings_env(folder, 1, LUXE_DATABASE_URL=database_url))
        migrate(app.db)
        app.db.engine.dispose()
        if app.db.is_sqlite:
            event.listen(app.db.engine, "connect", _do_not_wait_for_the_disk)
        with app.db.write() as session:
            add_staff(session, begins - MONTH)
            add_rules(session, begins - MONTH)
        yield app
        app.db.engine.dispose()


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
