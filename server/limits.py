"""How often one asker may ask, so that one that runs wild, or means ill, does not slow the others."""

import ipaddress
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from kiosk.sync.wire import ProblemCode
from server.problems import RefusedError


@dataclass(frozen=True, slots=True)
class Rate:
    per_s: float
    burst: int
    """So many at once, after a silence."""


SIGNED: Final = Rate(200, 400)
"""Of one device. A kiosk that sends 90 days of events in batches needs a tenth of it."""
UNSIGNED: Final = Rate(20, 60)
"""Of one address: the kiosks of a hall behind one router may all come back at once."""
CROWD: Final = Rate(100, 900)
"""Of one address, of what hangs in the hall: three requests each of 300 phones behind one router, all at once."""
CODES: Final = Rate(1, 10)
"""Of one address: a person types a code, a machine guesses it."""

_MOST_ASKERS: Final = 10_000
_NET_BITS_V6: Final = 64
"""What one subscriber has of IPv6; a single address of it means nothing."""


class Buckets:
    """A token bucket for each asker. Used on the event loop's thread only; knows so many askers and not one more.

    An asker that was forgotten for others starts with a full bucket.
    """

    def __init__(self, rate: Rate, monotonic: Callable[[], float] = time.monotonic, most: int = _MOST_ASKERS) -> None:
        self._interval_s = 1 / rate.per_s
        self._burst_s = rate.burst / rate.per_s
        self._monotonic = monotonic
        self._most = most
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def take(self, asker: Hashable) -> None:
        """Raises RefusedError(`rate`) when the asker's bucket is empty."""
        now = self._monotonic()
        full_at = max(now, self._full_at.get(asker, now))
        too_early_s = full_at + self._interval_s - now - self._burst_s
        if too_early_s > self._interval_s / 2:  # half a request is what floating point may be wrong by
            raise RefusedError(ProblemCode.RATE, "You ask too often.", retry_after_s=max(1.0, too_early_s))
        self._full_at[asker] = full_at + self._interval_s
        self._full_at.move_to_end(asker)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)


class Strangers:
    """Of requests that no signature covers, by the address they come from: behind a proxy on this machine the one that
    it names in X-Forwarded-For, behind any other proxy that proxy's own.
    """

    def __init__(self, unsigned: Rate = UNSIGNED, codes: Rate = CODES, crowd: Rate = CROWD) -> None:
        self._unsigned = Buckets(unsigned)
        self._crowd = Buckets(crowd)
        self._codes = Buckets(codes)

    def check(self, request: Request) -> None:
        """Raises RefusedError(`rate`)."""
        self._unsigned.take(_net(request))

    def check_crowd(self, request: Request) -> None:
        """The same for who looks at the hall's board, whose answers are made once for all."""
        self._crowd.take(_net(request))

    def check_code(self, request: Request) -> None:
        """The same for whoever brings a pairing code."""
        self._codes.take(_net(request))


class Crowd:
    """How many connections each address has open at once. Used on the event loop's thread only. A proxy on this machine
    brings everybody's, so a loopback address may have any number.
    """

    def __init__(self, most: int, *, spares_loopback: bool = True) -> None:
        self._most = most
        self._spares_loopback = spares_loopback
        self._here: Counter[str] = Counter()

    def enter(self, host: str) -> bool:
        """False where its address has too many. `leave` must follow all the same."""
        net = _net_of(host)
        self._here[net] += 1
        return self._here[net] <= self._most or (self._spares_loopback and _is_loopback(host))

    def leave(self, host: str) -> None:
        net = _net_of(host)
        self._here[net] -= 1
        if self._here[net] <= 0:
            del self._here[net]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _net(request: Request) -> str:
    return _net_of(request.client.host if request.client is not None else "")


def _net_of(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:  # the number is the name
        return str(ipaddress.ip_network((address, _NET_BITS_V6), strict=False))
    return host
