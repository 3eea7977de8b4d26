"""For developers: `python -m core.db.draft 0002 "what changes"` writes a migration from the tables in the code.

Read what it wrote before you commit it: renames look like a drop and an add, and data is nobody's but yours to move.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from core.db.crypto import new_keyset, parse_keyset
from core.db.engine import connect
from core.db.migrate import alembic_config, migrate


def draft(message: str, revision: str) -> str:
    """Compare the code's tables with an empty database at the last migration; the path of the new file."""
    with tempfile.TemporaryDirectory() as folder:
        database = connect(f"sqlite:///{Path(folder) / 'draft.db'}", parse_keyset(new_keyset()))
        migrate(database)
        with database.engine.connect() as connection:
            config = alembic_config()
            config.attributes["connection"] = connection
            made = command.revision(config, message, autogenerate=True, rev_id=revision)
        database.engine.dispose()
    return str(made.path) if made and not isinstance(made, list) else ""


if __name__ == "__main__":
    sys.stdout.write(f"{draft(sys.argv[2], sys.argv[1])}\n")
