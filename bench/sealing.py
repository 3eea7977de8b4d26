"""Patients of an earlier version, sealed under keys of their own while forms come in and texts go out.

    python -m bench.sealing [--patients 100000] [--database ADDRESS]

Forms come twice a second, each from POST to the provider; first while the scheduler seals, then again when it is done.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Column, Dialect

from bench import stage as tools
from bench.form_to_provider import KEY, LATENCY_MS, Stage, latencies, post
from core.app import App
from core.db.encrypted import Secret
from core.db.types import keyring_of
from core.flows.upkeep.sealing_values import DONE
from core.operations import store as operations
from luxe.demo.load import Encoded, Encoder, Rows, Sheets, make_id, tidy, write

BATCH = 5000
BASELINE = 60
PACE = 0.5


def people(first: int, dice: Random, now: datetime) -> Rows:
    """A batch of patients, each with a form, a lead, a text and a line in the timeline."""
    rows: Rows = {
        name: [] for name in ("patients", "form_submissions", "leads", "lead_events", "sms_messages")
    }
    for number in range(first, first + BATCH):
        patient, form, lead = (make_id(now, dice) for _ in range(3))
        phone = f"+1{201 + number % 700}555{number % 10_000:04d}"
        rows["patients"].append(
            {
                "id": patient, "created_at": now, "updated_at": now, "first_name": f"Pat{number}",
                "last_name": "Before", "phone": phone,
                "email": f"pat{number}@example.com", "zone": "America/New_York", "location": "downtown",
                "status": "new", "source": "website", "acquired_at": now, "phone_place": 0,
            }
        )  # fmt: skip
        rows["form_submissions"].append(
            {
                "id": form, "connector": "generic", "external_id": f"before-{number}", "patient_id": patient,
                "form_type": "lead_capture", "form_data": {"first_name": f"Pat{number}", "phone": phone},
                "source": "website", "utm_params": {}, "submitted_at": now, "received_at": now,
            }
        )  # fmt: skip
        rows["leads"].append(
            {
                "number": number + 1, "id": lead, "patient_id": patient, "submission_id": form, "created_at": now,
                "updated_at": now, "state": "closed", "form_type": "lead_capture", "temperature": "warm", "priority": 3,
                "location": "downtown", "source": "website", "phone": phone, "last_event_at": now,
                "last_event_kind": "called", "last_event_by": "staff", "last_event_note": "Left a message",
            }
        )  # fmt: skip
        rows["lead_events"].append(
            {
                "id": make_id(now, dice), "lead_id": lead, "at": now, "kind": "called", "by_kind": "staff", "data": {},
                "note": "Left a message",
            }
        )  # fmt: skip
        rows["sms_messages"].append(
            {
                "id": make_id(now, dice), "patient_id": patient, "lead_id": lead, "direction": "outbound",
                "origin": "automatic", "message_body": f"Hi Pat{number}, it's Luxe.", "phone": phone,
                "phone_index": f"{number:032x}", "status": "delivered", "created_at": now,
            }
        )  # fmt: skip
    return rows


class Before(Sheets):
    """Rows as an earlier version stored them: encrypted under the keyring, bound to their column alone."""

    def encoder(self, column: Column[Any], dialect: Dialect) -> Encoder | None:
        kind: Any = column.type
        if not isinstance(kind, Secret):
            return super().encoder(column, dialect)
        keyring = keyring_of(dialect)
        return lambda value: keyring.encrypt(kind.encode(value), kind.label.encode())


def batches(app: App, patients: int) -> Iterator[Encoded]:
    dice, now, sheets = Random(1), app.clock.now(), Before(app.db.engine.dialect)
    for first in range(0, patients, BATCH):
        yield sheets.encode(people(first, dice, now))


def is_sealed(app: App) -> bool:
    with app.db.read() as session:
        return operations.reached(session, DONE) is not None


def forms_until(where: Stage, over: Callable[[], bool], first: int) -> list[float]:
    """One form each PACE seconds until it is over; milliseconds from each POST to the provider."""
    began: dict[int, float] = {}
    while not over():
        began[first + len(began)] = post(where.port, first + len(began))
        time.sleep(PACE)
    return latencies(began, where.provider)


@contextmanager
def running(database_url: str, patients: int) -> Iterator[Stage]:
    """A database of an earlier version's values, the gateway and the scheduler."""
    with ExitStack() as stack:
        folder = stack.enter_context(tools.home())
        provider = tools.free_port()
        env = tools.settings_env(folder, provider, LUXE_DATABASE_URL=database_url)
        env["LUXE_FORM_KEYS"] = json.dumps({"generic": {"key": KEY}})
        tools.luxe(env, "migrate")
        tools.luxe(env, "seed")
        _set_back(folder)
        app = tools.app_in(env)
        rows = write(app.db, batches(app, patients))
        tidy(app.db)
        print(f"{patients:,} patients in {rows:,} rows", flush=True)
        stack.enter_context(tools.clinic(env, LATENCY_MS, folder / "log"))
        yield Stage(app, int(env["LUXE_GATEWAY_PORT"]), provider, {}, {})


def _set_back(folder: Path) -> None:
    """A keyset as it was made before values were bound to their rows."""
    path = folder / "keyset.json"
    document = json.loads(path.read_text())
    del document["row_bound"]
    path.write_text(json.dumps(document))


def measure(database_url: str, patients: int) -> dict[str, float]:
    with running(database_url, patients) as where:
        began = time.monotonic()
        beside = forms_until(where, lambda: is_sealed(where.app), 0)
        seconds = time.monotonic() - began
        until = time.monotonic() + BASELINE
        alone = forms_until(where, lambda: time.monotonic() > until, len(beside))
    return {
        "seconds": seconds,
        "patients_a_second": patients / seconds,
        "beside_p50_ms": tools.percentile(beside, 0.5),
        "beside_p99_ms": tools.percentile(beside, 0.99),
        "after_p50_ms": tools.percentile(alone, 0.5),
        "after_p99_ms": tools.percentile(alone, 0.99),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    figures = measure(options.database, options.patients)
    print(
        "PostgreSQL" if options.database else "SQLite",
        {name: round(value, 1) for name, value in figures.items()},
    )


if __name__ == "__main__":
    main()
