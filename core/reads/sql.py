"""Expressions that the two databases write differently: seconds between two moments, the hour of one, a median."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, String, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


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


class utc_hour(FunctionElement[str]):  # noqa: N801
    """A moment's hour in UTC as '2026-11-23 15', to group by."""

    inherit_cache = True
    type = String()


@compiles(utc_hour, "sqlite")
def _hour_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"substr({compiler.process(element.clauses, **options)}, 1, 13)"


@compiles(utc_hour, "postgresql")
def _hour_on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"


def parse_utc_hour(text: str) -> datetime:
    """What `utc_hour` wrote, as an aware moment."""
    return datetime.fromisoformat(f"{text}:00:00+00:00")


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
