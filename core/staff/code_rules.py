"""Codes of an authenticator app (RFC 6238: six digits, half a minute), and those for when the phone is gone. Pure."""

import hmac
import secrets

import pyotp

STEP_SECONDS = 30
WINDOW = 1  # steps that a phone's clock, or a slow hand, may be off either way
DIGITS = 6
RECOVERY_CODES = 10
HALVES = 2
HALF = 5  # letters; two halves are 49 bits, and tries are slowed down
# Neither 0 nor O, neither 1 nor l nor I: copied by hand, and typed on a bad day.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
ISSUER = "Luxe Follow-Up"


def new_secret() -> str:
    """160 bits, in the letters that apps take by hand too."""
    return pyotp.random_base32()


def address(secret: str, username: str) -> str:
    """What the picture holds: `otpauth://totp/...`."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=username, issuer_name=ISSUER)


def matching_step(secret: str, typed: str, at: float) -> int | None:
    """The step whose code this is, at `at` seconds since 1970 as the phone counts; None for a wrong one."""
    app, code, present = pyotp.TOTP(secret, interval=STEP_SECONDS), plain(typed), int(at) // STEP_SECONDS
    good = None
    for step in range(present - WINDOW, present + WINDOW + 1):
        if hmac.compare_digest(app.generate_otp(step).encode(), code.encode()):
            good = step
    return good


def is_code(typed: str) -> bool:
    """Whether it is one of an app, and no recovery code."""
    code = plain(typed)
    return len(code) == DIGITS and code.isascii() and code.isdigit()


def plain(typed: str) -> str:
    """As it is compared: '123 456' is 123456, 'ABCDE-FGHJK' abcdefghjk. Whatever is longer than any code is cut."""
    return "".join(letter for letter in typed[:40].lower() if letter.isascii() and letter.isalnum())


def new_codes() -> list[str]:
    """Ten codes as they are shown: 'abcde-fghjk'."""
    return ["-".join(_half() for _ in range(HALVES)) for _ in range(RECOVERY_CODES)]


def _half() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(HALF))


def in_fours(secret: str) -> str:
    """The secret as one reads it out: 'ABCD EFGH ...'."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
