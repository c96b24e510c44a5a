"""Which server counts: the newest that was ever seen. One that was replaced may come back, and must not be obeyed.

A server's epoch rises when it is restored from a copy, or when another takes over its site (design.md, section 6).
"""

from collections.abc import Callable
from typing import Final

import structlog

from kiosk.errors import FencedError

log = structlog.get_logger(__name__)

MOST_MISSED: Final = 1_000_000
"""Epochs rise by one at a restore. Who names one further ahead lies, whether to a kiosk or to a server: believed, it
would shut out the true server for good, and leave no number that it could be promoted to.
"""


class EpochFence:
    """`newest`: the highest epoch ever seen, None before the first contact. `remember` is called with each higher one,
    before anything that came with it is used. Belongs to one event loop, however many connections share it.
    """

    def __init__(self, newest: int | None = None, remember: Callable[[int], None] = lambda _: None) -> None:
        self.newest = newest
        self._remember = remember
        self._doubted: int | None = None

    def is_old(self, epoch: int) -> bool:
        return self.newest is not None and epoch < self.newest

    def admit(self, epoch: int) -> None:
        """Raises FencedError where a newer server was seen already: nothing this one says may be used. An epoch that
        no server can have is not remembered.
        """
        if self.newest is not None and epoch < self.newest:
            raise old_server(epoch, self.newest)
        if not is_believable(epoch, self.newest):
            self._doubt(epoch)
        elif epoch != self.newest:
            self.newest = epoch
            self._remember(epoch)

    def _doubt(self, epoch: int) -> None:
        if epoch != self._doubted:
            self._doubted = epoch
            log.warning("epoch_doubted", epoch=epoch, newest=self.newest)


def is_believable(epoch: int, newest: int | None) -> bool:
    """`newest`: the highest that is known, None before the first contact."""
    return epoch <= (newest or 0) + MOST_MISSED


def old_server(epoch: int, newest: int) -> FencedError:
    return FencedError(
        f"An old server answers for this site (epoch {epoch}, and {newest} was seen already):"
        " stop it, or give this device the address of the new one."
    )
