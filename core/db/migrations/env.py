"""What Alembic runs for each command. The connection is handed in by `core.db.migrate`, never made here."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from core.db.schema import metadata


def render_plain(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """A migration stands alone: our column types are written as the plain types that they store."""
    if kind == "type" and isinstance(item, TypeDecorator):
        plain = item.impl_instance if hasattr(item, "impl_instance") else item.impl
        return f"sa.{plain!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    render_item=render_plain,
    # SQLite changes a column by making the table anew.
    render_as_batch=True,
)
context.run_migrations()
