"""Pictures and files of patients' texts: kept once, drawn anew, deleted at the provider afterwards, or said why not."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from core.adapters.fakes import PICTURE
from core.domain.ports import FileRefused, ProviderUnavailable, Redrawn
from core.flows.conversation import receive_text, received_files
from core.messaging.received_files import words
from core.messaging.store import pictures
from core.messaging.tables import text_media
from core.reads import lead_thread
from tests.conftest import TestApp
from tests.flows.staffing import new_lead, one, rows, who

PATIENT = "+14075550155"
URL = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MMin1/Media/ME{}"
HOUR = timedelta(hours=1)


def sends(app: TestApp, *files: tuple[str, bytes | Exception], sid: str = "MMin1") -> None:
    """A patient's text with files arrives; the provider hands out each as it is here."""
    params = {"MessageSid": sid, "From": PATIENT, "Body": "", "NumMedia": str(len(files))}
    for place, (announced, content) in enumerate(files):
        url = URL.format(place)
        app.sms.media[url] = content if isinstance(content, Exception) else (announced, content)
        params |= {f"MediaUrl{place}": url, f"MediaContentType{place}": announced}
    receive_text.receive(app, params, now=app.clock.now())


def sweep(app: TestApp, after: timedelta = timedelta()) -> int:
    return received_files.sweep(app, now=app.clock.advance(after))


def said(app: TestApp, lead_id: str) -> list[str]:
    """What the conversation says of each file, '' for one that it shows."""
    with app.db.read() as session:
        found = lead_thread.read(session, who(app, "frontdesk"), lead_id)
    return [words(one.content_type, one.refused, ready=one.ready) for one in found.texts[-1].pictures]


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 120, 110)).save(out, "JPEG")
    return out.getvalue()


def test_a_picture_is_kept_then_deleted_at_the_provider(app: TestApp) -> None:
    lead_id = new_lead(app)
    sends(app, ("image/jpeg", photo() + b"<script>"))
    assert said(app, lead_id) == ["Picture on its way"]
    assert sweep(app) == 1
    row = one(app, text_media)
    assert said(app, lead_id) == [""]
    assert (row.content_type, row.removed_at, row.next_try_at) == ("image/jpeg", app.clock.now(), None)
    assert b"script" not in row.content
    assert app.sms.deleted == [URL.format(0)]
    assert sweep(app, HOUR) == 0
    assert len(app.sms.deleted) == 1


