"""Who writes in a thread: said by their pages, forgotten by itself."""

from console.writing_now import SECONDS, WritingNow


def test_somebody_who_writes_is_told_once_and_forgotten_when_nothing_more_is_heard() -> None:
    writing = WritingNow()
    assert writing.note("a", "maya", "text", 0.0)
    assert not writing.note("a", "maya", "text", 3.0)
    assert writing.at("a", 3.0 + SECONDS - 0.1) == [("maya", "text")]
    assert not writing.forget("a", SECONDS)
    assert writing.forget("a", 3.0 + SECONDS)
    assert writing.at("a", 3.0 + SECONDS) == []


def test_whoever_turns_to_a_note_or_stops_is_news() -> None:
    writing = WritingNow()
    writing.note("a", "maya", "text", 0.0)
    assert writing.note("a", "maya", "note", 1.0)
    assert writing.note("a", "maya", "", 2.0)
    assert not writing.note("a", "maya", "", 3.0)


def test_threads_are_apart_and_what_is_no_kind_of_writing_is_none() -> None:
    writing = WritingNow()
    writing.note("a", "maya", "text", 0.0)
    writing.note("b", "jordan", "a poem", 0.0)
    assert (writing.at("a", 1.0), writing.at("b", 1.0)) == ([("maya", "text")], [])
