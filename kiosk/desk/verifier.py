"""Whether it is the same officer again: after an idle lock, or while the server cannot be asked. In memory only.

The server keeps PINs (kiosk/sync/pin_seal.py); this desk keeps a slow hash of the one that was right a moment ago, for
as long as the program runs. Nothing of it reaches a disk.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Final

from kiosk.sync.desk_wire import Answer, Refusal

_FREE_TRIES: Final = 5
_MOST_TRIES: Final = 15
_FIRST_WAIT_S: Final = 15.0


class Verifier:
    """Of one officer. `monotonic`: seconds that never jump."""

    def __init__(self, staff: str, pin: str, monotonic: Callable[[], float]) -> None:
        self.staff = staff
        self._salt = secrets.token_bytes(16)
        self._hash = self._hashed(pin)
        self._monotonic = monotonic
        self._wrong = 0
        self._not_before = 0.0

    @property
    def is_worn_out(self) -> bool:
        """Tried too often: only the server can tell now."""
        return self._wrong >= _MOST_TRIES

    def check(self, pin: str) -> Answer:
        """As the server answers a sign-in. Takes 50 ms."""
        wait_s = self._not_before - self._monotonic()
        if self.is_worn_out:
            return Answer(refusal=Refusal.SIGNED_OUT)
        if wait_s > 0:
            return Answer(refusal=Refusal.WAIT, wait_s=int(wait_s) + 1)
        if hmac.compare_digest(self._hash, self._hashed(pin)):
            self._wrong = 0
            return Answer()
        self._wrong += 1
        if self._wrong < _FREE_TRIES:
            return Answer(refusal=Refusal.WRONG_PIN)
        wait_s = _FIRST_WAIT_S * 2.0 ** (self._wrong - _FREE_TRIES)
        self._not_before = self._monotonic() + wait_s
        return Answer(refusal=Refusal.WAIT, wait_s=int(wait_s))

    def _hashed(self, pin: str) -> bytes:
        return hashlib.scrypt(pin.encode(), salt=self._salt, n=2**14, r=8, p=1)
