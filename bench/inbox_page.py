"""The inbox with 20,000 conversations: the page's own run, what is pushed first, each list, and the searches.

    python -m bench.inbox_page [--patients 20000] [--texts 100000] [--database URL]

The page is run by Streamlit's own test harness as the signed-in front desk, warm. `--texts` adds that many texts of
patients and staff, so that the search by words has 100,000 to look through; how long they and everybody's names take to
be read into memory, and how much of it, is told too. The worst day is measured last: every patient waits for an answer
at once. `--database` names an empty PostgreSQL database, which is filled.
"""

import argparse
import json
import os
import time
from datetime import timedelta
from random import Random

from sqlalchemy import func, select, update
from sqlalchemy import text as sql

from bench import stage
from bench.queue_page import milliseconds
from console import process
from console.inbox import view
from core.app import App
from core.db.sealing import sealed_rows
from core.domain.ids import new_id
from core.domain.roles import Actor, Role
from core.leads.tables import leads
from core.messaging.store.handed_over import _NEW_TEXTS
from core.messaging.tables import sms_messages
from core.reads import inbox, text_words
from core.reads.text_words import TextWords
from luxe.demo import words as made_up

LOOKER = Actor("bench", "Bench", Role.FRONT_DESK)
BATCH = 2000
M = sms_messages.c


def page_run(password: str) -> object:
    """A signed-in run of the page."""
    from streamlit.testing.v1 import AppTest

    test = AppTest.from_file(str(stage.ROOT / "console" / "main.py"), default_timeout=60).run()
    test.text_input[0].set_value("frontdesk")
    test.text_input[1].set_value(password)
    test.button[0].click().run()
    test.switch_page(str(stage.ROOT / "pages" / "inbox.py")).run()
    return test.run


def snapshot(app: App) -> str:
    """What the socket sends first."""
    with app.db.read() as session:
        return json.dumps(list(view.rows(app, session, "", app.clock.now())))


def one_list(app: App, name: str, people: bool = False) -> object:
    """One list as far as one sees without scrolling."""
    with app.db.read() as session:
        return [
            view.row(one)
            for one in inbox.page(session, LOOKER, name, inbox.PAGE, people=people, now=app.clock.now())
        ]


def names(app: App, text: str) -> object:
    with app.db.read() as session:
        return inbox.names(session, LOOKER, text, process.known_people())


def words(app: App, known: TextWords, text: str) -> int:
    with app.db.read() as session:
        return len(text_words.search(session, LOOKER, known, text, now=app.clock.now()).hits)


def add_texts(app: App, count: int) -> None:
    """Texts of patients and staff over the last eleven months, in conversations that are there."""
    dice, now = Random(1), app.clock.now()
    vocabulary = sorted({word for text in vars(made_up).values() for word in str(text).split()})[:4000]
    with app.db.read() as session:
        who = session.execute(select(leads.c.id, leads.c.patient_id).limit(20_000)).all()
    for start in range(0, count, BATCH):
        with app.db.write() as session:
            rows = []
            for _ in range(min(BATCH, count - start)):
                lead_id, patient_id = dice.choice(who)
                at = now - timedelta(days=dice.uniform(31, 330))
                rows.append(
                    dict.fromkeys(_NEW_TEXTS._columns)
                    | {
                        "id": new_id(at), "patient_id": patient_id, "lead_id": lead_id, "direction": "inbound",
                        "origin": dice.choice(("patient", "staff")), "segments": 1, "purpose": "", "media_count": 0,
                        "message_body": " ".join(dice.choices(vocabulary, k=14)), "phone": "+15125550100",
                        "phone_index": "bench", "status": "received", "status_rank": 10, "created_at": at,
                    }
                )  # fmt: skip
            _NEW_TEXTS.run(session, sealed_rows(session, sms_messages, rows))


def read_words(app: App) -> TextWords:
    """All texts into memory, as a process does after its start; how long and how much, printed."""
    known, before, slices = TextWords(), stage.rss_mb(os.getpid()), list[float]()
    whole = False
    while not whole:
        began = time.perf_counter()
        with app.db.read() as session:
            whole = known.read_on(session, now=app.clock.now())
        slices.append(time.perf_counter() - began)
    print(
        f"{len(known):,} texts read into memory: {sum(slices):.1f} s in {len(slices)} slices, "
        f"the longest {max(slices) * 1000:.0f} ms, {stage.rss_mb(os.getpid()) - before:.0f} MB"
    )
    return known


def read_people(app: App) -> None:
    """All names and numbers into memory, as a process does after its start; then a round that finds nothing new."""
    for what in ("read into memory", "looked at again"):
        before, slices, whole = stage.rss_mb(os.getpid()), list[float](), False
        while not whole:
            began = time.perf_counter()
            with app.db.read() as session:
                whole = process.known_people().read_on(session)
            slices.append(time.perf_counter() - began)
        print(
            f"{len(process.known_people()):,} people {what}: {sum(slices):.2f} s in {len(slices)} slices, "
            f"the longest {max(slices) * 1000:.0f} ms, {stage.rss_mb(os.getpid()) - before:.0f} MB"
        )


def everybody_waits(app: App) -> None:
    """The worst day."""
    with app.db.write() as session:
        written = {"thread_spoken_at": leads.c.created_at, "thread_waits_since": leads.c.created_at}
        session.execute(update(leads).values(thread_done_at=None, **written))
    if not app.db.is_sqlite:
        with app.db.write() as session:
            session.execute(sql("ANALYZE leads"))  # PostgreSQL does so by itself within a minute


def show(work: dict[str, object]) -> None:
    for name, one in work.items():
        middle, slowest = milliseconds(one)  # type: ignore[arg-type]
        print(f"{name}: median {middle:.1f} ms, slowest {slowest:.1f} ms", flush=True)


def lists(app: App) -> dict[str, object]:
    """Each list as far as one sees without scrolling, and what is pushed first."""
    names_ = ("all", "needs", "mine", "unassigned", "snoozed", "failed", "done")
    found: dict[str, object] = {f"list {name}": lambda name=name: one_list(app, name) for name in names_}
    return {"snapshot": lambda: snapshot(app)} | found


def searches(app: App, known: TextWords) -> dict[str, object]:
    return {
        "search a frequent word": lambda: words(app, known, "you"),
        "search a rare word": lambda: words(app, known, "thursday parking"),
        "search a word that nobody wrote": lambda: words(app, known, "xylophone"),
        "search by name": lambda: names(app, "maria"),
        "search by a name that nobody bears": lambda: names(app, "xylophone"),
        "search by number's end": lambda: names(app, "0155"),
    }


def measure(app: App, password: str, texts: int) -> None:
    process.use(app)
    with app.db.read() as session:
        threads = session.execute(select(func.count(M.patient_id.distinct()))).scalar_one()
    print(f"{threads:,} conversations")
    people = {"list all, human only": lambda: one_list(app, "all", people=True)}
    show({"page run": page_run(password), **lists(app), **people})
    add_texts(app, texts)
    read_people(app)
    show(searches(app, read_words(app)))
    everybody_waits(app)
    show({f"everybody waits: {name}": one for name, one in lists(app).items()})


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, default=20_000)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    with stage.home() as folder:
        more = {"LUXE_DATABASE_URL": options.database} if options.database else {}
        env = stage.settings_env(folder, stage.free_port(), **more)
        stage.history(env, options.patients)
        measure(stage.app_in(env), env["LUXE_DEMO_PASSWORD"], options.texts)


if __name__ == "__main__":
    main()
