"""A receipt printer without the metal: reads ESC/POS bytes, answers, runs out of paper, and keeps each slip as a file.

Product code: `giliran run` and `giliran demo` print on it, and so do the tests. It is the emulator's machine without a
line and without waiting. Per cut slip it leaves `slip-001.png` (dot for dot) and `slip-001.bin` (the bytes of that slip
as received) in its folder; `fragment-001.*` where the paper ended half-way, `offcut-001.*` for a cut of bare paper.
`printer.json` holds its state: a person may edit it to open the cover or to pull the paper. While it cannot be read it
is left alone, and the printer is one that cannot be reached.
"""

import json
import threading
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from kiosk.errors import TransportError
from printing.emulator.condition import Condition as SimulatedState
from printing.emulator.machine import NOISE, Machine
from printing.emulator.models import EPSON, Clears
from printing.emulator.tray import DOTS_PER_MM, Kind, Piece, Tray, pictures
from printing.profile import Profile, find_profile

__all__ = ["DOTS_PER_MM", "NOISE", "RECEIVE_BUFFER", "SimulatedPrinter", "SimulatedState"]

RECEIVE_BUFFER: Final = 65_536
"""Bytes that a stopped printer still takes before it stops reading."""


class SimulatedPrinter:
    """May be used from any thread. The folder is its memory: roll, state and slips outlive the process.

    Everything but the constructor raises TransportError while `printer.json` is not a state.
    """

    def __init__(self, directory: Path, profile: Profile | None = None) -> None:
        self._directory = directory
        self._lock = threading.RLock()
        self._file = directory / "printer.json"
        self._seen_file: tuple[int, int] | None = None
        profile = profile or find_profile("generic-80mm")
        model = replace(
            EPSON,
            name="simulated",
            identity=_identity(profile),
            clears=Clears.ALWAYS,
            buffer_bytes=RECEIVE_BUFFER,
        )
        self._machine = Machine(model, profile.dots, Tray(directory))
        self._machine.on_piece = self._keep_state
        with suppress(TransportError):
            self._read_file()
            self._write_file()

    @property
    def state(self) -> SimulatedState:
        with self._lock:
            self._read_file()
            return self._machine.condition

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that a real printer might have choked on, in order."""
        return self._machine.problems

    @property
    def room(self) -> int:
        """How many bytes it takes now. 0: it has stopped reading."""
        with self._lock:
            return self._machine.room

    def slips(self) -> tuple[Path, ...]:
        """The pictures of all slips in its folder, oldest first."""
        return pictures(self._directory, Kind.SLIP)

    def change(self, **changes: float | bool) -> None:
        """Open the cover, load paper: fields of SimulatedState. What was waiting in its buffer is printed then."""
        with self._lock:
            self._read_file()
            self._machine.condition = replace(self._machine.condition, **changes)  # type: ignore[arg-type]  # the caller names the fields
            self._write_file()
            self._machine.work()

    def feed(self, data: bytes) -> bytes:
        """Take bytes, at most `room` of them; returns what the printer sends back. `b""` only asks for late answers."""
        with self._lock:
            self._read_file()
            self._machine.receive(data)
            self._machine.work()
            return self._machine.answers()

    def _read_file(self) -> None:
        try:
            stat = self._file.stat()
            if (stat.st_mtime_ns, stat.st_size) == self._seen_file:
                return
            self._machine.condition = _STATE.validate_json(self._file.read_bytes())
            self._seen_file = stat.st_mtime_ns, stat.st_size
        except FileNotFoundError:
            return
        except ValidationError as error:
            fault = error.errors()[0]
            place = "".join(f"{part}: " for part in fault["loc"])
            raise TransportError(
                f"{self._file} is not a printer's state ({place}{fault['msg']}): correct it, or delete it"
            ) from error

    def _keep_state(self, piece: Piece) -> None:
        self._write_file()

    def _write_file(self) -> None:
        unfinished = self._file.with_suffix(".part")
        unfinished.write_text(json.dumps(asdict(self._machine.condition), indent=2) + "\n", encoding="utf-8")
        unfinished.replace(self._file)
        stat = self._file.stat()
        self._seen_file = stat.st_mtime_ns, stat.st_size


_STATE: Final = TypeAdapter(SimulatedState)


def _identity(profile: Profile) -> dict[int, bytes]:
    """`GS I`: firmware (65), maker (66), model (67); one byte for the numbers below."""
    words = {65: "1.0", 66: "Giliran", 67: f"Simulated {profile.paper_mm} mm"}
    return {1: b"\x02", 2: b"\x02", 3: b"\x02"} | {
        number: b"_" + word.encode() + b"\x00" for number, word in words.items()
    }
