"""What the audit page asks: lines by person, patient, kind and time."""

from console.audit_trail import view
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome
from console.signed_in import current_session
from core.reads import audit_trail


def read(message: Message) -> Outcome:
    """A page of lines. A look into the trail changes nothing, and is read again as often as one likes."""
    app, who = current_app(), current_session()
    if who is None or who.must_change_password:
        return Outcome("ended", "You are signed out.")
    with app.db.read() as session:
        found = audit_trail.read(session, who.actor, view.wanted(message, app.clock.now()))
    return Outcome("done", value=view.rows(found))


ACTIONS: dict[str, Handler] = {"read": read}
