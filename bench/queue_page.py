"""The lead queue's server time with 100,000 patients: the page's own run, its first snapshot, and a search.

The page is run by Streamlit's own test harness as the signed-in front desk, warm; the snapshot is what the live
socket sends on opening (read, decrypted, serialised); the search looks a name up over all leads.
"""

import argparse
import json
import time
from collections.abc import Callable
from statistics import median

from streamlit.testing.v1 import AppTest

from bench import stage
from console import process
from console.lead_queue import view
from core.app import App
from core.domain.roles import Actor, Role
from core.reads import lead_queue

REPEATS = 15
SEARCHER = Actor("bench", "Bench", Role.FRONT_DESK)


def milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """(median, slowest) of several runs after one that warms up."""
    work()
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken), max(taken)


def page_run(password: str) -> Callable[[], object]:
    """A signed-in run of the page."""
    test = AppTest.from_file(str(stage.ROOT / "console" / "main.py"), default_timeout=60).run()
    test.text_input[0].set_value("frontdesk")
    test.text_input[1].set_value(password)
    test.button[0].click().run()
    return test.run


def snapshot(app: App) -> str:
    """What the socket sends first."""
    with app.db.read() as session:
        return json.dumps(list(view.rows(app, session, "", app.clock.now())))


def search(app: App, text: str) -> object:
    """A look-up over all leads."""
    with app.db.read() as session:
        return lead_queue.search(session, SEARCHER, text, process.known_people()).rows


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    options = parser.parse_args()
    with stage.home() as folder:
        env = stage.settings_env(folder, stage.free_port())
        stage.history(env, options.patients)
        app = stage.app_in(env)
        process.use(app)
        work = {
            "page run": page_run(env["LUXE_DEMO_PASSWORD"]),
            "first snapshot": lambda: snapshot(app),
            "search by name": lambda: search(app, "maria"),
            "search by number's end": lambda: search(app, "0155"),
        }
        for name, one in work.items():
            middle, slowest = milliseconds(one)
            print(f"{name}: median {middle:.1f} ms, slowest {slowest:.1f} ms")


if __name__ == "__main__":
    main()
