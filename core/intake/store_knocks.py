"""SQL of the forms that came lately by our own pages: counted by keyed hashes, forgotten after days.

In the database, because several gateways share it. The figures decide only whether a form is looked at by a person
first, so two that come at one moment need not see one another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, select
from sqlalchemy.orm import Session

from core.db.prepared import InsertOne, Query
from core.db.types import UtcDateTime, blind
from core.domain.ids import new_id
from core.intake.suspicion_rules import Knocks
from core.intake.tables import form_knocks, form_submissions

K, S = form_knocks.c, form_submissions.c
HOUR, DAY, MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=5)
MOST = 200  # more need not be counted


@dataclass(frozen=True)
class Knock:
    """What a form is counted by, as keyed hashes; None where it has no such part."""

    page: str | None
    number: str | None
    network: str | None
    words: str | None


def knock(session: Session, *, page: str, number: str, network: str, words: str) -> Knock:
    """The hashes of what a form says; '' has none."""
    parts = {"page": page, "number": number, "network": network, "words": words}
    return Knock(**{n: blind(session, f"knock_{n}", said) if said else None for n, said in parts.items()})


def _count(*conditions: ColumnElement[bool]) -> Any:
    found = select(K.id).where(*conditions).limit(MOST).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


def _since(name: str) -> ColumnElement[bool]:
    return K.at > bindparam(name, type_=UtcDateTime())


_CAME = Query(
    select(
        _count(K.page_index == bindparam("page"), _since("day")).label("of_page"),
        _count(K.number_index == bindparam("number"), _since("hour")).label("of_number_hour"),
        _count(K.number_index == bindparam("number"), _since("day")).label("of_number_day"),
        _count(K.network_index == bindparam("network"), _since("minutes")).label("of_network"),
        _count(K.words_index == bindparam("words"), _since("day")).label("of_words"),
        _count(K.id > bindparam("hour_id"), K.is_new).label("new_numbers"),
        exists().where(S.phone_index == bindparam("phone_index")).label("known"),
    )
)


def came_before(session: Session, one: Knock, phone_index: str | None, now: datetime) -> Knocks:
    """What came before this form, in one statement."""
    ((*counts, known),) = _CAME.rows(
        session,
        page=one.page,
        number=one.number,
        network=one.network,
        words=one.words,
        phone_index=phone_index,
        hour=now - HOUR,
        hour_id=new_id(now - HOUR),  # ids sort by the time they were made
        day=now - DAY,
        minutes=now - MINUTES,
    )
    of_page, of_hour, of_day, of_network, of_words, new = map(int, counts)
    is_new = one.number is not None and not known and not of_day
    return Knocks(of_page, of_hour, of_day, of_network, of_words, new, is_new)


_EARLIER = Query(
    select(
        exists().where(S.connector == bindparam("connector"), S.external_id == bindparam("external_id")),
        exists().where(K.form_index == bindparam("form")),
    )
)


def form_hash(session: Session, external_id: str) -> str:
    """What a form that waits is known again by."""
    return blind(session, "knock_form", external_id)


def earlier(session: Session, connector: str, external_id: str) -> tuple[bool, bool]:
    """Whether this very form is a submission already, and whether it was held."""
    form = form_hash(session, external_id)
    ((accepted, held),) = _EARLIER.rows(session, connector=connector, external_id=external_id, form=form)
    return bool(accepted), bool(held)


_KNOCK = InsertOne(form_knocks)


def note(session: Session, one: Knock, *, is_new: bool, form: str | None, now: datetime) -> None:
    """This form came. `form`: its hash where it waits, so that the very same one is known again."""
    _KNOCK.run(
        session,
        id=new_id(now),
        at=now,
        form_index=form,
        page_index=one.page,
        number_index=one.number,
        network_index=one.network,
        words_index=one.words,
        is_new=is_new,
    )


def note_booked(session: Session, sender: str, now: datetime) -> None:
    """A visit was booked by itself from there. Its row has a hash that no form's network has."""
    _KNOCK.run(session, id=new_id(now), at=now, network_index=_booked_by(session, sender), is_new=False)


def booked_from(session: Session, sender: str, now: datetime) -> int:
    """How many were within a day."""
    theirs = (K.network_index == _booked_by(session, sender), K.at > now - DAY)
    return int(session.execute(select(_count(*theirs))).scalar_one())


def _booked_by(session: Session, sender: str) -> str:
    return blind(session, "knock_booked", sender)


def forget(session: Session, before: datetime, limit: int) -> int:
    """Forget at most `limit` of those that came before; how many."""
    old = select(K.id).where(K.id < new_id(before)).limit(limit)
    return int(session.execute(delete(form_knocks).where(K.id.in_(old))).rowcount)  # type: ignore[attr-defined]
