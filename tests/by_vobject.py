"""Calendar files as vobject reads them."""

from typing import Any

import vobject

ZONES: dict[str, Any] = vars(vobject.icalendar)["__tzidMap"]


def read(text: str) -> Any:
    """The calendar of one file.

    It would keep the first description of a zone that it met in this process, and each file brings but the years it
    needs: forgotten here, but for UTC.
    """
    for name in ZONES.keys() - {"UTC"}:
        del ZONES[name]
    return vobject.readOne(text)
