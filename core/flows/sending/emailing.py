"""Hand over the emails that are due, one at a time. Two short transactions around a call that holds none.

As with texts, what is committed before the call says that it may have been made. Unlike a provider of texts no mail
server can be asked afterwards: an email of unknown fate is never sent again by itself (decision 0022).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.alerting import store as alerts
from core.app import App
from core.booking.ics import Parties
from core.domain.clock import machine_span
from core.domain.ports import BOUNCED, Invite, Outcome, OutgoingEmail, SendResult
from core.flows.booking import inviting
from core.flows.sending import alert_results, email_facts, email_reports, text_links, unsubscribing
from core.flows.sending.email_facts import Envelope
from core.messaging.actions import EMAIL_LANE, Claimed, Purpose, State
from core.messaging.library import Wording
from core.messaging.rules import send_hold_drop
from core.messaging.rules.send_hold_drop import Drop, Hold, Send
from core.messaging.store import attempt_results, dispatch, doubts, emails
from core.messaging.store.attempt_results import Settled
from core.messaging.store.emails import OutEmail
from core.messaging.store.planning import record_moves
from core.operations import store as operations
from core.operations.store import Gate


@dataclass(frozen=True)
class Job:
    """One email to hand over, with the fence that its result must show."""

    email: OutgoingEmail
    owner: str


@dataclass(frozen=True)
class Turn:
    """What one claim achieved. `handled`: a row was due, whatever became of it; `next_due`: None for never."""

    job: Job | None = None
    handled: bool = False
    next_due: datetime | None = None


def claim(app: App, owner: str, *, now: datetime) -> Turn:
    """Take up the next email that is due: send it, hold it or drop it."""
    with app.db.read() as session:
        next_due = dispatch.next_email(session)
    if next_due is None or next_due > now:
        return Turn(next_due=next_due)  # most looks end here, and disturb nobody who writes
    with app.db.write() as session:
        gate = operations.gate(session)
        due = [] if gate.stopped else dispatch.due(session, EMAIL_LANE, 1, now)
        if not due:
            return Turn()
        return Turn(_take_up(session, app, owner, due[0], gate, now), handled=True)


def _take_up(session: Session, app: App, owner: str, due: Claimed, gate: Gate, now: datetime) -> Job | None:
    envelope = email_facts.gather(session, app, due, gate, now)
    match send_hold_drop.decide(envelope.action, envelope.facts, now):
        case Send():
            return _send(session, app, owner, envelope, now)
        case Hold(until, reason):
            dispatch.hold(session, [(due.id, until, reason)])
            if reason != due.reason or reason != "template_stopped":  # looked at every hour: said once
                record_moves(
                    session, [(due.id, State.PLANNED, reason, {"until": until.isoformat()})], now=now
                )
        case Drop(reason, after):
            dispatch.end(session, [(due.id, State.DROPPED, reason)], now)
            emails.withdraw(session, [due.id], now)
            detail = {"after": after} if after else {}
            record_moves(session, [(due.id, State.DROPPED, reason, detail)], now=now)
            if due.audience == "staff" and reason != "too_late":
                alert_results.failed(session, due.id, reason, now)
    return None


def _send(session: Session, app: App, owner: str, envelope: Envelope, now: datetime) -> Job:
    """The durable intent, which is committed before the call."""
    action, link = envelope.action, unsubscribing.link(app, envelope.action.id)
    envelope.world.links = links = text_links.issuing(session, app, now)
    email = _compose(envelope, link, now)
    links.keep(now)
    dispatch.intend(session, [action], owner, now)
    emails.hand_over(session, email, now)
    return Job(
        OutgoingEmail(
            action.id,
            action.attempt,
            email.address,
            email.subject,
            email.body,
            now,
            email.language,
            link if action.purpose is Purpose.MARKETING else "",
            _name(app),
            _invite(session, app, action, email, now),
        ),
        owner,
    )


def _name(app: App) -> str:
    return app.settings.email_name or app.reference.clinic.name


def _invite(session: Session, app: App, action: Claimed, email: OutEmail, now: datetime) -> Invite | None:
    """What it puts into a calendar, where it is an invite."""
    parties = Parties(_name(app), app.email.sender, email.address)
    clinic, public = app.reference.clinic, app.settings.public
    return inviting.attached(session, clinic, action.variables, parties, public, email.language, now)


def _compose(envelope: Envelope, link: str, now: datetime) -> OutEmail:
    action, world = envelope.action, envelope.world
    wording, (subject, body) = world.wording(action), words(envelope, link, now)
    if wording is None or not subject:
        raise ValueError(f"{action.template} has no words for this email")  # decide() has dropped such a one
    return OutEmail(
        action_id=action.id,
        lead_id=action.lead_id,
        patient_id=action.patient_id,
        purpose=action.purpose,
        template=action.template,
        template_version=wording.template.version,
        language=wording.template.language,
        neutral=wording.neutral,
        subject=subject,
        body=body,
        address=envelope.mailbox.address,
        email_index=envelope.mailbox.email_index or "",
    )


def words(envelope: Envelope, link: str, now: datetime) -> tuple[str, str]:
    """Subject and body with the values of now; '' where there are none. `link`: where they unsubscribe."""
    action, world = envelope.action, envelope.world
    wording = world.wording(action)
    if wording is None:
        return "", ""
    told = replace(action, variables={**action.variables, "unsubscribeUrl": link})
    return _subject(envelope, wording, now), world.render(told, wording, now)


def _subject(envelope: Envelope, wording: Wording, now: datetime) -> str:
    """That of an alert is what kind it is: its words are those of a text, which has none."""
    world, action = envelope.world, envelope.action
    if action.audience == "staff":
        known = world.catalogue.get(action.template or "")
        return known.title.removeprefix("To staff: ").capitalize() if known else ""
    subject = wording.subject
    return world.render(action, replace(wording, template=subject), now) if subject else ""


def settle(app: App, job: Job, result: SendResult, *, now: datetime) -> None:
    """Write a result down and what follows. A row that was taken over meanwhile stays as it is."""
    with app.db.write() as session:
        for settled in attempt_results.settle(session, [_verdict(app, job, result, now)], now):
            _follow(session, settled, result, now)


def _verdict(app: App, job: Job, result: SendResult, now: datetime) -> Settled:
    email = job.email
    known = Settled(
        email.action_id,
        email.attempt,
        job.owner,
        State.SENT,
        "accepted",
        result.outcome,
        sid=result.sid and result.sid[:64],
        code=result.code,
        detail=result.detail,
    )
    match result.outcome:
        case Outcome.ACCEPTED:
            return known
        case Outcome.REFUSED:
            reason = "email_bounced" if result.status == BOUNCED else "email_refused"
            return replace(known, state=State.FAILED, reason=reason)
        case Outcome.RETRY if email.attempt < send_hold_drop.MAX_EMAIL_TRIES:
            wait = send_hold_drop.retry_email_after(email.attempt).total_seconds()
            return replace(
                known, state=State.PLANNED, reason="email_later", due_at=now + machine_span(app.clock, wait)
            )
        case Outcome.RETRY:
            return replace(known, state=State.FAILED, reason="gave_up")
        case Outcome.UNKNOWN:
            return replace(known, state=State.UNKNOWN, reason="email_unsure")


def _follow(session: Session, settled: Settled, result: SendResult, now: datetime) -> None:
    if settled.state is not State.SENT:  # of an acceptance the attempt itself tells
        detail: dict[str, object] = {"attempt": settled.attempt}
        detail |= {"until": settled.due_at.isoformat()} if settled.due_at else {}
        record_moves(session, [(settled.action_id, settled.state, settled.reason, detail)], now=now)
    if alerts.of_actions(session, [settled.action_id]):
        _follow_alert(session, settled, now)
        return
    match settled.state:
        case State.SENT:
            emails.sent(session, settled.action_id, now)
            email_reports.tell(session, settled.action_id, "email_sent", now)
        case State.FAILED if result.status == BOUNCED:
            email_reports.bounced(session, settled.action_id, result.code, result.detail, now)
        case State.FAILED:
            emails.ended(
                session, [settled.action_id], emails.FAILED, now, code=result.code, detail=result.detail
            )
            email_reports.tell(session, settled.action_id, "email_failed", now)
        case State.UNKNOWN:
            email_reports.tell(session, settled.action_id, "email_unsure", now)


def _follow_alert(session: Session, settled: Settled, now: datetime) -> None:
    """An email to one of us: no patient's address is at stake, and the lead says that somebody was told."""
    match settled.state:
        case State.SENT:
            emails.sent(session, settled.action_id, now)
            alert_results.sent(session, {settled.action_id: None}, now)
        case State.FAILED:
            emails.ended(session, [settled.action_id], emails.FAILED, now, code=settled.code)
            alert_results.failed(session, settled.action_id, settled.reason, now)


def take_over(app: App, owner: str, *, now: datetime) -> int:
    """A scheduler died, or lost touch, with emails in flight: a person decides about each; how many."""
    with app.db.write() as session:
        orphans = doubts.orphan_emails(session, owner, now)
        record_moves(
            session, ((id_, State.UNKNOWN, "email_unsure", {"owner_died": True}) for id_ in orphans), now=now
        )
        for action_id in orphans:
            email_reports.tell(session, action_id, "email_unsure", now)
    return len(orphans)


def set_aside(app: App, *, now: datetime) -> None:
    """The next due email can't be taken up: it must not stop all that come after it."""
    with app.db.write() as session:
        due = [action.id for action in dispatch.due(session, EMAIL_LANE, 1, now)]
        ended = dispatch.set_aside(session, due, now)
        record_moves(session, ((id_, State.FAILED, "damaged", {}) for id_ in ended), now=now)
