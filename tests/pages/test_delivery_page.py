"""Delivery: who may open it, its rows and figures in words, and the banner that every page carries."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from console.delivery import standing, view
from console.parts import resend_words as resend
from console.parts import sending
from console.parts.figures import Band
from console.parts.resend_drawer import LEFT
from console.parts.sending_drawer import ASKED, PAUSE
from console.resend import view as resend_page
from core.domain.ports import BOUNCED, Outcome, SendResult
from core.flows.sending import pausing
from core.flows.sending.preview_resend import Preview
from core.messaging.tables import timed_actions
from core.operations import store_stops
from core.operations.store import PAUSED
from core.reads.delivery import Ahead, Failures, OfTemplate, Outcomes, Recent
from core.reads.delivery_standing import Standing
from core.reads.parts.sending_state import StopShown, Waiting
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.factories import actor
from tests.flows.emailing import OMAR, clinic, plan, send_all
from tests.flows.intake.test_unread_form import keep
from tests.flows.sending.test_resend import undelivered, unknown
from tests.pages.conftest import Visit, words
from tests.pages.test_operations_pages import rows_of

ZONE = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
EVERYBODY = ("frontdesk", "manager", "marketing", "admin", "provider")
FILTERED = {"filtered": 3, "of_last": 50}


def pause(app: TestApp, reason: str = "Wrong wording in use") -> None:
    with app.db.write() as session:
        pausing.pause(session, actor(session, "manager"), reason, now=app.clock.now())


@pytest.mark.parametrize("username", EVERYBODY)
def test_it_opens_for_managers_and_admins(visit: Visit, username: str) -> None:
    """With nothing sent yet it says what will appear."""
    shown = visit(username, "delivery.py")
    assert not shown.exception
    assert ("is not open to your role" in words(shown)) == (username not in ("manager", "admin"))
    assert ("No text in this time" in words(shown)) == (username in ("manager", "admin"))


def test_the_figures_and_the_reasons_stand_on_it(visit: Visit, console: TestApp) -> None:
    """A failed text is counted and told in words, for managers who can't resend it too."""
    undelivered(console, code=30007)
    shown = visit("manager", "delivery.py")
    assert not shown.exception
    assert "Why 1 failed" in words(shown)
    assert "Carrier filtered this wording<small>30007</small>" in words(shown)
    assert "counted against the wording" in words(shown)


def test_the_parts_around_the_sender_stand_on_it(visit: Visit, console: TestApp) -> None:
    """Who was heard from, how fast a form is answered, what could not be read: with nothing yet, that is said."""
    empty = words(visit("manager", "delivery.py"))
    assert "No form was answered by a text yet." in empty
    assert "Every form was read." in empty
    assert "Nothing is held back." in empty
    undelivered(console)
    keep(console)
    page = words(visit("manager", "delivery.py"))
    assert "half are faster" in page
    assert "Could not be read: 1" in page
    assert "Website form, " in page
    assert "This is not a complete phone number." in page
    assert "Omar" not in page


def test_an_owner_whom_no_alert_reaches_stands_on_it(visit: Visit, console: TestApp) -> None:
    """With the command that mends it; where everybody is reached nothing is said."""
    assert "no alert reaches them" not in words(visit("manager", "delivery.py"))
    with console.db.write() as session:
        session.execute(update(staff).where(staff.c.username == "frontdesk").values(phone=None))
    page = words(visit("manager", "delivery.py"))
    assert "Maya Torres takes leads and no alert reaches them" in page
    assert "luxe staff set-phone frontdesk" in page


def test_every_role_follows_what_stops_sending(console: TestApp) -> None:
    """Also those who see no patients: whoever relies on texts must know why, since when and by whom."""
    assert sending.TOPIC.permission is None
    assert rows_of(console, sending.TOPIC) == []
    pause(console)
    row = rows_of(console, sending.TOPIC)[0]
    assert (row["id"], row["all"], row["title"]) == (PAUSED, True, "All sending is paused.")
    assert (row["by"], row["reason"], row["here"]) == ("Elena Ruiz", "Wrong wording in use", True)


def test_a_stopped_template_has_its_plain_name_and_stops_only_itself(console: TestApp) -> None:
    """It stands on the delivery page, not above every page."""
    with console.db.write() as session:
        store_stops.stop(session, "template:lead_pick_a_time", FILTERED, by=None, now=console.clock.now())
    row = rows_of(console, sending.TOPIC)[0]
    assert (row["all"], row["title"]) == (False, 'Texts "Pick a time" are stopped.')
    assert "30007" in row["why"]


