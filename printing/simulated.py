"""A receipt printer without the metal: reads ESC/POS bytes, answers, runs out of paper, and keeps each slip as a file.

Product code: `giliran run` and `giliran demo` print on it, and so do the tests. Per cut slip it leaves `slip-001.png`
(dot for dot) and `slip-001.bin` (the bytes of that slip as received) in its folder; `fragment-001.*` where the paper
ended half-way, `offcut-001.*` for a cut of bare paper. `printer.json` holds its state: a person may edit it to open the
cover or to pull the paper. While it cannot be read it is left alone, and the printer is one that cannot be reached.
"""

import json
import re
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from pydantic import ConfigDict, TypeAdapter, ValidationError

from kiosk.errors import TransportError
from printing.escpos_parser import TEXT, UNKNOWN, Command, EscposParser
from printing.paper_canvas import PaperCanvas, Style
from printing.profile import Profile, find_profile

DOTS_PER_MM: Final = 8
RECEIVE_BUFFER: Final = 65_536
"""Bytes that a stopped printer still takes before it stops reading."""

NOISE: Final = b"\xff\x7f7\x22????\x00\x13"
"""What a noisy line adds before each answer: no status, and a process id of nobody."""

_REALTIME: Final = re.compile(rb"\x10\x04([\x01-\x04])|\x10\x05([\x01\x02])")
_FIXED_BITS: Final = 0x12
_QUESTIONS: Final = ("DLE EOT", "DLE ENQ", "GS r", "GS I", "GS a", "GS ( H", "NUL")
"""Conversation, not paper: no part of a slip's bytes."""


