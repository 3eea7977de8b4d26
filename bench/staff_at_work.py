"""People at work, a thread of execution each: a colleague in the inbox, who reads what came, writes, takes back, leaves
half-written and notes; and a manager, who takes up alarms and lets sending go on."""

import random
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from core.app import App
from core.conversation.tables import alarms
from core.domain.errors import LostRace, LuxeError
from core.flows.conversation import danger, drafting, staff_text
from core.flows.leads import noting, staff_action
from core.flows.sending import breaking
from core.operations.store import BREAKERS
from core.reads import inbox
from core.reads.parts import writing
from tests.factories import actor

TYPES_SECONDS = 0.15  # real time from the first letter to Send
TAKES_BACK, LEAVES, NOTES = 0.15, 0.15, 0.15
AT_ONCE = 3
RINGS = timedelta(minutes=20)  # so long an alarm rings before the manager takes it up
BREAKER_WAITS = timedelta(hours=1)  # so long a breaker keeps texts back before the manager has looked


@dataclass
class Written:
    """A text that was sent off. `token` stands in its words and in no other's."""

    token: str
    phone: str
    taken_back: bool = False


class Colleague(threading.Thread):
    """Works until told to stop. `left`: words left half-written, by lead; `faster`: how often somebody else was."""

    def __init__(self, app: App, username: str, over: threading.Event) -> None:
        super().__init__(name=username, daemon=True)
        self._app = app
        self._over = over
        self._seen: dict[str, datetime | None] = {}
        self._dice = random.Random(username)
        with app.db.read() as session:
            self._actor = actor(session, username)
        self._turn = 0
        self.written: list[Written] = []
        self.left: dict[str, str] = {}
        self.faster = 0
        self.refused = 0

    def run(self) -> None:
        while not self._over.wait(TYPES_SECONDS):
            for row in self._waiting():
                self._answer(row)

    def _waiting(self) -> list[inbox.ThreadRow]:
        with self._app.db.read() as session:
            rows = inbox.read(session, self._actor, now=self._app.clock.now()).rows
        waiting = sorted(
            (row for row in rows if row.waits and self._seen.get(row.lead.id, row) != row.waits_since),
            key=lambda row: row.lead.last_event_at,
        )
        return waiting[:AT_ONCE]

    def _answer(self, row: inbox.ThreadRow) -> None:
        self._turn += 1
        self._seen[row.lead.id] = row.waits_since
        token, chance = f"{self.name}{self._turn:04d}x", self._dice.random()
        try:
            if chance < NOTES:
                self._note(row.lead.id, token)
            else:
                self._write(row, token, chance)
        except LostRace:
            self.faster += 1
        except LuxeError:
            self.refused += 1  # opted out meanwhile: the screen says so
        self._has_read(row.lead.id)

    def _note(self, lead_id: str, token: str) -> None:
        now, settings = self._app.clock.now(), self._app.settings
        with self._app.db.write() as session:
            noting.add_note(session, settings, self._actor, lead_id, f"Note {token}", now=now)

    def _write(self, row: inbox.ThreadRow, token: str, chance: float) -> None:
        """A draft grows as one types; then it is left, or sent and perhaps taken back."""
        began = self._app.clock.now()
        words = f"Thanks for your text, we will look into it. {token}"
        with self._app.db.read() as session:
            mine = {one.kind: one.revision for one in writing.mine(session, self._actor, row.lead.id)}
        revision = mine.get("text", drafting.NONE_SEEN)
        for typed in (words[:20], words):
            with self._app.db.write() as session:
                saved = drafting.save(
                    session, self._actor, row.lead.id, "text", typed, revision, now=self._app.clock.now()
                )
            revision, self.left[row.lead.id] = saved.revision, typed
            self._over.wait(TYPES_SECONDS / 2)
        if chance < NOTES + LEAVES:
            return
        with self._app.db.write() as session:
            now, reference = self._app.clock.now(), self._app.reference
            action_id = staff_text.send_text(
                session, reference, self._actor, row.lead.id, words, now=now, began_at=began, draft=revision
            )
        del self.left[row.lead.id]
        one = Written(token, row.lead.phone or "")
        self.written.append(one)
        if chance > 1 - TAKES_BACK:
            with self._app.db.write() as session:
                now = self._app.clock.now()
                one.taken_back = staff_text.cancel_action(session, self._actor, action_id, now=now)

    def _has_read(self, lead_id: str) -> None:
        with self._app.db.write() as session:
            staff_action.mark_read(session, self._actor, lead_id, now=self._app.clock.now())

    def faults(self) -> list[str]:
        """Drafts that are not as they were left."""
        wrong = []
        for lead_id, words in self.left.items():
            with self._app.db.read() as session:
                kept = {one.kind: one.body for one in writing.mine(session, self._actor, lead_id)}
            if kept.get("text") != words:
                wrong.append(f"{self.name}: a draft was lost in {lead_id}: {words[-30:]!r} became {kept!r}")
        return wrong


class Manager(threading.Thread):
    """Takes up what has rung for a while, and looks once an hour whether a breaker stopped the texts.

    `taken_up`: alarms; `let_go_on`: how often texts were let go on.
    """

    def __init__(self, app: App, over: threading.Event) -> None:
        super().__init__(name="manager", daemon=True)
        self._app = app
        self._over = over
        with app.db.read() as session:
            self._actor = actor(session, "manager")
        self.taken_up = self.let_go_on = 0
        self._looks_at = app.clock.now()

    def run(self) -> None:
        while not self._over.wait(TYPES_SECONDS):
            now = self._app.clock.now()
            for lead_id in self._ringing(now - RINGS):
                self._take_up(lead_id, now)
            if now > self._looks_at + BREAKER_WAITS:
                self._looks_at = now
                self._let_go_on(now)

    def _ringing(self, since: datetime) -> list[str]:
        a = alarms.c
        with self._app.db.read() as session:
            open_ = select(a.lead_id).where(a.acknowledged_at.is_(None), a.raised_at < since)
            return list(session.execute(open_).scalars())

    def _take_up(self, lead_id: str, now: datetime) -> None:
        try:
            with self._app.db.write() as session:
                danger.acknowledge(session, self._actor, lead_id, now=now)
            self.taken_up += 1
        except LuxeError:
            return  # somebody was faster

    def _let_go_on(self, now: datetime) -> None:
        with self._app.db.write() as session:
            self.let_go_on += sum(
                breaking.reset(session, self._app, self._actor, name, now=now) for name in BREAKERS
            )
