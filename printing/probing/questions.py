"""What a device says when it is asked. Nothing here moves paper, and nothing can undo what it holds: no `DLE ENQ`, no
`DLE DC4`, and to a device that does not answer as a printer not one byte more.

Source of shapes: Epson's ESC/POS command reference ("DLE EOT", "GS r", "GS I", "GS a").
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from printing.escpos_status import Question, read_status, status_byte
from printing.identity import Name, identity_of, name_in
from printing.status import PrinterStatus
from printing.transports.deadline import Deadline
from printing.transports.transport import Transport

FENCE: Final = b"\x1dr\x01"
REPORTS_ON: Final = b"\x1da\x0e"
"""On line, errors and paper."""
REPORTS_OFF: Final = b"\x1da\x00"
_REPORT_BYTES: Final = 4
_QUIET_S: Final = 0.15
_NUMBERS: Final = (1, 2, 3)
"""Of `GS I n`: the numbers of the model, of its kind and of its firmware, a byte each."""


class Voice(StrEnum):
    """What answers at the address."""

    PRINTER = "printer"
    SILENT = "silent"
    """Nothing does: a printer that cannot, a line of another speed, or something else."""
    STRANGER = "stranger"
    """Something that does not speak as a receipt printer."""


@dataclass(frozen=True, slots=True)
class Answers:
    """`statuses`: the bytes that came for `DLE EOT`. `has_fence`: `GS r` is answered. `has_reports`: `GS a` is.
    `pushes_reports`: they came before anybody asked. `slowest_s`: the longest that an answer took.
    """

    voice: Voice
    statuses: Mapping[Question, int] = field(default_factory=dict)
    names: Mapping[Name, str] = field(default_factory=dict)
    numbers: Mapping[int, int] = field(default_factory=dict)
    has_fence: bool = False
    has_reports: bool = False
    pushes_reports: bool = False
    slowest_s: float = 0.0

    @property
    def identity(self) -> str:
        return identity_of(self.names.get(Name.MAKER, ""), self.names.get(Name.MODEL, ""))

    @property
    def status(self) -> PrinterStatus:
        return read_status({question: bytes([byte]) for question, byte in self.statuses.items()})


def ask_everything(transport: Transport, answer_s: float = 0.6) -> Answers:
    """One conversation on a transport that is open. Takes a few seconds. Raises TransportError."""
    return _Conversation(transport, answer_s).answers()


class _Conversation:
    def __init__(self, transport: Transport, answer_s: float) -> None:
        self._transport = transport
        self._answer_s = answer_s
        self._slowest_s = 0.0

    def answers(self) -> Answers:
        unasked = self._heard()
        pushes = without_reports(unasked) != unasked
        first = self._status(Question.PRINTER, tries=2)
        if not isinstance(first, int):
            return Answers(first, pushes_reports=pushes)
        if pushes:
            self._say(REPORTS_OFF)
        statuses = {Question.PRINTER: first}
        for question in (Question.OFFLINE_CAUSE, Question.ERROR_CAUSE, Question.PAPER):
            if isinstance(byte := self._status(question), int):
                statuses[question] = byte
        has_fence = self._answer(FENCE, _is_fence) is not None
        names = self._names()
        numbers = self._numbers() if names else {}
        has_reports = self._answer(REPORTS_ON, lambda came: without_reports(came) != came) is not None
        self._say(REPORTS_OFF)
        return Answers(
            Voice.PRINTER, statuses, names, numbers, has_fence, has_reports, pushes, round(self._slowest_s, 3)
        )

    def _status(self, question: Question, tries: int = 1) -> int | Voice:
        """Its byte, or what else seems to be there. What came before may have been somebody else's, so it is asked
        twice where everything depends on it.
        """
        came = b""
        for _ in range(tries):
            self._heard()
            answer = self._answer(question.request, lambda came: status_byte(without_reports(came)) is not None)
            if answer is not None and (byte := status_byte(without_reports(answer))) is not None:
                return byte
            came += self._rest
        return Voice.STRANGER if came else Voice.SILENT

    def _names(self) -> Mapping[Name, str]:
        """Whoever answers neither maker nor model is asked for no more."""
        names: dict[Name, str] = {}
        for name in (Name.MAKER, Name.MODEL, Name.FIRMWARE, Name.SERIAL, Name.FONTS):
            if name is Name.FIRMWARE and not names:
                break
            answer = self._answer(name.request, lambda came: bool(name_in(came)))
            if answer is not None:
                names[name] = name_in(answer)
        return names

    def _numbers(self) -> Mapping[int, int]:
        numbers: dict[int, int] = {}
        for number in _NUMBERS:
            answer = self._answer(b"\x1dI" + bytes([number]), lambda came: len(without_reports(came)) > 0)
            if answer is not None:
                numbers[number] = without_reports(answer)[0]
        return numbers

    def _answer(self, request: bytes, is_whole: Callable[[bytes], bool]) -> bytes | None:
        """What came for `request`, as soon as it is whole; None if it never was, then `_rest` holds what there was."""
        began = time.monotonic()
        deadline = Deadline(self._answer_s)
        self._transport.write(request, self._answer_s)
        self._rest = b""
        while not deadline.is_over:
            self._rest += self._transport.read(deadline.left_s)
            if is_whole(self._rest):
                self._slowest_s = max(self._slowest_s, time.monotonic() - began)
                return self._rest
        return None

    def _say(self, request: bytes) -> None:
        """To what is answered with reports or not at all."""
        self._transport.write(request, self._answer_s)
        self._heard()

    def _heard(self) -> bytes:
        """Everything until it is quiet, or has gone on for as long as an answer may take."""
        deadline = Deadline(self._answer_s)
        came = b""
        while not deadline.is_over:
            piece = self._transport.read(min(_QUIET_S, deadline.left_s))
            if not piece:
                break
            came += piece
        return came


def without_reports(came: bytes) -> bytes:
    """`came` without the packets of four bytes that `GS a` makes a printer send. Three of them look like answers to
    `GS r`, and must not pass for one.
    """
    rest = bytearray()
    at = 0
    while at < len(came):
        if _is_report(came[at : at + _REPORT_BYTES]):
            at += _REPORT_BYTES
        else:
            rest.append(came[at])
            at += 1
    return bytes(rest)


def _is_report(packet: bytes) -> bool:
    """0xx1xx00, then three of 0xx0xxxx."""
    is_long_enough = len(packet) == _REPORT_BYTES
    return is_long_enough and packet[0] & 0x93 == 0x10 and all(byte & 0x90 == 0 for byte in packet[1:])


def _is_fence(came: bytes) -> bool:
    return len(came) >= 1 and is_fence_answer(came)


def is_fence_answer(came: bytes) -> bool:
    """Whether exactly one byte, besides reports and answers to `DLE EOT`, came, and is one that `GS r` gives."""
    others = [byte for byte in without_reports(came) if status_byte(bytes([byte])) is None]
    return len(others) == 1 and others[0] & 0x90 == 0
