"""What a printer sends, told apart: a stream in pieces becomes answers. Pure.

Source: Epson's ESC/POS command reference, "transmission status and its fixed bits": real-time status 0xx1xx10, first
byte of an automatic status 0xx1xx00 with three of 0xx0xxxx behind it, XON and XOFF 0x11 and 0x13, headers of blocks
0xx1xx11 and the answer to `GS r` 0xx0xxxx.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class StatusByte:
    """The answer to `DLE EOT n`."""

    byte: int


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """Four bytes sent unasked (`GS a`)."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class ProcessDone:
    """`GS ( H` function 48: everything before the request with this id of four characters has been printed."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class InfoBlock:
    """A text that `GS I` asked for: maker, model, serial number."""

    text: str


@dataclass(frozen=True, slots=True)
class LoneByte:
    """The answer to `GS r`, or to one of the short `GS I`."""

    byte: int


@dataclass(frozen=True, slots=True)
class FlowControl:
    """XON or XOFF, of a line that does not keep them to itself."""

    byte: int


@dataclass(frozen=True, slots=True)
class Noise:
    """No printer says this."""

    byte: int


Answer = StatusByte | AutomaticStatus | ProcessDone | InfoBlock | LoneByte | FlowControl | Noise

LONGEST_BLOCK: Final = 80
_XON, _XOFF = 0x11, 0x13
_FLOW: Final = (_XON, _XOFF)
_PROCESS_HEADER: Final = b"\x37\x22"
_ID_LENGTH: Final = 4
_BLOCK_HEADER: Final = 0x5F
_AUTOMATIC_LENGTH: Final = 4


class AnswerParser:
    """Feed it the stream in pieces of any size. What has begun and not ended waits for its rest; if that proves not to
    fit, its first byte was noise and the others are looked at again.
    """

    def __init__(self) -> None:
        self._pending = bytearray()

    @property
    def is_in_answer(self) -> bool:
        """Whether an answer has begun and not ended."""
        return bool(self._pending)

    def feed(self, data: bytes) -> tuple[Answer, ...]:
        """The answers that end in `data`, in order."""
        answers: list[Answer] = []
        for byte in data:
            # A printer may interrupt anything to stop or start us.
            if byte in _FLOW:
                answers.append(FlowControl(byte))
                continue
            self._pending.append(byte)
            while self._pending and (answer := self._take()) is not None:
                answers.append(answer)
        return tuple(answers)

    def give_up(self) -> tuple[Answer, ...]:
        """Nothing more comes: what was begun is noise."""
        noise = tuple(Noise(byte) for byte in self._pending)
        self._pending.clear()
        return noise

    def _take(self) -> Answer | None:
        first = self._pending[0]
        if first & 0b1001_0011 == 0b0001_0010:
            return self._cut(1, StatusByte(first))
        if first & 0b1001_0011 == 0b0001_0000:
            return self._automatic()
        if first == _PROCESS_HEADER[0]:
            return self._process()
        if first == _BLOCK_HEADER:
            return self._block()
        if first & 0b1001_0000 == 0:
            return self._cut(1, LoneByte(first))
        return self._cut(1, Noise(first))

    def _automatic(self) -> Answer | None:
        if any(byte & 0b1001_0000 for byte in self._pending[1:]):
            return self._cut(1, Noise(self._pending[0]))
        if len(self._pending) < _AUTOMATIC_LENGTH:
            return None
        return self._cut(_AUTOMATIC_LENGTH, AutomaticStatus(bytes(self._pending[:_AUTOMATIC_LENGTH])))

    def _process(self) -> Answer | None:
        head, process_id, end = self._pending[:2], self._pending[2:6], self._pending[6:7]
        is_one = _PROCESS_HEADER.startswith(head) and all(0x20 <= byte <= 0x7E for byte in process_id) and not any(end)
        if not is_one:
            return self._cut(1, Noise(self._pending[0]))
        return self._cut(7, ProcessDone(bytes(process_id))) if end else None

    def _block(self) -> Answer | None:
        last = self._pending[-1]
        if last == 0:
            text = bytes(self._pending[1:-1]).decode("ascii", errors="replace")
            return self._cut(len(self._pending), InfoBlock(text))
        if len(self._pending) > LONGEST_BLOCK or (len(self._pending) > 1 and not 0x20 <= last <= 0x7E):
            return self._cut(1, Noise(self._pending[0]))
        return None

    def _cut(self, length: int, answer: Answer) -> Answer:
        del self._pending[:length]
        return answer
