"""One line of `luxe doctor`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One finding. `words` are what is in order, or what to do."""

    ok: bool
    about: str
    words: str
