"""What the boxes of a form mean for its number: rows of the ledger, and whether anything may be texted at all."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.compliance import store as compliance
from core.compliance import store_emails
from core.compliance.store import UNENCRYPTED, Standing
from core.domain.phone import Phone
from core.flows.intake.follow_up_lead import Desk
from core.intake.submission import ConsentGiven, Submission
from core.patients.store import merging
from core.patients.store import profiles as patients


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
    entries = [
        _entry(
            submission,
            submission_id,
            patient_id,
            given,
            desk,
            phone_index=phone_index,
            barred=bool(before.opted_out_at),
        )
        for given in submission.text_consents
    ]
    _note_preference(session, entries, patient_id, now)
    # Others on the number may have that preference, too: whose it is, is said by the patient's own row.
    declined = {f"{one.scope}_at" for one in entries if one.action == "decline" and one.scope != UNENCRYPTED}
    withdrawn = {name: None for name in declined if getattr(before, name)}
    if withdrawn:
        before = compliance.set_standing(session, phone_index, now, **withdrawn)
    return compliance.append(session, entries, now).get(phone_index, before)


def note_emails(
    session: Session,
    submission: Submission,
    submission_id: str,
    patient_id: str,
    now: datetime,
    desk: Desk | None,
) -> None:
    """The same for the form's address. No form subscribes again who unsubscribed: anybody can type an address."""
    index = patients.email_index(session, submission.email)
    if index is None or not submission.email_consents:
        return
    barred = store_emails.standing(session, index).unsubscribed_at is not None
    entries = [
        replace(
            _entry(submission, submission_id, patient_id, given, desk, phone_index="", barred=barred),
            channel=compliance.EMAIL,
            email_index=index,
        )
        for given in submission.email_consents
    ]
    store_emails.append(session, entries, now)


def _entry(
    submission: Submission,
    submission_id: str,
    patient_id: str,
    given: ConsentGiven,
    desk: Desk | None,
    *,
    phone_index: str,
    barred: bool,
) -> compliance.LedgerEntry:
    """The evidence of one box. `barred`: they said no before, and a form takes no such no back."""
    origin = submission.origin
    return compliance.LedgerEntry(
        phone_index=phone_index,
        scope=given.scope,
        action="grant" if given.ticked and not barred else "decline",
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


def _note_preference(
    session: Session, entries: list[compliance.LedgerEntry], patient_id: str, now: datetime
) -> None:
    """Whether texts may name what is treated is one person's own choice."""
    said = [entry.action == "grant" for entry in entries if entry.scope == UNENCRYPTED]
    if said:
        patients.touch(session, patient_id, now, unencrypted_at=now if all(said) else None)


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
    if any(given.ticked for given in submission.text_consents if given.scope != UNENCRYPTED):
        return ""
    agreed = standing.transactional_at and compliance.granted_by(
        session, phone_index, merging.selves(session, patient_id)
    )
    return "" if agreed else "no_consent"


def _bare(url: str) -> str:
    """The address of a page without its query: mail campaigns put names and addresses there, in plain sight."""
    return url.partition("#")[0].partition("?")[0]
