"""Signing in by the clinic's identity provider (OpenID Connect), instead of by a password; off unless it is set up.

The provider's word is believed once and only for minutes: the cookie in which Streamlit keeps it for a month is no
session of ours. Nobody gets an account by it, and a second factor is asked for as after a password.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.app import App
from core.audit import store as audit
from core.domain.clock import machine_span
from core.flows.access.sign_in import CodeNeeded, Refused, SignedIn, Visitor, let_in
from core.staff.store import provider as store

FRESH_SECONDS = 300  # how old the provider's word may be
AHEAD_SECONDS = 60  # how far its clock may be before ours


@dataclass(frozen=True)
class Identity:
    """Who the provider says it is. `issued_at`: real seconds since 1970; `mark` tells this sign-in from every other."""

    email: str
    verified: bool
    issued_at: float
    mark: str


def identity(claims: Mapping[str, Any]) -> Identity | None:
    """What the ID token says, its signature checked already; None where nobody has just signed in there."""
    issuer, subject, email = (claims.get(name) for name in ("iss", "sub", "email"))
    issued_at = claims.get("iat")
    if not (isinstance(issuer, str) and isinstance(subject, str) and isinstance(issued_at, int | float)):
        return None
    parts = (issuer, subject, str(issued_at), str(claims.get("nonce", "")))
    mark = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return Identity(
        email.strip() if isinstance(email, str) else "",
        claims.get("email_verified") is True,
        float(issued_at),
        mark,
    )


def sign_in(
    app: App, who: Identity, visitor: Visitor, *, at: float, now: datetime
) -> SignedIn | CodeNeeded | str | None:
    """A session, the question for a code, or why not in words; None for a word that is old or was believed already.

    `at`: real seconds since 1970, which the provider counts in.
    """
    if not -AHEAD_SECONDS <= at - who.issued_at < FRESH_SECONDS:
        return None
    expires_at = now + machine_span(app.clock, 2 * FRESH_SECONDS)
    with app.db.write() as session:
        if not store.believe_once(session, who.mark, expires_at, now):
            return None
        found = store.by_email(session, who.email) if who.verified and who.email else []
    if len(found) != 1:
        return _refused(app, who, visitor, now)
    answer = let_in(app, found[0].credentials, found[0].username, visitor, how="provider", now=now)
    return "This account is closed." if isinstance(answer, Refused) else answer


def _refused(app: App, who: Identity, visitor: Visitor, now: datetime) -> str:
    why = "no account" if who.verified and who.email else "email not verified"
    with app.db.write() as session:
        audit.note(
            session,
            action="provider_refused",
            actor="stranger",
            subject=app.db.blind("username", who.email),
            origin=visitor.origin,
            detail={"why": why},
            now=now,
        )
    if why == "no account":
        return "You are signed in there, but no account here has that email address. Ask an admin."
    return "You are signed in there, but the provider does not vouch for your email address. Ask an admin."
