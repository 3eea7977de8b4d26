"""What every page shares: who is signed in, one `now`, reading, acting, and errors in words.

    with page(Permission.SEE_LEADS, "Lead queue") as visit:
        rows = visit.read(some_read, argument)

`act` runs a staff flow in one transaction and turns its refusals into an Outcome for a component.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st
import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from console import nav
from console.live import reference_code
from console.process import current_app, looks
from console.routes import browser_cookie_name
from console.signed_in import current_session
from core.app import App
from core.domain.errors import ClosedToTexts, Denied, InvalidInput, LostRace, LuxeError, NotFound
from core.domain.roles import Actor, Permission, require
from core.flows.access import acting
from core.flows.access.looking import Depth
from core.flows.access.sign_in import SignedIn, Visitor

log = structlog.get_logger(__name__)
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Visit:
    """One run of a page: the App, who is signed in, and the moment that everything on it is read at."""

    app: App
    signed_in: SignedIn
    now: datetime

    @property
    def actor(self) -> Actor:
        return self.signed_in.actor

    def saw(self, lead_ids: Iterable[str], depth: Depth, where: str) -> None:
        """These leads' patients were shown to the signed-in person; the audit trail will say so."""
        saw(self.actor, lead_ids, depth, where, self.now)

    def read(
        self, reader: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a read of core/reads as the signed-in person in one snapshot."""
        with self.app.db.read() as session:
            return reader(session, self.actor, *args, **kwargs)


def saw(actor: Actor, lead_ids: Iterable[str], depth: Depth, where: str, now: datetime) -> None:
    """Somebody was shown these leads' patients: noted in passing, written outside their wait."""
    looks().note(actor.staff_id, lead_ids, depth, origin(where), now)


def origin(where: str) -> str:
    """Where something is done: the browser's address, and the page or action."""
    return f"{address()} {where}".strip()


def address() -> str:
    """The browser's address; '' on this machine."""
    known = st.context.ip_address
    # Under AppTest the context is a stand-in whose values are no text.
    return known if isinstance(known, str) else ""


def visitor(where: str = "sign-in") -> Visitor:
    """Who stands at this page, for what is asked before somebody is let in or on. `where`: as the trail says it."""
    cookie = st.context.cookies.get(browser_cookie_name(current_app().settings.console))
    agent = st.context.headers.get("User-Agent")
    # Under AppTest both are stand-ins whose values are no text.
    known, named = (value if isinstance(value, str) else "" for value in (cookie, agent))
    return Visitor(address(), known, named, where)


@dataclass(frozen=True)
class Outcome:
    """How an action ended, in words for the person who started it.

    `state`: done, refused, lost (somebody was faster), closed (no texts to this number), ended (signed out), error.
    `undo`: what the component sends back to take it back, offered for 10 seconds. `value`: what the flow returned
    where the component needs it. `go`: the address within the console that the browser goes to next.
    """

    state: str
    words: str = ""
    undo: dict[str, Any] | None = None
    value: Any = None
    fields: dict[str, str] = field(default_factory=dict)
    go: str = ""

    @property
    def ok(self) -> bool:
        return self.state == "done"

    def message(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "words": self.words,
            "undo": self.undo,
            "value": self.value,
            "fields": self.fields,
            "go": self.go,
        }


REFUSALS: tuple[tuple[type[LuxeError], str], ...] = (
    (LostRace, "lost"),
    (ClosedToTexts, "closed"),
    (LuxeError, "refused"),
)


def act(
    flow: Callable[[Session, Actor, datetime], Any],
    done: str = "",
    *,
    undo: dict[str, Any] | None = None,
) -> Outcome:
    """Run `flow(session, actor, now)` in one write transaction as the signed-in person.

    `done` is said when it worked. Refusals come back as their own words with nothing changed; anything unexpected
    is logged under a reference code that the words carry.
    """
    app = current_app()
    who = current_session()
    if who is None or who.held:
        return Outcome("ended", "You are signed out. Sign in again; nothing was changed.")
    now = app.clock.now()
    try:
        with app.db.write() as session:
            value = flow(session, who.actor, now)
            acting.note(session, who.actor, *doing.get(("", "")), origin=origin(""), now=now)
    except LuxeError as error:
        return refused(error)
    except Exception as error:
        return Outcome("error", f"{unexpected(error)} Nothing was changed.")
    return Outcome("done", done, undo, value if isinstance(value, str | int | bool) else None)


def ask(reader: Callable[[Session, Actor], Any]) -> Outcome:
    """Run a read for a component as the signed-in person; its answer is the outcome's value. Raises LuxeError."""
    app, who = current_app(), current_session()
    if who is None or who.held:
        return Outcome("ended", "You are signed out.")
    with app.db.read() as session:
        return Outcome("done", value=reader(session, who.actor))


# What the component is asked to do: the action's name and the id that it is about.
doing: ContextVar[tuple[str, str]] = ContextVar("doing")


def refused(error: LuxeError) -> Outcome:
    """A refusal in its own words."""
    state = next(name for kind, name in REFUSALS if isinstance(error, kind))
    if isinstance(error, InvalidInput):
        fields = {problem.field: problem.message for problem in error.errors}
        return Outcome(state, " ".join(fields.values()), fields=fields)
    return Outcome(state, str(error))


def unexpected(error: Exception) -> str:
    """Log what nobody foresaw; the sentence with its reference code."""
    code = reference_code()
    log.error("unexpected", code=code, kind=type(error).__name__, exc_info=error)
    return f"Something went wrong on our side. Reference {code}."


def visit() -> Visit:
    """The present run. Stops the script where nobody is signed in."""
    found = st.session_state.get("visit")
    if not isinstance(found, Visit):
        st.stop()
    return found


@contextmanager
def page(permission: Permission, title: str, *, wide_title: bool = True) -> Iterator[Visit]:
    """A page's frame: role check, heading, and what went wrong inside as a message instead of a stack."""
    here = visit()
    try:
        require(here.actor, permission)
    except Denied as denied:
        show_denied(here, title, denied)
        return_to_queue(here)
        st.stop()
    if wide_title:
        st.html(f'<h1 class="luxe-title">{title}</h1>')
    try:
        yield here
    except NotFound as error:
        st.info(str(error), icon=":material/search_off:")
    except LuxeError as error:
        st.error(str(error), icon=":material/error:")
    except OperationalError as error:
        show_unloadable("The database did not answer.", error)
    except Exception as error:
        show_unloadable("", error)


def show_denied(here: Visit, title: str, denied: Denied) -> None:
    """Refusals name who can."""
    st.html(f'<h2 class="luxe-state">{title} is not open to your role</h2>')
    st.markdown(f"{denied} You are signed in as {here.actor.name}.")


def return_to_queue(here: Visit) -> None:
    target = nav.home(here.actor)
    if target and st.button(f"Go to {target.title}"):
        st.switch_page(st.session_state["pages"][target.url])


def show_unloadable(cause: str, error: Exception) -> None:
    words = unexpected(error)
    st.html('<h2 class="luxe-state">This page could not be loaded</h2>')
    st.markdown(f"{cause} Nothing you entered was lost. {words}".strip())
    if st.button("Try again", type="primary"):
        st.rerun()


def begin(app: App, who: SignedIn) -> Visit:
    """Called once at the top of each run, after the session was checked."""
    here = Visit(app, replace(who, ticket=""), app.clock.now())
    st.session_state["visit"] = here
    return here
