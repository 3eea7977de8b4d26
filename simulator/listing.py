"""The list of messages: filters, newest first, pages that hold still while new texts arrive."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import dropwhile, islice
from typing import Any
from urllib.parse import urlencode

from simulator.ledger import Ledger
from simulator.refusals import RefusalError
from simulator.texts import Text

DATE_FILTERS = ("DateSent", "DateSent<", "DateSent>")
LARGEST_PAGE = 1000


@dataclass(frozen=True)
class ListQuery:
    """`seen_until` is the real moment up to which texts are in the list yet. Dates are inclusive, in UTC.

    A text that has not been sent yet is filtered by its creation.
    """

    to: str
    sender: str
    day: datetime | None
    before: datetime | None
    after: datetime | None
    page_size: int
    page: int
    page_token: str
    seen_until: datetime

    def takes(self, text: Text) -> bool:
        sent = (text.sent_at or text.created_at).replace(microsecond=0)
        return (
            not text.deleted
            and text.accepted_at <= self.seen_until
            and (not self.to or text.to == self.to)
            and (not self.sender or text.sender == self.sender)
            and (not self.day or self.day <= sent < self.day + timedelta(days=1))
            and (not self.before or sent <= self.before)
            and (not self.after or sent >= self.after)
        )


def read_query(params: Mapping[str, str], seen_until: datetime) -> ListQuery:
    """Raises RefusalError 20001 for a date or a page size that can't be read."""
    try:
        size = int(params.get("PageSize", "50"))
        page = int(params.get("Page", "0"))
        day, before, after = (_moment(params.get(name, "")) for name in DATE_FILTERS)
    except ValueError as error:
        raise RefusalError(20001, str(error)) from error
    return ListQuery(
        to=params.get("To", ""), sender=params.get("From", ""),
        day=day.replace(hour=0, minute=0, second=0) if day else None, before=before, after=after,
        page_size=max(1, min(LARGEST_PAGE, size)), page=page, page_token=params.get("PageToken", ""),
        seen_until=seen_until,
    )  # fmt: skip


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def find_page(ledger: Ledger, query: ListQuery) -> tuple[list[Text], bool]:
    """The page's texts, and whether more follow."""
    found = filter(query.takes, _candidates(ledger, query))
    page = list(islice(found, query.page_size + 1))
    return page[: query.page_size], len(page) > query.page_size


def _candidates(ledger: Ledger, query: ListQuery) -> Iterator[Text]:
    """A filter on a patient's number walks that phone's texts only; the clinic's number is no phone here."""
    number = next((n for n in (query.to, query.sender) if n and ledger.phone(n)), "")
    texts = ledger.newest_first(number)
    last_sid = query.page_token.removeprefix("PA")
    if not last_sid:
        return texts
    rest = dropwhile(lambda text: text.sid != last_sid, texts)
    next(rest, None)
    return rest


def list_document(
    path: str, params: Mapping[str, str], query: ListQuery, texts: list[Text], more: bool
) -> dict[str, Any]:
    """Everything of a Twilio list page but the `messages` themselves."""
    filters = {name: value for name, value in params.items() if name not in ("Page", "PageToken")}
    first = filters | {"PageSize": str(query.page_size), "Page": "0"}
    following = first | {"Page": str(query.page + 1), "PageToken": f"PA{texts[-1].sid}"} if more else None
    start = query.page * query.page_size
    return {
        "first_page_uri": f"{path}?{urlencode(first)}",
        "next_page_uri": f"{path}?{urlencode(following)}" if following else None,
        "previous_page_uri": None,
        "page": query.page,
        "page_size": query.page_size,
        "start": start,
        "end": max(start, start + len(texts) - 1),
        "uri": f"{path}?{urlencode(params)}",
    }
