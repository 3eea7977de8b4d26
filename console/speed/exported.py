"""Speed as CSV: sums, nothing about a patient. Pure."""

from collections.abc import Mapping

from console.parts import spreadsheet
from console.speed.view import ALIKE_BY, DAYS, SLOT_NAMES
from core.reads.parts.periods import Period
from core.reads.parts.speed_figures import Rate
from core.reads.speed import Brought, Speed

EXPORTED = (
    "part", "name", "people", "reached", "reached of people", "booked", "booked of people", "value per lead",
    "median seconds",
)  # fmt: skip


def export(found: Speed, period: Period, narrowed: Mapping[str, str]) -> str:
    """Bands, the week and the two speeds as CSV: sums, nothing about a patient."""
    rows = [_two_row("machine, first text", found.machine), _two_row("person, first try", found.person)]
    rows += [["never contacted", "", str(found.never), "", "", "", "", "", ""]]
    rows += [_band_row("as it was", one) for one in found.bands]
    rows += [
        _band_row(f"like for like, {ALIKE_BY[by].lower()}", one)
        for by, bands in found.alike.items()
        for one in bands
    ]
    rows += [
        ["week", f"{DAYS[day]}, {SLOT_NAMES[slot]}", str(cell.many), "", "", "", "", "", _whole(cell.median)]
        for day, cells in enumerate(found.grid)
        for slot, cell in enumerate(cells)
        if cell.many
    ]
    return spreadsheet.table(period, narrowed, EXPORTED, rows)


def _two_row(name: str, its: object) -> list[str]:
    many, middle = getattr(its, "many", 0), getattr(its, "median", None)
    return ["speed", name, str(many), "", "", "", "", "", "" if middle is None else f"{middle:.1f}"]


def _band_row(part: str, one: Brought) -> list[str]:
    value = "" if one.value.rate is None else f"{one.value.rate:.2f}"
    return [
        part, one.name, str(one.booked.of), str(one.reached.part), _exported_rate(one.reached),
        str(one.booked.part), _exported_rate(one.booked), value, "",
    ]  # fmt: skip


def _exported_rate(one: Rate) -> str:
    return "" if one.rate is None else f"{one.rate:.4f}"


def _whole(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.0f}"
