"""Admins are told that the audit trail has something to look at: a text to each, once an hour however much there is.

It says neither who nor what: phones lie on desks. Once an hour: a stranger who guesses passwords must not write to
admins at will.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from core.flows.sending.alerts import tell_each
from core.settings import Settings
from core.staff.store.people import admins

TEMPLATE = "staff_audit"
GATHERED_SECONDS = 3600


def tell_admins(session: Session, settings: Settings, *, now: datetime) -> None:
    """In the transaction of the line that it is about."""
    tell_each(session, settings, admins(session), TEMPLATE, GATHERED_SECONDS, now=now)
