"""What the figures of this page are called where their leads are listed."""

from console.leaderboard.view import CAUSE_NAMES
from console.parts.speed_page import Chosen
from console.shell import Visit
from core.reads import behind_figures
from core.reads.behind_figures import Behind
from core.reads.leaderboard import Leaderboard
from core.reads.parts.speed_figures import FOUR_BANDS


def title(board: Leaderboard, figure: str) -> str:
    """'Maya Torres'; '' for a figure that is not on this page."""
    kind, _, which = figure.partition(":")
    if kind == "person":
        return board.names.get(which, "")
    if kind == "cause":
        return "" if board.own else CAUSE_NAMES.get(which, "")
    known = kind == "fast" and which.isdecimal() and int(which) < len(FOUR_BANDS.names)
    return f"A person tried: {FOUR_BANDS.names[int(which)]}" if known and not board.own else ""


def read(here: Visit, chosen: Chosen, figure: str) -> Behind:
    scope, period = chosen.filters.scope, chosen.filters.period
    return here.read(behind_figures.of_leaderboard, here.app.reference, period, scope, chosen.wall, figure)
