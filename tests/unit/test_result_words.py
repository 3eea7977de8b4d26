"""Figures in words: shares, intervals, spans, goals, and names that must not become formulas."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from console.funnel import view as funnel
from console.parts import resend_words as resend_view
from console.parts.figures import Share, label, span
from console.sources import view as sources
from core.flows.sending.preview_resend import Preview
from core.messaging.failures import CODES, Standing, judge
from core.reads.funnel import FormRow, Funnel, Slot
from core.reads.parts.periods import period
from core.reads.sources import SourceRow

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (Share(0, 0), "none"),
        (Share(12, 15), "12 of 15"),
        (Share(19, 19), "19 of 19"),
        (Share(10, 20), "50%"),
        (Share(287, 318), "90%"),
    ],
)
def test_under_twenty_people_there_is_no_per_cent(share: Share, expected: str) -> None:
    """Counts say how little they rest on."""
    assert share.words() == expected


def test_wilsons_interval_is_the_textbooks() -> None:
    """10 of 20: 29.9 to 70.1 per cent; 0 of 20 still reaches up to 16.1."""
    low, high = Share(10, 20).interval()
    assert (round(low, 3), round(high, 3)) == (0.299, 0.701)
    assert round(Share(0, 20).interval()[1], 3) == 0.161
    assert Share(10, 20).interval_words() == "30 to 70%"
    assert Share(100, 200).interval_words() == ""


@given(some.integers(1, 5000).flatmap(lambda of: some.tuples(some.integers(0, of), some.just(of))))
def test_an_interval_holds_its_rate_and_stays_between_nothing_and_all(pair: tuple[int, int]) -> None:
    """Whatever the counts."""
    share = Share(*pair)
    low, high = share.interval()
    assert 0 <= low <= share.part / share.of + 1e-9
    assert share.part / share.of - 1e-9 <= high <= 1


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.61, "0.6 s"), (14, "14 s"), (300, "5 min"), (11_520, "3.2 hours"), (181_440, "2.1 days")],
)
def test_spans_read_as_people_say_them(seconds: float, expected: str) -> None:
    assert span(seconds) == expected


def made(counts: tuple[int, ...], before: tuple[int, ...], slots: tuple[Slot, ...]) -> Funnel:
    """A funnel of these counts."""
    form = FormRow("lead_capture", counts, 0, 0)
    return Funnel(counts, before, (form,), slots, None, None, None)


def test_a_miss_needs_enough_people_and_a_rate_under_the_goal() -> None:
    """Replied: 216 of 287 is 75%, within 60 to 80. Attended: 72 of 84 is 86%, within. Seen: 300 of 318, under 100."""
    found = made((318, 300, 287, 216, 121, 84, 72, 61), (290,) * 8, ())
    missed = {stage.name for stage in funnel.stages(found) if stage.missed}
    assert missed == {"Seen by staff", "Contact attempted by a person", "Qualified"}
    few = made((19, 5, 1, 0, 0, 0, 0, 0), (0,) * 8, ())
    assert [stage.name for stage in funnel.stages(few) if stage.missed] == []


def test_the_change_is_in_points_against_the_period_before() -> None:
    """90% after 84% is +6 pt; nothing is said where a period has too few people."""
    found = made((100, 100, 90, 0, 0, 0, 0, 0), (100, 100, 84, 0, 0, 0, 0, 0), ())
    assert funnel.stages(found)[2].change == "+6 pt"
    thin = made((100, 100, 90, 0, 0, 0, 0, 0), (10, 10, 9, 0, 0, 0, 0, 0), ())
    assert funnel.stages(thin)[2].change == ""


def test_the_goal_of_qualified_is_of_those_tried_and_says_so() -> None:
    """Its base is not the stage before, so the figure that is judged stands beside the goal."""
    found = made((318, 318, 287, 216, 121, 84, 72, 61), (0,) * 8, ())
    assert funnel.goal_words(funnel.stages(found)[4]) == "50 to 60% of contact attempted, now 42%"


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        (
            (Slot("evening", 76, 54), Slot("day", 242, 233)),
            "Nobody has called or written to 31 of 318 people yet; 22 of them came in after 6 PM. "
            "The rate after 6 PM is 71%, before it 96%. They spoke with 201 of 287.",
        ),
        (
            (Slot("evening", 100, 90), Slot("day", 218, 197)),
            "Nobody has called or written to 31 of 318 people yet; the evening is no worse: "
            "90% after 6 PM, 90% before it. They spoke with 201 of 287.",
        ),
        (
            (Slot("evening", 3, 0), Slot("day", 315, 287)),
            "Nobody has called or written to 31 of 318 people yet. They spoke with 201 of 287.",
        ),
    ],
)
def test_the_insight_has_its_figures(slots: tuple[Slot, ...], expected: str) -> None:
    """The evening is blamed only where the figures say so."""
    found = replace(made((318, 318, 287, 0, 0, 0, 0, 0), (0,) * 8, slots), talked=201)
    assert funnel.insight(found) == expected


def test_the_export_is_counts_only() -> None:
    """One line for each stage, all together and by form; with how many they spoke is told apart."""
    found = made((5, 5, 4, 3, 2, 1, 1, 1), (2, 2, 2, 1, 1, 0, 0, 0), ())
    lines = funnel.export(found, period("7", ZONE, NOW)).splitlines()
    assert lines[0] == "from,to,form,stage,leads,leads in the period before"
    assert lines[1] == "2026-11-17,2026-11-23,all,Form submitted,5,2"
    assert len(lines) == 1 + 8 + 1 + 8


def row(name: str, forms: int, booked: int) -> SourceRow:
    return SourceRow(name, (), forms, forms, booked, 0, booked * 100_000, 0)


def test_a_source_is_called_best_only_where_its_interval_is_clear_of_the_rest() -> None:
    """8 of 25 against 25 of 100 could be chance; 30 of 40 against 10 of 100 is not."""
    unclear = sources.lines([row("referral", 25, 8), row("website", 100, 25)], "source")
    clear = sources.lines([row("referral", 40, 30), row("website", 100, 10)], "source")
    assert sources.finding(unclear) == "No source books clearly more often than the others"
    assert sources.finding(clear) == "Referral books most often: 75% of its forms, the rest 10%"


def test_ranks_leave_out_who_has_too_few_forms() -> None:
    """19 forms with 19 bookings have no rank."""
    found = sources.lines([row("a", 100, 10), row("b", 50, 20), row("c", 19, 19)], "source")
    assert [line.rank for line in found] == [2, 1, None]


def test_a_campaigns_name_is_no_formula() -> None:
    """It came in an address that anybody can write."""
    found = sources.lines([row("=cmd|calc", 1, 0)], "campaign")
    assert "'=cmd|calc" in sources.export(found, period("7", ZONE, NOW), "campaign")


def test_names_of_sources_are_written_as_they_write_themselves() -> None:
    assert (label("tiktok"), label("google_ads"), label("email"), label("")) == (
        "TikTok",
        "Google Ads",
        "Email",
        "Not named",
    )


@pytest.mark.parametrize(
    ("preview", "expected"),
    [
        (Preview("a", "", "", 2, "goes", "due"), "goes now, 2 segments"),
        (
            Preview("a", "", "", 1, "held", "daily_cap", datetime(2026, 11, 23, 21, 0, tzinfo=UTC)),
            "held until Mon 4:00 PM: the limit of 3 automatic texts in 24 hours",
        ),
        (Preview("a", "", "", 1, "dropped", "booked"), "will not go: a visit was booked"),
    ],
)
def test_a_preview_says_when_it_goes_and_why_not(preview: Preview, expected: str) -> None:
    assert resend_view.verdict_words(preview, ZONE) == expected


def test_the_cost_leaves_out_what_will_not_go() -> None:
    """2 segments go, 1 is held and goes later, 3 never go."""
    previews = [
        Preview("a", "", "", 2, "goes", "due"),
        Preview("b", "", "", 1, "held", "quiet_hours", NOW),
        Preview("c", "", "", 3, "dropped", "booked"),
    ]
    assert resend_view.cost_words(previews) == "3 segments, about $0.02"


def test_the_outcome_of_a_batch_names_every_part() -> None:
    """Planned, done before, and refused with the reason."""
    assert resend_view.outcome_words(2, 0, []) == "2 texts leave in 10 seconds"
    assert resend_view.outcome_words(1, 1, ["Opted out of texts"]) == (
        "1 text leaves in 10 seconds. 1 text had been resent before. 1 text not resent: opted out of texts"
    )


@pytest.mark.parametrize("code", [21610, 30006, 21614, 30007, 30004, 30640])
def test_codes_that_a_resend_cannot_help_are_not_offered(code: int) -> None:
    """compliance.md C5: the number, the wording or the person's wish is at fault."""
    assert not CODES[code].resend
    assert not judge(code, Standing(), unknown=False, checking=False).resend


def test_an_opt_out_bars_every_resend_whatever_failed() -> None:
    """A phone that was off and a person who opted out since: the wish comes first. An unknown code may be retried."""
    assert judge(30003, Standing(opted_out=True), unknown=False, checking=False).remedy == "None: call only"
    assert not judge(None, Standing(opted_out=True), unknown=True, checking=False).resend
    assert judge(99999, Standing(), unknown=False, checking=False).resend
    assert not judge(30003, Standing(unreachable=True), unknown=False, checking=False).resend


def test_a_campaign_row_names_its_sources() -> None:
    """At most three, then how many more."""
    many = SourceRow("spring", ("google", "email", "tiktok", "bing"), 4, 0, 0, 0, 0, 0)
    assert sources.detail_words(many, "campaign") == "Google, Email, TikTok and 1 more"