@dataclass(frozen=True, slots=True)
class SimulatedState:
    """`paper_mm` is what is left on the roll; under `near_end_mm` the near-end sensor reports."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    paper_mm: float = 80_000
    near_end_mm: float = 3_000
    is_cover_open: bool = False
    is_cutter_jammed: bool = False
    is_overheated: bool = False
    is_silent: bool = False
    is_noisy: bool = False

    @property
    def is_stopped(self) -> bool:
        """Whether the printer takes bytes without printing them."""
        return self.paper_mm <= 0 or self.is_cover_open or self.is_cutter_jammed or self.is_overheated


class SimulatedPrinter:
    """May be used from any thread. The folder is its memory: roll, state and slips outlive the process.

    Everything but the constructor raises TransportError while `printer.json` is not a state.
    """

    def __init__(self, directory: Path, profile: Profile | None = None) -> None:
        self._directory = directory
        self._profile = profile or find_profile("generic-80mm")
        self._parser = EscposParser()
        self._canvas = PaperCanvas(self._profile.dots)
        self._slip = bytearray()
        self._tail = b""
        self._late = b""
        self._lock = threading.RLock()
        self._problems: list[str] = []
        self._file = directory / "printer.json"
        self._seen_file: tuple[int, int] | None = None
        self._state = SimulatedState()
        directory.mkdir(parents=True, exist_ok=True)
        self._kept = Counter({kind: _last_number(directory, kind) for kind in ("slip", "fragment", "offcut")})
        with suppress(TransportError):
            self._read_file()
            self._write_file()

    @property
    def state(self) -> SimulatedState:
        with self._lock:
            self._read_file()
            return self._state

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that a real printer might have choked on, in order."""
        return tuple(self._problems)

    @property
    def room(self) -> int:
        """How many bytes it takes now. 0: it has stopped reading."""
        with self._lock:
            return max(0, RECEIVE_BUFFER - self._parser.pending) if self.state.is_stopped else RECEIVE_BUFFER

    def slips(self) -> tuple[Path, ...]:
        """The pictures of all slips in its folder, oldest first."""
        return tuple(sorted(self._directory.glob("slip-*.png")))

    def change(self, **changes: float | bool) -> None:
        """Open the cover, load paper: fields of SimulatedState. What was waiting in its buffer is printed then."""
        with self._lock:
            self._read_file()
            self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # the caller names the fields
            self._write_file()
            self._late += self._work_off()

    def feed(self, data: bytes) -> bytes:
        """Take bytes, at most `room` of them; returns what the printer sends back. `b""` only asks for late answers."""
        with self._lock:
            self._read_file()
            urgent, rest = self._realtime(data)
            self._parser.feed(rest)
            answers = self._late + urgent + self._work_off()
            self._late = b""
            if self._state.is_silent or not answers:
                return b""
            return (NOISE if self._state.is_noisy else b"") + answers

    def _realtime(self, data: bytes) -> tuple[bytes, bytes]:
        """Real-time commands act as they arrive, also when printing has stopped, also inside pictures.

        Returns their answers, and what of `data` is left for the receive buffer.
        """
        window = self._tail + data
        answers, rest = b"", data
        for found in _REALTIME.finditer(window):
            if found.end() <= len(self._tail):
                continue
            if found.group(1):
                answers += bytes([self._status_byte(found.group(1)[0])])
            elif found.group(2) == b"\x02":
                self._parser.clear()
                self._canvas.reset()
                rest = window[found.end() :]
        self._tail = window[-2:]
        return answers, rest

    def _status_byte(self, kind: int) -> int:
        state = self._state
        match kind:
            case 1:
                bits = 0x08 * state.is_stopped
            case 2:
                has_error = state.is_cutter_jammed or state.is_overheated
                bits = 0x04 * state.is_cover_open | 0x20 * (state.paper_mm <= 0) | 0x40 * has_error
            case 3:
                bits = 0x08 * state.is_cutter_jammed | 0x40 * state.is_overheated
            case _:
                bits = 0x0C * (state.paper_mm < state.near_end_mm) | 0x60 * (state.paper_mm <= 0)
        return _FIXED_BITS | bits

    def _work_off(self) -> bytes:
        answers = b""
        while not self._state.is_stopped:
            command = self._parser.take()
            if command is None:
                break
            if command.name not in _QUESTIONS:
                self._slip += command.raw
            answers += self._obey(command)
        return answers

    def _obey(self, command: Command) -> bytes:  # noqa: C901, PLR0912  # one case a command
        canvas, first = self._canvas, command.parameters[:1]
        match command.name:
            case "ESC @":
                canvas.reset()
            case _ if command.name == TEXT:
                self._move(canvas.write(command.data))
            case "LF":
                self._move(canvas.end_line())
            case "ESC d":
                for _ in range(first[0]):
                    self._move(canvas.end_line())
            case "ESC J":
                self._move(canvas.feed(first[0]))
            case "ESC *":
                self._columns(command)
            case "GS v 0":
                row = int.from_bytes(command.parameters[2:4], "little")
                self._move(canvas.raster(row, int.from_bytes(command.parameters[4:6], "little"), command.data))
            case "GS V":
                self._cut()
            case "GS r":
                near, end = self._state.paper_mm < self._state.near_end_mm, self._state.paper_mm <= 0
                return bytes([0x03 * near | 0x0C * end])
            case "GS ( H" if command.data[:2] == b"00":
                return b"\x37\x22" + command.data[2:6] + b"\x00"
            case "GS I":
                return _identity(first[0], self._profile)
            case "GS a" if first != b"\x00":
                return bytes([0x10, 0, 0x0F * (self._state.paper_mm <= 0), 0])
            case "GS ( k" | "GS ( H" | "GS a" | "DLE EOT" | "DLE ENQ" | "NUL" | "CR" | "HT" | "CAN":
                pass
            case _ if command.name == UNKNOWN:
                self._problems.append(f"unknown command {command.raw.hex(' ')}")
            case _:
                self._style(command)
        return b""

    def _style(self, command: Command) -> None:
        value = command.parameters[0] if command.parameters else 0
        style = self._canvas.style
        match command.name:
            case "ESC !":
                style = replace(style, is_bold=bool(value & 8), height=1 + (value >> 4 & 1), width=1 + (value >> 5 & 1))
            case "GS !":
                style = replace(style, width=1 + (value >> 4 & 7), height=1 + (value & 7))
            case "ESC E" | "ESC G":
                style = replace(style, is_bold=bool(value & 1))
            case "GS B":
                style = replace(style, is_reversed=bool(value & 1))
            case "ESC a":
                style = replace(style, alignment=value % 48 % 3)
            case "ESC t":
                style = replace(style, code_page=value)
            case "ESC 2":
                style = replace(style, line_dots=Style().line_dots)
            case "ESC 3":
                style = replace(style, line_dots=value)
            case _:
                self._problems.append(f"{command.name} is not simulated")
        self._canvas.style = style

    def _columns(self, command: Command) -> None:
        width = int.from_bytes(command.parameters[1:3], "little")
        if command.parameters[0] != 33 or width == 0:
            self._problems.append(f"ESC * mode {command.parameters[0]} is not simulated")
            return
        self._canvas.write_columns(command.data, width)

    def _move(self, dots: int) -> None:
        """The paper has moved on by `dots`; it may have ended on the way."""
        missing = dots - self._state.paper_mm * DOTS_PER_MM
        self._state = replace(self._state, paper_mm=max(0.0, self._state.paper_mm - dots / DOTS_PER_MM))
        if missing >= 0 and dots:
            self._keep("fragment", round(missing))

    def _cut(self) -> None:
        self._keep("slip" if self._canvas.has_ink else "offcut", 0)

    def _keep(self, kind: str, lost_dots: int) -> None:
        """Write what hangs out of the printer to files, and go on with bare paper."""
        paper = self._canvas.take(lost_dots)
        self._kept[kind] += 1
        name = f"{kind}-{self._kept[kind]:03d}"
        (self._directory / f"{name}.bin").write_bytes(self._slip)
        unfinished = self._directory / f".{name}.png"
        paper.save(unfinished, format="PNG", dpi=(203, 203))
        unfinished.replace(self._directory / f"{name}.png")
        self._slip.clear()
        self._write_file()

    def _read_file(self) -> None:
        try:
            stat = self._file.stat()
            if (stat.st_mtime_ns, stat.st_size) == self._seen_file:
                return
            self._state = _STATE.validate_json(self._file.read_bytes())
            self._seen_file = stat.st_mtime_ns, stat.st_size
        except FileNotFoundError:
            return
        except ValidationError as error:
            fault = error.errors()[0]
            place = "".join(f"{part}: " for part in fault["loc"])
            raise TransportError(
                f"{self._file} is not a printer's state ({place}{fault['msg']}): correct it, or delete it"
            ) from error

    def _write_file(self) -> None:
        unfinished = self._file.with_suffix(".part")
        unfinished.write_text(json.dumps(asdict(self._state), indent=2) + "\n", encoding="utf-8")
        unfinished.replace(self._file)
        stat = self._file.stat()
        self._seen_file = stat.st_mtime_ns, stat.st_size


_STATE: Final = TypeAdapter(SimulatedState)


def _last_number(directory: Path, kind: str) -> int:
    return max((int(path.stem.rpartition("-")[2]) for path in directory.glob(f"{kind}-*.bin")), default=0)


def _identity(kind: int, profile: Profile) -> bytes:
    """`GS I`: firmware (65), maker (66), model (67); one byte for the numbers below 65."""
    words = {65: "1.0", 66: "Giliran", 67: f"Simulated {profile.paper_mm} mm"}
    return b"_" + words[kind].encode() + b"\x00" if kind in words else b"\x02"
