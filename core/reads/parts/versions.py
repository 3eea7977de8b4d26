"""What an editor shows of one kind: what is in use, what is drafted, and the whole history of one key."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.domain.reading import Problem
from core.domain.roles import Actor, require
from core.staff.tables import staff
from core.versions import store
from core.versions.rules import SHIPPED_NUMBER, Body, InUse, Kind, in_use
from core.versions.tables import DRAFT, PUBLISHED, SUPERSEDED, versions

V = versions.c


def published(session: Session, kind: Kind) -> dict[str, InUse]:
    """What is used of one kind now: the clinic's own over what ships. One small statement; callers may keep it."""
    return in_use(kind.shipped(), store.published(session, kind.name))


@dataclass(frozen=True)
class Version:
    """One version. `at` and `by`: published, or last saved where it is a draft; '' where it came with the product."""

    number: int
    state: str  # draft, published, superseded
    retired: bool
    revision: int
    body: Body
    note: str
    restored_from: int | None
    at: datetime | None
    by: str


@dataclass(frozen=True)
class History:
    """Every version of one key, newest first. `published` may be a retired one; None for what only is a draft."""

    versions: tuple[Version, ...]

    @property
    def draft(self) -> Version | None:
        return next((one for one in self.versions if one.state == DRAFT), None)

    @property
    def published(self) -> Version | None:
        return next((one for one in self.versions if one.state == PUBLISHED), None)


def history(session: Session, actor: Actor, kind: Kind, key: str) -> History:
    """Empty where the key is known to nobody. Raises Denied."""
    require(actor, kind.sees)
    shipped = kind.shipped().get(key)
    own = _versions(session, kind, (V.key == key,))
    found = [version for _key, version in own]
    if shipped is not None and not any(one.number == SHIPPED_NUMBER for one in found):
        published_since = any(one.state != DRAFT for one in found)
        found.append(_shipped(shipped, SUPERSEDED if published_since else PUBLISHED))
    return History(tuple(found))


def problems(session: Session, actor: Actor, kind: Kind, key: str, body: Body) -> list[Problem]:
    """What bars these words from being published as things stand. Raises Denied."""
    require(actor, kind.sees)
    return kind.parse(body) or kind.sound(session, key, body)


@dataclass(frozen=True)
class Entry:
    """One key of a kind as a list shows it: what is published and what is drafted, either may be missing."""

    key: str
    published: Version | None
    draft: Version | None


def entries(session: Session, actor: Actor, kind: Kind) -> list[Entry]:
    """Every key of a kind: the shipped ones in their order, then the clinic's own; retired ones too. Raises Denied."""
    require(actor, kind.sees)
    rows = _versions(session, kind, (V.state.in_((DRAFT, PUBLISHED)),))
    own: dict[str, dict[str, Version]] = {}
    for key, version in rows:
        own.setdefault(key, {})[version.state] = version
    came = {key: _shipped(body, PUBLISHED) for key, body in kind.shipped().items()}
    keys = [*came, *sorted(key for key in own if key not in came)]
    return [
        Entry(key, own.get(key, {}).get(PUBLISHED) or came.get(key), own.get(key, {}).get(DRAFT))
        for key in keys
    ]


def _versions(session: Session, kind: Kind, where: Iterable[Any]) -> list[tuple[str, Version]]:
    saver, publisher = aliased(staff), aliased(staff)
    rows = session.execute(
        select(
            V.key, V.number, V.state, V.retired, V.revision, V.body, V.note, V.restored_from,
            V.saved_at, V.published_at, saver.c.name.label("saver"), publisher.c.name.label("publisher"),
        )
        .outerjoin(saver, saver.c.id == V.saved_by)
        .outerjoin(publisher, publisher.c.id == V.published_by)
        .where(V.kind == kind.name, *where)
        .order_by(V.key, V.number.desc())
    )  # fmt: skip
    return [(row.key, _version(row)) for row in rows]


def _version(row: Any) -> Version:
    draft = row.state == DRAFT
    return Version(
        number=row.number,
        state=row.state,
        retired=row.retired,
        revision=row.revision,
        body=row.body,
        note=row.note,
        restored_from=row.restored_from,
        at=row.saved_at if draft else row.published_at,
        by=(row.saver if draft else row.publisher) or "",
    )


def _shipped(body: Body, state: str) -> Version:
    return Version(SHIPPED_NUMBER, state, False, 0, body, "", None, None, "")
