"""The append-only file behind the simulator: one JSON document a line, written before the answer goes out."""

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.domain.errors import LuxeError

Entry = dict[str, Any]


class SpoiledJournalError(LuxeError):
    """A whole line of the journal is not what this program writes. The message says which, and the way out."""

    def __init__(self, path: Path, line: int) -> None:
        super().__init__(f"{path}, line {line} can't be read; mend it, or move the file away to start empty")


class JournalInUseError(LuxeError):
    """Another simulator runs in the same home folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"another simulator is using {path}; stop it, or set another LUXE_HOME")


class Journal:
    """Appends with one write call each, so a killed process loses at most the line it was writing.

    The operating system keeps what was written when the process dies; the file is not flushed to the disk,
    so a power cut may lose the last second. That is enough for a stand-in.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._claim()
        self._drop_torn_line()

    def append(self, entry: Entry) -> None:
        """Raises OSError when the disk is full: the caller must then refuse what it was asked.

        A part that was written is cut off again: the next line would be glued to it, and no start could read that.
        """
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        before = os.fstat(self._file).st_size
        if os.write(self._file, line) != len(line):
            os.ftruncate(self._file, before)
            raise OSError("the journal took only a part of a line")

    def replay(self, apply: Callable[[Entry], None]) -> None:
        """Hands every line to `apply`, oldest first. Raises SpoiledJournalError."""
        with self._path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    apply(json.loads(line))
                except (ValueError, KeyError, TypeError) as error:
                    raise SpoiledJournalError(self._path, number) from error

    def clear(self) -> None:
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        os.close(self._file)

    def _claim(self) -> None:
        """One process a journal: a second one would cut off what the first is writing. Ends with the process."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._file)
            raise JournalInUseError(self._path) from error

    def _drop_torn_line(self) -> None:
        """Cut what follows the last line end: the next line would otherwise be glued to it."""
        with self._path.open("rb+") as file:
            content = file.read()
            file.truncate(content.rfind(b"\n") + 1)
