"""The one tree of errors. No HTTP codes here: the gateway and the console map them to answers."""

from dataclasses import dataclass
from typing import Self


class LuxeError(Exception):
    """Root of everything this product raises on purpose. The message is fit for the person who caused it."""


class SettingsError(LuxeError):
    """A setting is missing or wrong. `setting` is the environment variable, `message` says what to do."""

    def __init__(self, setting: str, message: str) -> None:
        super().__init__(f"{setting}: {message}")
        self.setting = setting


@dataclass(frozen=True)
class FieldError:
    """One refused field: its name as the sender knows it, and a message that names the way out."""

    field: str
    message: str


class InvalidInput(LuxeError):
    """Input was refused; `errors` holds at least one FieldError."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in errors))
        self.errors = errors

    @classmethod
    def of(cls, field: str, message: str) -> Self:
        return cls([FieldError(field, message)])


class UnreadablePayload(LuxeError):
    """A delivery that is not what its connector sends: kept as a dead letter, never dropped."""


class NotAuthentic(LuxeError):
    """A signature, key or session that does not prove who is calling."""


class Denied(LuxeError):
    """This role may not do this. The message names who may."""


class NotFound(LuxeError):
    """No such record, or none this person may see."""


class LostRace(LuxeError):
    """Somebody was faster; the record is as they left it. The message names them where it can."""


class SlotTaken(LostRace):
    """The time is somebody else's by now, or was never free. What is near to it is read anew by whoever says so."""


class ClosedToTexts(LuxeError):
    """A text to this number is refused: opted out, no mobile, or no consent."""
