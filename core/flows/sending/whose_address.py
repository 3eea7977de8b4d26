"""Whether a patient's address is their own. One that a later form added to a profile without any may be anybody's: who
knows a name and a number can send a form with them, and an address of their own."""

from enum import StrEnum

from sqlalchemy.orm import Session

from core.intake import store_submissions as submissions
from core.leads.store import leads
from core.patients.store import mailboxes, merging
from core.patients.store.mailboxes import Mailbox

BY_THE_CLINIC = ("by_hand", "api")  # connectors: staff typed it in, or a system that has a key


class Whose(StrEnum):
    """OWN: no form says it, so staff do; or the patient's first one, or the clinic itself. OF_FORM: the form of this
    very request added it. OF_OTHERS: forms of other requests did."""

    OWN = "own"
    OF_FORM = "of_form"
    OF_OTHERS = "of_others"


def whose(session: Session, mailbox: Mailbox, patient_id: str, lead_id: str | None) -> Whose:
    """Whose address that is, for what an email says of a lead."""
    selves = merging.selves(session, mailboxes.carried_on_by(session, patient_id))
    said = submissions.saying_email(session, selves, mailbox.email_index)
    first = mailboxes.made_at(session, selves)
    if not said or any(one.connector in BY_THE_CLINIC or one.received_at in first for one in said):
        return Whose.OWN
    of_this = {leads.of_submission(session, one.id) for one in said}
    return Whose.OF_FORM if lead_id in of_this else Whose.OF_OTHERS