def test_all_texts_are_paused_from_a_dialog_that_wants_a_reason(visit: Visit, console: TestApp) -> None:
    """Opened on any page. A blank reason changes nothing; with one, everybody's banner says it."""
    shown = visit("manager")
    for reason, stopped in (("", []), ("Wrong wording", ["Wrong wording"])):
        shown.session_state[ASKED] = PAUSE
        shown.run()
        assert "Nothing leaves until somebody resumes" in words(shown)
        shown.text_input[0].set_value(reason)
        shown.session_state[ASKED] = PAUSE
        next(button for button in shown.button if button.label == "Pause all texts").click().run()
        assert [row["reason"] for row in rows_of(console, sending.TOPIC)] == stopped


def test_resuming_lets_texts_go_and_a_second_click_finds_it_done(visit: Visit, console: TestApp) -> None:
    """Whoever opens the dialog late reads that nothing is left to do."""
    pause(console)
    shown = visit("admin")
    shown.session_state[ASKED] = PAUSED
    shown.run()
    assert "Elena Ruiz wrote" in words(shown)
    shown.text_input[0].set_value("Wording is right again")
    shown.session_state[ASKED] = PAUSED
    next(button for button in shown.button if button.label == "Resume").click().run()
    assert rows_of(console, sending.TOPIC) == []
    shown.session_state[ASKED] = PAUSED
    shown.run()
    assert "Somebody has resumed it already" in words(shown)


def test_the_strip_is_one_row_that_only_changes_when_something_happens(console: TestApp) -> None:
    """How long something waits is counted in the browser."""
    unknown(console)
    row = rows_of(console, view.TOPIC)[0]
    assert (row["doubtful"], row["due"]) == (1, 0)
    assert row["lag"] == [5000, 60_000]
    console.clock.advance(timedelta(seconds=1))
    assert rows_of(console, view.TOPIC)[0] == row


def recent(**changes: object) -> Recent:
    start = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    usual = {
        "start": start,
        "step": HOUR,
        "total": Outcomes(30, 25, 2),
        "steps": {0: Outcomes(12, 10, 2), 13: Outcomes(18, 15, 0)},
        "failures": (),
        "templates": (),
    }
    return Recent(**(usual | changes))  # type: ignore[arg-type]


def test_bars_are_named_in_the_clinics_time(console: TestApp) -> None:
    """Steps without a text are there, and only some carry a name below them."""
    bars = view.bars(recent(), 24, ZONE)
    assert len(bars) == 24
    assert (bars[0].name, bars[0].texts, bars[0].failed) == ("Sun 10 PM to 11 PM", 12, 2)
    assert (bars[1].texts, bars[13].texts) == (0, 18)
    assert [bar.tick for bar in bars if bar.tick] == [
        "12 AM", "3 AM", "6 AM", "9 AM", "12 PM", "3 PM", "6 PM", "9 PM",
    ]  # fmt: skip


@pytest.mark.parametrize(("span", "steps"), [("hour", 60), ("day", 24), ("week", 28), ("odd", 24)])
def test_each_stretch_ends_now(span: str, steps: int) -> None:
    """The present moment lies in its last step."""
    now = datetime(2026, 11, 23, 15, 41, 7, tzinfo=UTC)
    start, step, count = view.stretch(span, ZONE, now)
    assert count == steps
    assert start < now <= start + step * count
    if span != "week":
        assert (now - start) // step == steps - 1


def test_shares_speak_of_what_was_handed_over() -> None:
    """Few are counted, many are per cent, one of thousands is not 'none'."""
    found = view.figures(Outcomes(2000, 1990, 3), 24)
    assert [figure.value for figure in found] == ["2,000", "1,990", "7", "3"]
    assert found[0].about == "83 an hour on average"
    assert (found[1].about, found[3].about) == ("100% of them", "0.1% of them")
    assert view.figures(Outcomes(7, 7, 0), 1)[1].about == "of 7"
    assert view.figures(Outcomes(), 1)[0].about == "no text"


