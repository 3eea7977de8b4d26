"""The leads that are open at this moment, told through the product's own flows at made-up times.

Nothing here writes a row by itself: forms are accepted, texts dispatched, replies received and clocks breached by the
code that does so every day. So what is planned for later is what the scheduler would have planned.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy.orm import Session

from core.alerting.rules import Escalation
from core.app import App
from core.domain.hours import WeeklyHours
from core.domain.ids import new_id
from core.domain.roles import Actor
from core.flows.clocks import sweeping
from core.flows.conversation import receive_text, staff_text
from core.flows.escalation import levels
from core.flows.intake import accept_submission
from core.flows.leads import calls, staff_action, staff_outcome
from core.flows.sending import delivery_status, dispatch
from core.flows.sending.dispatch import Capacity, Finished
from core.intake.submission import ConsentGiven, Origin, Submission
from core.leads.store import leads
from core.messaging.store import dispatch as store_dispatch
from core.staff.store import accounts
from luxe.demo import words
from luxe.demo.cues import CUES, Cue
from luxe.demo.stand_ins import PaperPhones, StoryClock

OWNER = "demo"
HAND_OVER = timedelta(milliseconds=350)  # from the form to the provider
ROOM = Capacity(free=256, slots=256)
Happening = tuple[datetime, Callable[[], None]]


def add_open_leads(app: App, dice: Random, now: datetime) -> int:
    """Tell every cue up to `now`; how many leads are open."""
    codes = {cue.phone: cue.code for cue in CUES if cue.code}
    phones = PaperPhones(app.sms.sender, dice, codes)
    # No level of escalation in the story: who has which lead is told by the cues. From now on they count.
    quiet = replace(app.shipped, escalation=Escalation())
    at_once = app.settings.model_copy(update={"alert_gather": 0})
    told = replace(app, clock=StoryClock(now), sms=phones, shipped=quiet, settings=at_once)
    theatre = Theatre(told, phones, now)
    happenings = [happening for cue in CUES for happening in theatre.happenings(cue)]
    for moment, happen in sorted(happenings, key=lambda entry: entry[0]):
        theatre.carry_on(until=moment)
        happen()
    theatre.carry_on(until=now)
    with app.db.write() as session:
        for lead_id in theatre.lead_ids:
            _count_from_now(session, app, lead_id, now)
    return len(CUES)


def _count_from_now(session: Session, app: App, lead_id: str, now: datetime) -> None:
    lead = leads.get(session, lead_id)
    if lead.state == "open" and not (lead.attempted_at or lead.snoozed_until):
        levels.begin(session, app.reference, lead, priority=leads.priority(session, lead_id), now=now)


class Theatre:
    """Plays cues in order of time on one database."""

    def __init__(self, app: App, phones: PaperPhones, now: datetime) -> None:
        self.app = app
        self.phones = phones
        self.now = now
        self._lead_ids: dict[str, str] = {}

    @property
    def lead_ids(self) -> list[str]:
        return sorted(filter(None, self._lead_ids.values()))

    def happenings(self, cue: Cue) -> list[Happening]:
        """What happens to one lead, and when."""
        arrived = self._arrival(cue)
        found: list[Happening] = [(arrived, partial(self._accept, cue, arrived))]
        perform = {"reply": self._reply, "call": self._call, "text": self._text, "snooze": self._snooze}
        for act in cue.acts:
            # Nothing of today's story may lie in the future, wherever the clock stands.
            moment = min(arrived + timedelta(minutes=act.after), self.now - timedelta(seconds=20))
            found.append((moment, partial(perform[act.kind], cue, act.words, moment)))
        if cue.unassigned:
            found.append((arrived + timedelta(seconds=2), partial(self._let_go, cue)))
        return found

    def _arrival(self, cue: Cue) -> datetime:
        """When the form came, so that its clock is due in `due_in` minutes of opening hours from now."""
        hours = self.app.reference.clinic.location(cue.location).hours
        return opening_before(hours, self.now, timedelta(minutes=cue.target - cue.due_in))

    def carry_on(self, until: datetime) -> None:
        """Dispatch whatever was due up to `until`, at its own time."""
        while (due := self._next_due()) and due <= until:
            moment = due + HAND_OVER
            self._set(moment)
            sweeping.sweep(self.app, now=moment)
            self._dispatch(moment)
        self._set(until)
        sweeping.sweep(self.app, now=until)

    def _next_due(self) -> datetime | None:
        with self.app.db.read() as session:
            return min(store_dispatch.next_due(session).values(), default=None)

    def _set(self, moment: datetime) -> None:
        self.app.clock.moment = moment  # type: ignore[attr-defined]

    def _dispatch(self, moment: datetime) -> None:
        step = dispatch.step(self.app, OWNER, [], ROOM, now=moment)
        while step.handled:
            finished = [Finished(job, self.phones.take(job.text)) for job in step.jobs]
            step = dispatch.step(self.app, OWNER, finished, ROOM, now=moment)
            self._deliver(finished, moment)

    def _deliver(self, finished: list[Finished], moment: datetime) -> None:
        """The carrier's word on each text, two seconds later."""
        codes = self.phones.codes
        for one in finished:
            if one.result.sid:
                code = codes.get(one.job.text.to)
                report = {
                    "MessageSid": one.result.sid,
                    "MessageStatus": "undelivered" if code else "delivered",
                    "ErrorCode": str(code or ""),
                }
                delivery_status.record(self.app, "", "", report, now=moment + timedelta(seconds=2))

    def _accept(self, cue: Cue, at: datetime) -> None:
        with self.app.db.write() as session:
            form = _form(cue, at)
            accepted = accept_submission.accept(
                session, self.app.reference, self.app.settings, form, raw_payload_id=None, now=at
            )
            self._lead_ids[cue.phone] = accepted.lead_id or ""
        self._dispatch(at + HAND_OVER)

    def _reply(self, cue: Cue, body: str, at: datetime) -> None:
        params = {"From": cue.phone, "Body": body, "MessageSid": f"SM{new_id(at).replace('-', '')}"}
        receive_text.receive(self.app, params, now=at)
        self._dispatch(at)

    def _call(self, cue: Cue, outcome: str, at: datetime) -> None:
        with self.app.db.write() as session:
            owner, lead_id = self._owner(session, cue)
            staff_action.mark_viewed(session, owner, lead_id, now=at - timedelta(seconds=40))
            calls.log(session, self.app.reference, owner, lead_id, outcome, now=at)

    def _text(self, cue: Cue, body: str, at: datetime) -> None:
        with self.app.db.write() as session:
            owner, lead_id = self._owner(session, cue)
            staff_action.mark_viewed(session, owner, lead_id, now=at - timedelta(seconds=40))
            staff_text.send_text(session, self.app.reference, owner, lead_id, body, now=at)

    def _snooze(self, cue: Cue, hours: str, at: datetime) -> None:
        with self.app.db.write() as session:
            owner, lead_id = self._owner(session, cue)
            staff_outcome.snooze(session, owner, lead_id, self.now + timedelta(hours=float(hours)), now=at)

    def _owner(self, session: Session, cue: Cue) -> tuple[Actor, str]:
        lead = leads.get(session, self._lead_ids[cue.phone])
        return accounts.actor(session, lead.owner_id or ""), lead.id

    def _let_go(self, cue: Cue) -> None:
        with self.app.db.write() as session:
            leads.change(session, self._lead_ids[cue.phone], self.now, owner_id=None, assigned_at=None)


