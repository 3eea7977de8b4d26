"""No more advertising by email: by the link in each such email, by a complaint, by the provider's word."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.compliance import store_emails
from core.compliance.store import EMAIL, LedgerEntry
from core.leads.store import leads
from core.messaging.store import emails, planning
from core.patients.store import mailboxes

PURPOSE = "email-unsubscribe"
SIGNATURE = 22  # 132 bits
PATH = "/e/"


def link(app: App, action_id: str) -> str:
    """Where an email's reader unsubscribes: an id and our signature, nothing of the person."""
    signature = app.db.keyring.sign(PURPOSE, action_id)[:SIGNATURE]
    return f"{app.settings.public}{PATH}{action_id}.{signature}"


def action_of(app: App, code: str) -> str:
    """The email's action behind the end of a link; '' where we did not sign it."""
    action_id, _, signature = code.partition(".")
    whole = len(signature) == SIGNATURE and app.db.keyring.signed(PURPOSE, action_id, signature)
    return action_id if whole else ""


def by_link(app: App, action_id: str, *, now: datetime) -> None:
    """The button was pressed, or the mail program's own (RFC 8058)."""
    with app.db.write() as session:
        unsubscribe(session, action_id, "one_click", now=now)


def unsubscribe(session: Session, action_id: str, how: str, *, now: datetime) -> bool:
    """End marketing to the address that this email went to, with all that is planned of it; whether that was news."""
    email = emails.of_action(session, action_id)
    if email is None or not email.email_index:  # erased since: there is no address left to write to
        return False
    if store_emails.standing(session, email.email_index).unsubscribed_at:
        return False
    entry = LedgerEntry(
        "",
        "marketing",
        "revoke",
        how,
        patient_id=email.patient_id,
        channel=EMAIL,
        email_index=email.email_index,
    )
    store_emails.append(session, [entry], now)
    sharing = mailboxes.with_email(session, email.email_index)
    planning.cancel_marketing_emails(session, sharing, "unsubscribed", now)
    if email.lead_id:
        leads.note_event(session, email.lead_id, "email_unsubscribed", "patient", now=now, data={"how": how})
    return True
