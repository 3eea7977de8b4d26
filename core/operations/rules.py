"""When sending stops by itself, and whether a database is where it was when it last sent. Pure; data/limits.toml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Limits:
    """Shares are 0 to 1; `errors_*` look at the last results, `opt_outs_*` at numbers that were texted."""

    template_filtered: int
    template_of_last: int
    template_within: timedelta
    errors_share: float
    errors_of_last: int
    errors_at_least: int
    errors_within: timedelta
    opt_outs_share: float
    opt_outs_at_least: int
    opt_outs_within: timedelta
    segments_a_day: int
    dollars_a_segment: float

    @property
    def fewest_errors(self) -> int:
        """With fewer failures than this no share can be too large."""
        return max(1, round(self.errors_at_least * self.errors_share))

    def most_texted(self, opt_outs: int) -> int:
        """With more numbers than this that many opt-outs are no concern."""
        return int(opt_outs / self.opt_outs_share)


def parse_limits(raw: Mapping[str, Mapping[str, Any]]) -> Limits:
    """Read data/limits.toml. Raises KeyError where a limit is missing, ValueError for a share outside 0 to 1."""
    template, errors, opt_outs, spend = raw["template"], raw["errors"], raw["opt_outs"], raw["spend"]
    return Limits(
        template_filtered=int(template["filtered"]),
        template_of_last=int(template["of_last"]),
        template_within=timedelta(hours=template["within_hours"]),
        errors_share=_share(errors["share"]),
        errors_of_last=int(errors["of_last"]),
        errors_at_least=int(errors["at_least"]),
        errors_within=timedelta(minutes=errors["within_minutes"]),
        opt_outs_share=_share(opt_outs["share"]),
        opt_outs_at_least=int(opt_outs["at_least"]),
        opt_outs_within=timedelta(hours=opt_outs["within_hours"]),
        segments_a_day=int(spend["segments_a_day"]),
        dollars_a_segment=float(spend["dollars_a_segment"]),
    )


def _share(value: float) -> float:
    if not 0 < value <= 1:
        raise ValueError(f"a share is above 0 and at most 1, not {value}")
    return float(value)


@dataclass(frozen=True)
class Trip:
    """Something went over its limit: the name of its switch, and the figures a person wants to see."""

    name: str
    figures: Mapping[str, Any]


def template_trip(limits: Limits, template: str, filtered: int) -> Trip | None:
    """`filtered`: how many of the template's last texts a carrier filtered."""
    if filtered < limits.template_filtered:
        return None
    return Trip(f"template:{template}", {"filtered": filtered, "of_last": limits.template_of_last})


def error_trip(limits: Limits, kind: str, results: Iterable[bool]) -> Trip | None:
    """`results`: the last ones, True where it failed. `kind`: at the 'provider' or at the 'carriers'."""
    outcomes = list(results)
    if len(outcomes) < limits.errors_at_least or sum(outcomes) < limits.errors_share * len(outcomes):
        return None
    return Trip("error_rate", {"failed": sum(outcomes), "of": len(outcomes), "where": kind})


def opt_out_trip(limits: Limits, opt_outs: int, texted: int) -> Trip | None:
    """Numbers that opted out, of those that were texted in the same time."""
    if opt_outs < limits.opt_outs_at_least or opt_outs < limits.opt_outs_share * texted:
        return None
    return Trip("opt_out_rate", {"opt_outs": opt_outs, "texted": texted})


def spend_trip(limits: Limits, segments: int, forgiven: int) -> Trip | None:
    """`forgiven`: segments of this day that a person has already looked at."""
    if segments - forgiven < limits.segments_a_day:
        return None
    dollars = round(segments * limits.dollars_a_segment, 2)
    return Trip("spend_limit", {"segments": segments, "dollars": dollars})


def day_of(now: datetime, zone: ZoneInfo) -> date:
    """The clinic's day, by which segments are counted."""
    return now.astimezone(zone).date()


BACKUP_PATIENCE = timedelta(hours=26)  # a day, an hour of daylight saving, and an hour to make it


BACKUP_TOLD_AGAIN = timedelta(days=3)
BACKUP_TOLD_FROM, BACKUP_TOLD_UNTIL = (
    time(8),
    time(20),
)  # on the clinic's wall: no backup is worth waking anybody
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Backups:
    """`good`: when the last good nightly one was begun; `failed`: when a try last ended without one; `told`: when
    admins last heard. None for never."""

    good: datetime | None
    failed: datetime | None
    told: datetime | None

    @property
    def are_failing(self) -> bool:
        """Whether the last try gave none."""
        return self.failed is not None and self.failed > (self.good or NEVER)

    def are_missing(self, now: datetime) -> bool:
        """Whether nobody should rely on the next try: a night was missed, or the first try of all has failed."""
        if self.good is None:
            return self.are_failing
        return backup_is_late(self.good, now)

    def told_before(self, now: datetime) -> datetime:
        """Who heard up to this moment hears again: of another failure than then, or that it still goes on."""
        return max(self.good or NEVER, now - BACKUP_TOLD_AGAIN)

    def are_to_be_told(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether admins are to hear now that backups are missing."""
        by_day = BACKUP_TOLD_FROM <= now.astimezone(zone).time() < BACKUP_TOLD_UNTIL
        return by_day and self.are_missing(now) and (self.told or NEVER) <= self.told_before(now)


def backup_is_late(last: datetime, now: datetime) -> bool:
    """Whether a nightly backup was missed. `last`: when the last good one was begun."""
    return now - last > BACKUP_PATIENCE


@dataclass(frozen=True)
class Fingerprint:
    """From where and for whom a database sends; each part is a hash and compared by itself."""

    account: str
    sender: str
    place: str

    def differs_from(self, other: "Fingerprint") -> tuple[str, ...]:
        """The parts that are not the same: account, sender, place."""
        return tuple(
            part for part in ("account", "sender", "place") if getattr(self, part) != getattr(other, part)
        )
