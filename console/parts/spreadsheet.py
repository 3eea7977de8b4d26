"""Results as CSV: the period and the filters in every row, so that a file still says what it is of. Pure."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from console.parts.figures import Share, label
from core.reads.parts.periods import Period
from core.reads.parts.scopes import Scope
from core.reference import Reference

FORMULA = tuple("=+-@")
CONTROL = tuple("\t\r\n")


def narrowed(scope: Scope, reference: Reference) -> dict[str, str]:
    """Each filter and what it is set to, 'all' where it is open."""
    place = reference.clinic.locations.get(scope.location)
    return {
        "location": place.name if place else "all",
        "source": label(scope.source) if scope.source else "all",
        "treatment": reference.treatment_label(scope.treatment) if scope.treatment else "all",
    }


def table(
    period: Period, filters: Mapping[str, str], columns: Sequence[str], rows: Iterable[Sequence[str]]
) -> str:
    """`rows` hold a text for each of `columns`."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["from", "to", *filters, *columns])
    same = [period.first.isoformat(), period.last.isoformat(), *map(safe, filters.values())]
    writer.writerows([*same, *map(safe, row)] for row in rows)
    return text.getvalue()


def rate(share: Share) -> str:
    """'0.4188', what a spreadsheet can go on with; '' where there is nobody."""
    return "" if share.rate is None else f"{share.rate:.4f}"


def dollars(cents: int) -> str:
    return f"{cents / 100:.2f}"


def safe(text: str) -> str:
    """A name that came in an address must not become a formula in somebody's spreadsheet, spaces before it or not."""
    begins = unicodedata.normalize("NFKC", text).lstrip()[:1] in FORMULA or text[:1] in CONTROL
    return f"'{text}" if text and begins else text
