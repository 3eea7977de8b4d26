"""Moments and zones as a line of `luxe try` gives them."""

import re
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime

FIRST_YEAR, LAST_YEAR = 1970, 2999
ZONE = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+){0,2}")


def _in_reach(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"Give a moment between {FIRST_YEAR} and {LAST_YEAR}.")
    return moment.astimezone(UTC)


def _known(zone: str) -> str:
    try:
        if not ZONE.fullmatch(zone):
            raise ValueError  # each slash of it would be looked for as a folder inside of the one before
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"There is no time zone {zone[:60]!r}. Write one such as America/New_York."
        ) from None
    return zone


Moment = Annotated[AwareDatetime, AfterValidator(_in_reach)]  # UTC by the time it is read
Zone = Annotated[str, AfterValidator(_known)]
