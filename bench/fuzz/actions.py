"""Every action of every screen, through the components' dispatcher, with strange messages, as each role."""

import inspect
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from operator import itemgetter
from random import Random
from types import ModuleType
from typing import Any

import streamlit as st

import console
import console.parts.component as component
import console.shell as shell
from bench.fuzz import strange
from bench.fuzz.stage import caught, let_through
from bench.fuzz.target import Wrong
from console import process
from console.parts import people_actions, resend_drawer, sending_drawer
from console.parts.component import Handler
from console.quick_texts.view import EDITOR
from console.shell import Outcome, Visit
from core.app import App
from core.flows.access.sign_in import SignedIn
from core.versions.rules import Kind


def _screens() -> Iterator[tuple[str, dict[str, Handler]]]:
    """What every screen's component may be asked to do, by its folder: a new one is among them."""
    for one in pkgutil.iter_modules(console.__path__):
        if one.ispkg and find_spec(f"console.{one.name}.actions"):
            yield one.name, import_module(f"console.{one.name}.actions").ACTIONS


SCREENS: dict[str, dict[str, Handler]] = {
    **dict(_screens()),
    "people": people_actions.ACTIONS,
    "resend": resend_drawer.ACTIONS,
    "sending": sending_drawer.ACTIONS,
    "quick_texts": EDITOR.actions,
}
EVERY = [(screen, action) for screen, actions in SCREENS.items() for action in actions]
USUAL: dict[str, Any] = {
    "id": "", "lead": "", "body": "See you soon", "action_id": "", "text": "Omar",
    "seen": None, "previous": None, "span": "1h",
    "choice": "tomorrow", "date": "2026-11-24", "time": "14:30", "second": False, "location": "downtown",
    "place": "", "staff": "",
    "reason": "not_interested", "kind": "call_back", "words": "call her", "task": "",
    "due": "2026-11-24T14:30:00-05:00", "outcome": "no_answer",
    "note": "busy", "confirmed": True, "call": "", "stage": "booked", "dollars": "450", "provider": "",
    "visit": "", "pair": "",
    "kept": "", "merge": "", "batch": "", "changed": {"first_name": "Ana"}, "fields": {"phone": "407-555-0199"},
    "ids": [""], "request": "r-1",
    "how": "phone", "first_name": "Ana", "last_name": "Reyes", "phone": "407-555-0188",
    "email": "ana@example.com", "treatment": "botox",
    "timeframe": "", "budget": "", "notes": "", "language": "en",
    "agreed": True, "mine": True, "talked": False, "key": "running_late",
    "revision": 0, "number": 1, "before": 1, "after": 2, "what": "disable", "page": 1, "form": "", "days": "7",
    "title": "Late",
    "type": "png", "draft": "", "bytes": 9, "to": "", "writing": True, "until_reply": True, "status": "break",
    "source": "", "sequence": "lead", "segment": "", "period": "7", "part": 1, "owner": "", "most": 100,
    "more_body": False, "moment": 1_795_500_000_000, "minutes": 30, "list": "all",
    "from": "2026-11-24", "from_time": "9:00 AM", "to_time": "5 PM",
    "spans": "09:00-12:00, 13:00-17:00", "events": ["reply 1795500000000"],
    "began": 1_795_500_000_000, }  # fmt: skip
Made = tuple[str, str, Any, str]


class _Undo(Exception):
    """Nothing of one message is left for the next."""


class Acting:
    """One database, whose leads are as they were before each message."""

    def __init__(self, app: App, people: dict[str, SignedIn], known: Mapping[str, list[str]]) -> None:
        self._app, self._people = app, people
        self._ids = known
        vars(shell)["unexpected"] = vars(component)["unexpected"] = _noting

    def message(self, rng: Random) -> Made:
        """A screen, an action of it, what is sent with it, and who sends it."""
        screen, action = rng.choice(EVERY)
        names = _asked(SCREENS[screen][action]) | set(rng.sample(sorted(USUAL), 20))
        usual = {name: self._known(rng, name, USUAL[name]) for name in sorted(names)}
        usual["ids"] = [self._known(rng, "ids", "") for _ in range(rng.randrange(3))]
        usual |= _drafted(rng, screen, SCREENS[screen][action])
        sent: Any = {"action": action, "nonce": 1, **usual}
        if rng.random() < 0.8:
            changed = strange.mutated(rng, sent)
            sent = changed if isinstance(changed, dict) or rng.random() < 0.2 else sent
            if isinstance(sent, dict):
                sent["action"] = action
        return screen, action, sent, rng.choice(list(self._people))

    def _known(self, rng: Random, name: str, value: Any) -> Any:
        """The id of a row that is there, where the name is one of a row's."""
        there = self._ids.get(name)
        return rng.choice(there) if there and rng.random() < 0.85 else value

    def act(self, made: Made) -> None:
        """Answered with an outcome that can be sent back, and never by a fault of ours."""
        screen, _, sent, name = made
        who = self._people[name]
        vars(shell)["current_session"] = lambda: who
        with suppress(_Undo), self._app.db.write() as session:
            within = replace(self._app, db=self._app.db.within(session))
            process.use(within)
            for module, name in _visited():
                vars(module)[name] = lambda: Visit(within, who, within.clock.now())
            try:
                outcome = component.answer(sent, SCREENS[screen])
            finally:
                process.use(self._app)
                st.session_state.clear()
            let_through()
            if not isinstance(outcome, Outcome) or outcome.state == "error":
                raise Wrong("no outcome, or one of our own fault")
            _sendable(outcome.message())
            raise _Undo


@cache
def _visited() -> list[tuple[ModuleType, str]]:
    """Wherever the console asks who is there, by the name under which it does."""
    real = shell.visit
    loaded = [module for name, module in sys.modules.items() if name.startswith("console.")]
    return [
        (module, name) for module in loaded for name, value in list(vars(module).items()) if value is real
    ]


@cache
def _asked(handler: Handler) -> frozenset[str]:
    """The names that its file, or the parts that it is made of, speak of: a message of all would be too large."""
    words = inspect.getsource(inspect.getmodule(handler) or inspect)
    return frozenset(name for name in USUAL if f'"{name}"' in words)


def _drafted(rng: Random, screen: str, handler: Handler) -> dict[str, Any]:
    """Where the screen has an editor: a key and a body of its kind, as it came with the product."""
    own = _kind(handler)
    kinds = [kind for kind in map(_kind, SCREENS[screen].values()) if kind]
    if not kinds:
        return {}
    key, body = rng.choice(sorted((own or rng.choice(kinds)).shipped().items(), key=itemgetter(0)))
    return {"key": key, "body": body}


def _kind(handler: Handler) -> Kind | None:
    return getattr(getattr(handler, "__self__", None), "kind", None)


def _sendable(message: dict[str, Any]) -> None:
    import json

    json.dumps(message, allow_nan=False).encode()


def _noting(error: Exception) -> str:
    caught.append(error)
    return "Something went wrong on our side."
