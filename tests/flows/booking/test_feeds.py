"""A provider's calendar elsewhere: when they are busy there, nobody can book them here; what fails changes nothing."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from ical.calendar_stream import IcsCalendarStream
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from core.booking import store_feeds
from core.booking.store_feeds import Feed
from core.booking.tables import busy_times, calendar_addresses, calendar_feeds
from core.domain.errors import Denied, InvalidInput, LostRace, NotFound, SlotTaken
from core.domain.feeds import FeedTrouble, words_of
from core.domain.hours import Span
from core.domain.ports import Fetched, Frame
from core.flows.booking import feeds_in, feeds_out
from core.staff.tables import staff
from tests.conftest import TestApp
from tests.flows.booking.booking import DAY, a_lead, add_provider, booked, free, hold, wish
from tests.flows.staffing import do, who

HOUR, TICK = timedelta(hours=1), timedelta(minutes=10)
ADDRESS = "https://calendar.example.com/secret/basic.ics"
PUBLIC = "https://luxe.example.com"


@dataclass
class Calendars:
    """A calendar elsewhere, as the test has it."""

    content: bytes = b""
    etag: str = ""
    trouble: FeedTrouble | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def fetch(self, url: str, etag: str) -> Fetched:
        self.asked.append((url, etag))
        if self.trouble:
            raise self.trouble
        return Fetched(None if etag and etag == self.etag else self.content, self.etag)


def calendar(*starts: datetime, uid: str = "a@elsewhere") -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}{uid}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
        for n, start in enumerate(starts)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()


def connected(app: TestApp, elsewhere: Calendars, username: str = "tess") -> tuple[TestApp, str]:
    """Tess gives skin treatments and has a calendar elsewhere."""
    tess = add_provider(app, username, "Tess Holloway", ["skin"])
    seen = replace(app, calendars=elsewhere)
    do(seen, feeds_in.set_feed, who(app, username), tess, ADDRESS)
    return seen, tess


def poll(app: TestApp) -> int:
    return feeds_in.poll(app, now=app.clock.now())


def the_feed(app: TestApp, staff_id: str) -> Feed:
    with app.db.read() as session:
        found = store_feeds.of_staff(session, staff_id)
    assert found
    return found


def starts(app: TestApp) -> set[datetime]:
    return {slot.starts_at for slot in free(app, wish(app))}


def tomorrow(app: TestApp, hour: int = 15) -> datetime:
    return app.clock.now().replace(hour=hour, minute=0) + DAY


def test_when_a_provider_is_busy_elsewhere_nobody_can_book_them(app: TestApp) -> None:
    at = tomorrow(app)
    seen, _ = connected(app, Calendars(calendar(at)))
    assert at in starts(app)
    assert poll(seen) == 1
    assert at not in starts(app)
    with pytest.raises(SlotTaken):
        hold(app, a_lead(app), wish(app), at)


def test_what_the_calendar_says_now_takes_the_place_of_what_it_said(app: TestApp) -> None:
    elsewhere = Calendars(calendar(tomorrow(app)))
    seen, _ = connected(app, elsewhere)
    poll(seen)
    elsewhere.content = calendar(tomorrow(app, 17))
    app.clock.advance(TICK)
    assert poll(seen) == 1
    assert tomorrow(app) in starts(app)
    assert tomorrow(app, 17) not in starts(app)


def test_it_is_asked_every_ten_minutes_and_its_mark_spares_the_reading(app: TestApp) -> None:
    elsewhere = Calendars(calendar(tomorrow(app)), etag='"v1"')
    seen, tess = connected(app, elsewhere)
    poll(seen)
    assert poll(seen) == 0
    assert len(elsewhere.asked) == 1
    app.clock.advance(TICK)
    assert poll(seen) == 0
    assert elsewhere.asked == [(ADDRESS, ""), (ADDRESS, '"v1"')]
    assert the_feed(app, tess).seen_at == app.clock.now()


def test_the_same_words_are_read_anew_twice_a_day(app: TestApp) -> None:
    """A series goes on: tomorrow there is one day more to be worked out of the same words."""
    read: list[Frame] = []

    def reading(_content: bytes, frame: Frame) -> list[Span]:
        read.append(frame)
        return []

    elsewhere = Calendars(calendar(), etag='"v1"')
    seen, _ = connected(app, elsewhere)
    seen = replace(seen, busy_times=reading)
    for _ in range(3):
        poll(seen)
        app.clock.advance(7 * HOUR)
    assert len(read) == 2
    assert read[1].until - read[0].until == 14 * HOUR
    assert read[0].until >= app.clock.now() + timedelta(days=app.reference.bookable.rules.ahead)


@pytest.mark.parametrize("trouble", [FeedTrouble("too_slow"), FeedTrouble("refused", 404)])
def test_one_that_fails_keeps_what_was_known_and_says_since_when(app: TestApp, trouble: FeedTrouble) -> None:
    elsewhere = Calendars(calendar(tomorrow(app)))
    seen, tess = connected(app, elsewhere)
    poll(seen)
    elsewhere.trouble = trouble
    app.clock.advance(TICK)
    failed_at = app.clock.now()
    poll(seen)
    app.clock.advance(TICK)
    poll(seen)
    feed = the_feed(app, tess)
    assert (feed.trouble, feed.failing_since) == (trouble.told, failed_at)
    assert feed.seen_at == failed_at - TICK
    assert tomorrow(app) not in starts(app)
    with app.db.read() as session:
        assert store_feeds.failing(session, app.clock.now() - DAY) == []
        assert [one.id for one in store_feeds.failing(session, app.clock.now())] == [feed.id]
    elsewhere.trouble = None
    app.clock.advance(TICK)
    poll(seen)
    assert (the_feed(app, tess).trouble, the_feed(app, tess).failing_since) == ("", None)


def test_a_broken_calendar_changes_nothing(app: TestApp) -> None:
    elsewhere = Calendars(calendar(tomorrow(app)))
    seen, tess = connected(app, elsewhere)
    poll(seen)
    elsewhere.content = b"<html>Please sign in</html>"
    app.clock.advance(TICK)
    poll(seen)
    assert the_feed(app, tess).trouble == "no_calendar"
    assert tomorrow(app) not in starts(app)


def test_where_no_process_can_be_started_it_is_said(app: TestApp) -> None:
    def cannot(_content: bytes, _frame: Frame) -> list[Span]:
        raise OSError

    seen, tess = connected(app, Calendars(calendar()))
    poll(replace(seen, busy_times=cannot))
    assert the_feed(app, tess).trouble == "too_hard"


def test_a_fault_of_ours_over_one_calendar_stops_no_other_and_is_said(app: TestApp) -> None:
    """And the log names what happened, never the calendar's address, nor what stands in it."""
    seen, tess = connected(app, Calendars(calendar(tomorrow(app))))
    iris = add_provider(app, "iris", "Iris Novak", ["skin"])
    do(seen, feeds_in.set_feed, who(app, "iris"), iris, f"{ADDRESS}?iris")
    asked: list[bytes] = []

    def stumbles(content: bytes, frame: Frame) -> list[Span]:
        asked.append(content)
        if len(asked) == 1:
            raise OverflowError(ADDRESS)
        return app.busy_times(content, frame)

    with capture_logs() as entries:
        assert poll(replace(seen, busy_times=stumbles)) == 1
    assert sorted(the_feed(app, one).trouble for one in (tess, iris)) == ["", "stumbled"]
    assert "a fault of ours" in words_of("stumbled")
    logged = str(entries)
    assert "OverflowError" in logged
    assert ADDRESS not in logged


