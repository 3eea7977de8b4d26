"""Why an email did not arrive, in plain words, and what can be done. Asks no database.

Mail servers word their refusals as they like; what is kept of one is whether the address takes nothing for good.
"""

from dataclasses import dataclass

from core.messaging.failures import ASK_ADDRESS, CALL, CALL_ONLY, Failure
from core.messaging.store.emails import BOUNCED, COMPLAINED

GAVE_UP = "gave_up"
DOUBTFUL = Failure("No answer from the mail server; it may have arrived", "Resend, or drop it")
MOVED = Failure("Came back; they have another address now")


@dataclass(frozen=True)
class Standing:
    """What is known of where the patient's emails go now. `moved`: that is another address than this one went to;
    `unreachable`: it takes nothing; `may_market`: they want advertising there."""

    moved: bool = False
    has_address: bool = True
    unreachable: bool = False
    may_market: bool = True


def judge(status: str, reason: str, standing: Standing, *, unknown: bool, markets: bool) -> Failure:
    """The failure of one email: `status` of the email and `reason` of its action. What bars every email to the address
    of now comes before what went wrong with this one."""
    if status == COMPLAINED:
        return _not("Marked as unwanted by who got it", CALL)
    if not standing.has_address:
        return _not("There is no email address any more", ASK_ADDRESS)
    if standing.unreachable:
        return _not("The address takes no email", ASK_ADDRESS)
    if markets and not standing.may_market:
        return _not("They want no advertising by email", CALL_ONLY)
    if unknown:
        return DOUBTFUL
    if status == BOUNCED:
        return MOVED if standing.moved else _not("The address takes no email", ASK_ADDRESS)
    return Failure("The mail server took it at no try" if reason == GAVE_UP else "The mail server refused it")


def _not(why: str, remedy: str) -> Failure:
    return Failure(why, remedy, resend=False)
