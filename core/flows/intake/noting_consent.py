"""What the boxes of a form mean for its number: rows of the ledger, and whether anything may be texted at all."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.compliance import store as compliance
from core.compliance.store import Standing
from core.domain.phone import Phone
from core.flows.intake.follow_up_lead import Desk
from core.intake.submission import Submission
from core.patients.store import merging


def note(
    session: Session,
    submission: Submission,
    submission_id: str,
    patient_id: str,
    phone_index: str | None,
    now: datetime,
    desk: Desk | None,
) -> Standing:
    """Append what the boxes said to the ledger; the number's standing afterwards.

    A form never opts anybody back in: while a number is opted out, its boxes are logged as declined
    (compliance.md A2), and staff may call. Who agreed once and declines now has taken it back: the last word counts.
    """
    if phone_index is None:
        return Standing()
    before = compliance.standing(session, phone_index)
    origin = submission.origin
    entries = [
        compliance.LedgerEntry(
            phone_index=phone_index,
            scope=given.scope,
            action="grant" if given.ticked and not before.opted_out_at else "decline",
            method=_method(submission, desk),
            patient_id=patient_id,
            wording=given.wording,
            version=given.version,
            source=submission.source,
            page_url=_bare(origin.page_url),
            submission_id=submission_id,
            ip=origin.ip,
            user_agent=origin.user_agent,
            verified=origin.verified,
            captured_at=given.captured_at,
            staff_id=desk.staff_id if desk else None,
        )
        for given in submission.consents
    ]
    declined = {f"{entry.scope}_at" for entry in entries if entry.action == "decline"}
    withdrawn = {name: None for name in declined if getattr(before, name)}
    if withdrawn:
        before = compliance.set_standing(session, phone_index, now, **withdrawn)
    return compliance.append(session, entries, now).get(phone_index, before)


def _method(submission: Submission, desk: Desk | None) -> str:
    if desk:
        return "verbal"
    return "web_form" if submission.connector == "hosted" else "webhook"


def why_call_only(
    session: Session,
    submission: Submission,
    patient_id: str,
    phone_index: str | None,
    standing: Standing,
) -> str:
    """Why nothing may be texted to this lead, or ''.

    A refusal, an answer that proves neither and a question that was never put are all no consent (compliance.md A1);
    what one person on a number agreed to is no other's.
    """
    if phone_index is None:
        return "no_phone"
    if standing.opted_out_at:
        return "opted_out"
    if standing.unreachable_at:
        return "unreachable"
    if not Phone(submission.phone, submission.extension).textable:
        return "not_textable"
    if any(given.ticked for given in submission.consents):
        return ""
    agreed = standing.transactional_at and compliance.granted_by(
        session, phone_index, merging.selves(session, patient_id)
    )
    return "" if agreed else "no_consent"


def _bare(url: str) -> str:
    """The address of a page without its query: mail campaigns put names and addresses there, in plain sight."""
    return url.partition("#")[0].partition("?")[0]
