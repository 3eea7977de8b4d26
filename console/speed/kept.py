"""The speed screen's read, kept for 30 seconds for everybody."""

import streamlit as st

from console.parts import results
from console.parts.speed_page import Chosen
from console.shell import Visit
from core.reads import speed
from core.reads.speed import Speed


def kept(here: Visit, chosen: Chosen) -> Speed:
    return _read(here, chosen, chosen.filters.key(here, f"{chosen.wall}"))


@st.cache_data(ttl=results.KEPT_SECONDS, show_spinner=False, max_entries=200)
def _read(_here: Visit, _chosen: Chosen, key: results.Key) -> Speed:
    period = _chosen.filters.period
    return _here.read(speed.read, _here.app.reference, period, key.scope, _chosen.wall)
