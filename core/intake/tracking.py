"""Where a form came from: campaign parameters, click ids, and the name of the source. Pure."""

from collections.abc import Mapping

from core.domain.names import fold
from core.intake import text
from core.intake.draft import CLICK_IDS, Draft, Vocabulary
from core.intake.findings import Findings
from core.intake.impersonal import impersonal
from core.intake.labels import tracking_name

# The widths of columns of ours, and for the rest what no real parameter reaches.
TRACKING_LIMITS = {"utm_source": 80, "utm_medium": 80, "utm_campaign": 120}
TRACKING_LIMIT, CLICK_ID_LIMIT = 500, 2000


def tracking_of(raw: Mapping[str, object], found: Findings) -> tuple[dict[str, str], dict[str, object]]:
    """(utm_* and click ids as we keep them, whatever else stood among them).

    A click id is kept whole or not at all: a cut one is worth nothing and looks as if it were.
    """
    known: dict[str, str] = {}
    unknown: dict[str, object] = {}
    for key, value in list(raw.items())[: text.MOST_ENTRIES]:
        name = tracking_name(text.line(key))
        if name in CLICK_IDS and len(text.line(value)) > CLICK_ID_LIMIT:
            found.note(name, f"Longer than {CLICK_ID_LIMIT:,} characters, so it can't be used.", "")
        elif name in CLICK_IDS:
            known.setdefault(name, text.line(value))
        elif name.startswith("utm_") and len(name) <= 40 and impersonal(name) == name:
            known.setdefault(name, impersonal(text.words(value))[: TRACKING_LIMITS.get(name, TRACKING_LIMIT)])
        else:
            unknown[name[:120]] = text.tree(value)
    return {name: value for name, value in known.items() if value}, unknown


def source_of(draft: Draft, tracking: Mapping[str, str], vocabulary: Vocabulary) -> str:
    """Where the lead came from: what the form says, else what its utm_source is called, else the connector."""
    if draft.source:
        return impersonal(text.words(draft.source))[:80]
    utm = tracking.get("utm_source", "")
    medium = tracking.get("utm_medium", "")
    named = vocabulary.sources.get(fold(f"{utm} {medium}")) or vocabulary.sources.get(fold(utm))
    return named or utm or vocabulary.sources.get(draft.connector) or draft.connector
