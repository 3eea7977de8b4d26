"""Who is who among 10,000 made-up leads of families: is a stranger ever merged, and who is known again?

`python -m bench.strangers [--leads N] [--seed S]`: households in which people share phones and addresses send forms
through the real accept flow, on SQLite. The maker knows who sent each; afterwards profiles are compared with people.

A profile that holds forms of two people is a stranger merged: there must be none. Of the forms that somebody sent
again, we count which found that person's profile by themselves, and which stand on the review list beside it.
"""

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bench import stage
from core.app import App
from core.db.migrate import migrate
from core.flows.intake import finding_namesakes
from core.flows.intake.accept_submission import accept
from core.intake.submission import ConsentGiven, Submission
from core.intake.tables import form_submissions
from core.patients.tables import possible_duplicates
from core.reference import load_reference

WORDING = "I agree to receive texts about my request."
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
FORMS_A_MINUTE = 60
NAMES = load_reference(ZoneInfo("America/New_York")).given_names
FIRST = sorted(NAMES.known)
SHORT_OF = {full: short for short, fulls in NAMES.short.items() if len(fulls) == 1 for full in fulls}
STARTS = (
    "Hart",
    "Brook",
    "Ash",
    "Win",
    "Lang",
    "Black",
    "Cold",
    "Fair",
    "Green",
    "Hol",
    "King",
    "Mar",
    "Nor",
)
ENDS = ("ford", "ley", "ton", "well", "wood", "field", "by", "man", "stone", "ridge", "worth", "more")
COMMON = ("Smith", "Garcia", "Lopez", "Nguyen", "Kim", "Johnson", "Martinez", "Reyes", "Lee", "Brown")
LAST = (*(f"{start}{end}" for start in STARTS for end in ENDS), *COMMON)


@dataclass(frozen=True)
class Human:
    """Somebody, as they are at the moment. Forms are sent by a human; profiles should be theirs alone."""

    id: int
    first: str
    last: str
    born: date
    phone: str
    email: str


@dataclass
class Town:
    """Makes people with numbers and addresses that nobody had before, unless they are shared on purpose."""

    dice: random.Random
    serial: Iterator[int] = field(default_factory=lambda: count(1))
    humans: list[Human] = field(default_factory=list)

    def phone(self) -> str:
        n = next(self.serial)
        return f"+1{407 + n // 1_000_000}{200 + n // 10_000 % 800:03d}{n % 10_000:04d}"

    def human(
        self, first: str = "", last: str = "", born: date | None = None, phone: str = "", email: str = ""
    ) -> Human:
        dice = self.dice
        name = first or dice.choice(FIRST).capitalize()
        made = Human(
            id=len(self.humans),
            first=name,
            last=last or dice.choice(LAST),
            born=born or date(1945, 1, 1) + timedelta(days=dice.randrange(60 * 365)),
            phone=phone or self.phone(),
            email=email or f"{name.lower()}{next(self.serial)}@example.com",
        )
        self.humans.append(made)
        return made

    def other(self, than: str) -> str:
        return self.dice.choice([name for name in FIRST if name != than.lower()]).capitalize()


def families(town: Town) -> Iterator[tuple[str, list[Human]]]:
    """Households without end, by kind."""
    dice = town.dice
    while True:
        one = town.human()
        kind = dice.choice(("alone", "couple", "couple", "parent", "twins", "namesakes", "flat", "recycled"))
        phone = one.phone if dice.random() < 0.7 else ""
        email = one.email if dice.random() < 0.5 or not phone else ""
        if kind == "couple":
            last = one.last if dice.random() < 0.7 else ""
            yield kind, [one, town.human(town.other(one.first), last, phone=phone, email=email)]
        elif kind == "parent":
            born = one.born + timedelta(days=dice.randrange(18 * 365, 35 * 365))
            child = town.human(town.other(one.first), one.last, min(born, date(2008, 1, 1)), phone, email)
            yield kind, [one, child]
        elif kind == "twins":
            yield kind, [one, town.human(town.other(one.first), one.last, one.born, phone, email)]
        elif kind == "namesakes":
            father = town.human(one.first, one.last, one.born - timedelta(days=9_000), phone, email)
            yield kind, [one, father]
        elif kind == "flat":
            yield kind, [one, town.human(town.other(one.first), phone=one.phone)]
        elif kind == "recycled":
            yield kind, [one, town.human(phone=one.phone)]
        else:
            yield kind, [one]


def forms(town: Town, kind: str, household: list[Human]) -> Iterator[tuple[str, Human, Submission]]:
    """(what is odd about it, who sends it, the form) in the order in which they come."""
    dice = town.dice
    for human in household:
        for turn in range(dice.choice((1, 2, 2, 3))):
            odd = "first" if turn == 0 else dice.choice(ODD)
            yield odd, human, form(dice, kind, odd, human)
    dice.shuffle(household)


ODD = (
    "nothing",
    "nothing",
    "new_phone",
    "new_email",
    "nickname",
    "typo",
    "married",
    "swapped",
    "no_last",
    "case",
)


