"""Figures in words: shares, intervals, spans, goals, and names that must not become formulas."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from console.funnel import view as funnel
from console.parts import resend_words as resend_view
from console.parts import spreadsheet
from console.parts.charts import LIGHT, FunnelBar
from console.parts.charts import funnel as funnel_figure
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


def test_a_long_name_of_a_stage_stands_in_two_lines() -> None:
    """On one it would run into its bar."""
    figure = funnel_figure(
        [FunnelBar("Booked", 3, 2), FunnelBar("Contact attempted by a person", 3, 2)], LIGHT
    )
    written = [note.text for note in figure.layout.annotations]
    assert written[:2] == ["<b>Booked</b>", "<b>Contact attempted by<br>a person</b>"]


def test_a_rate_is_of_what_its_goal_speaks_of_and_says_so() -> None:
    """Everybody who was seen was called, yet 86% of forms were: the figure that is judged is the one that is shown."""
    found = funnel.stage_lines(funnel.stages(made((172, 148, 148, 113, 57, 37, 19, 12), (0,) * 8, ())))
    tried, replied, qualified = found[2], found[3], found[4]
    assert (tried.rate, tried.note, tried.goal, tried.missed) == ("86%", "of forms", "100%", True)
    assert (replied.rate, replied.note, replied.missed) == ("76%", "", False)
    assert (qualified.rate, qualified.note, qualified.goal) == ("39%", "of those tried", "50 to 60%")


def test_a_goal_that_is_met_is_no_miss() -> None:
    """100 % against a goal of 100 %, and 50 % against 50 to 60."""
    found = funnel.stages(made((100, 100, 100, 80, 50, 35, 33, 30), (0,) * 8, ()))
    assert [stage.name for stage in found if stage.missed] == []


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        (
            (Slot("evening", 76, 54), Slot("day", 242, 233)),
            "31 of 318 people were not called or written to yet; 22 of them came in after 6 PM. "
            "The rate after 6 PM is 71%, before it 96%.",
        ),
        (
            (Slot("evening", 100, 90), Slot("day", 218, 197)),
            "31 of 318 people were not called or written to yet.",
        ),
        (
            (Slot("evening", 118, 117), Slot("day", 200, 170)),
            "31 of 318 people were not called or written to yet; 30 of them came in before 6 PM. "
            "The rate before 6 PM is 85%, after it 99%.",
        ),
        (
            (Slot("evening", 20, 15), Slot("day", 298, 272)),
            "31 of 318 people were not called or written to yet.",
        ),
        (
            (Slot("evening", 3, 0), Slot("day", 315, 287)),
            "31 of 318 people were not called or written to yet.",
        ),
    ],
)
def test_the_insight_has_its_figures(slots: tuple[Slot, ...], expected: str) -> None:
    """Some hours are blamed only where it is no chance: 15 of 20 in the evening may be."""
    assert funnel.insight(made((318, 318, 287, 0, 0, 0, 0, 0), (0,) * 8, slots)) == expected


def test_no_insight_where_everybody_was_called() -> None:
    """A sentence that asks for nothing is left out."""
    assert funnel.insight(made((9, 9, 9, 0, 0, 0, 0, 0), (0,) * 8, ())) == ""


def test_with_how_many_staff_spoke_is_told_apart_from_the_attempt() -> None:
    """A call that nobody answered is an attempt and no talk; before the first attempt there is nothing to say."""
    tried = replace(made((318, 318, 287, 0, 0, 0, 0, 0), (0,) * 8, ()), talked=201)
    assert funnel.talked(tried) == "Staff spoke with 201 of the 287 whom they called or wrote to."
    assert funnel.talked(made((9, 9, 0, 0, 0, 0, 0, 0), (0,) * 8, ())) == ""


ALL = {"location": "all", "source": "Google Ads", "treatment": "all"}


def exported(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_export_names_its_filters_rates_goals_and_value() -> None:
    """A file that is opened a month later still says of what, against what, and how much it was worth."""
    form = FormRow("lead_capture", (50, 50, 40, 30, 20, 10, 9, 8), 900_000, 800_000)
    found = Funnel(form.stages, (20, 20, 18, 9, 6, 3, 2, 2), (form,), (), None, None, None, talked=30)
    lines = exported(funnel.export(found, period("7", ZONE, NOW), ALL))
    assert {line["source"] for line in lines} == {"Google Ads"}
    assert lines[2] == {
        "from": "2026-11-17",
        "to": "2026-11-23",
        **ALL,
        "form": "all",
        "stage": "Contact attempted by a person",
        "leads": "40",
        "rate": "0.8000",
        "rate is of": "forms",
        "goal": "100%",
        "value": "",
        "leads in the period before": "18",
        "rate in the period before": "0.9000",
    }
    spoken = next(line for line in lines if line["stage"] == "Talked with")
    assert (spoken["leads"], spoken["rate"], spoken["rate is of"]) == ("30", "0.7500", "those tried")
    overall = next(line for line in lines if line["stage"] == "Treated of all forms")
    assert (overall["rate"], overall["goal"], overall["value"]) == ("0.1600", "15 to 25%", "8000.00")
    booked = [line for line in lines if line["stage"] == "Booked"]
    assert [(line["form"], line["value"]) for line in booked] == [
        ("all", "9000.00"),
        ("Lead capture", "9000.00"),
    ]


def row(name: str, forms: int, booked: int) -> SourceRow:
    return SourceRow(name, (), forms, forms, booked, 0, booked * 100_000, 0)


def test_a_source_is_called_best_only_where_its_interval_is_clear_of_the_rest() -> None:
    """8 of 25 against 25 of 100 could be chance; 30 of 40 against 10 of 100 is not."""
    unclear = sources.lines([row("referral", 25, 8), row("website", 100, 25)], "source")
    clear = sources.lines([row("referral", 40, 30), row("website", 100, 10)], "source")
    assert sources.finding(unclear, "campaign") == "No campaign books clearly more often than the others"
    assert sources.finding(clear, "source") == "Referral books most often: 75% of its forms, the rest 10%"


def test_what_has_no_name_is_never_called_the_best() -> None:
    """'Not named books most often' tells nobody what to do."""
    found = sources.lines([row("", 40, 30), row("spring", 100, 10), row("brand", 100, 12)], "campaign")
    assert sources.finding(found, "campaign") == "No campaign books clearly more often than the others"


def test_the_order_by_rate_leaves_for_last_who_has_too_few_forms() -> None:
    """19 of 19 is no best rate; an order that nobody knows is the usual one."""
    found = sources.lines([row("a", 100, 10), row("b", 50, 20), row("c", 19, 19)], "source")
    assert [line.name for line in sources.ordered(found, "rate")] == ["B", "A", "C"]
    assert [line.name for line in sources.ordered(found, "nonsense")] == ["A", "B", "C"]


def test_a_campaigns_name_is_no_formula() -> None:
    """It came in an address that anybody can write."""
    found = sources.lines([row("=cmd|calc", 1, 0)], "campaign")
    lines = exported(sources.export(found, period("7", ZONE, NOW), ALL, "campaign"))
    assert [(line["campaign"], line["source"], line["forms"]) for line in lines] == [
        ("'=cmd|calc", "Google Ads", "1"),
        ("All", "Google Ads", "1"),
    ]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1"])
def test_no_beginning_makes_a_formula(text: str) -> None:
    """Finding 17: nor a space before it, nor the sign in full width."""
    assert spreadsheet.safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "spring=sale", "Google Ads", "a-b"])
def test_a_plain_name_stays_as_it_is(text: str) -> None:
    assert spreadsheet.safe(text) == text


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
