"""The editor's server side, the same for every kind: its actions, and the rows that the browser follows.

EDITOR = Editor(QUICK_TEXT, look)
TOPIC = Topic("quick_text", Permission.SEE_QUICK_TEXTS, EDITOR.rows)     # quick_text:<key>
LIST.mount(key="quick_texts", data={...}, actions=EDITOR.actions)
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from console.live import READER, millis
from console.parts.component import Handler, Message
from console.parts.message import number
from console.shell import Outcome, act, visit
from core.app import App
from core.domain.ids import new_id
from core.domain.roles import Actor
from core.flows.publishing import publish
from core.flows.publishing.publish import LONGEST_KEY, Saved
from core.reads.parts import versions
from core.reads.parts.versions import Version
from core.versions.rules import Body, Kind, compare
from core.versions.tables import SUPERSEDED

Look = Callable[[Body], Any]
Row = dict[str, Any]


def is_key(text: str) -> bool:
    """Whether something could stand under this key: what is asked of the database, and never a NUL in it."""
    return 0 < len(text) <= LONGEST_KEY and text.isascii() and text.isprintable()


class Editor:
    """`look(body)` gives what the screen shows beside the fields, such as a preview; it is asked at every saving."""

    def __init__(self, kind: Kind, look: Look) -> None:
        self.kind = kind
        self.look = look

    @property
    def actions(self) -> dict[str, Handler]:
        """What editor.js sends. Each message names the key and the revision of the draft that the person saw."""
        return {
            "look": self._look_at,
            "save": self._save,
            "new": self._new,
            "discard": self._discard,
            "publish": self._publish,
            "restore": self._restore,
            "retire": self._retire,
            "compare": self._compare,
        }

    def rows(self, _app: App, session: Session, key: str, _now: datetime) -> Iterable[Row]:
        """Every version of one key, newest first; none where nobody knows it. Only what is in hand has its body."""
        for version in versions.history(session, READER, self.kind, key).versions:
            yield version_row(version)

    def _look_at(self, message: Message) -> Outcome:
        """Problems, preview and changes of words that are not saved."""
        return Outcome("done", value=self._seen(str(message["key"]), _body(message)))

    def _seen(self, key: str, body: Body) -> Row:
        here = visit()
        before = here.read(versions.history, self.kind, key).published
        return {
            "problems": [
                {"field": one.field, "message": one.message, "line": one.line, "column": one.column}
                for one in here.read(versions.problems, self.kind, key, body)
            ],
            "changes": self._changes(before.body, body) if before and not before.retired else [],
            "look": self.look(body),
        }

    def _changes(self, before: Body, after: Body) -> list[Row]:
        """Each part that differs: its label and its lines, each line its spans."""
        old, new = self.kind.shown(before), self.kind.shown(after)
        return [
            {
                "label": label,
                "lines": [
                    {"how": line.how, "spans": [[span.how, span.words] for span in line.spans]}
                    for line in compare(old.get(label, ""), new.get(label, ""))
                ],
            }
            for label in dict.fromkeys([*new, *old])
            if old.get(label, "") != new.get(label, "")
        ]

    def _save(self, message: Message) -> Outcome:
        key, body, revision = str(message["key"]), _body(message), _revision(message)
        return self._saved(
            lambda session, actor, now: publish.save_draft(
                session, actor, self.kind, key, body, revision, now=now
            ),
            lambda: self._seen(key, body),
        )

    def _new(self, message: Message) -> Outcome:
        """The first draft of something that nothing else has the key of; the answer names it."""
        keys: list[str] = []

        def flow(session: Session, actor: Actor, now: datetime) -> Saved:
            keys.append(new_id(now))
            return publish.save_draft(
                session, actor, self.kind, keys[0], _body(message), publish.NONE_SEEN, now=now
            )

        return self._saved(flow, lambda: {"key": keys[0]})

    def _restore(self, message: Message) -> Outcome:
        key, wanted, revision = str(message["key"]), number(message, "number"), _revision(message)
        return self._saved(
            lambda session, actor, now: publish.restore(
                session, actor, self.kind, key, wanted, revision, now=now
            ),
            lambda: {},
        )

    def _saved(
        self, flow: Callable[[Session, Actor, datetime], Saved], more: Callable[[], Mapping[str, Any]]
    ) -> Outcome:
        saved: list[Saved] = []
        outcome = act(lambda session, actor, now: saved.append(flow(session, actor, now)))
        if not outcome.ok:
            return outcome
        draft = {"number": saved[0].number, "revision": saved[0].revision, "at": millis(saved[0].at)}
        return Outcome("done", value={**draft, **more()})

    def _discard(self, message: Message) -> Outcome:
        return act(
            lambda session, actor, now: publish.discard(
                session, actor, self.kind, str(message["key"]), _revision(message), now=now
            ),
            "Draft discarded",
        )

    def _publish(self, message: Message) -> Outcome:
        done = act(
            lambda session, actor, now: publish.publish(
                session,
                actor,
                self.kind,
                str(message["key"]),
                _revision(message),
                str(message.get("note") or ""),
                now=now,
            )
        )
        return Outcome("done", f"Version {done.value} is in use", value=done.value) if done.ok else done

    def _retire(self, message: Message) -> Outcome:
        key, note = str(message["key"]), str(message.get("note") or "")
        return act(
            lambda session, actor, now: publish.retire(session, actor, self.kind, key, note, now=now),
            f"Retired: nobody is offered this {self.kind.noun} any more",
        )

    def _compare(self, message: Message) -> Outcome:
        """Two versions of one key by number."""
        found = visit().read(versions.history, self.kind, str(message["key"]))
        bodies = {version.number: version.body for version in found.versions}
        before, after = number(message, "before"), number(message, "after")
        if before not in bodies or after not in bodies:
            return Outcome("refused", "One of the two is not there any more.")
        return Outcome("done", value=self._changes(bodies[before], bodies[after]))


def _body(message: Message) -> dict[str, Any]:
    body = message.get("body")
    return dict(body) if isinstance(body, Mapping) else {}


def _revision(message: Message) -> int:
    return number(message, "revision", publish.NONE_SEEN)


def version_row(version: Version) -> Row:
    """One version as the browser takes it."""
    return {
        "id": f"v:{version.number}",
        "number": version.number,
        "state": version.state,
        "retired": version.retired,
        "revision": version.revision,
        "body": None if version.state == SUPERSEDED else version.body,
        "note": version.note,
        "restored": version.restored_from,
        "at": millis(version.at),
        "by": version.by,
    }
