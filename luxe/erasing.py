"""`luxe erase`: a person asked to be forgotten."""

from collections.abc import Callable

from core.app import App
from core.domain.ids import number_of
from core.flows.access import erasing
from luxe import operator
from luxe.opening import CommandError

OLD_COPY = (
    "The copy of the data keys in {place} could not be replaced, and still opens backups for them: delete it."
)


def erase(app: App, lead: str, reason: str, agreed: Callable[[str], bool]) -> str:
    """Erase the patient of a lead; what to tell. Raises CommandError, NotFound, InvalidInput."""
    number = number_of(lead)
    if number is None:
        raise CommandError(f"'{lead}' is no lead. Name one such as A-1042.")
    if not agreed(f"Erase the patient of {lead} for good, here and in every backup? Type yes"):
        return "Nothing was erased."
    done = erasing.erase(app, number, reason, actor=operator.name(), now=app.clock.now())
    told = f"Erased: {done.leads} leads, {done.rows} rows. Their number's STOP, if there was one, is still honoured."
    return "\n".join([told, *(OLD_COPY.format(place=place) for place in done.old_copies)])
