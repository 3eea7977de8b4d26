"""The provider's codes: why a text did not arrive, in plain words, and what can be done. Pure; compliance.md C5."""

from dataclasses import dataclass

RESEND = "Resend"
ASK_MOBILE = "Ask for a mobile"
CALL = "Call instead"
CALL_ONLY = "None: call only"
REWORD = "Write it in other words"
ASK_ADDRESS = "Ask for the right address"
# What whoever works the lead does meanwhile, by remedy; where none is named, the setup is at fault.
ADVICE = {
    RESEND: "Call, or try again.",
    "Resend tomorrow": "Call, or try again tomorrow.",
    ASK_MOBILE: "Call, or ask for a mobile number.",
    CALL: "Call instead.",
    CALL_ONLY: "Call instead.",
    REWORD: "Call, or write it in other words.",
    ASK_ADDRESS: "Call, or text, and ask for the right address.",
}
OURS_TO_MEND = "An admin must look at it. Call meanwhile."


@dataclass(frozen=True)
class Failure:
    """`why` it failed, the `remedy`, and whether sending it again can help (`resend`)."""

    why: str
    remedy: str = RESEND
    resend: bool = True

    @property
    def advice(self) -> str:
        """What to do about it at the lead, a whole sentence."""
        return ADVICE.get(self.remedy, OURS_TO_MEND)


def _not(why: str, remedy: str) -> Failure:
    return Failure(why, remedy, resend=False)


NOT_DELIVERED = Failure("Not delivered")
CODES: dict[int, Failure] = {
    429: Failure("The provider was too busy"),
    20429: Failure("The provider was too busy"),
    500: Failure("The provider had a fault"),
    502: Failure("The provider had a fault"),
    503: Failure("The provider had a fault"),
    504: Failure("The provider had a fault"),
    20500: Failure("The provider had a fault"),
    20003: Failure("Our account was not accepted", "Fix the account, then resend"),
    21211: _not("Not a valid number", ASK_MOBILE),
    21217: _not("Not a valid number", ASK_MOBILE),
    21408: _not("Texts to this region are off", CALL),
    21602: _not("The text was empty", REWORD),
    21606: Failure("Our sender is not set up", "Fix the sender, then resend"),
    21610: _not("Opted out of texts", CALL_ONLY),
    21612: _not("No route to this number", CALL),
    21614: _not("Not a mobile number", ASK_MOBILE),
    21617: _not("The text was too long", REWORD),
    21660: Failure("Our sender is not set up", "Fix the sender, then resend"),
    21703: Failure("Our sender is not set up", "Fix the sender, then resend"),
    30001: Failure("Too many texts at once"),
    30002: Failure("Our account is suspended", "Fix the account, then resend"),
    30003: Failure("Phone off or out of reach"),
    30004: _not("Blocked by the carrier or the phone", CALL),
    30005: _not("Number not in service", ASK_MOBILE),
    30006: _not("Landline, cannot get texts", ASK_MOBILE),
    30007: _not("Carrier filtered this wording", REWORD),
    30008: Failure("Unknown fault at the carrier"),
    30022: Failure("Over the carrier's limit for a minute"),
    30023: Failure("Over the carrier's limit for a day", "Resend tomorrow"),
    30032: _not("Our number is not verified", "Register the sender"),
    30034: _not("Our number is not registered", "Register the sender"),
    30036: Failure("Was too long on its way"),
    30047: Failure("The provider had a fault"),
    30450: _not("Held by the provider as suspected fraud", "Ask the provider"),
    30610: Failure("Sent outside the allowed hours"),
    30640: _not("Barred by the provider", CALL_ONLY),
}
CHECKING = _not("No answer from the provider, checking with it now", "Wait")
DOUBTFUL = Failure("No answer from the provider; it may have arrived", "Resend, or drop it")


def of(code: int | None) -> Failure:
    """What is known of a code by itself; a code that we don't know, or none, is 'Not delivered'."""
    return CODES.get(code or 0, NOT_DELIVERED)


@dataclass(frozen=True)
class Standing:
    """What else is known of the number and the lead now."""

    opted_out: bool = False
    unreachable: bool = False
    call_only: bool = False


def judge(code: int | None, standing: Standing, *, unknown: bool, checking: bool) -> Failure:
    """The failure of one text. `unknown`: its outcome is; `checking`: the provider is still being asked.

    What bars every text to the number comes before what went wrong with this one.
    """
    if checking:
        return CHECKING
    failure = DOUBTFUL if unknown else of(code)
    if standing.opted_out:
        return _not("Opted out of texts", CALL_ONLY)
    if standing.unreachable and failure.resend:
        return _not("Texts do not reach this number", ASK_MOBILE)
    if standing.call_only and failure.resend:
        return _not(failure.why, CALL_ONLY)
    return failure
