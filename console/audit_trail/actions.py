"""What the audit page asks: lines by person, patient, kind and time."""

from console.audit_trail import view
from console.parts.component import Handler, Message
from console.process import current_app
from console.shell import Outcome, ask
from core.reads import audit_trail


def read(message: Message) -> Outcome:
    """A page of lines. A look into the trail changes nothing, and is read again as often as one likes."""
    wanted = view.wanted(message, current_app().clock.now())
    return ask(lambda session, actor: view.rows(audit_trail.read(session, actor, wanted)))


ACTIONS: dict[str, Handler] = {"read": read}
