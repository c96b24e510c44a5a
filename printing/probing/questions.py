"""What a device says when it is asked. Nothing here moves paper, and nothing can undo what it holds: no `DLE ENQ`, no
`DLE DC4`, and to a device that does not answer as a printer not one byte more.

Source of shapes: Epson's ESC/POS command reference ("DLE EOT", "GS r", "GS I", "GS a").
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar

from printing.answers import Answer, AnswerParser, AutomaticStatus, FlowControl, InfoBlock, LoneByte, StatusByte
from printing.confirmation import FENCE_REQUEST, lone_bytes
from printing.escpos_status import Question, read_status
from printing.identity import Name, identity_of
from printing.status import PrinterStatus
from printing.transports.deadline import Deadline
from printing.transports.transport import Transport

_T = TypeVar("_T")
REPORTS_ON: Final = b"\x1da\x0e"
"""On line, errors and paper."""
REPORTS_OFF: Final = b"\x1da\x00"
_SHORTEST_S: Final = 0.2
_MOST_ANSWERS: Final = 16
"""To one question: who says more is no printer."""

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
        """As the kiosk's driver will hear it: "" where no model is said."""
        model = self.names.get(Name.MODEL, "")
        return identity_of(self.names.get(Name.MAKER, ""), model) if model else ""

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
        self._parser = AnswerParser()

    def answers(self) -> Answers:
        pushes = _has_report(self._heard())
        first = self._first_status()
        if not isinstance(first, int):
            return Answers(first, pushes_reports=pushes)
        if pushes:
            self._say(REPORTS_OFF)
        statuses = {Question.PRINTER: first}
        for question in (Question.OFFLINE_CAUSE, Question.ERROR_CAUSE, Question.PAPER):
            if (byte := self._answer(question.request, only_status)) is not None:
                statuses[question] = byte
        has_fence = self._answer(FENCE_REQUEST, lambda heard: lone_bytes(heard) == 1 or None) is not None
        names = self._names()
        numbers = self._numbers() if names else {}
        has_reports = self._answer(REPORTS_ON, lambda heard: _has_report(heard) or None) is not None
        self._say(REPORTS_OFF)
        return Answers(
            Voice.PRINTER, statuses, names, numbers, has_fence, has_reports, pushes, round(self._slowest_s, 3)
        )

    def _first_status(self) -> int | Voice:
        """Its byte, or what else seems to be there. Asked twice: what came first may have been meant for somebody
        else, and everything depends on it.
        """
        others: list[Answer] = []
        for _ in range(2):
            byte = self._answer(Question.PRINTER.request, _clean_status)
            if byte is not None:
                return byte
            others += self._rest
            others += self._heard()
        return Voice.STRANGER if any(not isinstance(other, FlowControl) for other in others) else Voice.SILENT

    def _names(self) -> Mapping[Name, str]:
        """Whoever says neither maker nor model is asked for no more."""
        names: dict[Name, str] = {}
        for name in (Name.MAKER, Name.MODEL, Name.FIRMWARE, Name.SERIAL):
            if name is Name.FIRMWARE and not names:
                break
            if words := self._answer(name.request, _block):
                names[name] = words
        return names

    def _numbers(self) -> Mapping[int, int]:
        asked = {number: self._answer(b"\x1dI" + bytes([number]), _number) for number in _NUMBERS}
        return {number: value for number, value in asked.items() if value is not None}

    def _answer(self, request: bytes, meant: Callable[[Sequence[Answer]], _T | None]) -> _T | None:
        """What the answer to `request` means, as soon as it means something; `_rest` holds all that was heard."""
        began = time.monotonic()
        deadline = Deadline(self._patience_s)
        self._transport.write(request, self._answer_s)
        self._rest: list[Answer] = []
        while not deadline.is_over and len(self._rest) <= _MOST_ANSWERS:
            self._rest += self._parser.feed(self._transport.read(deadline.left_s))
            if (meaning := meant(self._rest)) is not None:
                self._slowest_s = max(self._slowest_s, time.monotonic() - began)
                return meaning
        self._rest += self._parser.give_up()
        return None

    @property
    def _patience_s(self) -> float:
        """For one answer: who has answered quickly is not waited for as long as who has not answered yet."""
        return min(self._answer_s, max(_SHORTEST_S, 10 * self._slowest_s)) if self._slowest_s else self._answer_s

    def _say(self, request: bytes) -> None:
        """To what is answered with reports or not at all."""
        self._transport.write(request, self._answer_s)
        self._heard()

    def _heard(self) -> Sequence[Answer]:
        """Everything until it is quiet, or has gone on for as long as an answer may take."""
        deadline = Deadline(self._answer_s)
        heard: list[Answer] = []
        while not deadline.is_over and (piece := self._transport.read(min(_QUIET_S, deadline.left_s))):
            heard += self._parser.feed(piece)
        return (*heard, *self._parser.give_up())


def only_status(heard: Sequence[Answer]) -> int | None:
    """The one answer to `DLE EOT` in what came: two of them are text, or nobody knows whose."""
    found = [answer.byte for answer in heard if isinstance(answer, StatusByte)]
    return found[0] if len(found) == 1 else None


def _clean_status(heard: Sequence[Answer]) -> int | None:
    """The same from a device that nobody knows: among letters, such as `login: `, one may look like a status."""
    is_clean = all(isinstance(answer, StatusByte | AutomaticStatus | FlowControl) for answer in heard)
    return only_status(heard) if is_clean else None


def _has_report(heard: Sequence[Answer]) -> bool:
    return any(isinstance(answer, AutomaticStatus) for answer in heard)


def _block(heard: Sequence[Answer]) -> str | None:
    return next((" ".join(answer.text.split()) for answer in heard if isinstance(answer, InfoBlock)), None)


def _number(heard: Sequence[Answer]) -> int | None:
    return next((answer.byte for answer in heard if isinstance(answer, LoneByte | StatusByte)), None)