def test_nothing_is_deleted_before_it_is_kept(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies between the fetch and the commit: the provider still has it, and the next try keeps it."""

    def dies(*_: object) -> bool:
        raise SystemExit

    new_lead(app)
    sends(app, ("image/jpeg", photo()))
    with monkeypatch.context() as patched:
        patched.setattr(pictures, "keep_media", dies)
        with pytest.raises(SystemExit):
            sweep(app)
    assert app.sms.deleted == []
    assert sweep(app, HOUR) == 1
    assert len(app.sms.deleted) == 1


def test_a_deletion_that_fails_is_asked_for_until_it_is_done(
    app: TestApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_url: str) -> None:
        raise ProviderUnavailable("HTTP 503")

    new_lead(app)
    sends(app, ("image/jpeg", photo()))
    with monkeypatch.context() as patched:
        patched.setattr(app.sms, "delete_media", away)
        for _ in range(100):
            sweep(app, HOUR)
    assert one(app, text_media).removed_at is None
    sweep(app, HOUR)
    assert one(app, text_media).removed_at == app.clock.now()


@pytest.mark.parametrize(
    ("announced", "content", "words"),
    [
        ("image/jpeg", b"<html><script>alert(1)</script>", "it is not what it says it is"),
        ("image/png", b"%PDF-1.7", "it is not what it says it is"),
        ("image/png", b"\x89PNG\r\n\x1a\n broken", "the picture can't be read"),
        ("text/x-vcard", b"BEGIN:VCARD\r\nEND:VCARD", "a contact card"),
        ("application/zip", b"PK\x03\x04", "a kind of file that can't be taken in safely"),
        ("image/jpeg", FileRefused("too_large"), "larger than 10 MB"),
        ("image/jpeg", FileRefused("elsewhere"), "it does not lie at our provider"),
    ],
)
def test_what_is_not_kept_says_why_and_is_not_asked_for_again(
    app: TestApp, announced: str, content: bytes | Exception, words: str
) -> None:
    """Nothing of it is stored, and the provider's copy stays: it is the only one."""
    lead_id = new_lead(app)
    sends(app, (announced, content))
    assert sweep(app) == 0
    row = one(app, text_media)
    assert words in said(app, lead_id)[0]
    assert (row.content, row.fetched_at, row.next_try_at) == (None, None, None)
    app.sms.media[URL.format(0)] = ("image/jpeg", photo())
    assert sweep(app, HOUR) == 0
    assert app.sms.deleted == []


@pytest.mark.parametrize(
    ("announced", "content"),
    [
        ("application/pdf", b"%PDF-1.7 lab result"),
        ("audio/amr", b"#!AMR\n..."),
        ("video/3gpp", b"\0\0\0\x18ftyp3gp4"),
        ("image/heic", b"\0\0\0\x18ftypheic"),
    ],
)
def test_documents_sound_and_film_are_kept_to_download(app: TestApp, announced: str, content: bytes) -> None:
    lead_id = new_lead(app)
    sends(app, (announced, content))
    assert sweep(app) == 1
    assert one(app, text_media).content == content
    assert said(app, lead_id)[0].endswith("kept as a file to download")


def test_one_bad_file_holds_up_none_of_the_others(app: TestApp) -> None:
    lead_id = new_lead(app)
    sends(
        app, ("image/jpeg", photo()), ("image/jpeg", b"nonsense"), ("image/jpeg", ProviderUnavailable("down"))
    )
    assert sweep(app) == 1
    assert [line.partition(":")[0] for line in said(app, lead_id)] == ["", "Not kept", "Picture on its way"]


def test_a_file_that_nobody_hands_out_is_given_up_after_a_day_and_said(app: TestApp) -> None:
    lead_id = new_lead(app)
    sends(app, ("image/jpeg", ProviderUnavailable("HTTP 404")))
    started = app.clock.now()
    while one(app, text_media).refused is None:
        sweep(app, timedelta(minutes=5))
        assert app.clock.now() - started < timedelta(days=2)
    assert app.clock.now() - started > timedelta(hours=20)
    assert said(app, lead_id) == [
        "Not kept: the provider did not hand it out in a day. Ask them to send it again."
    ]


def test_a_provider_that_is_away_for_an_hour_loses_no_picture(app: TestApp) -> None:
    new_lead(app)
    sends(app, ("image/jpeg", photo()))
    app.sms.down = True
    for _ in range(60):
        sweep(app, timedelta(minutes=1))
    app.sms.down = False
    assert sweep(app, HOUR) == 1


def test_a_file_that_brings_the_process_down_is_given_up_too(app: TestApp) -> None:
    """Its tries are counted before it is touched."""

    def crash(_decoder: str, _content: bytes) -> Redrawn:
        raise SystemExit

    lead_id = new_lead(app)
    sends(app, ("image/jpeg", photo()))
    deadly = replace(app, redraw=crash)
    for _ in range(received_files.MOST_TRIES):
        with pytest.raises(SystemExit):
            received_files.sweep(deadly, now=app.clock.advance(HOUR))
    received_files.sweep(deadly, now=app.clock.advance(HOUR))
    assert "Not kept" in said(app, lead_id)[0]


def test_a_decoder_that_can_not_be_started_is_no_fault_of_the_picture(app: TestApp) -> None:
    def no_process(_decoder: str, _content: bytes) -> Redrawn:
        raise OSError("out of memory")

    new_lead(app)
    sends(app, ("image/jpeg", photo()))
    assert received_files.sweep(replace(app, redraw=no_process), now=app.clock.now()) == 0
    assert sweep(app, HOUR) == 1


def test_two_schedulers_keep_one_copy(app: TestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second sweeps while the first is fetching, and again while it is about to write."""
    new_lead(app)
    sends(app, ("image/png", PICTURE))
    fetch: Callable[[str], tuple[str, bytes]] = app.sms.fetch_media
    others: list[int] = []

    def meanwhile(url: str) -> tuple[str, bytes]:
        found = fetch(url)
        if not others:
            others.append(0)
            others.append(sweep(app))
            others.append(sweep(app, HOUR))
        return found

    monkeypatch.setattr(app.sms, "fetch_media", meanwhile)
    assert sweep(app) == 0
    assert others == [0, 0, 1]
    assert app.sms.deleted == [URL.format(0)]


def test_a_long_type_is_no_reason_to_lose_a_text(app: TestApp) -> None:
    """The sender's phone chooses it; a column has an end."""
    new_lead(app)
    sends(app, (f"image/{'x' * 200}", photo()))
    assert sweep(app) == 1


def test_the_same_webhook_a_day_later_brings_no_file_twice(app: TestApp) -> None:
    new_lead(app)
    sends(app, ("image/jpeg", photo()))
    sweep(app)
    app.clock.advance(timedelta(days=1))
    sends(app, ("image/jpeg", photo()))
    sweep(app)
    assert len(rows(app, text_media)) == 1
    assert len(app.sms.deleted) == 1
