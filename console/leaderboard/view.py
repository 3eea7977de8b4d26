"""The leaderboard in words and figures. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from console.parts import spreadsheet
from console.parts.figure_words import minutes, short_minutes
from console.parts.figures import Share
from console.parts.goals import goals
from console.parts.words import initials
from core.reads.leaderboard import FEW, Cause, Leaderboard, Person
from core.reads.parts.periods import Period
from core.sla.causes import LATE, NOBODY_ON_SHIFT, OVER_CAPACITY, UNACKNOWLEDGED

CAUSE_NAMES = {
    UNACKNOWLEDGED: "Not opened in time",
    OVER_CAPACITY: "Everybody full",
    NOBODY_ON_SHIFT: "Nobody on shift",
    LATE: "Opened, reached too late",
}
NOTABLE = 0.4  # of a cause's misses within two hours, or at one location: worth saying
MOST_NAMED = 2
MEANINGS = (
    "Contacted", "First human contact", "On time", "Booked", "Escalated", "Seen within 2 min", "Whose lead",
    "Business time", "Wall time",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row. `median` and `slowest` from 0 to 1 on the row's scale, None where they are not drawn."""

    rank: str
    name: str
    below: str
    initials: str
    contacted: str
    never: str
    middle: str
    end: str
    median: float | None
    slowest: float | None
    slow: bool
    on_time: str
    missed: bool
    booked: str
    escalated: str
    seen: str
    few: bool = False
    me: bool = False
    pick: str = ""  # the figure whose leads open where the name is pressed


@dataclass(frozen=True)
class Scale:
    """Seconds at the right end of the rows' common scale, and where on it (0 to 1) the goal stands.

    None for wall time: targets are of opening hours.
    """

    top: float
    goal: float | None


def scale(board: Leaderboard) -> Scale:
    """As long as the slowest tenth that is drawn, but not so long that nobody can be told apart."""
    drawn = [one.times for one in board.people if one.times and not one.few]
    longest = max((one.slowest for one in drawn), default=board.goal_seconds)
    typical = max((one.median for one in drawn), default=board.goal_seconds)
    top = max(2 * board.goal_seconds, min(longest, 4 * typical))
    return Scale(top, None if board.wall else board.goal_seconds / top)


def lines(board: Leaderboard, places: Mapping[str, str], me: str) -> list[Line]:
    """Ranked people, then those with too few leads; `places`: names of locations; `me`: who looks."""
    on = scale(board)
    goal = inf if board.wall else board.goal_seconds
    return [_line(one, goal, on, places, me) for one in board.people]


def _line(one: Person, goal: float, on: Scale, places: Mapping[str, str], me: str) -> Line:
    drawn = one.times if one.times and not one.few else None
    on_time = Share(one.on_time, one.due)
    return Line(
        rank=str(one.rank or ""),
        name=one.name,
        below=places.get(one.location, ""),
        initials=initials(one.name),
        contacted=f"{one.contacted:,}",
        never=f"{one.never:,} never" if one.never else "",
        middle=minutes(one.times.median) if one.times else "none yet",
        end=_end(one, few=one.few),
        median=min(1.0, drawn.median / on.top) if drawn else None,
        slowest=min(1.0, drawn.slowest / on.top) if drawn else None,
        slow=bool(drawn and drawn.median > goal),
        on_time=on_time.words(),
        missed=under_goal(on_time),
        booked=Share(one.booked, one.contacted).words(),
        escalated=f"{one.escalated:,}",
        seen=Share(one.seen, one.due).words(),
        few=one.few,
        me=one.staff_id == me,
        pick=f"person:{one.staff_id}" if one.leads else "",
    )


def _end(one: Person, *, few: bool) -> str:
    if few:
        return f"Too few leads to rank ({FEW} needed)"
    return short_minutes(one.times.slowest) if one.times else ""


def under_goal(on_time: Share) -> bool:
    """Below the goal by more than chance: the upper end of the interval does not reach it."""
    return not on_time.few and 100 * on_time.interval()[1] < goals()["on_time"].low


def total(board: Leaderboard) -> Line:
    """The row of all together."""
    everyone = board.everyone
    on_time = Share(everyone.on_time, everyone.due)
    goal = "" if board.wall else f"goal {minutes(board.goal_seconds)}"
    slowest = f"slowest tenth {minutes(everyone.times.slowest)}" if everyone.times else ""
    return Line(
        rank="", name="Everyone", below="", initials="",
        contacted=f"{everyone.contacted:,}",
        never=f"{everyone.never:,} never" if everyone.never else "",
        middle=minutes(everyone.times.median) if everyone.times else "none yet",
        end=", ".join(filter(None, (slowest, goal))), median=None, slowest=None, slow=False,
        on_time=on_time.words(), missed=under_goal(on_time),
        booked=Share(everyone.booked, everyone.contacted).words(),
        escalated=f"{everyone.escalated:,}",
        seen=Share(everyone.seen, everyone.due).words(),
    )  # fmt: skip


