"""What the figures of this page are called where their leads are listed."""

from console.parts.figure_words import minutes
from console.parts.speed_page import Chosen
from console.shell import Visit
from console.speed.view import DAYS, SLOT_NAMES
from core.reads import behind_figures
from core.reads.behind_figures import Behind
from core.reads.parts.speed_figures import SIX_BANDS
from core.reads.speed import Speed


def title(found: Speed, figure: str) -> str:
    """'5 to 15 min to a person'; '' for a figure that is not on this page."""
    kind, _, rest = figure.partition(":")
    places = [int(part) for part in rest.split(":") if part.isdecimal()]
    match kind, places:
        case "band", [place] if place < len(SIX_BANDS.names):
            name = SIX_BANDS.names[place]
            return f"A person tried: {name if name[-1].isalpha() else f'{name} min'}"
        case "bar", [place] if place < len(found.person_histogram.counts):
            start, end = found.person_histogram.ends[place : place + 2]
            return f"A person tried: {_span(start)} to {_span(end)}"
        case "cell", [day, slot] if day < len(DAYS) and slot < len(SLOT_NAMES):
            return f"Came {DAYS[day]}, {SLOT_NAMES[slot]}"
        case "never", []:
            return "Never contacted by a person"
    return ""


def _span(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else minutes(seconds)


def read(here: Visit, chosen: Chosen, figure: str) -> Behind:
    scope, period = chosen.filters.scope, chosen.filters.period
    return here.read(behind_figures.of_speed, here.app.reference, period, scope, chosen.wall, figure)
