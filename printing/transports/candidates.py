"""Which of several devices an address means: they come back under other names after they were unplugged."""

import glob
from collections.abc import Callable, Iterable
from typing import TypeVar

from kiosk.errors import TransportError

OpenedT = TypeVar("OpenedT")


class Candidates:
    """Those that an address fits just now, in the order in which they are to be tried.

    First the one that was taken last, if it is still there; the others in their natural order; none that was passed
    over as another than the wanted one, until all that are there have been.
    """

    def __init__(self, look: Callable[[], Iterable[str]]) -> None:
        self._look = look
        self._last: str | None = None
        self._passed_over: set[str] = set()

    def in_order(self) -> tuple[str, ...]:
        there = sorted(self._look(), key=_by_length)
        self._passed_over &= set(there)  # what comes back under an old name may be another device
        if self._passed_over.issuperset(there):
            self._passed_over.clear()
        return tuple(
            sorted((name for name in there if name not in self._passed_over), key=lambda name: name != self._last)
        )

    def open_first(self, attempt: Callable[[str], OpenedT], absent: str) -> OpenedT:
        """What `attempt` makes of the first that can be taken hold of; it raises TransportError for one that cannot.

        Raises TransportError: what was wrong with the last one tried, or `absent` where there is none.
        """
        problem = absent
        for name in self.in_order():
            try:
                opened = attempt(name)
            except TransportError as error:
                problem = str(error)
            else:
                self._last = name
                return opened
        raise TransportError(problem)

    def pass_over(self) -> None:
        """The one taken last."""
        if self._last is not None:
            self._passed_over.add(self._last)
            self._last = None


def names_like(pattern: str) -> list[str]:
    """The device files that fit; where none does, the pattern itself, so that somebody says what is not there."""
    return glob.glob(pattern) or [pattern]  # noqa: PTH207  # a pattern of the whole path, from the root


def _by_length(name: str) -> tuple[int, str]:
    """lp2 before lp10."""
    return len(name), name