def test_tables_have_a_row_for_each_code_and_each_template() -> None:
    """A code that is not known, or none, has words too; shares wait for 20 texts."""
    at = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    found = [Failures(30003, 3, 2, at, 2), Failures(0, 1, 1, at, 1)]
    by_code = [[cell.words for cell in row] for row in view.failure_rows(found, [], ZONE)]
    assert by_code == [
        ["Phone off or out of reach", "3", "Mon 10:00 AM", "tried 2 times", "Resend"],
        ["Not delivered", "1", "Mon 10:00 AM", "shown at the lead", "Resend"],
    ]
    assert [row[0].below for row in view.failure_rows(found, [], ZONE)] == ["30003, 2 wordings", ""]
    by_name = view.template_rows(
        [OfTemplate("lead_question", Outcomes(20, 15, 1), 1), OfTemplate("", Outcomes(2, 2, 0), 0)]
    )
    assert [[cell.words for cell in row] for row in by_name] == [
        ["Call or text", "20", "75%", "1", "1"],
        ["Written by hand", "2", "2 of 2", "none", "none"],
    ]


def test_reasons_and_templates_are_narrowed_to_what_is_looked_for() -> None:
    """Two codes with one reason are one choice; nothing chosen narrows nothing."""
    at = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    found = [Failures(code, 1, 1, at, 1) for code in (30003, 0, 99999)]
    assert view.reasons(found) == ["Phone off or out of reach", "Not delivered"]
    assert [one.code for one in view.because(found, ["Not delivered"])] == [0, 99999]
    assert len(view.because(found, [])) == 3
    of_templates = [OfTemplate(template, Outcomes(), 0) for template in ("lead_question", "")]
    assert [one.template for one in view.named(of_templates, "hand")] == [""]
    assert len(view.named(of_templates, "")) == 2


@pytest.mark.parametrize(
    ("code", "stopped", "did"),
    [
        (21610, [], "opt-out kept, call only"),
        (30006, [], "texts stopped, call only"),
        (30007, [], "counted against the wording"),
        (30007, ["lead_offer"], "wording stopped"),
    ],
)
def test_a_failure_says_what_the_system_did_by_itself(code: int, stopped: list[str], did: str) -> None:
    """Whoever reads it knows what is left to do by hand."""
    one = Failures(code, 1, 1, datetime(2026, 11, 23, tzinfo=UTC), 1)
    assert view.did_words(one, stopped) == did


def test_the_plan_shows_the_hours_without_automatic_texts(console: TestApp) -> None:
    """From 10:00 in New York the band is 9 PM to 8 AM, places 11 to 21; at 22:00 the night is under way."""
    week = console.reference.texting_hours.for_patient(ZONE, "", marketing=False)
    morning = Ahead(datetime(2026, 11, 23, 15, 0, tzinfo=UTC), {}, (), more=False)
    evening = Ahead(datetime(2026, 11, 24, 3, 0, tzinfo=UTC), {}, (), more=False)
    assert view.quiet(morning, week) == [Band(11, 21, "no automatic texts from 9 PM to 8 AM")]
    assert view.quiet(evening, week) == [
        Band(0, 9, "no automatic texts until 8 AM"),
        Band(23, 24, "no automatic texts after 9 PM"),
    ]


def around(**changes: object) -> Standing:
    usual: dict[str, object] = {
        "forms": {"typeform": datetime(2026, 11, 23, 14, 14, tzinfo=UTC)},
        "status_at": datetime(2026, 11, 20, 14, 0, tzinfo=UTC),
        "inbound_at": None,
        "speed": None,
        "answer_seconds": 0.24,
        "unread": 0,
        "newest_unread": (),
        "database_bytes": 41_300_000,
    }
    return Standing(**(usual | changes))  # type: ignore[arg-type]


def test_who_was_heard_from_and_who_was_not() -> None:
    """A sender that went silent, or never wrote, stands in the list; a new one joins it."""
    now = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    lines = dict(standing.heard(around(forms={"tally": now, "jotform": now - timedelta(days=9)}), ZONE, now))
    assert lines == {
        "Twilio, on a text of ours": "Fri 9:00 AM",
        "Twilio, with a patient's text": "not in 30 days",
        "Our own form": "not in 30 days",
        "Typeform": "not in 30 days",
        "Jotform": "Nov 14",
        "Website form": "not in 30 days",
        "Tally": "10:00 AM",
    }


