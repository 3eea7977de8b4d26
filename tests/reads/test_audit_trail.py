"""The audit trail as admins read it, and who saw one patient."""

from datetime import timedelta

import pytest

from console.audit_trail import view
from core.audit import store as audit
from core.audit.chain import JOB_RAN
from core.domain.errors import Denied
from core.flows.access.looking import Depth, Looks
from core.reads import audit_trail
from core.reads.audit_trail import Page, Wanted
from tests.conftest import TestApp
from tests.factories import submission
from tests.flows.staffing import new_lead, who


def ask(app: TestApp, **wanted: object) -> Page:
    with app.db.read() as session:
        return audit_trail.read(session, who(app, "admin"), Wanted(**wanted))  # type: ignore[arg-type]


def two_patients(app: TestApp) -> list[str]:
    """Both were opened by front desk, the second by the provider, too; their leads are A-1001 and A-1002."""
    looks, found = Looks(app), []
    for number in (1, 2):
        form = submission(
            external_id=f"n{number}", phone=f"+140755501{number:02d}", email=f"n{number}@example.com"
        )
        found.append(new_lead(app, form))
    desk, provider = who(app, "frontdesk").staff_id, who(app, "provider").staff_id
    looks.note(desk, found, Depth.OPENED, "203.0.113.9 lead", app.clock.now())
    looks.note(provider, found[1:], Depth.FOUND, "203.0.113.8 search", app.clock.now())
    looks.flush(now=app.clock.now())
    return found


def test_lines_are_found_by_person_patient_kind_and_time(app: TestApp) -> None:
    two_patients(app)
    with app.db.write() as session:
        audit.note(session, action="backed_up", actor="command:ana", now=app.clock.now())
    assert len(ask(app).lines) == 4
    assert len(ask(app, staff_id=who(app, "provider").staff_id).lines) == 1
    assert {line.lead for line in ask(app, lead="A-1002").lines} == {2}
    assert [line.action for line in ask(app, kind="acts").lines] == ["backed_up"]
    assert len(ask(app, kind="looks").lines) == 3
    assert ask(app, since=app.clock.now() + timedelta(seconds=1)).lines == ()
    assert ask(app, lead="nobody").lines == ask(app, lead="A-9999999999").lines == ()


def test_background_work_is_a_kind_of_its_own(app: TestApp) -> None:
    """Whoever looks for what people did does not page through what the scheduler counted."""
    with app.db.write() as session:
        audit.note(session, action="backed_up", actor="command:ana", now=app.clock.now())
        audit.note(session, action=JOB_RAN, subject="sweep", detail={"changed": 1200}, now=app.clock.now())
    assert [line.action for line in ask(app, kind="acts").lines] == ["backed_up"]
    (line,) = ask(app, kind="jobs").lines
    assert view.what(line) == "Clocks breached and snoozes ended: 1,200"


def test_earlier_lines_follow_without_a_gap(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_trail, "MOST", 2)
    for number in range(5):
        with app.db.write() as session:
            audit.note(session, action=f"act_{number}", now=app.clock.now())
    seen, page = [], ask(app)
    while True:
        seen += [line.action for line in page.lines]
        if not page.more:
            break
        page = ask(app, before=page.lines[-1].id)
    assert sorted(seen) == [f"act_{number}" for number in range(5)]


def test_who_saw_a_patient_is_for_managers_and_admins(app: TestApp) -> None:
    _, second = two_patients(app)
    with app.db.read() as session:
        found = audit_trail.viewers(session, who(app, "manager"), second)
        assert {(one.name, one.times) for one in found} == {
            ("Maya Torres", 1),
            (who(app, "provider").name, 1),
        }
        for username in ("frontdesk", "provider", "marketing"):
            with pytest.raises(Denied):
                audit_trail.viewers(session, who(app, username), second)
        with pytest.raises(Denied):
            audit_trail.read(session, who(app, "manager"), Wanted())


@pytest.mark.parametrize(
    ("action", "detail", "said"),
    [
        ("sign_in_failed", {"browser": "new"}, "Sign-in failed for Maya Torres"),
        (
            "sign_in_failed",
            {"browser": "known"},
            "Sign-in failed for Maya Torres, from a browser known to them",
        ),
        (
            "sign_in_slowed",
            {"by": "pair"},
            "Slowed down after failures: further tries for Maya Torres from there",
        ),
        ("guessing_slowed", {"by": "address"}, "Slowed down after failures: every further try from there"),
    ],
)
def test_a_failed_sign_in_is_a_stranger_s_at_a_colleague_s_name(
    app: TestApp, action: str, detail: dict[str, str], said: str
) -> None:
    """Finding 8: the trail says whose name was tried, and does not say that it was they who tried."""
    staff_id = who(app, "frontdesk").staff_id
    with app.db.write() as session:
        audit.note(
            session,
            action=action,
            actor="stranger",
            staff_id=staff_id,
            origin="198.51.100.7",
            detail=detail,
            now=app.clock.now(),
        )
    row = view.rows(ask(app))["lines"][0]
    assert (row["who"], row["what"]) == ("A stranger", said)
    assert row["alarm"] == (action == "guessing_slowed")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("password", "Signed in"),
        ("code", "Signed in, by password and code"),
        ("provider", "Signed in, by the identity provider"),
    ],
)
def test_a_sign_in_says_what_it_was_done_with(app: TestApp, how: str, said: str) -> None:
    staff_id = who(app, "admin").staff_id
    with app.db.write() as session:
        audit.note(session, action="signed_in", staff_id=staff_id, detail={"how": how}, now=app.clock.now())
    row = view.rows(ask(app))["lines"][0]
    assert (row["who"], row["what"]) == ("Chris Lindqvist", said)


def test_a_line_reads_as_words(app: TestApp) -> None:
    two_patients(app)
    with app.db.write() as session:
        audit.note(
            session, action="sign_in_locked", actor="stranger", origin="198.51.100.7", now=app.clock.now()
        )
        audit.note(session, action="backed_up", actor="command:ana", subject="copy.db", now=app.clock.now())
    rows = {(row["who"], row["what"]): row for row in view.rows(ask(app))["lines"]}
    assert ("Maya Torres", "Opened") in rows
    assert ("ana, command line", "Database backed up, copy.db") in rows
    assert rows["A stranger", "Name locked after failed sign-ins"]["alarm"]


def test_what_makes_no_sense_asks_for_nothing(app: TestApp) -> None:
    now = app.clock.now()
    assert view.wanted({"days": "x", "kind": "'; DROP", "lead": None}, now) == Wanted()
    assert view.wanted({"days": "7", "kind": "acts"}, now) == Wanted(
        kind="acts", since=now - timedelta(days=7)
    )
