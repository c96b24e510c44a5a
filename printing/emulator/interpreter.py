"""What each ESC/POS command makes the printer do, in the order of its receive buffer.

Source: Epson's ESC/POS command reference. Real-time commands never come here: machine.py sees them as they arrive.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from PIL import Image

from printing.emulator.condition import Condition
from printing.emulator.models import Model
from printing.escpos_parser import TEXT, UNKNOWN, Command, parse
from printing.paper_canvas import PaperCanvas, Style

_IGNORED: Final = frozenset(
    {"DLE EOT", "DLE ENQ", "DLE DC4", "NUL", "CR", "HT", "CAN", "ESC =", "ESC c", "ESC p", "ESC S", "FS .", "GS P"}
)
"""Real-time commands that have acted already, and what leaves nothing on a paper without a page or a drawer."""

_QUESTIONS: Final = frozenset({"DLE EOT", "DLE ENQ", "DLE DC4", "GS r", "GS I", "GS a", "GS ( H", "NUL"})


def is_question(command: Command) -> bool:
    """Conversation, not paper: no part of a slip's bytes."""
    return command.name in _QUESTIONS


@dataclass(slots=True)
class Strip:
    """Rows to burn; `burnt` of them are on the paper."""

    image: Image.Image
    burnt: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    pass


@dataclass(frozen=True, slots=True)
class Answer:
    """What the host gets in this command's turn."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Reports:
    """`GS a`: report changes of what `mask` selects from now on, and the state at once."""

    mask: int


Work = Strip | Cut | Answer | Reports


class Interpreter:
    """`problems` collects everything that a real printer might have choked on, in order."""

    def __init__(self, model: Model, canvas: PaperCanvas) -> None:
        self.problems: list[str] = []
        self._model = model
        self._canvas = canvas
        self._qr = b""
        self._qr_dots = 3
        self._qr_level = 48

    def forget(self) -> None:
        """What switching off and on makes it forget."""
        self._canvas.reset()
        self._qr = b""

    def obey(self, command: Command, condition: Condition) -> Iterator[Work]:  # noqa: C901, PLR0912  # one case a command
        canvas, value = self._canvas, command.parameters[0] if command.parameters else 0
        match command.name:
            case name if name == TEXT:
                yield from (Strip(line) for line in canvas.write(command.data))
            case "LF":
                yield Strip(canvas.end_line())
            case "ESC @":
                canvas.reset()
            case "ESC d":
                for _ in range(value):
                    yield Strip(canvas.end_line())
            case "ESC J":
                yield Strip(canvas.feed(value))
            case "ESC *":
                self._columns(command)
            case "GS v 0":
                yield from self._raster(command)
            case "GS V" if value in {0, 1, 48, 49}:
                yield Cut()
            case "GS V" if value in {65, 66}:  # the knife stands right behind the head here
                yield Strip(canvas.feed(command.parameters[1]))
                yield Cut()
            case "ESC i" | "ESC m":
                yield Cut()
            case "GS r" | "GS I" | "GS a" | "GS ( H":
                yield from self._answer(command, condition)
            case "GS ( k":
                yield from self._symbol(command)
            case name if name == UNKNOWN:
                self.problems.append(f"unknown command {command.raw.hex(' ')}")
            case name if name not in _IGNORED:
                self._style(command)

    def _answer(self, command: Command, condition: Condition) -> Iterator[Work]:
        model, value = self._model, command.parameters[0]
        match command.name:
            case "GS r" if model.answers_fence and not model.is_lying:
                if value in {1, 49}:
                    yield Answer(bytes([condition.paper_status()]))
                elif value in {2, 50}:
                    yield Answer(b"\x00")
            case "GS I" if value in model.identity:
                yield Answer(model.identity[value])
            case "GS a" if model.pushes_reports:
                yield Reports(value)
            case "GS ( H" if model.prints_unknown:
                for part in parse(command.raw[2:]):
                    yield from self.obey(part, condition)
            case "GS ( H" if model.answers_process_id and not model.is_lying and command.data[:2] == b"00":
                yield Answer(b"\x37\x22" + command.data[2:6] + b"\x00")
            case _:
                pass

    def _style(self, command: Command) -> None:  # noqa: C901  # one case a command
        value = command.parameters[0] if command.parameters else 0
        style = self._canvas.style
        match command.name:
            case "ESC !":
                height, width = 1 + (value >> 4 & 1), 1 + (value >> 5 & 1)
                style = replace(
                    style, is_small=bool(value & 1), is_bold=bool(value & 8), height=height, width=width,
                    underline=value >> 7,
                )  # fmt: skip
            case "GS !":
                style = replace(style, width=1 + (value >> 4 & 7), height=1 + (value & 7))
            case "ESC E" | "ESC G":
                style = replace(style, is_bold=bool(value & 1))
            case "ESC M":
                style = replace(style, is_small=value in {1, 49})
            case "ESC -":
                style = replace(style, underline=value % 48 % 3)
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
                self.problems.append(f"{command.name} is not simulated")
        self._canvas.style = style

    def _columns(self, command: Command) -> None:
        width = int.from_bytes(command.parameters[1:3], "little")
        mode = command.parameters[0]
        if mode not in {0, 1, 32, 33} or width == 0:
            self.problems.append(f"ESC * mode {mode} is not simulated")
            return
        self._canvas.write_columns(command.data, width, mode)

    def _raster(self, command: Command) -> Iterator[Strip]:
        mode = command.parameters[1]
        row, height = (int.from_bytes(command.parameters[at : at + 2], "little") for at in (2, 4))
        if mode % 48 > 3 or not command.data:
            self.problems.append(f"GS v 0 mode {mode} of {row} x {height} is not simulated")
            return
        yield Strip(self._canvas.raster(row, height, command.data, mode & 3))

    def _symbol(self, command: Command) -> Iterator[Strip]:
        """The printer's own QR: its size, its error correction, its words, and printing it."""
        if not self._model.draws_qr or command.data[:1] != b"1":
            return
        match command.data[1:2]:
            case b"C":
                self._qr_dots = max(1, command.data[2])
            case b"E":
                self._qr_level = command.data[2]
            case b"P":
                self._qr = command.data[3:]
            case b"Q" if self._qr:
                yield Strip(self._canvas.picture(_qr_picture(self._qr, self._qr_dots, self._qr_level)))
            case _:
                pass


def _qr_picture(words: bytes, dots: int, level: int) -> Image.Image:
    import qrcode  # noqa: PLC0415  # few slips ask the printer to draw

    levels = {48: qrcode.ERROR_CORRECT_L, 49: qrcode.ERROR_CORRECT_M, 50: qrcode.ERROR_CORRECT_Q}
    symbol = qrcode.QRCode(error_correction=levels.get(level, qrcode.ERROR_CORRECT_H), border=0)
    symbol.add_data(words)
    symbol.make()
    matrix = symbol.get_matrix()
    picture = Image.new("1", (len(matrix), len(matrix)))
    picture.putdata([255 * is_dark for row in matrix for is_dark in row])
    return picture.resize((picture.width * dots, picture.height * dots), Image.Resampling.NEAREST)
