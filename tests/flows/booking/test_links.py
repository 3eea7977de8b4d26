"""Who has only the address of a link learns nothing of the person."""

from datetime import timedelta

from core.booking import store_links
from core.flows.booking import links
from core.flows.booking.links import Door
from core.leads.tables import lead_events
from core.sequences.tables import enrollments
from tests.conftest import TestApp
from tests.flows.booking.booking import a_lead, add_provider, booked, free, wish
from tests.flows.staffing import do, kinds, rows

PHONE = "+14075550155"


def made(app: TestApp, about: str = "text-1") -> tuple[str, str]:
    lead_id = a_lead(app)
    return lead_id, do(app, links.make, app.reference, lead_id, about)


def look(app: TestApp, code: str, browser: str = "") -> Door:
    with app.db.read() as session:
        return links.look(session, code, browser, app.clock.now()).door


def test_looking_changes_nothing_until_a_person_opens_it(app: TestApp) -> None:
    lead_id, code = made(app)
    assert [look(app, code, one) for one in ("", "scanner", "phone")] == [Door.OPEN] * 3
    assert "link_opened" not in kinds(app, lead_id)
    assert do(app, links.opened, code, "phone").door is Door.OPEN
    assert [look(app, code, one) for one in ("", "scanner", "phone")] == [Door.ASK, Door.ASK, Door.OPEN]


def test_opening_counts_once(app: TestApp) -> None:
    lead_id, code = made(app)
    for _ in range(3):
        do(app, links.opened, code, "phone")
    assert (
        len(rows(app, lead_events, lead_events.c.lead_id == lead_id, lead_events.c.kind == "link_opened"))
        == 1
    )


def test_another_browser_says_four_digits_of_the_phone(app: TestApp) -> None:
    _, code = made(app)
    do(app, links.opened, code, "phone")
    assert do(app, links.prove, code, "laptop", "0000").door is Door.ASK
    assert do(app, links.prove, code, "laptop", PHONE[-4:]).door is Door.OPEN
    assert look(app, code, "laptop") is Door.OPEN


def test_guessing_locks_the_link_but_not_for_who_opened_it(app: TestApp) -> None:
    _, code = made(app)
    do(app, links.opened, code, "phone")
    for digits in ("0000", "1111", "2222", "", "abcd"):
        do(app, links.prove, code, "stranger", digits)
    assert do(app, links.prove, code, "stranger", PHONE[-4:]).door is Door.LOCKED
    assert look(app, code, "phone") is Door.OPEN


def test_a_link_runs_out(app: TestApp) -> None:
    _, code = made(app)
    app.clock.advance(app.reference.bookable.rules.link - timedelta(seconds=1))
    assert look(app, code) is Door.OPEN
    app.clock.advance(timedelta(seconds=1))
    assert look(app, code) is Door.RUN_OUT


def test_a_second_try_of_a_text_carries_the_same_link(app: TestApp) -> None:
    lead_id, code = made(app)
    assert do(app, links.make, app.reference, lead_id, "text-1") == code
    assert do(app, links.make, app.reference, lead_id, "text-2") != code


def test_a_made_up_code_is_unknown(app: TestApp) -> None:
    assert look(app, "x" * 10) is Door.UNKNOWN
    assert look(app, "") is Door.UNKNOWN
    assert look(app, "\ud800") is Door.UNKNOWN


def test_who_opens_the_page_and_books_nothing_is_followed_up_once(app: TestApp) -> None:
    lead_id, code = made(app)
    do(app, links.opened, code, "phone")
    do(app, links.opened, do(app, links.make, app.reference, lead_id, "text-2"), "phone")
    assert [row.sequence for row in rows(app, enrollments)].count("abandoned_link") == 1


def test_who_has_a_visit_ahead_has_abandoned_nothing(app: TestApp) -> None:
    add_provider(app, "tess", "Tess Holloway", ["skin"])
    lead_id, code = made(app)
    booked(app, lead_id, wish(app), free(app, wish(app))[0].starts_at)
    do(app, links.opened, code, "phone")
    assert "abandoned_link" not in [row.sequence for row in rows(app, enrollments)]


def test_of_many_who_guess_at_once_no_more_than_five_are_heard(app: TestApp) -> None:
    """Each try is counted before its digits are looked at."""
    _, code = made(app)
    do(app, links.opened, code, "phone")
    for number in range(5):
        do(app, links.prove, code, f"stranger-{number}", "0000")
    with app.db.write() as session:
        link = store_links.find(session, code)
        assert link
        assert store_links.count_try(session, link.id, links.MOST_WRONG_DIGITS) is None
