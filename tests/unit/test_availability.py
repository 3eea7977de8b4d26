"""Which times are free, against a slow oracle that tries every minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from core.booking.availability import Candidate, Length, Search, first, fitting, kept_for, openings
from core.domain.hours import Span

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PROVIDER = "staff:tess"


def spans(most: int = 4) -> st.SearchStrategy[list[Span]]:
    """Stretches of one morning, in order and apart."""
    edges = st.lists(st.integers(0, 400), min_size=0, max_size=2 * most, unique=True).map(sorted)
    return edges.map(
        lambda all_: [
            (MONDAY + a * MINUTE, MONDAY + b * MINUTE) for a, b in zip(all_[::2], all_[1::2], strict=False)
        ]
    )


def _free(span: Span, taken: list[Span]) -> bool:
    return not any(start < span[1] and end > span[0] for start, end in taken)


def _inside(span: Span, stretches: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in stretches)


@given(
    shifts=spans(2), hours=spans(2), mine=spans(), one=spans(), other=spans(), device=spans(),
    length=st.builds(Length, st.sampled_from([10, 50]), st.sampled_from([0, 5]), st.sampled_from([0, 10])),
    step=st.sampled_from([5, 10, 15]),
)  # fmt: skip
def test_a_time_is_free_where_everything_that_it_needs_is(
    shifts: list[Span], hours: list[Span], mine: list[Span], one: list[Span], other: list[Span],
    device: list[Span], length: Length, step: int,
) -> None:  # fmt: skip
    taken = {PROVIDER: mine, "room:1": one, "room:2": other, "device:laser": device}
    search = Search(
        since=MONDAY,
        until=MONDAY + 400 * MINUTE,
        hours=hours,
        pools=[["room:1", "room:2"], ["device:laser"]],
        taken=taken,
        zone=ZoneInfo("America/New_York"),
        step=step,
    )
    tess = Candidate("tess", shifts, length)
    two = [Candidate("nora", hours, length), tess]
    assert first(search, two) == next(iter(openings(search, two)), None)
    found = {opening.starts_at for opening in openings(search, [tess])}
    for minute in range(401):
        at = MONDAY + minute * MINUTE
        visit, kept = (at, at + length.visit * MINUTE), kept_for(at, length)
        free = (
            _inside(visit, shifts)
            and _inside(visit, hours)
            and _free(kept, mine)
            and (_free(kept, one) or _free(kept, other))
            and _free(kept, device)
        )
        assert fitting(search, [tess], at) == ([tess] if free else [])
        assert (at in found) == (free and at.minute % step == 0)