def form(dice: random.Random, kind: str, odd: str, human: Human) -> Submission:
    """A form as this person sends it, with what may be odd about it."""
    first, last, phone, email = human.first, human.last, human.phone, human.email
    n = dice.randrange(10**9)
    if odd == "new_phone":
        phone = f"+1561{200 + n % 800:03d}{n // 1000 % 10_000:04d}"
    elif odd == "new_email":
        email = f"{first.lower()}.{n}@example.com"
    elif odd == "nickname":
        first = SHORT_OF.get(first.lower(), first).capitalize()
    elif odd == "typo":
        first = _slip(dice, first)
    elif odd == "married":
        last = dice.choice(LAST)
    elif odd == "swapped":
        first, last = last, first
    elif odd == "no_last":
        last = ""
    elif odd == "case":
        first, last = first.upper(), f" {last.lower()}"
    # Father and son of one name can only be told apart by their birth dates: they give them.
    born = human.born if kind == "namesakes" or dice.random() < 0.25 else None
    return Submission(
        connector="generic",
        external_id=f"s-{n}-{human.id}",
        source="website",
        form_type="lead_capture",
        submitted_at=NOW,
        first_name=first,
        last_name=last,
        phone=phone,
        email=email if odd == "new_email" or dice.random() < 0.8 else "",
        birth_date=born,
        consents=(ConsentGiven("transactional", True, WORDING),),
    )


def _slip(dice: random.Random, name: str) -> str:
    at = dice.randrange(1, max(2, len(name) - 1))
    return dice.choice(
        (
            name[:at] + name[at + 1 :],
            name[:at] + dice.choice("aeiours") + name[at:],
            _changed_places(name, at),
        )
    )


def _changed_places(name: str, at: int) -> str:
    return name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]


Sent = tuple[str, str, Human, Submission]  # kind of household, what is odd, who, the form


@dataclass
class Tally:
    """`sender`: who sent each submission, what kind of household, and what was odd about it."""

    sender: dict[str, tuple[Human, str, str]] = field(default_factory=dict)


def fill(app: App, leads: int, seed: int) -> Tally:
    """Send forms until there are as many leads, in an order that mixes households."""
    town, tally = Town(random.Random(seed)), Tally()
    made: list[Sent] = []
    for kind, household in families(town):
        made += [(kind, odd, human, form_) for odd, human, form_ in forms(town, kind, household)]
        if len(made) >= leads:
            break
    for turn, (kind, odd, human, form_) in enumerate(_mixed(made, town.dice)):
        now = NOW + timedelta(seconds=turn)
        with app.db.write() as session:
            told = replace(form_, submitted_at=now)
            done = accept(session, app.reference, app.settings, told, raw_payload_id=None, now=now)
        tally.sender[done.submission_id] = (human, kind, odd)
        if turn % FORMS_A_MINUTE == 0:
            finding_namesakes.find(app, now=now)
    finding_namesakes.find(app, now=now)
    return tally


def _mixed(made: list[Sent], dice: random.Random) -> list[Sent]:
    """Not all of one household in a row, and yet each person's forms in their order."""
    turns: dict[int, list[int]] = defaultdict(list)
    for n, (_, _, human, _) in enumerate(made):
        turns[human.id].append(n + dice.randrange(400))
    later = {human: iter(sorted(keys)) for human, keys in turns.items()}
    return [
        sent
        for _, sent in sorted(((next(later[sent[2].id]), sent) for sent in made), key=lambda pair: pair[0])
    ]


def report(app: App, tally: Tally) -> int:
    """Print what became of it; how many profiles hold forms of more than one person."""
    f, d = form_submissions.c, possible_duplicates.c
    with app.db.read() as session:
        rows = [
            (row.id, row.patient_id) for row in session.execute(select(f.id, f.patient_id).order_by(f.id))
        ]
        pairs = {(row.patient_id, row.other_id) for row in session.execute(select(d.patient_id, d.other_id))}
    of_profile: dict[str, set[int]] = defaultdict(set)
    seen: dict[int, set[str]] = defaultdict(set)
    known, listed, again, wrong = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for submission_id, profile in rows:
        human, kind, odd = tally.sender[submission_id]
        if seen[human.id]:
            again[odd] += 1
            known[odd] += profile in seen[human.id]
            if profile not in seen[human.id]:
                listed[odd] += any((min(p, profile), max(p, profile)) in pairs for p in seen[human.id])
        if of_profile[profile] - {human.id}:
            wrong[f"{kind}, {odd}"] += 1
        of_profile[profile].add(human.id)
        seen[human.id].add(profile)
    mixed = sum(len(people) > 1 for people in of_profile.values())
    owners = {profile: next(iter(people)) for profile, people in of_profile.items()}
    true_pairs = sum(owners.get(one) == owners.get(other) for one, other in pairs)
    print(f"{len(rows)} forms of {len(seen)} people became {len(of_profile)} profiles")
    print(f"profiles with forms of two people (strangers merged): {mixed} {dict(wrong) or ''}")
    print(
        f"sent again {again.total()}: known by itself {share(known, again)}, on the review list {share(listed, again)}"
    )
    for odd in sorted(again):
        print(
            f"  {odd:10} {again[odd]:5}: known {known[odd] / again[odd]:.0%}, listed {listed[odd] / again[odd]:.0%}"
        )
    print(f"review list: {len(pairs)} pairs, {true_pairs} of them one person")
    return mixed


def share(part: Counter[str], whole: Counter[str]) -> str:
    return f"{part.total() / max(1, whole.total()):.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with stage.home() as folder:
        app = stage.app_in(stage.settings_env(folder, 1))
        migrate(app.db)
        began = time.monotonic()
        tally = fill(app, chosen.leads, chosen.seed)
        spent = time.monotonic() - began
        mixed = report(app, tally)
        print(f"{spent / chosen.leads * 1000:.1f} ms a form")
    raise SystemExit(1 if mixed else 0)


if __name__ == "__main__":
    main()
