"""The last layer of a blind index, whose key can be replaced without knowing what an index is of.

A fingerprint is one block of AES: what a key made of it another one can be put in the place of, although nobody could
make the fingerprint anew. A number that said STOP is known by it alone, and must be for ever.
"""

from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

LENGTH = 32  # hex digits: one block of 16 bytes
NONE = ""  # the name of no seal at all: what a database begins with


class IndexSeals:
    """`keys` by name, oldest first. Which is in force the database says (`settle`); until it was asked, the newest."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._ciphers = {name: _cipher(key) for name, key in keys.items()}
        self.in_force = self.newest

    @property
    def newest(self) -> str:
        return next(reversed(self._ciphers), NONE)

    def learn(self, other: "IndexSeals") -> None:
        """Know the keys of another one too; what is in force stays."""
        self._ciphers.update(other._ciphers)

    def through(self, fingerprint: str) -> str:
        """The index of a fingerprint."""
        return self.sealed(fingerprint, self.in_force)

    def settle(self, fingerprint: str, index: str) -> bool:
        """Put in force whichever made this index of this fingerprint; False where none did."""
        for name in (self.in_force, *self._ciphers, NONE):
            if self.sealed(fingerprint, name) == index:
                self.in_force = name
                return True
        return False

    def sealed(self, fingerprint: str, name: str) -> str:
        return fingerprint if name == NONE else _block(self._ciphers[name].encryptor().update, fingerprint)

    def unsealed(self, index: str, name: str) -> str:
        return index if name == NONE else _block(self._ciphers[name].decryptor().update, index)


def _cipher(key: bytes) -> Cipher[ECB]:
    # Equal indexes must come out equal, and each is a single block that looks like chance: no mode is needed.
    return Cipher(AES(key), ECB())  # noqa: S305


def _block(through: Callable[[bytes], bytes], text: str) -> str:
    return through(bytes.fromhex(text)).hex()
