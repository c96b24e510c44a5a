"""Open sessions: a challenge that signatures cover, and the counter that only rises.

Kept in memory: after a restart a device just opens a new one. One device holds a few at most, so that neither a
lost answer nor a stranger who knows its id can fill the memory, or push out anybody: sessions in which nobody has
signed yet are counted apart.
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from server.limits import SIGNED, Buckets, Rate

PER_DEVICE: Final = 8
"""Of those that it has signed in, and of the others."""
DEVICES: Final = 10_000


@dataclass(slots=True)
class OpenSession:
    """`public_key`: the device's, 32 raw bytes; it never changes."""

    site_id: str
    device_id: str
    public_key: bytes
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    challenge: str = field(default_factory=lambda: secrets.token_hex(32))
    counter: int = 0

    @property
    def is_proven(self) -> bool:
        """Whether the device itself has spoken in it."""
        return self.counter > 0

    def advance(self, counter: int) -> bool:
        """Whether `counter` is new. Call it only for a request whose signature fits."""
        if counter <= self.counter:
            return False
        self.counter = counter
        return True


class Sessions:
    """Used on the event loop's thread only. Within a device the longest unused session goes first."""

    def __init__(self, rate: Rate = SIGNED) -> None:
        self.rates = Buckets(rate)
        self._of_device: OrderedDict[tuple[str, str], OrderedDict[str, OpenSession]] = OrderedDict()

    def open(self, site_id: str, device_id: str, public_key: bytes) -> OpenSession:
        session = OpenSession(site_id, device_id, public_key)
        own = self._of_device.setdefault((site_id, device_id), OrderedDict())
        self._of_device.move_to_end((site_id, device_id))
        own[session.id] = session
        for is_proven in (True, False):
            alike = [one.id for one in own.values() if one.is_proven is is_proven]
            for old in alike[:-PER_DEVICE]:
                del own[old]
        if len(self._of_device) > DEVICES:
            self._of_device.popitem(last=False)
        return session

    def find(self, site_id: str, device_id: str, session_id: str) -> OpenSession | None:
        own = self._of_device.get((site_id, device_id), OrderedDict())
        session = own.get(session_id)
        if session is not None:
            own.move_to_end(session_id)
        return session
