"""Which server counts: the newest that was ever seen. One that was replaced may come back, and must not be obeyed.

A server's epoch rises when it is restored from a copy, or when another takes over its site (design.md, section 6).
"""

from collections.abc import Callable

from kiosk.errors import FencedError


class EpochFence:
    """`newest`: the highest epoch ever seen, None before the first contact. `remember` is called with each higher one,
    before anything that came with it is used. Belongs to one event loop, however many connections share it.
    """

    def __init__(self, newest: int | None = None, remember: Callable[[int], None] = lambda _: None) -> None:
        self.newest = newest
        self._remember = remember

    def is_old(self, epoch: int) -> bool:
        return self.newest is not None and epoch < self.newest

    def admit(self, epoch: int) -> None:
        """Raises FencedError where a newer server was seen already: nothing this one says may be used."""
        if self.newest is not None and epoch < self.newest:
            raise old_server(epoch, self.newest)
        if epoch != self.newest:
            self.newest = epoch
            self._remember(epoch)


def old_server(epoch: int, newest: int) -> FencedError:
    return FencedError(
        f"An old server answers for this site (epoch {epoch}, and {newest} was seen already):"
        " stop it, or give this device the address of the new one."
    )
