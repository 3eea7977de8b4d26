"""Everything the simulator knows: texts in order, phones with their opt-out. Journal first, memory second."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from simulator.journal import Entry, Journal
from simulator.texts import Changes, Text, changes_from_json, changes_to_json, text_from_json, text_to_json

OnChange = Callable[[str, str | None], None]


@dataclass(slots=True)
class Phone:
    """One patient's phone. `sids` are its texts, oldest first; `touched` orders the phones by activity."""

    number: str
    name: str = ""
    opted_out: bool = False
    touched: int = 0
    sids: list[str] = field(default_factory=list)


class Ledger:
    """The one state of the process. Every change is in the journal before it is visible."""

    def __init__(self, journal: Journal, on_change: OnChange) -> None:
        self._journal = journal
        self._on_change = on_change
        self._texts: dict[str, Text] = {}
        self._phones: dict[str, Phone] = {}
        self._touches = 0
        journal.replay(self._apply)

    def add(self, text: Text) -> None:
        """Raises OSError when the journal can't take it; the text is then not accepted."""
        self._journal.append({"kind": "text", **text_to_json(text)})
        self._insert(text)
        self._on_change(text.phone, text.sid)

    def change(self, sid: str, changes: Changes) -> Text:
        """The text as it is now. Raises KeyError for an unknown id."""
        phone = self._texts[sid].phone
        self._journal.append({"kind": "change", "sid": sid, "changes": changes_to_json(changes)})
        changed = self._change(sid, changes)
        self._on_change(phone, sid)
        return changed

    def opt_out(self, number: str, opted_out: bool) -> None:
        self._journal.append({"kind": "opt_out", "phone": number, "opted_out": opted_out})
        self._phone(number).opted_out = opted_out
        self._on_change(number, None)

    def name(self, number: str, name: str) -> None:
        """Give a phone its owner's name; makes the phone when it is new, and moves it to the front."""
        self._journal.append({"kind": "name", "phone": number, "name": name})
        self._touch(number).name = name
        self._on_change(number, None)

    def clear(self) -> None:
        self._journal.clear()
        self._texts.clear()
        self._phones.clear()

    def get(self, sid: str) -> Text | None:
        return self._texts.get(sid)

    def texts(self) -> Iterable[Text]:
        return self._texts.values()

    def newest_first(self, phone: str = "") -> Iterator[Text]:
        """All texts, or one phone's, from the newest back."""
        if not phone:
            return reversed(self._texts.values())
        found = self._phones.get(phone)
        return (self._texts[sid] for sid in reversed(found.sids if found else []))

    def phone(self, number: str) -> Phone | None:
        return self._phones.get(number)

    def phones(self) -> Iterable[Phone]:
        return self._phones.values()

    def counts(self) -> tuple[int, int]:
        """Texts and phones."""
        return len(self._texts), len(self._phones)

    def opted_out(self, number: str) -> bool:
        phone = self._phones.get(number)
        return phone is not None and phone.opted_out

    def _apply(self, entry: Entry) -> None:
        kind = entry.pop("kind")
        if kind == "text":
            self._insert(text_from_json(entry))
        elif kind == "change":
            self._change(entry["sid"], changes_from_json(entry["changes"]))
        elif kind == "opt_out":
            self._phone(entry["phone"]).opted_out = entry["opted_out"]
        else:
            self._touch(entry["phone"]).name = entry["name"]

    def _insert(self, text: Text) -> None:
        self._texts[text.sid] = text
        self._touch(text.phone).sids.append(text.sid)

    def _change(self, sid: str, changes: Changes) -> Text:
        self._texts[sid] = replace(self._texts[sid], **changes)
        return self._texts[sid]

    def _touch(self, number: str) -> Phone:
        phone = self._phone(number)
        self._touches += 1
        phone.touched = self._touches
        return phone

    def _phone(self, number: str) -> Phone:
        return self._phones.setdefault(number, Phone(number))