def test_a_calendar_of_nobody_knows_which_place_stops_no_other(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step of one may fail, also the one that asks where its provider works; it is not asked again at once."""
    seen, tess = connected(app, Calendars(calendar()))
    monkeypatch.setattr("core.flows.booking.feeds_in.treating.providers", lambda _session: 1 / 0)
    poll(seen)
    monkeypatch.undo()
    assert the_feed(app, tess).trouble == "stumbled"
    assert poll(seen) == 0


def test_our_own_visits_that_come_back_do_not_block_their_provider(app: TestApp) -> None:
    own = calendar(tomorrow(app), uid="v1@127.0.0.1")
    seen, _ = connected(app, Calendars(own))
    poll(seen)
    assert tomorrow(app) in starts(app)


def test_one_that_is_removed_while_it_is_read_leaves_nothing(app: TestApp) -> None:
    elsewhere = Calendars(calendar(tomorrow(app)))
    seen, tess = connected(app, elsewhere)

    def reading(_content: bytes, _frame: Frame) -> list[Span]:
        do(app, feeds_in.remove_feed, who(app, "tess"), tess)
        return [(tomorrow(app), tomorrow(app) + HOUR)]

    assert poll(replace(seen, busy_times=reading)) == 0
    assert rows(app) == (0, 0)


def rows(app: TestApp) -> tuple[int, int]:
    """Calendars and busy times."""
    with app.db.read() as session:
        return tuple(  # type: ignore[return-value]
            session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (calendar_feeds, busy_times)
        )


def test_another_calendar_forgets_what_the_first_one_said(app: TestApp) -> None:
    seen, tess = connected(app, Calendars(calendar(tomorrow(app))))
    poll(seen)
    do(app, feeds_in.set_feed, who(app, "tess"), tess, "https://other.example.com/x.ics")
    assert rows(app) == (1, 0)
    do(app, feeds_in.remove_feed, who(app, "tess"), tess)
    assert rows(app) == (0, 0)
    with pytest.raises(LostRace):
        do(app, feeds_in.remove_feed, who(app, "tess"), tess)


def test_the_calendar_of_who_left_is_asked_no_more(app: TestApp) -> None:
    elsewhere = Calendars(calendar())
    seen, tess = connected(app, elsewhere)
    with app.db.write() as session:
        session.execute(update(staff).where(staff.c.id == tess).values(active=False))
    poll(seen)
    assert elsewhere.asked == []


def test_two_schedulers_ask_once(app: TestApp) -> None:
    _, tess = connected(app, Calendars())
    now, before = app.clock.now(), app.clock.now() - feeds_in.EVERY
    feed_id = the_feed(app, tess).id
    with app.db.write() as session:
        assert store_feeds.claim(session, feed_id, before, now)
        assert store_feeds.claim(session, feed_id, before, now) is None


def test_a_provider_connects_their_own_and_a_manager_anybodys(app: TestApp) -> None:
    tess = add_provider(app, "tess", "Tess Holloway", ["skin"])
    add_provider(app, "zoe", "Zoe Park", ["skin"])
    do(app, feeds_in.set_feed, who(app, "manager"), tess, ADDRESS)
    with pytest.raises(Denied):
        do(app, feeds_in.set_feed, who(app, "zoe"), tess, ADDRESS)
    with pytest.raises(Denied):
        do(app, feeds_out.new_address, who(app, "frontdesk"), tess, PUBLIC)
    with pytest.raises(NotFound):
        do(app, feeds_in.set_feed, who(app, "manager"), who(app, "manager").staff_id, ADDRESS)


@pytest.mark.parametrize("address", ["", "http://calendar.example.com/x", "https://10.0.0.4/x", "nonsense"])
def test_an_address_that_is_none_is_refused_in_words(app: TestApp, address: str) -> None:
    tess = add_provider(app, "tess", "Tess Holloway", ["skin"])
    with pytest.raises(InvalidInput) as refused:
        do(app, feeds_in.set_feed, who(app, "tess"), tess, address)
    assert refused.value.errors[0].field == "address"
    assert "iCal" in refused.value.errors[0].message


def test_the_address_of_a_calendar_is_kept_like_a_password(app: TestApp) -> None:
    connected(app, Calendars())
    with app.db.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT url FROM calendar_feeds").scalar_one()
    assert "secret" not in str(raw)


def outgoing(app: TestApp, address: str) -> tuple[bytes, str] | None:
    secret = address.rpartition("/")[2].removesuffix(".ics")
    with app.db.read() as session:
        return feeds_out.calendar(session, app.reference, secret, PUBLIC, app.clock.now())


def test_a_providers_visits_are_read_at_a_secret_address_without_a_word_of_who_or_what(app: TestApp) -> None:
    tess = add_provider(app, "tess", "Tess Holloway", ["skin"])
    visit = booked(app, a_lead(app), wish(app), tomorrow(app))
    address = do(app, feeds_out.new_address, who(app, "tess"), tess, PUBLIC)
    assert isinstance(address, str)
    assert address.startswith(f"{PUBLIC}/feeds/")
    found = outgoing(app, address)
    assert found
    [one] = IcsCalendarStream.calendar_from_ics(found[0].decode()).events
    assert (one.uid, one.summary, one.dtstart) == (f"{visit.id}@luxe.example.com", "Visit", visit.starts_at)
    assert one.location
    assert one.location.endswith("Downtown")
    words = found[0].decode().lower()
    assert not any(word in words for word in ("omar", "facial", "hydra", "555", "example.com/", "b0@"))


def test_its_mark_changes_with_the_visits_alone(app: TestApp) -> None:
    tess = add_provider(app, "tess", "Tess Holloway", ["skin"])
    address = str(do(app, feeds_out.new_address, who(app, "tess"), tess, PUBLIC))
    before = outgoing(app, address)
    app.clock.advance(TICK)
    same = outgoing(app, address)
    booked(app, a_lead(app), wish(app), tomorrow(app))
    after = outgoing(app, address)
    assert before
    assert same
    assert after
    assert before[1] == same[1] != after[1]


def test_a_new_address_closes_the_old_one(app: TestApp) -> None:
    tess = add_provider(app, "tess", "Tess Holloway", ["skin"])
    first = str(do(app, feeds_out.new_address, who(app, "tess"), tess, PUBLIC))
    second = str(do(app, feeds_out.new_address, who(app, "manager"), tess, PUBLIC))
    assert outgoing(app, first) is None
    assert outgoing(app, second)
    with app.db.read() as session:
        kept = session.execute(select(calendar_addresses.c.secret_hash)).scalar_one()
    assert kept not in second
    do(app, feeds_out.take_address_away, who(app, "tess"), tess)
    assert outgoing(app, second) is None
