"""Accounts as rows of a table, and the questions that are asked before something is done to one. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from console.live import millis
from core.domain.roles import ROLE_NAMES, Role
from core.reads.staff_access import AccountLine

MANY_FAILURES = 10


@dataclass(frozen=True)
class Question:
    """`title` and `verb` name the person; `means` says what follows."""

    title: str
    means: str
    verb: str


QUESTIONS = {
    "end_sessions": Question(
        "Sign {name} out everywhere?",
        "Every browser of theirs asks for the password again. What they have typed and not saved is lost.",
        "Sign {first} out everywhere",
    ),
    "reset_password": Question(
        "Give {name} a new password?",
        "You see it once and tell it to them. They are signed out everywhere and choose their own at the next sign-in. "
        "Make sure that it is really they who ask.",
        "Reset the password",
    ),
    "clear_delays": Question(
        "Let {name} sign in at once?",
        "Failures counted at their name are forgotten. An address that guesses at many names goes on waiting.",
        "Clear the wait",
    ),
    "reset_second_factor": Question(
        "Remove {name}'s second factor?",
        "For a phone that is lost and no recovery code left. Until they set up a new one their password alone opens "
        "the account. Make sure that it is really they who ask, best face to face.",
        "Remove it",
    ),
    "disable": Question(
        "Close {name}'s account?",
        "They are signed out everywhere at once and can't sign in any more. Their open leads go to "
        "who takes leads now, by the rules, and these are told.",
        "Close the account",
    ),
    "enable": Question(
        "Open {name}'s account again?",
        "They can sign in with the password that they had. Leads are assigned to them again only once you say so.",
        "Open the account",
    ),
}


def question(code: str, name: str) -> Question:
    """The question about a person. Raises KeyError for one that is not asked here."""
    found = QUESTIONS[code]
    first = name.split()[0]
    texts = (text.format(name=name, first=first) for text in (found.title, found.means, found.verb))
    return Question(*texts)


def rows(lines: Iterable[AccountLine], me: str, needed: frozenset[Role]) -> list[dict[str, Any]]:
    """`me` has no menu; `needed`: roles that can't work without a second factor."""
    return [row(line, me, needed) for line in lines]


def row(line: AccountLine, me: str, needed: frozenset[Role]) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": line.name,
        "username": line.username,
        "role": ROLE_NAMES[Role(line.role)],
        "me": line.id == me,
        "active": line.active,
        "state": state(line),
        "factor": factor(line, Role(line.role) in needed),
        "lacks": Role(line.role) in needed and not line.has_factor and line.active,
        "has_factor": line.has_factor,
        "last": millis(line.last_sign_in),
        "sessions": line.open_sessions,
        "failures": line.failures,
        "many": line.failures >= MANY_FAILURES,
        "counted": line.counted,
    }


def state(line: AccountLine) -> str:
    """'' for an account like any other."""
    if not line.active:
        return "Closed"
    return "First password" if line.must_change_password else ""


def factor(line: AccountLine, needed: bool) -> str:
    if line.has_factor:
        return f"On, {line.codes_left} recovery codes" if line.codes_left else "On, no recovery code"
    return "Missing, role needs it" if needed else "Off"
