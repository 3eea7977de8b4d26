"""Nothing of a thousand people lies in the clear; of ten who were erased nothing can be read from a backup.

    python -m bench.identity_scan [--people 1000] [--erased 10]

Forms come through the gateway, texts leave, some people answer. Then every file is searched, byte by byte, for each
person's made-up name, number and address: database, its logs of writes, backups, process logs, temporary files.
"""

import argparse
import http.client
import json
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from bench import stage
from core.app import App
from core.db.rotation import encrypted_tables
from core.flows.conversation import receive_text
from core.messaging.tables import timed_actions

KEY = "scan"
LATENCY_MS = 5
ANSWERED = 10  # every tenth person writes back
AREAS = (212, 213, 214, 215, 216, 217, 303, 305, 312, 313, 404, 407, 512, 602, 617, 702, 713, 718, 818, 917)


@dataclass(frozen=True)
class Person:
    """Made up so that no part of it can be in a file by chance."""

    number: int
    first: str
    last: str
    phone: str

    @property
    def email(self) -> str:
        return f"{self.last.lower()}@example.com"

    @property
    def signs(self) -> tuple[bytes, ...]:
        """What must not be found: names, the number as stored and as people write it, the address, the note."""
        area, middle, line = self.phone[2:5], self.phone[5:8], self.phone[8:]
        spelled = (self.first, self.last, self.phone, f"({area}) {middle}-{line}", f"{area}-{middle}-{line}")
        return tuple(word.encode() for word in (*spelled, self.email, self.note))

    @property
    def note(self) -> str:
        return f"note of {self.last}"


def made_up(count: int) -> list[Person]:
    """Each with a number of their own; codes of real areas, so that their texts are not held for a person."""
    return [Person(n, _word(), _word(), f"+1{AREAS[n // 100]}55501{n % 100:02d}") for n in range(count)]


def _word() -> str:
    return "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(12)).capitalize()


def form(person: Person) -> bytes:
    contact = {
        "first_name": person.first,
        "last_name": person.last,
        "phone": person.phone,
        "email": person.email,
    }
    return json.dumps(
        {
            "source": "website", "form_type": "consultation_request", "external_id": f"{person.last}-1",
            "contact": contact, "fields": {"treatment": "botox", "notes": person.note},
            "consent": {"sms_transactional": True, "text": "I agree to texts.", "version": "1"},
            "utm": {"utm_source": "google", "utm_content": person.email, "utm_term": person.phone},
        }
    ).encode()  # fmt: skip


def post(port: int, body: bytes) -> None:
    """Send one form, again where a second has had its hundred."""
    while (status := _posted(port, body)) == 429:
        time.sleep(0.1)
    if status != 201:
        raise RuntimeError(f"a form was answered with {status}")


def _posted(port: int, body: bytes) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", f"/webhooks/forms/generic/{KEY}", body, {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


@contextmanager
def clinic(folder: Path) -> Iterator[tuple[App, int, dict[str, str]]]:
    """Gateway, scheduler and a stand-in for the provider, all their files in one folder."""
    env = stage.settings_env(folder, stage.free_port(), TMPDIR=str(folder / "tmp"))
    (folder / "tmp").mkdir()
    env["LUXE_FORM_KEYS"] = json.dumps({"generic": {"key": KEY}})
    stage.luxe(env, "migrate")
    stage.luxe(env, "seed")
    with stage.clinic(env, LATENCY_MS, folder / "processes.log"):
        yield stage.app_in(env), int(env["LUXE_GATEWAY_PORT"]), env


def work(app: App, port: int, people: Sequence[Person]) -> None:
    """Every form comes, every confirmation leaves, some answer."""
    for person in people:
        post(port, form(person))
    a = timed_actions.c

    def all_left() -> bool:
        due = select(func.count()).where(a.state == "planned", a.due_at <= app.clock.now())
        with app.db.read() as session:
            return session.execute(due).scalar_one() == 0

    stage.wait_until("every text that is due", all_left, 300)
    for person in people[::ANSWERED]:
        params = {
            "MessageSid": f"SM{secrets.token_hex(8)}",
            "From": person.phone,
            "Body": f"This is {person.first}",
        }
        receive_text.receive(app, params, now=app.clock.now())


def found(folder: Path, people: Sequence[Person]) -> Counter[str]:
    """How many signs of people stand in each file, in the clear."""
    signs = {sign for person in people for sign in person.signs}
    hits: Counter[str] = Counter()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            hits[str(path.relative_to(folder))] += sum(sign in content for sign in signs)
    return +hits


def readable(app: App, people: Sequence[Person]) -> int:
    """How many of these people anything can be read of, with all keys at hand."""
    words: list[str] = []
    with app.db.read() as session:
        for table, names in encrypted_tables():
            for name in names:
                words += map(str, session.execute(select(table.c[name])).scalars())
    everything = "\n".join(words)
    return sum(any(sign.decode() in everything for sign in person.signs) for person in people)


def measure(count: int, erased: int) -> dict[str, object]:
    people = made_up(count)
    gone, stay = people[:erased], people[erased:]
    with tempfile.TemporaryDirectory(prefix="luxe-scan-") as place:
        folder = Path(place) / "home"
        folder.mkdir()
        with clinic(folder) as (app, port, env):
            work(app, port, people)
            before, after = folder / "before.luxe", folder / "after.luxe"
            stage.luxe(env, "backup", str(before))
            in_clear = found(folder, people)
            read_before = readable(app, people)
            began = time.monotonic()
            for person in gone:
                stage.luxe(env, "erase", f"A-{1001 + person.number}", "--reason", "measured", "--yes")
            seconds = (time.monotonic() - began) / max(1, len(gone))
            stage.luxe(env, "backup", str(after))
        left = {}
        for name, backup in (("before", before), ("after", after)):
            other = Path(place) / name
            other.mkdir()
            left[name] = restored(env, other, folder, backup, gone, stay)
    return {
        "people": count,
        "signs in the clear": dict(in_clear),
        "readable before": read_before,
        "of the erased, readable from the backup before / after": [left["before"][0], left["after"][0]],
        "of the others, readable": [left["before"][1], left["after"][1]],
        "seconds for an erasure": round(seconds, 2),
    }


def restored(
    env: dict[str, str], home: Path, old: Path, backup: Path, gone: Sequence[Person], stay: Sequence[Person]
) -> tuple[int, int]:
    """(erased, others) who can be read once a backup is put back elsewhere, with the keyset and the keys of today."""
    (home / "keyset.json").write_text((old / "keyset.json").read_text())
    mine = env | {"LUXE_HOME": str(home)}
    stage.luxe(mine, "restore", str(backup), "--force")
    app = stage.app_in(mine)
    counts = readable(app, gone), readable(app, stay)
    app.db.engine.dispose()
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--erased", type=int, default=10)
    options = parser.parse_args()
    for name, value in measure(options.people, options.erased).items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
