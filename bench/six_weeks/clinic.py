"""What the clinic itself does meanwhile: other words, other sequences, a retired one, groups that are ended."""

from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bench.six_weeks.record import Ended, Record
from core.app import App
from core.domain.roles import Actor
from core.flows.publishing import publish
from core.flows.sequences import ending, holding
from core.kinds import SEQUENCE, TEMPLATE
from core.sequences.rules.group import Group
from core.shipped import shipped_sequences, shipped_templates
from core.versions.rules import SHIPPED_NUMBER

Body = dict[str, Any]


def _words(body: Body) -> None:
    english = body["wordings"]["en"]
    for name in ("body", "neutral"):
        if english[name]:
            english[name] = english[name].replace("{{clinicShortName}}", "Yours, {{clinicShortName}}")


def _a_step_more(body: Body) -> None:
    """A new step, another offset, and who has replied by then leaves."""
    step = next(step for step in body["steps"] if step["name"] == "day-3")
    body["steps"].append({**step, "name": "day-2", "offset": "2d"})
    step["offset"] = "4d"
    gate = {"name": "silent", "kind": "condition", "offset": "20h", "conditions": ["not_replied"]}
    body["steps"].append(gate)
    body["stops_on"] = [cause for cause in body["stops_on"] if cause != "reply"]


def _later(body: Body) -> None:
    for step in body["steps"]:
        if step["name"] == "hours-48":
            step |= {"offset": "-50h", "window": "09:00-19:00", "useful": "24h"}


def _leads_on(body: Body) -> None:
    """Who books nothing within two days is asked to come back; a wait before the last step."""
    body["steps"].insert(1, {"name": "pause", "kind": "wait", "offset": "10m"})
    body["steps"].append(
        {"name": "out", "kind": "exit", "offset": "2d", "conditions": ["not_booked"], "then": "reengagement"}
    )


def _ends_with_the_visit(body: Body) -> None:
    body["stops_on"] = [*body["stops_on"], "checkout", "cancelled"]
    for step in body["steps"]:
        step["conditions"] = []


def _sooner(body: Body) -> None:
    for step in body["steps"]:
        if step["name"] == "day-3":
            step["offset"] = "2d"


@dataclass
class Clinic:
    """`seen` counts what it did."""

    app: App
    manager: Actor
    record: Record
    seen: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        """What ships is known to the judge as what it is."""
        for key, body in shipped_sequences().items():
            self.record.bodies[key, SHIPPED_NUMBER] = body

    def plan(
        self, begins: datetime, span: timedelta, later: Callable[[datetime, Callable[[], None]], None]
    ) -> None:
        """What is done when, in parts of the whole time."""
        acts: tuple[tuple[float, Callable[[], None]], ...] = (
            (0.15, lambda: self._reword("lead_goodbye")),
            (0.25, lambda: self._put_out("lead", _a_step_more)),
            (0.30, lambda: self._put_out("reengagement", _ends_with_the_visit)),
            (0.35, lambda: self._put_out("pre_treatment", _later)),
            (0.40, lambda: self._reword("visit_reminder")),
            (0.45, lambda: self._pause(Group("consultation"))),
            (0.50, lambda: self._end(Group("lead", SHIPPED_NUMBER))),
            (0.55, lambda: self._put_out("missed_call", _leads_on)),
            (0.60, lambda: self._retire("abandoned_booking")),
            (0.65, lambda: self._put_out("post_treatment", _sooner)),
            (0.75, lambda: self._end(Group("post_treatment"))),
            (0.80, lambda: self._reword("aftercare")),
            (0.90, lambda: self._end(Group("consultation", location="downtown"))),
        )
        for share, act in acts:
            whole = timedelta(minutes=int(span.total_seconds() * share / 60))
            later(begins + whole, act)

    @property
    def _now(self) -> datetime:
        return self.app.clock.now()

    def _do(self, flow: Callable[..., Any], *arguments: Any) -> Any:
        with self.app.db.write() as session:
            return flow(session, self.manager, *arguments, now=self._now)

    def _publish(
        self, kind: Any, key: str, shipped: Mapping[str, Any], change: Callable[[Body], None]
    ) -> int:
        body = deepcopy(dict(shipped))
        change(body)
        saved = self._do(publish.save_draft, kind, key, body, publish.NONE_SEEN)
        number = int(self._do(publish.publish, kind, key, saved.revision, "Tried for six weeks"))
        self.seen[f"published {kind.name} {key}"] += 1
        if kind is SEQUENCE:
            self.record.bodies[key, number] = body
        return number

    def _put_out(self, key: str, change: Callable[[Body], None]) -> None:
        self._publish(SEQUENCE, key, shipped_sequences()[key], change)

    def _reword(self, key: str) -> None:
        self._publish(TEMPLATE, key, shipped_templates()[key], _words)

    def _retire(self, key: str) -> None:
        self._do(publish.retire, SEQUENCE, key, "Not wanted any more")
        self.seen[f"retired {key}"] += 1

    def _end(self, group: Group) -> None:
        self.seen[f"people of {group.sequence} ended"] += self._do(ending.end_group, group, "Wrong words")
        self.record.ended.append(Ended(self.record.next(), self._now, group.sequence, group.version))

    def _pause(self, group: Group) -> None:
        self.seen[f"people of {group.sequence} paused"] += self._do(
            holding.pause_group, group, self._now + timedelta(days=1)
        )
