"""A serial line without a wire: what a printer at the other end of a pseudo terminal sees and says."""

import os
import pty
import select
import threading
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from printing.transports.deadline import Deadline

PATIENCE_S = 5.0


class PseudoTerminal:
    """Raw at both ends, `path` is ours, behind `link` if there is one. Use as a context manager."""

    def __init__(self, link: Path | None = None) -> None:
        self._link = link
        self._printer = self._line = -1
        self.path = link or Path()

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    def plug(self) -> None:
        """Another terminal each time, so another name: like an adapter that comes back after it was pulled."""
        self._printer, self._line = pty.openpty()
        tty.setraw(self._line)
        os.set_blocking(self._printer, False)
        name = Path(os.ttyname(self._line))
        if self._link is None:
            self.path = name
        else:
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(name)

    def unplug(self) -> None:
        for descriptor in (self._line, self._printer):
            if descriptor >= 0:
                os.close(descriptor)
        self._printer = self._line = -1

    def say(self, data: bytes) -> None:
        os.write(self._printer, data)

    def hear(self, count: int) -> bytes:
        """The next bytes that came, `count` of them or what came by the end of our patience."""
        deadline = Deadline(PATIENCE_S)
        heard = b""
        while len(heard) < count and not deadline.is_over:
            heard += self.hear_now(0.05, count - len(heard))
        return heard

    def hear_now(self, timeout_s: float = 0.0, most: int = 65_536) -> bytes:
        ready, _, _ = select.select([self._printer], [], [], timeout_s)
        return os.read(self._printer, most) if ready else b""


class AnsweringTerminal(PseudoTerminal):
    """`feed` takes what came and gives back the answers, in a thread of its own."""

    def __init__(self, feed: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._feed = feed
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def plug(self) -> None:
        super().plug()
        self._thread.start()

    def unplug(self) -> None:
        self._is_over.set()
        self._thread.join()
        super().unplug()

    def _serve(self) -> None:
        while not self._is_over.is_set():
            if came := self.hear_now(0.02):
                self.say(self._feed(came))
