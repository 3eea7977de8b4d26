"""What every route needs, built once for the process."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

from starlette.requests import Request

from core.app import App
from core.form_keys import FormKey, load_form_keys
from core.settings_checks import parse_api_keys
from gateway.hosted.definition import HostedForm, load_forms
from gateway.limits import Buckets, Turns

WEBHOOK_RATE = 100
PAGES_A_FORM = 12  # somebody who books looks at so many pages, and a clinic's waiting room shares one address
FEED_RATE = 60  # calendars a minute: a calendar service asks for those of a whole clinic from one address
WRONG_KEYS = 10  # of the API, a minute from one address: a person who sets up a system mistypes a few
READERS = 4
POSTGRES_WRITERS = 8
LOOKS = 6  # times as often as forms may be sent, free times may be looked at; held, twice as often
# Of four readers and, with SQLite, the one writer, strangers never have more. A page takes some 50 ms: who is last in
# line waits about a second.
STRANGERS, IN_LINE = 2, 20

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Context:
    """The database is only ever touched in `writers` and `readers`, so that the event loop never waits for it."""

    app: App
    keys: dict[str, FormKey]
    form_limit: Buckets
    booking_limit: Buckets  # of pages of a patient's own and their buttons
    webhook_limit: Buckets
    api_keys: dict[str, str]
    looks: Buckets  # at free times
    holds: Buckets
    feed_limit: Buckets
    writers: ThreadPoolExecutor
    readers: ThreadPoolExecutor
    # Many phones of one carrier share an address.
    link_limit: Buckets = field(default_factory=lambda: Buckets(60, 5))
    wrong_keys: Buckets = field(default_factory=lambda: Buckets(WRONG_KEYS, WRONG_KEYS / 60))
    strangers: Turns = field(default_factory=lambda: Turns(STRANGERS, IN_LINE))  # at working out free times

    @property
    def forms(self) -> dict[str, HostedForm]:
        """The hosted forms as the clinic is in use now, by slug."""
        return load_forms(self.app.reference)

    async def write(self, work: Callable[P, R], *args: P.args, **options: P.kwargs) -> R:
        return await _run(self.writers, partial(work, *args, **options))

    async def read(self, work: Callable[P, R], *args: P.args, **options: P.kwargs) -> R:
        return await _run(self.readers, partial(work, *args, **options))

    def close(self) -> None:
        """Wait for what is under way."""
        self.writers.shutdown()
        self.readers.shutdown()


async def _run(pool: ThreadPoolExecutor, work: Callable[[], R]) -> R:
    # The log's context (which process writes) belongs to the caller's context, not to the pool's threads.
    return await asyncio.get_running_loop().run_in_executor(pool, contextvars.copy_context().run, work)


def build_context(app: App) -> Context:
    """Raises SettingsError where the form keys are not what they should be."""
    load_forms(app.reference)  # what is broken is said when we start
    per_minute = app.settings.form_rate
    # SQLite has one writer at a time: threads that queue here take turns at once, threads that meet at its lock
    # sleep and try again.
    writers = 1 if app.db.is_sqlite else POSTGRES_WRITERS
    return Context(
        app=app,
        keys=load_form_keys(app.settings),
        form_limit=Buckets(per_minute, per_minute / 60),
        booking_limit=Buckets(PAGES_A_FORM * per_minute, PAGES_A_FORM * per_minute / 60),
        webhook_limit=Buckets(2 * WEBHOOK_RATE, WEBHOOK_RATE),
        api_keys=parse_api_keys(app.settings.api_keys.get_secret_value()),
        looks=Buckets(LOOKS * per_minute, LOOKS * per_minute / 60),
        holds=Buckets(2 * per_minute, 2 * per_minute / 60),
        feed_limit=Buckets(FEED_RATE, FEED_RATE / 60),
        writers=ThreadPoolExecutor(writers, thread_name_prefix="write"),
        readers=ThreadPoolExecutor(READERS, thread_name_prefix="read"),
    )


def context_of(request: Request) -> Context:
    context: Context = request.app.state.context
    return context
