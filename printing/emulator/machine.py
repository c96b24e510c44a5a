"""One printer: a receive buffer, a head that takes its time, a knife, and a roll that ends. Knows no line and no host.

Bytes go in with `receive`, answers come out of `answers`, paper goes to the tray. Time is the caller's: `work` does
what the head has had time for since it was last called.
"""

import math
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from printing.emulator.condition import Condition
from printing.emulator.interpreter import Answer, Cut, Interpreter, Reports, Strip, Work, is_question
from printing.emulator.models import Clears, Model
from printing.emulator.tray import DOTS_PER_MM, Kind, Piece, Tray
from printing.escpos_parser import EscposParser
from printing.paper_canvas import PaperCanvas

NOISE: Final = b"\xff\x7f7\x22????\x00\x13"
"""What a noisy line adds before each answer: no status, and a process id of nobody."""

_CLEARED: Final = b"\x37\x25\x00"
_AT_ONCE: Final = re.compile(
    rb"\x10\x04(?P<status>[\x01-\x04])"
    rb"|\x10\x05(?P<recover>[\x01\x02])"
    rb"|(?P<clear>\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08)"
    rb"|\x1dr(?P<fence>[\x01\x31])"
    rb"|\x1d\(H\x06\x0000(?P<process>.{4})",
    re.DOTALL,
)
"""What acts as it arrives; the last two only where a printer lies."""
_LONGEST: Final = 11


