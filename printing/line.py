"""A conversation with one ESC/POS device: questions, answers, and whether the two are still in step.

Answers may come late, on every kind of line, and on a later connection: those of a status then pass for answers to the
next question, and a lone byte for the proof of the next slip. So a line is believed only while every question had its
one answer; once it had not, it is listened to until it is quiet, and asked anew.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from printing.answers import Answer, AnswerParser, AutomaticStatus, InfoBlock, LoneByte, Noise, StatusByte
from printing.confirmation import FENCE_REQUEST, lone_bytes
from printing.escpos_status import Question, read_status
from printing.identity import Name, identity_of
from printing.status import CannotTell, PrinterStatus
from printing.transports.deadline import Deadline
from printing.transports.transport import Transport

_REPORTS_OFF: Final = b"\x1da\x00"
_PAPER_END: Final = 0x60
_STOPPED_BY_PAPER: Final = 0x20
_NEVER_ANSWERED: Final = 2
"""A question that so many times in a row had no answer, and never one before, is not asked of this device again."""

_ROUNDS: Final = 5
_ROUNDS_IN_STEP: Final = 2
_MOST_BYTES: Final = 16
"""Of an answer to one question: who says more is no printer."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds, each for one whole step; `write_s` and `confirm_s` are for a slip of no length on a fast line, and grow
    with it (Delivery). `stall_s`: a printer that takes nothing, or says nothing, for longer has stopped; in less nobody
    changes its paper. `settle_s`: for a printer that is still busy with what came before. `quiet_s`: a line that says
    nothing for so long has said all. `slowest_mm_s`, no time: as if printers were as slow as this.
    """

    open_s: float = 3.0
    answer_s: float = 0.5
    write_s: float = 10.0
    confirm_s: float = 10.0
    stall_s: float = 4.0
    settle_s: float = 3.0
    quiet_s: float = 0.1
    slowest_mm_s: float = 50.0


class Line:
    """`heard`: all answers since `listen_anew`. `saw_paper_end`: one of them said so. Raises TransportError."""

    def __init__(self, transport: Transport, deadlines: Deadlines, *, pushes_status: bool) -> None:
        self._transport = transport
        self._deadlines = deadlines
        self._parser = AnswerParser()
        self._pushes_status = pushes_status
        self._owes_status = True
        """A status may come that belongs to an earlier question."""
        self._unanswered: Counter[Question] = Counter()
        self._is_in_step = False
        self.heard: list[Answer] = []
        self.saw_paper_end = False

    @property
    def is_in_step(self) -> bool:
        """Whether the next lone byte can only be the answer to the next `GS r`."""
        return self._is_in_step

    @property
    def can_read(self) -> bool:
        return self._transport.can_read

    def transfer_s(self, size: int) -> float:
        """What so many bytes need at least where a serial line sets the pace."""
        pace = self._transport.bytes_per_s
        return size / pace if pace else 0.0

    def open(self) -> None:
        self._transport.open(self._deadlines.open_s)
        self._parser = AnswerParser()
        self.listen_anew()
        if self.can_read:
            came = self._drain(self._deadlines.quiet_s if self._owes_status else 0.0)
            self._owes_status = any(isinstance(answer, StatusByte) for answer in came)

    def close(self) -> None:
        self._transport.close()

    def pass_over(self) -> None:
        """Not the device that was looked for: the next open may find another."""
        self._transport.pass_over()

    def look_for_stray_answers(self) -> None:
        """To be called while no `GS r` is under way: a lone byte that came belongs to one that somebody gave up."""
        if any(isinstance(answer, LoneByte) for answer in self.heard):
            self._is_in_step = False

    def lose_step(self) -> None:
        """Answers may be under way that nobody waits for any more."""
        self._is_in_step = False
        self._owes_status = True

    def forget_device(self) -> None:
        """Another device may stand there when it comes back."""
        self.lose_step()
        self._unanswered.clear()

    def listen_anew(self) -> None:
        self.heard.clear()
        self.saw_paper_end = False

    def send(self, data: bytes, timeout_s: float) -> None:
        """Raises WriteError."""
        self._transport.write(data, timeout_s)

    def hear(self, timeout_s: float) -> tuple[Answer, ...]:
        """What came, waiting at most `timeout_s` for the first of it."""
        return self._take(self._transport.read(timeout_s))

    def _take(self, data: bytes) -> tuple[Answer, ...]:
        answers = self._parser.feed(data)
        self._pushes_status |= any(isinstance(answer, AutomaticStatus) for answer in answers)
        self.heard += answers
        return answers

    def ask(self, patience_s: float | None = None) -> PrinterStatus:
        """The four questions, one at a time. Whoever does not answer the first is not asked the others. `patience_s`:
        for the first, behind which a network printer may still have to take all that was sent before it.
        """
        if not self.can_read:
            return CannotTell("no answer can come this way")
        said: dict[Question, bytes] = {}
        was_owed = self._owes_status
        for question in Question:
            if self._unanswered[question] >= _NEVER_ANSWERED:
                continue
            said[question] = self._answer_to(question, patience_s if question is Question.PRINTER else None)
            if not self._note(question, said[question]) and question is Question.PRINTER:
                self._owes_status = True
                break
        if was_owed and _are_statuses(said.get(Question.PRINTER, b"")):
            return CannotTell("it answered an earlier question together with this one")
        if self._owes_status and any(isinstance(answer, StatusByte) for answer in self._drain(self._deadlines.quiet_s)):
            return CannotTell("its answers come too late to be told apart")
        return read_status(said)

    def _note(self, question: Question, said: bytes) -> bool:
        """Whether the question was answered, and what that means for later."""
        status = [byte for byte in said if isinstance(_only(byte), StatusByte)]
        if len(status) != 1:
            self._owes_status = True
            if question is not Question.PRINTER and self._unanswered[question] >= 0:
                self._unanswered[question] += 1
            return False
        self._unanswered[question] = -_MOST_BYTES  # it can: silence is never again taken for inability
        if question is Question.PAPER:
            self.saw_paper_end |= bool(status[0] & _PAPER_END)
        elif question is Question.OFFLINE_CAUSE:
            self.saw_paper_end |= bool(status[0] & _STOPPED_BY_PAPER)
        return True

    def _answer_to(self, question: Question, patience_s: float | None) -> bytes:
        """The status byte, with the noise that came beside it."""
        deadline = Deadline(self._deadlines.answer_s if patience_s is None else patience_s)
        self._transport.write(question.request, deadline.left_s)
        said = bytearray()
        while not deadline.is_over and len(said) <= _MOST_BYTES:
            answers = self.hear(deadline.left_s)
            said += bytes(answer.byte for answer in answers if isinstance(answer, StatusByte | LoneByte | Noise))
            if any(isinstance(answer, StatusByte) for answer in answers):
                break
        return bytes(said)

    def silence_reports(self) -> None:
        """`GS a 0`, to a printer that reports by itself: nobody asked, and four more bytes may always break off."""
        if self._pushes_status:
            self._transport.write(_REPORTS_OFF, self._deadlines.answer_s)

    def come_into_step(self, patience_s: float) -> bool:
        """Send fences to the idle printer until it was twice in a row true that one is answered by one byte, and then
        by nothing more: answers to earlier ones have come by then. False: it answers none, or among noise.
        """
        self._drain(self._deadlines.quiet_s)
        good = 0
        for _ in range(_ROUNDS):
            answers = self._answers_to_fence(patience_s)
            if answers <= 0:
                break
            good = good + 1 if answers == 1 else 0
            if good == _ROUNDS_IN_STEP:
                self._is_in_step = True
                break
        return self._is_in_step

    def _answers_to_fence(self, patience_s: float) -> int:
        deadline = Deadline(patience_s)
        self._transport.write(FENCE_REQUEST, self._deadlines.answer_s)
        answers: list[Answer] = []
        while not deadline.is_over and lone_bytes(answers) == 0:
            answers += self.hear(deadline.left_s)
        return lone_bytes([*answers, *self._drain(self._deadlines.quiet_s)]) if lone_bytes(answers) > 0 else 0

    def identity(self, patience_s: float) -> str:
        """What it calls itself; "" where it does not say."""
        deadline = Deadline(patience_s)
        model = self._name(Name.MODEL, patience_s)
        return (
            identity_of(self._name(Name.MAKER, max(deadline.left_s, self._deadlines.answer_s)), model) if model else ""
        )

    def _name(self, name: Name, patience_s: float) -> str:
        deadline = Deadline(patience_s)
        self._transport.write(name.request, self._deadlines.answer_s)
        while not deadline.is_over:
            for answer in self.hear(deadline.left_s):
                if isinstance(answer, InfoBlock):
                    return " ".join(answer.text.split())
        return ""

    def _drain(self, quiet_s: float) -> tuple[Answer, ...]:
        """Listen until nothing has come for `quiet_s`; what babbles on is stopped listening to after a while."""
        deadline = Deadline(max(self._deadlines.answer_s, 2 * quiet_s))
        came: list[Answer] = []
        while not deadline.is_over and (data := self._transport.read(quiet_s)):
            came += self._take(data)
        if quiet_s:
            came += self._parser.give_up()
        if any(isinstance(answer, LoneByte) for answer in came):
            self._is_in_step = False
        return tuple(came)


def _are_statuses(said: bytes) -> bool:
    """Several of them, and nothing else: no stranger speaks so."""
    return len(said) > 1 and all(isinstance(_only(byte), StatusByte) for byte in said)


def _only(byte: int) -> Answer | None:
    answers = AnswerParser().feed(bytes([byte]))
    return answers[0] if answers else None
