"""What a conversation asks of the log that it brings upstream, and of whoever stands there.

A log that lies in memory answers without ever suspending; then a conversation can be driven by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kiosk.domain.events import LogHead, StoredEvent
from kiosk.sync.wire import AppendAnswer, Hello, HelloAnswer, Pull, SharedNumber


class Upstream(Protocol):
    """kiosk.sync.client.SyncClient, seen from here. Every method raises SyncError."""

    async def hello(self, message: Hello) -> HelloAnswer: ...

    async def append(self, events: Sequence[bytes]) -> AppendAnswer: ...

    async def pull(self, message: Pull) -> Sequence[bytes]: ...


@dataclass(frozen=True, slots=True)
class Survey:
    """A log at one moment. `heads`: the last event of each incarnation, the oldest incarnation first.
    `acknowledged`: incarnation -> the last sequence that upstream acknowledged, also of what was pruned here since;
    `central`: the same of what central holds. `numbers`: see Hello. `server_epoch`: the highest that was ever heard
    from upstream, None for none; `site_epoch`: a relay's own, None for who is no server.
    """

    heads: Sequence[LogHead]
    acknowledged: Mapping[str, int]
    central: Mapping[str, int] = field(default_factory=dict)
    numbers: Sequence[SharedNumber] = ()
    server_epoch: int | None = None
    site_epoch: int | None = None


class OutgoingLog(Protocol):
    """One origin's log, here. Every method raises StoreError, or what its database raises instead."""

    @property
    def origin(self) -> str: ...

    async def survey(self) -> Survey: ...

    async def unsent(self) -> Sequence[str]:
        """Incarnations that upstream has not acknowledged to their end, the newest status first."""

    async def read_after(
        self, incarnation: str, sequence: int, max_events: int, max_bytes: int
    ) -> Sequence[StoredEvent]:
        """The next events in order, at least one if there is one; where some were pruned the first is a later one."""

    async def believe(
        self, acknowledged: Mapping[str, int], retracted: Mapping[str, int], central: Mapping[str, int]
    ) -> None:
        """Write down what is safe where, in one transaction: raise to `acknowledged`, lower to `retracted`, and take
        `central` as it is, up or down; 0 for nothing.
        """

    async def hear_epoch(self, server_epoch: int) -> None:
        """Upstream says that it is in this epoch. Raises SyncError where a newer one was heard already."""

    async def lose(self, *, has_twin: bool) -> None:
        """Upstream holds events of this origin that are not here: this disk was restored or cloned. Called before they
        are asked for. `has_twin`: they were written while this log was at work, so by another machine.
        """

    async def take_back(self, incarnation: str, after: int, events: Sequence[bytes]) -> str | None:
        """Put lost events back, all or none, and note them as acknowledged; they follow `after`, the last one here.
        A sentence where they are no continuation of what is here.
        """