class Machine:
    """`dots`: the width of its head. Used by one thread. `on_piece` is told of each piece of paper that left it."""

    def __init__(self, model: Model, dots: int, tray: Tray, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.model = model
        self.tray = tray
        self.received = 0
        self.carried_out = 0
        self.slip_began_at: int | None = None
        """Where in all that was received the slip in hand begins; None before its first command."""
        self.has_dead_head = False
        self.on_piece: Callable[[Piece], None] | None = None
        self._condition = Condition()
        self._canvas = PaperCanvas(dots)
        self._interpreter = Interpreter(model, self._canvas)
        self._parser = EscposParser()
        self._absorbed = 0
        self._work: deque[Work] = deque()
        self._in_hand = 0
        self._slip = bytearray()
        self._tail = b""
        self._answers = bytearray()
        self._reports = 0
        self._reported = b""
        self._was_opened_at_work = False
        self._monotonic = monotonic
        self._since: float | None = None

    @property
    def condition(self) -> Condition:
        return self._condition

    @condition.setter
    def condition(self, condition: Condition) -> None:
        was, self._condition = self._condition, condition
        if condition.is_cover_open and not was.is_cover_open:
            self._was_opened_at_work = self.is_busy
        if was.has_paper and not condition.has_paper and self._canvas.height:
            self._keep(Kind.FRAGMENT)
        self._report()

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(self._interpreter.problems)

    @property
    def is_busy(self) -> bool:
        """Whether something is left to do, or to wait for."""
        return bool(self._work or self._parser.pending)

    @property
    def waiting(self) -> int:
        """Bytes received that it has not begun to carry out."""
        return self._parser.pending

    @property
    def is_burning(self) -> bool:
        """Whether only time keeps it from going on."""
        return bool(self._work) and not self._condition.is_stopped

    @property
    def room(self) -> int:
        """How many bytes it takes now. 0: it stops reading. A picture that is printed next is no burden."""
        return max(0, self.model.buffer_bytes - (self._parser.pending - self._absorbed))

    def receive(self, data: bytes) -> None:
        """Take bytes, at most `room` of them. Real-time commands act as they arrive, also when printing has stopped,
        also inside pictures; before that, what came before them is carried out as far as it can be.
        """
        window, begin = self._tail + data, 0
        for found in _AT_ONCE.finditer(window):
            end = found.end() - len(self._tail)
            if end > 0:
                self._take_in(data[begin:end])
                begin = end
                self._act_at_once(found)
        self._take_in(data[begin:])
        self._tail = window[-_LONGEST + 1 :]

    def act(self, data: bytes) -> bool:
        """Carry out `data` if it is real-time commands and nothing else: these get through a full buffer."""
        if not _is_realtime(data):
            return False
        for found in _AT_ONCE.finditer(data):
            self._act_at_once(found)
        self.received += len(data)
        return True

    def answers(self) -> bytes:
        """What it has sent back since the last call."""
        data = bytes(self._answers)
        self._answers.clear()
        if self._condition.is_silent or not data:
            return b""
        return (NOISE if self._condition.is_noisy else b"") + data

    def work(self) -> None:
        """Go on, as far as paper, cover, cutter, heat and time allow."""
        if self._since is None:
            self._since = self._monotonic()
        while not self._condition.is_stopped:
            if self._work:
                if not self._do(self._work[0]):
                    return
                self._work.popleft()
                if not self._work:
                    self.carried_out += self._in_hand
                    self._in_hand = 0
            elif not self._take_command():
                break
        self._since = None

    def switch_off(self) -> None:
        """Everything is forgotten but the paper that hangs out."""
        self._clear()
        self._interpreter.forget()
        self._answers.clear()
        self._reports, self._reported, self._tail = 0, b"", b""

    def _take_in(self, data: bytes) -> None:
        if data:
            self._parser.feed(data)
            self.received += len(data)
            self.work()

    def _take_command(self) -> bool:
        begin = self.received - self._parser.pending
        command = self._parser.take()
        if command is None:
            self._absorbed = self._parser.pending
            return False
        self._absorbed = 0
        if not is_question(command):
            self._slip += command.raw
            if self.slip_began_at is None:
                self.slip_began_at = begin
        self._in_hand += len(command.raw)
        self._work.extend(self._interpreter.obey(command, self._condition))
        if not self._work:
            self.carried_out += self._in_hand
            self._in_hand = 0
        return True

    def _do(self, work: Work) -> bool:
        """Returns whether it is done; a strip may need more time, or more paper."""
        match work:
            case Strip():
                return self._burn(work)
            case Cut():
                self._keep(Kind.SLIP if self._canvas.has_ink else Kind.OFFCUT)
            case Answer(data):
                self._answers += data
            case Reports(mask):
                self._reports, self._reported = mask, b""
                self._report()
        return True

    def _burn(self, strip: Strip) -> bool:
        wanted = strip.image.height - strip.burnt
        rows = min(wanted, self._rows_in_time(wanted), self._rows_of_paper(wanted))
        if rows:
            if self.has_dead_head:
                self._canvas.burn(self._canvas.feed(rows))
            else:
                self._canvas.burn(strip.image.crop((0, strip.burnt, strip.image.width, strip.burnt + rows)))
            strip.burnt += rows
            left = max(0.0, self._condition.paper_mm - rows / DOTS_PER_MM)
            self.condition = replace(self._condition, paper_mm=left)
        elif wanted and self._rows_of_paper(wanted) == 0:  # less than one row of paper
            self.condition = replace(self._condition, paper_mm=0.0)
        return rows == wanted

    def _rows_in_time(self, wanted: int) -> int:
        speed = self.model.speed_mm_s
        if speed is None or self._since is None:
            return wanted
        rows = min(wanted, int((self._monotonic() - self._since) * speed * DOTS_PER_MM))
        self._since += rows / (speed * DOTS_PER_MM)
        return rows

    def _rows_of_paper(self, wanted: int) -> int:
        return min(wanted, math.floor(self._condition.paper_mm * DOTS_PER_MM + 1e-6))

    def _keep(self, kind: Kind) -> None:
        """What hangs out of the printer leaves it. What is not yet burnt of a strip comes out on the next paper."""
        data = bytes(self._slip)
        self._slip.clear()
        self.slip_began_at = None
        piece = self.tray.keep(kind, self._canvas.take(), data)
        if self.on_piece:
            self.on_piece(piece)

    def _act_at_once(self, found: re.Match[bytes]) -> None:
        model, condition = self.model, self._condition
        shown = Condition() if model.is_lying else condition
        if (kind := found["status"]) and model.answers_status:
            self._answers.append(shown.realtime_status(kind[0]))
        elif found["recover"] == b"\x02" and self._clears_now():
            self._clear()
        elif found["clear"] and model.clears_by_request:
            if not model.is_lying:
                self._clear()
            self._answers += _CLEARED
        elif found["fence"] and model.is_lying:
            self._answers.append(shown.paper_status())
        elif found["process"] is not None and model.is_lying:
            self._answers += b"\x37\x22" + found["process"] + b"\x00"

    def _clears_now(self) -> bool:
        has_error = self._condition.is_cutter_jammed or (self._condition.is_cover_open and self._was_opened_at_work)
        return self.model.clears is Clears.ALWAYS or (self.model.clears is Clears.ON_ERROR and has_error)

    def _clear(self) -> None:
        """Both buffers, and nothing that is on the paper; styles stay."""
        self._parser.clear()
        self._absorbed = 0
        self._work.clear()
        self._in_hand = 0
        self._canvas.drop_line()

    def _report(self) -> None:
        """`GS a`: all four bytes, when something has changed that was selected."""
        if not self._reports:
            return
        report = (Condition() if self.model.is_lying else self._condition).report()
        online, error, paper = (bool(self._reports & bit) for bit in (0x02, 0x04, 0x08))
        selected = bytes((report[0] * online, report[1] * error, report[2] * paper))
        if selected != self._reported:
            self._reported = selected
            self._answers += report


def _is_realtime(data: bytes) -> bool:
    """Whether every byte of `data` belongs to a real-time command."""
    at = 0
    while at < len(data):
        found = _AT_ONCE.match(data, at)
        if found is None or found["fence"] or found["process"] is not None:
            return False
        at = found.end()
    return at > 0
