"""Whose names can a thief of the database tell, who has no keys but may fill in our public form?

He sends five forms whose names are made of words of his choice, each word in a set of forms of its own, and then takes
the database. Any value beside a patient that stands beside exactly that set of his own forms tells that the patient
has that word; ends of phone numbers are told in the same way, one for each form. He is given more than he would know:
which profiles are his, and every table and column there is.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, MetaData, Table, select

from bench import stage
from core.app import App
from core.domain.ids import is_id
from core.domain.names import words
from core.flows.intake.accept_submission import accept
from core.intake.submission import Submission
from core.patients.tables import patients

FORMS = 5
EVERY_SET = [frozenset(chosen) for size in (2, 3, 4) for chosen in combinations(range(FORMS), size)]
Claim = tuple[str, str]


@dataclass(frozen=True)
class Plan:
    """`by_set`: the word that stands in exactly these forms. `tails`: last four digits, one for each form."""

    by_set: Mapping[frozenset[int], str]
    tails: Sequence[str]

    def name(self, form: int) -> str:
        return " ".join(word.title() for chosen, word in self.by_set.items() if form in chosen)

    def meant(self, forms: frozenset[int]) -> str:
        """What a value that stands beside these forms must come from, or ''."""
        return self.tails[min(forms)] if len(forms) == 1 else self.by_set.get(forms, "")


def plan(chosen: Sequence[str], tails: Sequence[str]) -> Plan:
    """At most 25 words and five ends of numbers."""
    return Plan(dict(zip(EVERY_SET, chosen, strict=False)), tails)


def send(app: App, attack: Plan) -> list[str]:
    """Fill in the forms; the profiles that they made, in turn."""
    made: list[str] = []
    for number in range(FORMS):
        now = app.clock.now()
        sent = Submission(
            connector="hosted",
            source="website",
            form_type="lead_capture",
            external_id=f"attack-{number}",
            submitted_at=now,
            first_name=attack.name(number),
            last_name="",
            phone=f"+1407556{attack.tails[number]}",
        )
        with app.db.write() as session:
            done = accept(session, app.reference, app.settings, sent, raw_payload_id=None, now=now)
            found = session.execute(select(patients.c.id).order_by(patients.c.id.desc()).limit(1))
            made.append(str(found.scalar_one()))
        assert done.lead_id
    return made


def told(connection: Connection, attack: Plan, ours: Sequence[str]) -> set[Claim]:
    """(patient, word or digits) of everybody whom the bare database tells something about. Needs no key."""
    beside: dict[tuple[str, str, Any], set[str]] = defaultdict(set)
    tables = MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        for patient_id, column, value in _values(connection, table):
            beside[table.name, column, value].add(patient_id)
    by_word: dict[str, list[set[str]]] = defaultdict(list)
    for people in beside.values():
        forms = frozenset(number for number, id_ in enumerate(ours) if id_ in people)
        others = people - set(ours)
        if forms and others and (word := attack.meant(forms)):
            by_word[word].append(others)
    # A word and its beginning stand beside the same forms; fewer people have the whole of it.
    return {(id_, word) for word, found in by_word.items() for id_ in min(found, key=len)}


def _values(connection: Connection, table: Table) -> Iterator[tuple[str, str, Any]]:
    whose = "id" if table.name == "patients" else "patient_id"
    if whose not in table.c:
        return
    columns = [column for column in table.columns if column.name not in {"id", "patient_id"}]
    for row in connection.execute(select(table.c[whose], *columns)):
        for column, value in zip(columns, row[1:], strict=True):
            if row[0] and _may_tell(value):
                yield row[0], column.name, value


def _may_tell(value: Any) -> bool:
    """Not a word of ours ('website', 'call_only') and not the id of another row: he can read what these say."""
    if isinstance(value, str):
        return not (is_id(value) or value.replace("_", "").isalpha())
    return isinstance(value, bytes)


def truth(app: App, but: Iterable[str]) -> dict[str, tuple[set[str], str]]:
    """The words and the last digits of every patient, read with the keys."""
    columns = patients.c.id, patients.c.first_name, patients.c.last_name, patients.c.phone
    with app.db.read() as session:
        return {
            id_: (set(words(f"{first} {last}")), (phone or "")[-4:])
            for id_, first, last, phone in session.execute(select(*columns))
            if id_ not in set(but)
        }


def report(app: App, attack: Plan, ours: Sequence[str]) -> int:
    """Print what he knows; how many claims are right."""
    known = truth(app, ours)
    with app.db.engine.connect() as connection:
        claims = told(connection, attack, ours)
    right = 0
    for what, digits in (("words of names", False), ("ends of numbers", True)):
        chosen = set(attack.tails) if digits else set(attack.by_set.values())
        there = sum(tail in chosen if digits else bool(spelled & chosen) for spelled, tail in known.values())
        made = [(id_, word) for id_, word in claims if word in chosen]
        hits = [(id_, word) for id_, word in made if word in known[id_][0] | {known[id_][1]}]
        right += len(hits)
        print(
            f"{what}: of {len(known)} patients {there} have one of the {len(chosen)} chosen; told of"
            f" {len({id_ for id_, _ in made})}, {len(hits)} claims right, {len(made) - len(hits)} wrong"
        )
    return right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=460)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with stage.home() as folder:
        env = stage.settings_env(folder, 1)
        for command in (["migrate"], ["seed"], ["demo", "--patients", str(chosen.patients)]):
            stage.luxe(env, *command)
        app = stage.app_in(env)
        dice = random.Random(chosen.seed)
        known = truth(app, ())
        spelled = sorted({word for all_, _ in known.values() for word in all_ if len(word) > 2})
        tails = sorted({tail for _, tail in known.values() if tail})
        attack = plan(dice.sample(spelled, len(EVERY_SET)), dice.sample(tails, FORMS))
        right = report(app, attack, send(app, attack))
    raise SystemExit(1 if right else 0)


if __name__ == "__main__":
    main()
