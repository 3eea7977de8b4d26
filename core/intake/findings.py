"""The faults of one form, collected while it is read. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from core.domain.errors import FieldError, InvalidInput
from core.intake import text
from core.intake.submission import SetAside
from core.intake.whose import flat

T = TypeVar("T")


class UnderAge(InvalidInput):
    """Somebody under 18: the one fault that nothing outweighs."""


@dataclass
class Findings:
    """What could not be used of one form, collected while it is read, each with what was written.

    `faults` are of answers that a person could correct, `oddities` of all else.
    """

    faults: list[SetAside] = field(default_factory=list)
    oddities: list[SetAside] = field(default_factory=list)
    under_age: bool = False

    def read(self, reader: Callable[[], T], otherwise: T, *written: object) -> T:
        """What `reader` makes of its field; `otherwise`, with the fault kept, where it refuses."""
        try:
            return reader()
        except UnderAge as refused:
            self.under_age = True
            self._keep(refused, written)
        except InvalidInput as refused:
            self._keep(refused, written)
        return otherwise

    def refuse(self) -> None:
        """Raises InvalidInput with every fault, where there is one."""
        if self.faults:
            raise InvalidInput([FieldError(fault.field, fault.message) for fault in self.faults])

    def note(self, name: str, message: str, written: object) -> None:
        """Add an oddity."""
        self.oddities.append(SetAside(name, message, text.paragraph(written)))

    def _keep(self, refused: InvalidInput, written: tuple[object, ...]) -> None:
        words = " ".join(filter(None, (text.paragraph(flat(one)) for one in written)))
        self.faults += [SetAside(error.field, error.message, words) for error in refused.errors]
