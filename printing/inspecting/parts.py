"""Every part of a printer by itself: paper, cover, cutter, head, line, and what it calls itself. Prints nothing.

Source: Epson's ESC/POS command reference, "DLE EOT (transmit real-time status)" and "GS I (transmit printer ID)".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from printing.answers import Answer, AnswerParser, InfoBlock, StatusByte
from printing.escpos_status import Question
from printing.identity import Name, identity_of
from printing.transports.deadline import Deadline
from printing.transports.transport import Transport

_ANSWER_S: Final = 0.6
_TRIES: Final = 2
"""A real printer may be busy when it is asked first; what does not answer then is not asked for more."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The bytes that came for each question, and the identity, empty where none was told. None: it does not say."""

    bits: Mapping[Question, int] = field(default_factory=dict)
    identity: str = ""

    @property
    def is_online(self) -> bool | None:
        return _unless(self._has(Question.PRINTER, 0x08))

    @property
    def is_cover_open(self) -> bool | None:
        return self._has(Question.OFFLINE_CAUSE, 0x04)

    @property
    def is_paper_out(self) -> bool | None:
        out = [self._has(Question.OFFLINE_CAUSE, 0x20), self._has(Question.PAPER, 0x60)]
        return None if out == [None, None] else any(out)

    @property
    def is_near_end(self) -> bool | None:
        return self._has(Question.PAPER, 0x0C)

    @property
    def is_cutter_jammed(self) -> bool | None:
        return self._has(Question.ERROR_CAUSE, 0x08)

    @property
    def is_head_hot(self) -> bool | None:
        """An error that goes away by itself: the head, or the voltage."""
        return self._has(Question.ERROR_CAUSE, 0x40)

    @property
    def is_broken(self) -> bool | None:
        """It has an error that switching it off and on may not mend."""
        return self._has(Question.ERROR_CAUSE, 0x20)

    @property
    def is_stopped(self) -> bool:
        return bool(self._has(Question.PRINTER, 0x08) or self._has(Question.OFFLINE_CAUSE, 0x64))

    def _has(self, question: Question, mask: int) -> bool | None:
        byte = self.bits.get(question)
        return None if byte is None else bool(byte & mask)


def ask_parts(transport: Transport, *, with_identity: bool) -> Parts:
    """In one conversation on a transport that is open. Takes up to 3 s. Raises TransportError.

    `GS I` waits for its turn: a printer that has stopped would answer it after the repair, to somebody else.
    """
    if not transport.can_read:
        return Parts()
    bits: dict[Question, int] = {}
    for question in Question:
        byte = _status(transport, question, tries=_TRIES if question is Question.PRINTER else 1)
        if byte is not None:
            bits[question] = byte
        elif question is Question.PRINTER:
            return Parts()
    parts = Parts(bits)
    if parts.is_stopped or not with_identity:
        return parts
    maker, model = (_name(transport, name) for name in (Name.MAKER, Name.MODEL))
    return Parts(bits, identity_of(maker, model))


def _status(transport: Transport, question: Question, tries: int) -> int | None:
    for _ in range(tries):
        for answer in _answers(transport, question.request):
            if isinstance(answer, StatusByte):
                return answer.byte
    return None


def _name(transport: Transport, name: Name) -> str:
    for answer in _answers(transport, name.request):
        if isinstance(answer, InfoBlock):
            return " ".join(answer.text.split())
    return ""


def _answers(transport: Transport, request: bytes) -> Iterator[Answer]:
    parser, deadline = AnswerParser(), Deadline(_ANSWER_S)
    transport.write(request, deadline.left_s)
    while not deadline.is_over:
        yield from parser.feed(transport.read(deadline.left_s))


def _unless(is_so: bool | None) -> bool | None:  # noqa: FBT001  # turns a bit around
    return None if is_so is None else not is_so
