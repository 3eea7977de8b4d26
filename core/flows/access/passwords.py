"""Passwords as they are compared, kept and made."""

import secrets

import bcrypt

from core.staff import rules

# Neither 0 nor O, neither 1 nor l nor I: what is read off a screen once and typed.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
BCRYPT_COST = 12


def check(password: str, password_hash: str) -> bool:
    """Takes the same time for every account: one without a usable hash is compared with a hash nobody opens."""
    raw = password.encode(errors="replace")
    possible = len(raw) <= rules.MAX_BYTES and b"\0" not in raw
    usable = password_hash if password_hash.startswith("$2") else rules.NO_PASSWORD
    return bcrypt.checkpw(raw.replace(b"\0", b"?")[: rules.MAX_BYTES], usable.encode()) and possible


def hashed(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(BCRYPT_COST)).decode()


def new_one() -> str:
    """Sixteen letters and digits in groups of four: 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
