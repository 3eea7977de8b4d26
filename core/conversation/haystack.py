"""Words of many texts, held in memory so that they can be looked for; nothing of it is ever stored. Pure.

Texts lie folded (case and accents removed) in blocks, each as one long string: to look through 100,000 of them is a few
milliseconds, and takes some 150 bytes of memory each.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from core.domain.names import SHORTEST_BEGINNING, words

BLOCK = 2000
END = "\n"


@dataclass
class _Block:
    """Texts one after the other: ' each word between blanks \\n'. `starts`: where each begins."""

    ids: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    text: str = ""
    newest: str = ""

    def add(self, texts: Iterable[tuple[str, str]]) -> None:
        parts, end = [self.text], len(self.text)
        for id_, said in texts:
            self.ids.append(id_)
            self.starts.append(end)
            parts.append(f" {said} {END}")
            end += len(said) + 3
            self.newest = max(self.newest, id_)
        self.text = "".join(parts)

    def drop(self, id_: str) -> None:
        """The words go; the place stays, empty."""
        at = self.ids.index(id_)
        begin = self.starts[at]
        stop = self.starts[at + 1] if at + 1 < len(self.starts) else len(self.text)
        self.text = self.text[:begin] + " " * (stop - begin - 1) + END + self.text[stop:]

    def find(self, needles: Sequence[str]) -> Iterator[str]:
        """Ids of the texts that hold all `needles`, in no order."""
        rarest, at = max(needles, key=len), -1
        while (at := self.text.find(rarest, at + 1)) >= 0:
            place = bisect_right(self.starts, at) - 1
            stop = self.text.index(END, at)
            said = self.text[self.starts[place] : stop]
            if all(needle in said for needle in needles):
                yield self.ids[place]
            at = stop


class Haystack:
    """Texts by id. They may come in any order: ids of ours sort by the moment they were made."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._where: dict[str, _Block] = {}

    def __len__(self) -> int:
        return len(self._where)

    def __contains__(self, id_: str) -> bool:
        return id_ in self._where

    def add(self, texts: Iterable[tuple[str, str]]) -> None:
        """(id, what it says) of texts that are not known yet."""
        fresh = [(id_, folded(body)) for id_, body in texts if id_ not in self._where]
        for start in range(0, len(fresh), BLOCK):
            some = fresh[start : start + BLOCK]
            block = self._open_block()
            block.add(some)
            self._where |= dict.fromkeys((id_ for id_, _ in some), block)

    def _open_block(self) -> _Block:
        if not self._blocks or len(self._blocks[-1].ids) >= BLOCK:
            self._blocks.append(_Block())
        return self._blocks[-1]

    def drop(self, ids: Iterable[str]) -> None:
        """Forget these."""
        for id_ in ids:
            block = self._where.pop(id_, None)
            if block:
                block.drop(id_)

    def find(self, text: str, most: int) -> list[str]:
        """Ids of the newest texts, `most` at most, that hold every word of `text`; none where it has no word.

        Words of three letters and more may be beginnings, shorter ones are whole.
        """
        needles = [needle(word) for word in words(text)]
        if not needles:
            return []
        found: list[str] = []
        for block in sorted(self._blocks, key=lambda block: block.newest, reverse=True):
            if len(found) == most and block.newest < found[-1]:
                break
            found = sorted([*found, *block.find(needles)], reverse=True)[:most]
        return found


def folded(text: str) -> str:
    """Its words without case and accents."""
    return " ".join(words(text))


def holds(body: str, text: str) -> bool:
    """Whether `body` has every word of `text`, as `Haystack.find` means it."""
    said = f" {folded(body)} "
    return all(needle(word) in said for word in words(text))


def needle(word: str) -> str:
    """What is looked for in folded words between blanks: a word of three letters and more may be a beginning."""
    return f" {word}" if len(word) >= SHORTEST_BEGINNING else f" {word} "
