"""Days and times as the page writes them, on the wall of a location, in English and Spanish. Pure.

Texts write them without accents, which would double what they cost (`core.domain.wall`); a page may spell.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.domain.wall import SPANISH_MONTHS, clock_words

SPANISH_DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
TODAY, TOMORROW = ("today", "hoy"), ("tomorrow", "mañana")
NEAR = 6  # days in which a weekday alone says which one is meant


@dataclass(frozen=True)
class Wall:
    """The clock and calendar of one place, for who reads `language`, at the moment `now`."""

    zone: ZoneInfo
    language: str
    now: datetime

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    @property
    def today(self) -> date:
        return self.local(self.now).date()

    @property
    def spanish(self) -> bool:
        return self.language == "es"

    def clock(self, at: datetime) -> str:
        """`10:30 AM`."""
        return clock_words(self.local(at))

    def weekday(self, day: date) -> str:
        """`Friday`, `viernes`."""
        return SPANISH_DAYS[day.weekday()] if self.spanish else f"{day:%A}"

    def month_day(self, day: date) -> str:
        """`Nov 20`, `20 nov`."""
        return f"{day.day} {SPANISH_MONTHS[day.month - 1][:3]}" if self.spanish else f"{day:%b} {day.day}"

    def whole_date(self, day: date) -> str:
        """`November 20`, `20 de noviembre`."""
        if self.spanish:
            return f"{day.day} de {SPANISH_MONTHS[day.month - 1]}"
        return f"{day:%B} {day.day}"

    def heading(self, day: date) -> tuple[str, str]:
        """`Today` and `Thu, Nov 19`; `Saturday` and `Nov 21`."""
        name = self._by_name(day)
        if name:
            return name.capitalize(), f"{self.weekday(day)[:3]}, {self.month_day(day)}"
        return self.weekday(day).capitalize(), self.month_day(day)

    def short(self, at: datetime) -> str:
        """`Fri, Nov 20, 10:30 AM`; `vie, 20 nov, 10:30 AM`."""
        day = self.local(at).date()
        return f"{self.weekday(day)[:3]}, {self.month_day(day)}, {self.clock(at)}"

    def long(self, at: datetime) -> str:
        """`Friday, November 20, 10:30 AM`; `viernes, 20 de noviembre, 10:30 AM`."""
        day = self.local(at).date()
        return f"{self.weekday(day)}, {self.whole_date(day)}, {self.clock(at)}"

    def near(self, at: datetime) -> str:
        """As short as it is clear: `today 4:30 PM`, `Fri 8:20 AM`, `Dec 3, 8:20 AM`."""
        day = self.local(at).date()
        name = self._by_name(day) if day == self.today else ""
        if name or self._is_near(day):
            return f"{name or self.weekday(day)[:3]} {self.clock(at)}"
        return f"{self.month_day(day)}, {self.clock(at)}"

    def button(self, at: datetime) -> str:
        """What a button books: `Friday 10:30 AM`, `today 4:30 PM`, `Fri, Nov 27, 10:30 AM`."""
        day = self.local(at).date()
        if not self._is_near(day):
            return self.short(at)
        return f"{self._by_name(day) or self.weekday(day)} {self.clock(at)}"

    def _by_name(self, day: date) -> str:
        away = (day - self.today).days
        return {0: TODAY, 1: TOMORROW}[away][self.spanish] if away in (0, 1) else ""

    def _is_near(self, day: date) -> bool:
        return timedelta() <= day - self.today <= timedelta(days=NEAR)
