"""What the link of an alert shows and does, without a sign-in: it acts as the person whom it was sent to.

Looking changes nothing. Each lead behind a link is acted on once; where that is refused, the link still stands.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.alerting import store
from core.alerting.store import ACKNOWLEDGE, HAND_ON, TAKE, Alert
from core.app import App
from core.audit import store as audit
from core.domain.errors import InvalidInput, LostRace, LuxeError, NotFound
from core.domain.ids import reference as lead_reference
from core.domain.roles import Actor, Role
from core.domain.wall import due_words
from core.flows.escalation import acknowledging, backing_up
from core.flows.leads import staff_action
from core.flows.sending.alert_links import EXPIRES, link_of
from core.leads.store import leads
from core.leads.store.leads import LeadBrief
from core.sla import store as sla
from core.staff.store import accounts, people

DID = {ACKNOWLEDGE: "acknowledged", TAKE: "taken", HAND_ON: "handed on"}
ALL = "all"


class Unusable(LuxeError):
    """A link that nobody can use: the words say why and what to do. `expired`: it was good once."""

    def __init__(self, words: str, *, expired: bool = False) -> None:
        super().__init__(words)
        self.expired = expired


@dataclass(frozen=True)
class Line:
    """One lead behind a link. `used`: what was done by it; `over`: why nothing is to be done any more."""

    id: str
    ref: str
    due: str
    owner: str
    used: str
    over: str

    @property
    def open(self) -> bool:
        return not (self.used or self.over)


@dataclass(frozen=True)
class Shown:
    """What a link shows: whom it was sent to, and the leads it is about."""

    who: str
    lines: tuple[Line, ...]


def look(session: Session, app: App, code: str, *, now: datetime) -> Shown:
    """Raises Unusable."""
    actor, behind = _behind(session, app, code, now)
    return Shown(actor.name.split()[0], tuple(_line(session, app, one, now) for one in behind))


def act(session: Session, app: App, code: str, what: str, which: str, *, now: datetime) -> str:
    """Do it, as the person whom the alert was sent to; what was done, in words. `which`: an alert's id, or ALL.

    Raises Unusable, InvalidInput(act), LostRace where it was used or somebody was faster, Denied by their role.
    """
    actor, behind = _behind(session, app, code, now)
    if what not in DID:
        raise InvalidInput.of("act", "Choose one of the buttons.")
    chosen = [one for one in behind if which in (one.id, ALL)]
    if which == ALL:
        chosen = [one for one in chosen if one.acted_at is None and not _over(_lead(session, one))]
    if not chosen:
        raise LostRace("There is nothing left to do by this link. The console shows how it stands.")
    return " ".join(_act(session, app, actor, one, what, now) for one in chosen)


def _behind(session: Session, app: App, code: str, now: datetime) -> tuple[Actor, list[Alert]]:
    link = link_of(app.db.keyring, code)
    behind = [one for one in store.of_link(session, link) if one.lead_id] if link else []
    if not behind:
        raise Unusable(
            "This link is not whole. Perhaps it was cut on its way to you: open the console instead."
        )
    if now - behind[0].made_at > EXPIRES:
        raise Unusable(
            "This link has expired: it works for 12 hours. Open the console instead.", expired=True
        )
    person = accounts.by_id(session, behind[0].staff_id)
    if not person.active:
        raise Unusable("This account is closed.", expired=True)
    # By another way it was sent a second time, with the same link: each lead is one line.
    first = {one.lead_id: one for one in reversed(behind)}
    return Actor(person.id, person.name, Role(person.role)), list(reversed(first.values()))


def _lead(session: Session, alert: Alert) -> LeadBrief:
    return leads.get(session, alert.lead_id or "")


def _over(lead: LeadBrief) -> str:
    if lead.booked_at or lead.state == "booked":
        return "It is booked."
    if lead.state != "open":
        return "It is closed."
    return "Somebody has reached out already." if lead.attempted_at else ""


def _line(session: Session, app: App, alert: Alert, now: datetime) -> Line:
    lead = _lead(session, alert)
    due = sla.live_due(session, lead.id)
    owner = people.name(session, lead.owner_id).split()[0] if lead.owner_id else ""
    return Line(
        alert.id,
        lead_reference(lead.number),
        due_words(due, app.settings.zone, now) if due else "",
        owner,
        _used(app, alert, now),
        _over(lead),
    )


def _used(app: App, alert: Alert, now: datetime) -> str:
    if alert.acted_at is None:
        return ""
    return (
        f"{DID[alert.act or ACKNOWLEDGE].capitalize()} {due_words(alert.acted_at, app.settings.zone, now)}."
    )


def _act(session: Session, app: App, actor: Actor, alert: Alert, what: str, now: datetime) -> str:
    lead = _lead(session, alert)
    ref = lead_reference(lead.number)
    if over := _over(lead):
        raise LostRace(f"{ref}: {over} Your click changed nothing.")
    if not store.act(session, alert.id, what, now):
        raise LostRace(f"{ref}: this link was used already. {_used(app, alert, now)}".strip())
    done = _do(session, app, actor, lead, what, now)
    audit.note(
        session,
        staff_id=actor.staff_id,
        action="alert_link_used",
        subject=lead.id,
        detail={"act": what},
        now=now,
    )
    return f"{ref}: {done}"


def _do(session: Session, app: App, actor: Actor, lead: LeadBrief, what: str, now: datetime) -> str:
    if what == ACKNOWLEDGE:
        acknowledging.acknowledge(session, actor, lead.id, how="link", now=now)
        return "acknowledged. Nobody has called yet: the clock runs on."
    if what == TAKE:
        staff_action.take(session, actor, lead.id, seen_owner=lead.owner_id, now=now)
        return "it is yours. The clock runs on until you call or text."
    found = backing_up.find(session, app.reference, lead, now)
    if found is None:
        raise NotFound("Nobody else is at work and has room. The lead stays where it is.")
    staff_action.reassign(session, app.settings, actor, lead.id, found[0], now=now)
    return f"{people.name(session, found[0]).split()[0]} has it now, and was told."
