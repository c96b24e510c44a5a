"""The emulator's machine in this process, on a line where one thing goes wrong at a chosen byte, and no time passes."""

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from PIL import Image

from kiosk.errors import TransportError
from printing.emulator.condition import Condition
from printing.emulator.machine import Machine
from printing.emulator.models import Model
from printing.emulator.tray import Tray
from printing.transports.deadline import Deadline
from printing.transports.transport import WriteError

_LOOK_AGAIN_S: Final = 0.002


@dataclass(frozen=True)
class Trouble:
    """At byte `at` of all that the printer receives, `change` happens to it and `line` to its line: "" nothing, "gone"
    (nobody connects either, until it is mended), "dropped" (this connection only), "off" (gone, and its memory is
    empty), "late" (what it says comes on the next connection). `is_mended`: by somebody who saw it, after one look at
    the status, while the slip is on its way; else when the verdict is out.
    """

    at: int
    change: tuple[tuple[str, Any], ...] = ()
    line: str = ""
    is_mended: bool = False


class TroubledMachine:
    """A transport. `stale`: what lies on the line when it is first opened."""

    bytes_per_s: float | None = None
    can_read = True

    def __init__(self, model: Model, dots: int, folder: Path, trouble: Trouble, stale: bytes = b"") -> None:
        self.machine = Machine(model, dots, Tray(folder))
        self._folder = folder
        self._trouble = trouble
        self._has_happened = False
        self._line = ""
        self._is_open = False
        self._answers = stale
        self._late = b""
        self._looks = 0
        self._pause = threading.Event()

    def open(self, timeout_s: float) -> None:
        if self._line in {"gone", "off"}:
            raise TransportError("nobody is there")
        self._is_open = True
        self._answers, self._late = self._answers + self._late, b""
        if self._line in {"dropped", "late"}:
            self._line = ""

    def write(self, data: bytes, timeout_s: float) -> None:
        deadline, sent = Deadline(timeout_s), 0
        while sent < len(data):
            self._connected(sent)
            room = min(self.machine.room, len(data) - sent)
            if not self._has_happened:
                room = min(room, max(0, self._trouble.at - self.machine.received) or len(data))
            if room:
                self.machine.receive(data[sent : sent + room])
                sent += room
            elif self.machine.act(data[sent:]):
                sent = len(data)
            elif deadline.is_over:
                raise WriteError("it takes nothing more", sent)
            else:
                self._pause.wait(_LOOK_AGAIN_S)
            if not self._has_happened and self.machine.received >= self._trouble.at:
                self._happen()
        self._looks += b"\x10\x04\x04" in data

    def read(self, timeout_s: float) -> bytes:
        self._connected(0)
        self.machine.work()
        said, self._answers = self._answers + self.machine.answers(), b""
        if self._line == "late":
            self._late, said = self._late + said, b""
        if not said:
            self._pause.wait(min(timeout_s, _LOOK_AGAIN_S))
        if self._has_happened and self._trouble.is_mended and self._looks and not self._line:
            self._looks = -1_000_000
            self._set(Condition())
        return said

    def pass_over(self) -> None:
        """There is only one."""

    def close(self) -> None:
        self._is_open = False

    def mend(self) -> None:
        """All is well again, and what the printer still holds comes out."""
        self._has_happened, self._line = True, ""
        self._set(Condition())

    def pieces(self) -> list[Image.Image]:
        """All paper that left it."""
        return [Image.open(path).convert("1") for path in sorted(self._folder.glob("*.png"))]

    def _happen(self) -> None:
        self._has_happened = True
        self._looks = 0
        self._line = self._trouble.line
        if self._line == "off":
            self.machine.switch_off()
        changes: dict[str, Any] = dict(self._trouble.change)
        self._set(replace(self.machine.condition, **changes))

    def _set(self, condition: Condition) -> None:
        self.machine.condition = condition
        self.machine.work()

    def _connected(self, sent: int) -> None:
        if self._line in {"gone", "off", "dropped"}:
            raise WriteError("the line broke", sent)
        if not self._is_open:
            raise WriteError("it is not connected", sent)
