"""Machines that can lose their power at any named point of the product's code."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

COMMIT: Final = "server.before_commit"


class PowerCut(BaseException):
    """Not an Exception: no handler of the product may live through it."""

    def __init__(self, machine: "Machine", point: str) -> None:
        super().__init__(point)
        self.machine = machine
        self.point = point


class Machine:
    """Something with a name that runs a program, or does not."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.points_to_live: int | None = None
        """It dies at the fault point at which this reaches 0; None: it lives."""

    @property
    def is_up(self) -> bool:
        raise NotImplementedError

    def die(self) -> None:
        """All memory is gone; what was committed stays on the disk."""
        raise NotImplementedError


class Power:
    """Knows whose code is running: a kiosk's call runs the server's code on top of its own."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._running: list[Machine] = []
        self._tell = tell
        self._cuts_commits = False

    @contextmanager
    def at_commits(self, does: bool) -> Iterator[None]:  # noqa: FBT001
        """Whether a commit is a fault point meanwhile: what was to be committed is undone."""
        self._cuts_commits = does
        try:
            yield
        finally:
            self._cuts_commits = False

    @contextmanager
    def on(self, machine: Machine) -> Iterator[None]:
        """Runs `machine`'s code. If its power goes meanwhile it dies here, and whoever called it gets no answer."""
        self._running.append(machine)
        try:
            yield
        except PowerCut as cut:
            if cut.machine is not machine:
                raise
            self._tell(f"{machine.name} loses its power at {cut.point}")
            machine.die()
        finally:
            self._running.pop()

    def passed(self, point: str) -> None:
        """The product came by a fault point."""
        if not self._running or (machine := self._running[-1]).points_to_live is None:
            return
        if point == COMMIT and not self._cuts_commits:
            return
        machine.points_to_live -= 1
        if machine.points_to_live <= 0:
            machine.points_to_live = None
            raise PowerCut(machine, point)