def nobody_words(board: Leaderboard) -> str:
    """What is in the sums and in no row."""
    if board.nobody is None or not board.nobody.leads:
        return ""
    leads, missed = board.nobody.leads, board.nobody.due - board.nobody.on_time
    had = "1 lead was nobody's" if leads == 1 else f"{leads:,} leads were nobody's"
    return f"{had}; {missed:,} of their targets passed. They are in 'Everyone' alone."


def missed(board: Leaderboard) -> int:
    return sum(cause.many for cause in board.causes)


@dataclass(frozen=True)
class CauseLine:
    """One cause: `share` of the most frequent one, 0 to 1."""

    name: str
    many: int
    share: float
    detail: str
    pick: str = ""


def causes(board: Leaderboard, places: Mapping[str, str]) -> list[CauseLine]:
    """Those that there were, the most frequent first."""
    most = max((cause.many for cause in board.causes), default=0)
    return [
        CauseLine(
            CAUSE_NAMES[cause.code],
            cause.many,
            cause.many / most,
            detail(cause, board.names, places),
            "" if board.own else f"cause:{cause.code}",
        )
        for cause in board.causes
        if cause.many
    ]


def detail(cause: Cause, names: Mapping[str, str], places: Mapping[str, str]) -> str:
    """'Lena 5, Jordan 4', or where and when: what one would look at first."""
    if cause.code in (UNACKNOWLEDGED, LATE):
        top = sorted(cause.people.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_NAMED]
        return ", ".join(f"{names[who].split()[0]} {many}" for who, many in top if who in names)
    return ", ".join(filter(None, (_where(cause, places), _when(cause))))


def _where(cause: Cause, places: Mapping[str, str]) -> str:
    if len(places) < 2 or not cause.places:
        return ""
    place, many = max(cause.places.items(), key=lambda entry: entry[1])
    return places.get(place, "") if many >= 2 * NOTABLE * cause.many else ""


def busiest(hours: Mapping[int, int]) -> tuple[int, int]:
    """The two hours of the day in which most fall: the first of them, and how many."""
    starts = {hour for at in hours for hour in (at, at - 1) if 0 <= hour <= 22}
    return max(((hour, hours.get(hour, 0) + hours.get(hour + 1, 0)) for hour in sorted(starts)),
               key=lambda entry: entry[1], default=(0, 0))  # fmt: skip


def _when(cause: Cause) -> str:
    hour, many = busiest(cause.hours)
    return f"{many} from {clock(hour)} to {clock(hour + 2)}" if many >= NOTABLE * cause.many else ""


def clock(hour: int) -> str:
    """'8 AM', 'noon'."""
    if hour % 24 == 12:
        return "noon"
    return f"{hour % 12 or 12} {'AM' if hour % 24 < 12 else 'PM'}"


ADVICE = {
    UNACKNOWLEDGED: "Nobody had opened them: look at who is alerted, and how.",
    OVER_CAPACITY: "Everybody who was there was full: more people, or a higher capacity, in those hours.",
    NOBODY_ON_SHIFT: "The clinic was open and nobody was on: a shift that starts earlier or ends later.",
    LATE: "They had been opened: the call came too late.",
}


def insight(board: Leaderboard, places: Mapping[str, str]) -> str:
    """The one thing to change; '' where the misses are too few to tell."""
    all_missed = missed(board)
    if all_missed < FEW or not board.causes:
        return ""
    worst = board.causes[0]
    more = ", ".join(filter(None, (_where(worst, places), _when(worst))))
    where = f" ({more})" if more else ""
    return f"{worst.many:,} of {all_missed:,}: {CAUSE_NAMES[worst.code].lower()}{where}. {ADVICE[worst.code]}"


def sentence(board: Leaderboard) -> str:
    """The bars for those who cannot see them."""
    bands = ", ".join(f"{name} {Share(one.part, one.of).words()} of {one.of:,}" for name, one in board.bands)
    return f"Leads booked, by how fast a person made contact: {bands}."


EXPORTED = (
    "person", "rank", "leads", "contacted", "never contacted", "median seconds", "slowest tenth seconds", "targets",
    "on time", "on time of targets", "booked", "booked of contacted", "escalated", "seen within 2 minutes",
)  # fmt: skip


def export(board: Leaderboard, period: Period, narrowed: Mapping[str, str]) -> str:
    """Every row as CSV, the leads that nobody had and the sums at the end; nothing about a patient."""
    nobody = [board.nobody] if board.nobody else []
    rows = [*board.people, *nobody, board.everyone]
    names = [*(one.name for one in board.people), *("Nobody" for _ in nobody), "Everyone"]
    return spreadsheet.table(period, narrowed, EXPORTED, map(_exported, names, rows))


def _exported(name: str, one: Person) -> Sequence[str]:
    spans = (one.times.median, one.times.slowest) if one.times else None
    return [
        name, str(one.rank or ""), str(one.leads), str(one.contacted), str(one.never),
        *(f"{span:.0f}" for span in spans or ()), *([""] * (0 if spans else 2)),
        str(one.due), str(one.on_time), spreadsheet.rate(Share(one.on_time, one.due)),
        str(one.booked), spreadsheet.rate(Share(one.booked, one.contacted)), str(one.escalated), str(one.seen),
    ]  # fmt: skip
