"""Who is meant when staff pause, skip or end something in a sequence for several people at once. Pure."""

from dataclasses import dataclass

END, PAUSE, RESUME, SKIP = "end", "pause", "resume", "skip"
ACTS = (END, PAUSE, RESUME, SKIP)


@dataclass(frozen=True)
class Group:
    """Everybody under way in a sequence, or those of one version, one location, one owner; or one lead alone. '' and
    None leave a part open."""

    sequence: str
    version: int | None = None
    location: str = ""
    owner_id: str = ""
    lead_id: str = ""
