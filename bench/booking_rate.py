"""Bookings a second by the API and by links, and how long a patient's page takes: a month of 30 providers.

    python -m bench.booking_rate [--rate 50] [--seconds 20] [--visits 2500] [--postgres ADDRESS]

One gateway as a process of its own; requests go out when their time has come, whether or not earlier ones were
answered. Pages are asked for one at a time. `known`: the system that books says whose visit it is; `new`: each booking
makes a patient and a lead; `link`: a tap that holds and a tap that books.
"""

import argparse
import http.client
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from random import Random
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from bench import stage
from bench.booking_fight import world
from bench.booking_fight.clients import HELD
from bench.crowd import numbers
from bench.free_times import fill, provider
from core.app import App
from core.db.migrate import migrate
from core.leads.tables import leads
from core.operations import store as operations
from core.setup.bookable import RESOURCES
from core.staff.tables import staff

PROVIDERS, DAYS = 30, 31
HOURS = (9, 10, 11, 12, 14, 15, 16, 17)
PAGES, WARM = 60, 5
AWAY = 5_000  # number of the first person whom nobody knows
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """A gateway that runs, and whom it knows: the code of each one's link, and their patient. `times`: free ones."""

    port: int
    pid: int
    codes: Sequence[str]
    patients: Sequence[str]
    times: Iterator[datetime]


def clinic(app: App, visits: int) -> None:
    """30 providers with a room each and opening hours on all days; so many visits of others in the month."""
    now = app.clock.now()
    with app.db.write() as session:
        session.execute(insert(staff), [provider(number, now) for number in range(PROVIDERS)])
        rooms = [world.room(number) for number in range(PROVIDERS)]
        world.publish(session, RESOURCES, {"resources": rooms}, now)
        world.publish(session, "calendar", world.open_all_day(), now, key="downtown")
        operations.note_published(session, by=None, now=now)
    midnight = now.astimezone(app.settings.zone).replace(hour=14, minute=0, second=0, microsecond=0)
    fill(app, midnight - 30 * DAY, 30, 0.5)
    fill(app, midnight + 7 * DAY, DAYS - 7, visits / (PROVIDERS * (DAYS - 7) * len(HOURS)))