def test_the_strip_says_where_the_data_lie_and_whether_there_is_room() -> None:
    """Less than a tenth of the disk is worth a look; another machine's disk is not ours to judge."""
    ours = standing.strip(around(), simulated=True, embedded=True, free=0.05)
    theirs = standing.strip(around(), simulated=False, embedded=False, free=None)
    assert ours["database"] == ["soon", "SQLite, 41 MB", "free space 5%"]
    assert theirs["database"] == ["good", "PostgreSQL, 41 MB", ""]
    assert (ours["provider"], theirs["answer"]) == ("Simulator", "answers in 0.2 s at the median")


def stop(name: str = PAUSED, **changes: str) -> StopShown:
    usual = {
        "template": "",
        "title": "All sending is paused.",
        "why": "A person paused it.",
        "what_to_do": "",
        "by": "Elena Ruiz",
        "reason": "Wrong wording",
    }
    return StopShown(name=name, since=datetime(2026, 11, 23, tzinfo=UTC), **(usual | changes))


def test_before_resuming_one_reads_what_leaves_at_once() -> None:
    """And that another stop still holds everything."""
    waits = Waiting(None, overdue_to_send=9, overdue_to_drop=1, in_doubt=0)
    first, due, rest = sending.before_resuming(stop(), waits, [stop("error_rate", title="Too many failed.")])
    assert first == '**All sending is paused.** Elena Ruiz wrote: "Wrong wording".'
    assert due.startswith(
        "10 texts are due: 9 leave as soon as the sender may, 1 came too late to help and is dropped."
    )
    assert "Too many failed." in rest
    none = Waiting(None, 0, 0, 0)
    assert sending.due_words(none) == "Nothing is due at this moment: nothing leaves at once."


def test_several_unknown_texts_are_dropped_at_once_after_a_look(visit: Visit, console: TestApp) -> None:
    """The drawer shows the words that will not be sent, and wants a reason."""
    action_id = unknown(console)
    shown = visit("admin", "delivery.py")
    shown.session_state[LEFT] = [action_id]
    shown.run()
    assert "will not be sent" in words(shown)
    assert "Omar Reyes" in words(shown)
    shown.text_area[0].set_value("She called")
    shown.session_state[LEFT] = [action_id]  # the harness runs the whole page, a browser only the drawer
    next(button for button in shown.button if button.label == "Drop 1 text").click().run()
    with console.db.read() as session:
        state = session.execute(timed_actions.select().where(timed_actions.c.id == action_id)).one().state
    assert state == "dropped"


def as_it_would_go(verdict: str) -> Preview:
    return Preview("a-1", "(407) 555-0155", "Words", 1, verdict, "due")


def test_the_drawer_says_how_many_go_now_later_or_not_at_all() -> None:
    """What does not happen is left out."""
    shown = [as_it_would_go(verdict) for verdict in ("goes", "held", "goes", "dropped")]
    assert resend.count_words(shown) == "2 now, 1 later, 1 not at all"
    assert resend.count_words(shown[:1]) == "1 now"


def test_what_somebody_else_settled_meanwhile_is_told() -> None:
    """Two admins look at the same list."""
    assert resend.dropped_words(3, 3) == "3 texts will not be sent"
    assert resend.dropped_words(1, 2) == "1 text will not be sent. 1 text had been settled meanwhile"


def test_an_email_that_came_back_stands_beside_the_texts_with_what_to_do(console: TestApp) -> None:
    """By its address; what to do leads to the lead, where a person asks for the right one."""
    console.email.answer = lambda _email: SendResult(
        Outcome.REFUSED, status=BOUNCED, code=550, detail="5.1.1"
    )
    plan(console, clinic(console))
    send_all(console)
    [row] = rows_of(console, resend_page.TOPIC, "week")
    assert (row["email"], row["phone"], row["state"]) == (True, OMAR, "failed")
    assert (row["why"], row["remedy"]) == ("The address takes no email", "Ask for the right address")
    assert (row["resend"], row["at_lead"]) == (False, True)


def test_the_delivery_page_counts_emails(visit: Visit, console: TestApp) -> None:
    plan(console, clinic(console))
    send_all(console)
    shown = words(visit("manager", "delivery.py"))
    assert "Emails" in shown
    assert "handed to a mail server" in shown


def test_some_texts_and_emails_together_are_messages() -> None:
    assert [resend.texts_words(2, resend.noun(found)) for found in (["text"], ["email"], ["text", "email"])] == [
        "2 texts", "2 emails", "2 messages",
    ]  # fmt: skip
