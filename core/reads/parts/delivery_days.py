"""How texts fared day by day, over months: read from the counted days, never from the texts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, func, select
from sqlalchemy.orm import Session

from core.analytics.tables import delivery_days
from core.domain.roles import Actor, Permission, require

D = delivery_days.c


@dataclass(frozen=True)
class DayOfTexts:
    """One of the clinic's days. `failed` holds refused ones too; what is neither delivered nor failed is on its way."""

    day: date
    handed_over: int
    delivered: int
    failed: int
    segments: int
    opted_out: int


@dataclass(frozen=True)
class TemplateTexts:
    """The same figures of one template and purpose over all the days asked for. '' is what people wrote."""

    template: str
    purpose: str
    handed_over: int
    delivered: int
    failed: int
    segments: int
    opted_out: int


def by_day(session: Session, actor: Actor, first: date, last: date) -> list[DayOfTexts]:
    """Days from `first` to `last`, both included, that had any texts, oldest first. Raises Denied."""
    require(actor, Permission.SEE_DELIVERY)
    return [DayOfTexts(*row) for row in session.execute(_figures(first, last, D.day))]


def by_template(session: Session, actor: Actor, first: date, last: date) -> list[TemplateTexts]:
    """Templates used from `first` to `last`, both included, by name. Raises Denied."""
    require(actor, Permission.SEE_DELIVERY)
    return [TemplateTexts(*row) for row in session.execute(_figures(first, last, D.template, D.purpose))]


def _figures(first: date, last: date, *keys: ColumnElement[Any]) -> Select[Any]:
    names = ("handed_over", "delivered", "failed", "segments", "opted_out")
    sums = [func.sum(D[name], type_=Integer) for name in names]
    return select(*keys, *sums).where(D.day >= first, D.day <= last).group_by(*keys).order_by(*keys)