def times(zone: ZoneInfo, now: datetime) -> Iterator[datetime]:
    """Every whole hour of the working days of the month, as often as there are providers."""
    first = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    for day in range(DAYS * 2 - 5):
        date = first + day * DAY
        for hour in HOURS if date.weekday() < 6 else ():
            for _ in range(PROVIDERS // 2):
                yield date.replace(hour=hour)


@contextmanager
def running(url: str, many: int, visits: int) -> Iterator[Place]:
    """An empty database, filled, and a gateway over it."""
    with ExitStack() as stack:
        folder = stack.enter_context(stage.home())
        stack.enter_context(stage.cleared(url))
        keys = json.dumps({"rate": world.KEY})
        env = stage.settings_env(folder, stage.free_port(), LUXE_DATABASE_URL=url, LUXE_API_KEYS=keys)
        app = stage.app_in(env)
        migrate(app.db)
        clinic(app, visits)
        codes = world.people(app, max(2 * many, PAGES + WARM))
        process = stack.enter_context(stage.process("gateway", env=env, log=folder / "log"))
        port = int(env["LUXE_GATEWAY_PORT"])
        stage.wait_until("gateway", lambda: stage.answers(f"http://127.0.0.1:{port}/healthz"), 120)
        free = times(app.settings.zone, app.clock.now())
        yield Place(port, process.pid, codes, _patients(app, many), free)


def _patients(app: App, many: int) -> list[str]:
    """Of the newest leads: nobody uses their links."""
    newest = select(leads.c.patient_id).order_by(leads.c.created_at.desc(), leads.c.id.desc()).limit(many)
    with app.db.read() as session:
        return list(session.execute(newest).scalars())


class Answer(NamedTuple):
    """`to`: where it leads. `cookie`: what the browser sends from now on."""

    status: int
    body: str
    to: str
    cookie: str


def ask(port: int, method: str, path: str, body: str = "", **headers: str) -> Answer:
    """One request on a connection of its own; status 0 where nobody answered in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
        return Answer(answer.status, answer.read().decode(), answer.getheader("location") or "", cookie)
    except OSError:
        return Answer(0, "", "", "")
    finally:
        connection.close()


def create(place: Place, at: datetime, who: dict[str, str]) -> int:
    """One booking by the API; its status."""
    wanted = {
        "treatment": world.SERVICE, "provider": "any", "location": "downtown", "date": at.date().isoformat(),
        "time": f"{at:%H:%M}", "source": "website", **who,
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {world.KEY}", "Content-Type": "application/json"}
    return ask(place.port, "POST", "/api/booking/create", json.dumps(wanted), **headers).status


def tap(place: Place, at: datetime, code: str) -> int:
    """A time is held on somebody's page and booked; the status of the last answer."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    fields = urlencode({"at": at.astimezone(UTC).isoformat()})
    path = f"/b/{code}/hold?service={world.SERVICE}&where=downtown"
    held = ask(place.port, "POST", path, fields, **form)
    if held.status != 303:
        return held.status
    found = HELD.search(ask(place.port, "GET", held.to, Cookie=held.cookie).body)
    if found is None:
        return 0
    confirm = urlencode({"hold": found[2]})
    return ask(place.port, "POST", unescape(found[1]), confirm, **form, Cookie=held.cookie).status


def at_rate(
    send: Callable[[int], int], rate: float, seconds: float
) -> tuple[list[float], Counter[int], float]:
    """Milliseconds of each from when it should have gone; statuses; bookings a second until the last answer."""
    start, many = time.monotonic() + 0.5, int(rate * seconds)

    def one(number: int) -> tuple[float, int]:
        due = start + number / rate
        time.sleep(max(0.0, due - time.monotonic()))
        status = send(number)
        return (time.monotonic() - due) * 1000, status

    with ThreadPoolExecutor(min(many, 200)) as pool:
        done = list(pool.map(one, range(many)))
    took = time.monotonic() - start
    statuses = Counter(status for _, status in done)
    return [ms for ms, _ in done], statuses, sum(statuses[good] for good in (200, 201, 303)) / took


def pages(place: Place, query: str) -> list[float]:
    """Milliseconds of a patient's page, one at a time, people in turn."""
    found = []
    for number in range(PAGES + WARM):
        began = time.monotonic()
        answer = ask(place.port, "GET", f"/b/{place.codes[number]}{query}")
        if answer.status != 200:
            raise RuntimeError(f"the page was answered with {answer.status}")
        found.append((time.monotonic() - began) * 1000)
    return found[WARM:]


def measure(url: str, rate: float, seconds: float, visits: int) -> None:
    """Print a line for each figure."""
    many = int(rate * seconds)
    phones = numbers(many, skip=AWAY)
    with running(url, many, visits) as place:
        print(f"{'PostgreSQL' if url else 'SQLite'}, load {os.getloadavg()[0]:.1f}", flush=True)
        for words, query in (("page", ""), ("page, three weeks later", "?later=2")):
            cpu = stage.cpu_seconds(place.pid)
            _line(words, pages(place, query), "")
            print(
                f"    CPU of the gateway {1000 * (stage.cpu_seconds(place.pid) - cpu) / (PAGES + WARM):.1f} ms each"
            )
        free = list(place.times)
        Random(3).shuffle(free)  # people want all kinds of times, not one hour all at once
        sends: dict[str, Callable[[int], int]] = {
            "known": lambda number: create(place, free[number], {"patientId": place.patients[number]}),
            "new": lambda number: create(
                place,
                free[many + number],
                {"firstName": "Pat", "lastName": f"Rate{number}", "phone": phones[number]},
            ),
            "link": lambda number: tap(place, free[2 * many + number], place.codes[number]),
        }
        for words, send in sends.items():
            cpu = stage.cpu_seconds(place.pid)
            found, statuses, made = at_rate(send, rate, seconds)
            each = 1000 * (stage.cpu_seconds(place.pid) - cpu) / many
            _line(words, found, f"; {made:.1f} a second, CPU {each:.1f} ms each, {dict(statuses)}")


def _line(words: str, found: Sequence[float], more: str) -> None:
    p50, p95 = (stage.percentile(found, share) for share in (0.5, 0.95))
    print(f"  {words}: p50 {p50:.0f} ms, p95 {p95:.0f} ms{more}", flush=True)


def main() -> None:
    """Print the figures of one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--visits", type=int, default=2500)
    parser.add_argument("--postgres", default="")
    options = parser.parse_args()
    measure(options.postgres, options.rate, options.seconds, options.visits)


if __name__ == "__main__":
    main()