def opening_before(hours: WeeklyHours, moment: datetime, span: timedelta) -> datetime:
    """The latest moment after which `span` of opening hours has passed by `moment`."""
    day, left = moment.astimezone(hours.zone).date(), span
    for back in range(30):
        for start, end in reversed(hours.on(day - timedelta(days=back))):
            end = min(end, moment)
            if end > start and end - start >= left:
                return end - left
            left -= max(timedelta(0), end - start)
    return moment - span


def _form(cue: Cue, at: datetime) -> Submission:
    origin = next(one for one in words.ORIGINS if one.source == cue.source)
    campaign = origin.campaigns[0]
    utm = {"utm_source": origin.utm, "utm_medium": origin.medium, "utm_campaign": campaign}
    consents = tuple(
        ConsentGiven(scope, True, wording, words.CONSENT_VERSION) for scope, wording in words.CONSENT.items()
    )
    return Submission(
        connector=cue.connector,
        external_id=f"demo-open-{cue.phone}",
        source=cue.source,
        form_type=cue.form_type,
        submitted_at=at - timedelta(milliseconds=300),
        first_name=cue.first_name,
        last_name=cue.last_name,
        phone=cue.phone,
        email=cue.email or f"{cue.first_name}.{cue.last_name}@example.com".lower(),
        treatment=cue.treatment,
        timeframe=cue.timeframe,
        budget="500-1000" if cue.form_type == "consultation_request" else "",
        notes=cue.notes,
        location=cue.location,
        consents=consents,
        utm={key: value for key, value in utm.items() if value},
        origin=Origin(
            page_url="https://luxe.example.com/consult", ip="203.0.113.77", user_agent=words.USER_AGENT
        ),
    )
