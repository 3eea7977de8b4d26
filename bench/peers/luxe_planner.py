"""Our own engine's side of the orders: real people, consents and leads, and rows planned by the product's store.

The scheduler process itself is the product as it stands; this only writes what a form or a campaign would.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from bench.crowd import Crowd
from bench.peers.orders import Text, obey
from core.app import build_app
from core.db.migrate import migrate
from core.messaging.actions import Lane
from core.settings import load_settings


def due(text: Text) -> tuple[datetime, str, str]:
    return datetime.fromtimestamp(text.due_at, UTC), text.number, text.body


def main() -> None:
    """Bring the database up to date, then obey orders until they end."""
    app = build_app(load_settings(_env_file=None))
    migrate(app.db)
    crowd = Crowd(app)

    def plan(texts: Sequence[Text]) -> None:
        """In bulk: what may never use more than the slots that the other engines have too."""
        crowd.plan([due(text) for text in texts], Lane.BULK)

    def plan_now(text: Text) -> None:
        """What a person waits for."""
        crowd.plan([due(text)], Lane.INSTANT)

    obey(plan, plan_now, crowd.meet)


if __name__ == "__main__":
    main()
