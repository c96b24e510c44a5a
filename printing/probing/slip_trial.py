"""The calibration slip on its way: sent once, and listened to until the printer says that it is done, or cannot.

Behind the cut go both requests by which printers confirm. That a printer answers them is not enough: one that answers
sooner than paper can move does not wait for its paper, and its word is worth nothing.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from printing.answers import Answer, AnswerParser, ProcessDone
from printing.confirmation import FENCE_REQUEST, lone_bytes
from printing.escpos_status import Question, read_status
from printing.probing.questions import Answers, Voice, only_status
from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus
from printing.transports.deadline import Deadline
from printing.transports.transport import Transport

FASTEST_MM_PER_S: Final = 600.0
"""The fastest receipt printers are sold as 500 mm/s."""

_SLOWEST_MM_PER_S: Final = 18.0
_PATIENCE_S: Final = 8.0
_ANSWER_S: Final = 0.6
_LISTEN_S: Final = 0.3
_PIECE: Final = 1024
_FORGET_LINE: Final = b"\x1b@"
"""A printer that does not know `GS ( H` has its letters in a line that was never ended: it drops them."""

_ID_LETTERS: Final = "0134578"
"""None of them looks like an answer to `DLE EOT`, which may come in between."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Seconds from the first byte of the slip to the answers behind its cut; None where none came. `paper_mm`: the
    length of the slip. `status`: the printer's last word.
    """

    paper_mm: float
    process_id_s: float | None
    fence_s: float | None
    status: PrinterStatus

    def is_true(self, answered_s: float | None) -> bool:
        """Whether an answer came, and not before the slip can have."""
        return answered_s is not None and answered_s >= self.paper_mm / FASTEST_MM_PER_S


def print_slip(  # noqa: PLR0913  # what is sent, to whom, and who is told
    transport: Transport,
    document: bytes,
    paper_mm: float,
    answers: Answers,
    *,
    write_s: float,
    tell: Callable[[int, int], None],
) -> Trial:
    """One conversation on a transport that is open. `tell` hears how many bytes of how many have left.

    Raises TransportError.
    """
    listens = answers.voice is Voice.PRINTER
    process_id = "".join(secrets.choice(_ID_LETTERS) for _ in range(4)).encode()
    asked = b"\x1d(H\x06\x0000" + process_id + (FENCE_REQUEST if answers.has_fence else b"") if listens else b""
    whole = document + asked
    began, deadline = time.monotonic(), Deadline(write_s)
    for at in range(0, len(whole), _PIECE):
        transport.write(whole[at : at + _PIECE], deadline.left_s)
        tell(at, len(whole))
    if not listens:
        return Trial(paper_mm, None, None, CannotTell("it answers no status request"))
    ear = _Ear(transport, process_id, began)
    status = ear.listen(Deadline(_PATIENCE_S + paper_mm / _SLOWEST_MM_PER_S), has_fence=answers.has_fence)
    transport.write(_FORGET_LINE, _ANSWER_S)
    return Trial(paper_mm, ear.process_id_s, ear.fence_s, status)


class _Ear:
    """Sorts what comes: the id, the answer to the fence, and answers to the questions that are asked meanwhile."""

    def __init__(self, transport: Transport, process_id: bytes, began: float) -> None:
        self._transport = transport
        self._done = ProcessDone(process_id)
        self._began = began
        self._parser = AnswerParser()
        self._heard: list[Answer] = []
        self.process_id_s: float | None = None
        self.fence_s: float | None = None

    def listen(self, deadline: Deadline, *, has_fence: bool) -> PrinterStatus:
        """Until the last answer has come, or the printer has stopped, or it is time. Returns its status then."""
        while not deadline.is_over:
            if self._hear(min(_LISTEN_S, deadline.left_s)):
                continue
            if self.fence_s is not None or (self.process_id_s is not None and not has_fence):
                break
            status = self._asked()
            if isinstance(status, NeedsAttention) and status.reason is not Attention.OVERHEATED:
                return status
        return self._asked()

    def _hear(self, timeout_s: float) -> tuple[Answer, ...]:
        answers = self._parser.feed(self._transport.read(timeout_s))
        self._heard += answers
        now = round(time.monotonic() - self._began, 3)
        if self.process_id_s is None and self._done in self._heard:
            self.process_id_s = now
        if self.fence_s is None and lone_bytes(self._heard) == 1:
            self.fence_s = now
        return answers

    def _asked(self) -> PrinterStatus:
        found: dict[Question, bytes] = {}
        for question in Question:
            deadline = Deadline(_ANSWER_S)
            heard: list[Answer] = []
            self._transport.write(question.request, _ANSWER_S)
            while not deadline.is_over and only_status(heard) is None:
                heard += self._hear(deadline.left_s)
            byte = only_status(heard)
            found[question] = b"" if byte is None else bytes([byte])
        return read_status(found)
