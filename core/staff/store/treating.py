"""SQL of who gives treatments, and what patients may choose them by."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.prepared import Query
from core.staff.tables import staff

S = staff.c


@dataclass(frozen=True)
class Provider:
    """One who gives treatments. `location` '' is the default one; `gender` and `about` '' unless they said so."""

    id: str
    name: str
    title: str
    location: str
    skills: Sequence[str]
    seniority: int
    languages: Sequence[str]
    gender: str
    about: str

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


_PROVIDERS = Query(
    select(*(S[name] for name in Provider.__dataclass_fields__))
    .where(S.active, S.role == "provider")
    .order_by(S.name, S.id)
)


def providers(session: Session) -> list[Provider]:
    """Everybody who gives treatments here now, by name."""
    return [Provider(*row) for row in _PROVIDERS.rows(session)]
