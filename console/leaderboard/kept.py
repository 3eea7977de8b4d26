"""The leaderboard's read, kept for 30 seconds for everybody who may see the same."""

import streamlit as st

from console.parts import results
from console.parts.speed_page import Chosen
from console.shell import Visit
from core.domain.roles import Permission
from core.reads import leaderboard
from core.reads.leaderboard import Leaderboard


def kept(here: Visit, chosen: Chosen) -> Leaderboard:
    """One's own row is kept for oneself alone."""
    alone = "" if here.actor.may(Permission.SEE_COLLEAGUES_FIGURES) else here.actor.staff_id
    return _read(here, chosen, chosen.filters.key(here, f"{chosen.wall}:{alone}"))


@st.cache_data(ttl=results.KEPT_SECONDS, show_spinner=False, max_entries=200)
def _read(_here: Visit, _chosen: Chosen, key: results.Key) -> Leaderboard:
    period = _chosen.filters.period
    return _here.read(leaderboard.read, _here.app.reference, period, key.scope, _chosen.wall)
