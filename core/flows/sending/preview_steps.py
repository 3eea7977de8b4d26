"""What planned texts of a lead would say if they left now, in the words of each that is published at this moment."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.flows.sending import dispatch_facts
from core.messaging.store import dispatch
from core.operations import store as operations
from core.operations.store import Gate


def preview_steps(session: Session, app: App, action_ids: Sequence[str], *, now: datetime) -> dict[str, str]:
    """By action: the wording, '' where none may go to this person; what left its plan meanwhile is left out."""
    claims = dispatch.planned_ones(session, action_ids)
    if not claims:
        return {}
    unstopped = Gate("", frozenset(), operations.published_stamp(session))
    world = dispatch_facts.gather(session, app, claims, unstopped, now)
    return {claim.id: world.body(world.as_worded(claim), now) for claim in claims}
