"""What every route needs, built once for the process."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import ParamSpec, TypeVar

from starlette.requests import Request

from core.app import App
from core.form_keys import FormKey, load_form_keys
from gateway.hosted.definition import HostedForm, load_forms
from gateway.limits import Buckets

WEBHOOK_RATE = 100
READERS = 4
POSTGRES_WRITERS = 8

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Context:
    """The database is only ever touched in `writers` and `readers`, so that the event loop never waits for it."""

    app: App
    keys: dict[str, FormKey]
    forms: dict[str, HostedForm]
    form_limit: Buckets
    webhook_limit: Buckets
    writers: ThreadPoolExecutor
    readers: ThreadPoolExecutor

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
    per_minute = app.settings.form_rate
    # SQLite has one writer at a time: threads that queue here take turns at once, threads that meet at its lock
    # sleep and try again.
    writers = 1 if app.db.is_sqlite else POSTGRES_WRITERS
    return Context(
        app=app,
        keys=load_form_keys(app.settings),
        forms=load_forms(app.reference),
        form_limit=Buckets(per_minute, per_minute / 60),
        webhook_limit=Buckets(2 * WEBHOOK_RATE, WEBHOOK_RATE),
        writers=ThreadPoolExecutor(writers, thread_name_prefix="write"),
        readers=ThreadPoolExecutor(READERS, thread_name_prefix="read"),
    )


def context_of(request: Request) -> Context:
    context: Context = request.app.state.context
    return context
