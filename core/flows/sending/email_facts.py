"""What is true of one due email at hand-over: the facts of a text where they are the same, and its address's own."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.app import App
from core.compliance import store_emails
from core.compliance.store_emails import EmailStanding
from core.flows.sending import dispatch_facts, whose_address
from core.flows.sending.dispatch_world import World
from core.flows.sending.whose_address import Whose
from core.messaging.actions import TEXT, Claimed, Purpose
from core.messaging.rules.send_hold_drop import Facts
from core.operations.store import Gate
from core.patients.store import mailboxes
from core.patients.store.mailboxes import Mailbox
from core.staff.store import people

NOWHERE = Mailbox("", None)


@dataclass(frozen=True)
class Envelope:
    """One due email: the action as it is worded now, whom it would reach, and the facts that decide it."""

    action: Claimed
    mailbox: Mailbox
    world: World
    facts: Facts


def gather(session: Session, app: App, due: Claimed, gate: Gate, now: datetime) -> Envelope:
    """Read the facts. The address is the patient's of now: it follows every correction and merge."""
    if due.audience == "staff":
        return _to_staff(session, app, due, gate, now)
    world = dispatch_facts.gather(session, app, [due], gate, now)
    action = world.as_worded(due)
    mailbox = mailboxes.mailbox(session, action.patient_id) if action.patient_id else NOWHERE
    whose = whose_address.whose(session, mailbox, action.patient_id or "", action.lead_id)
    world.nameless = frozenset({action.id} if whose is not Whose.OWN else ())
    standing = store_emails.standing(session, mailbox.email_index)
    is_marketing = action.purpose is Purpose.MARKETING
    known = world.facts(action)
    facts = replace(
        as_email(known, action, now),
        barred=known.barred or _bar(app, mailbox, standing, whose, is_marketing=is_marketing),
        may_market=standing.marketing_at is not None,
    )
    return Envelope(action, mailbox, world, facts)


def _to_staff(session: Session, app: App, due: Claimed, gate: Gate, now: datetime) -> Envelope:
    """An alert says by email what it says by text."""
    spoken = replace(due, kind=TEXT)
    world = dispatch_facts.gather(session, app, [spoken], gate, now)
    address = people.email(session, due.staff_id)
    bar = "email_not_set_up" if not app.email.sender else "" if address else "no_email"
    return Envelope(spoken, Mailbox(address, None), world, replace(world.facts(spoken), barred=bar))


def as_email(facts: Facts, action: Claimed, now: datetime) -> Facts:
    """The facts of a text without what only its number knows. Pure."""
    return replace(
        facts,
        # An email wakes nobody: hours bind only what advertises.
        opens_at=facts.opens_at if action.purpose is Purpose.MARKETING else now,
        opted_out=False,
        unreachable=False,
        call_only=False,
        may_inform=True,  # they gave us the address
    )


def _bar(app: App, mailbox: Mailbox, standing: EmailStanding, whose: Whose, *, is_marketing: bool) -> str:
    if not app.email.sender:
        return "email_not_set_up"
    if not mailbox.address:
        return "no_email"
    if whose is Whose.OF_OTHERS:
        return "email_unconfirmed"
    if standing.unreachable_at:
        return "email_bounced"
    if is_marketing and standing.unsubscribed_at:
        return "unsubscribed"
    return "" if standing.marketing_at or not is_marketing else "no_email_consent"
