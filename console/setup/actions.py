"""What page Clinic can start: drafting and publishing, an action for each kind and verb."""

from console.parts.component import Handler
from console.setup import booking_view
from console.setup.view import EDITORS
from core.setup.bookable import SERVICES

# There is one clinic with its locations, and none of it is ever retired as a whole.
NOT_HERE = {"new", "retire"}
ACTIONS: dict[str, Handler] = {
    f"{kind}.{verb}": handler
    for kind, editor in EDITORS.items()
    for verb, handler in editor.actions.items()
    if verb not in NOT_HERE
} | {f"{SERVICES}.first": booking_view.first}
