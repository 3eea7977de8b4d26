"""Expressions that the two databases write differently: seconds between two moments, the hour of one, a median."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Select,
    case,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType


class seconds_between(FunctionElement[float]):  # noqa: N801
    """Seconds from the first moment to the second, with their fraction."""

    inherit_cache = True
    type = Float()


@compiles(seconds_between, "sqlite")
def _seconds_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    first, second = (compiler.process(clause, **options) for clause in element.clauses)
    return f"((julianday({second}) - julianday({first})) * 86400.0)"


@compiles(seconds_between, "postgresql")
def _seconds_on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    first, second = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM ({second} - {first})) AS DOUBLE PRECISION)"


class gathered(FunctionElement[Any]):  # noqa: N801
    """A column to group the rows of a partial index by.

    SQLite would rather follow the column's own index, and so walk through every row there ever was.
    """

    type = NullType()
    inherit_cache = True


@compiles(gathered, "sqlite")
def _gathered_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


@compiles(gathered, "postgresql")
def _gathered_on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


class unix_seconds(FunctionElement[int]):  # noqa: N801
    """Whole seconds since 1970. SQLite's days with a fraction are off by a little, these are not."""

    inherit_cache = True
    type = Integer()


@compiles(unix_seconds, "sqlite")
def _unix_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(unix_seconds, "postgresql")
def _unix_on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **options)})) AS BIGINT)"


class utc_hour(FunctionElement[int]):  # noqa: N801
    """A moment's hour in UTC, 0 to 23."""

    inherit_cache = True
    type = Integer()


@compiles(utc_hour, "sqlite")
def _hour_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(substr({compiler.process(element.clauses, **options)}, 12, 2) AS INTEGER)"


@compiles(utc_hour, "postgresql")
def _hour_on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"CAST(EXTRACT(HOUR FROM {moment} AT TIME ZONE 'UTC') AS INTEGER)"


def local_hour(
    moment: ColumnElement[datetime], zone: ZoneInfo, start: datetime, end: datetime
) -> ColumnElement[int]:
    """A moment's hour on the wall of `zone`, for moments from `start` to `end`. SQLite knows no time zones.

    Zones that are a fraction of an hour off are rounded to the hour.
    """
    changes = [
        (moment < day, _hours_from_utc(zone, day - timedelta(hours=1)))
        for day in _clock_changes(zone, start, end)
    ]
    last = _hours_from_utc(zone, end)
    shift = case(*changes, else_=last) if changes else literal(last)
    return (utc_hour(moment) + 24 + shift) % 24


def _hours_from_utc(zone: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return round((offset or timedelta()).total_seconds() / 3600)


def _clock_changes(zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """The first full hour after each change of the clock between two moments."""
    hour = start.replace(minute=0, second=0, microsecond=0)
    hours = [hour + timedelta(hours=n) for n in range(int((end - hour) / timedelta(hours=1)) + 2)]
    return [b for a, b in pairwise(hours) if _hours_from_utc(zone, a) != _hours_from_utc(zone, b)]


def median_of(values: Select[Any]) -> Select[Any]:
    """The median of a statement's one column, computed where the rows are; NULL where there are none."""
    column: ColumnElement[Any] = next(iter(values.subquery().c))
    ranked = select(
        column.label("value"),
        func.row_number().over(order_by=column).label("place"),
        func.count().over().label("among"),
    ).subquery()
    middle = ranked.c.place.in_(((ranked.c.among + 1) // 2, (ranked.c.among + 2) // 2))
    return select(func.avg(ranked.c.value)).where(middle)


def one_of(column: ColumnElement[str], words: Sequence[str]) -> ColumnElement[bool]:
    """`column IN (words)` with the words written out, for words of ours only.

    SQLite takes a partial index only where it can read the same words in the statement; bound ones it can't.
    """
    return column.in_([literal_column(f"'{word}'") for word in words])
