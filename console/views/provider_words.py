"""What the carrier's error codes mean for the work, and what to do (compliance.md C5)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """`what` happened, and what to `do` about it; both whole phrases for a screen."""

    what: str
    do: str


CALL = "Call instead."
ASK = "Ask for another number."
KNOWN = {
    21211: Trouble("This number does not exist", ASK),
    21217: Trouble("This number does not exist", ASK),
    21408: Trouble("Texts to this country are switched off", CALL),
    21606: Trouble("Our sending number is not accepted", "An admin must look at it. Call meanwhile."),
    21610: Trouble("The number opted out at the carrier", CALL),
    21612: Trouble("The carrier has no route to this number", CALL),
    21614: Trouble("Not a mobile number", "Call, or ask for a mobile number."),
    30001: Trouble("The carrier's queue was full", "Send it again in a few minutes."),
    30002: Trouble("Our account with the provider is suspended", "An admin must look at it. Call meanwhile."),
    30003: Trouble("Phone off or out of reach", "Call, or try again in a few hours."),
    30004: Trouble("Blocked by the phone or its carrier", CALL),
    30005: Trouble("Number unknown to the carrier", ASK),
    30006: Trouble("Landline, or the carrier cannot deliver", CALL),
    30007: Trouble("Filtered by the carrier", "Call, or write it in other words."),
    30008: Trouble("The carrier gave no reason", "Try once more, or call."),
    30034: Trouble(
        "Our number is not registered with the carriers", "An admin must look at it. Call meanwhile."
    ),
    30036: Trouble("It waited too long at the carrier", "Send it again if it still helps."),
}
UNKNOWN = Trouble("Not delivered", "Call, or try again.")


def trouble(code: int | None) -> Trouble:
    """In words, whatever the code."""
    return KNOWN.get(code or 0, UNKNOWN)
