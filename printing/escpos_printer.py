"""An ESC/POS printer over any transport: asks before, sends once, and believes only what the printer says after.

One connection per conversation: a network printer serves one client, and an answer counts only on the connection that
asked for it.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final, assert_never

from kiosk.domain.print_job import PrintState
from kiosk.errors import TransportError
from kiosk.faults import fault_point
from printing.confirmation import Evidence, Fence, ProcessId
from printing.escpos_status import Question, read_status, status_byte
from printing.printer import Draw, PrinterReport
from printing.profile import BAND_DOTS, Confirmation, Profile
from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, PrintVerdict, Ready, Unreachable
from printing.transports.deadline import Deadline
from printing.transports.transport import Transport, WriteError

_CLEAR_BUFFERS: Final = b"\x10\x05\x02"
_CUT_FRAGMENT: Final = b"\x1b@\x1bJ\x60\x1dV\x01"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds, each for one whole step. `confirm_s` holds the printing of the longest slip several times over."""

    open_s: float = 3.0
    answer_s: float = 0.5
    write_s: float = 10.0
    confirm_s: float = 10.0


class EscposPrinter:
    def __init__(
        self, transport: Transport, profile: Profile, deadlines: Deadlines | None = None, *, device: str = ""
    ) -> None:
        self._transport = transport
        self._device = device
        self._status: PrinterStatus = CannotTell("not asked yet")
        self._profile = profile
        self._deadlines = deadlines or Deadlines()
        self._confirmation = profile.confirmation
        self._has_answered = False
        self._is_fragment_left = False

    @property
    def confirmation(self) -> Confirmation:
        """How slips are confirmed; AUTO until the printer was found ready once."""
        return self._confirmation

    def status(self) -> PrinterStatus:
        self._status = self._asked()
        return self._status

    def _asked(self) -> PrinterStatus:
        try:
            self._transport.open(self._deadlines.open_s)
            return self._preflight()
        except TransportError as error:
            return self._lose(str(error))
        finally:
            self._transport.close()

    def print(self, draw: Draw, job: int) -> PrintVerdict:
        document = draw(self._profile)
        try:
            self._transport.open(self._deadlines.open_s)
            before = self._preflight()
            if isinstance(before, NeedsAttention | Unreachable):
                return PrintVerdict(PrintState.FAILED, before, "the printer was not ready; nothing was sent")
            return self._send(document, job, before)
        except TransportError as error:
            # Once bytes are out, `_send` speaks for itself: what arrives here happened before the first one.
            return PrintVerdict(PrintState.FAILED, self._lose(str(error)), "nothing was sent")
        finally:
            self._transport.close()

    def expect_fragment(self) -> None:
        self._is_fragment_left = True

    def reports(self) -> tuple[PrinterReport, ...]:
        return (
            PrinterReport(self._device, self._profile.name, self._status, self._confirmation, None, is_in_use=True),
        )

    def close(self) -> None:
        self._transport.close()

    def _preflight(self) -> PrinterStatus:
        """The status on a fresh connection, and once, on an idle printer, how it confirms."""
        status = self._ask()
        if isinstance(status, CannotTell) and self._has_answered:
            return self._lose("it used to answer and is silent now")
        if isinstance(status, Ready):
            self._has_answered = True
        if self._is_fragment_left and isinstance(status, Ready | CannotTell):
            self._cut_fragment()
        elif isinstance(status, Ready) and self._confirmation is Confirmation.AUTO:
            self._confirmation = self._find_confirmation()
        return status

    def _cut_fragment(self) -> None:
        """What a broken slip left hanging is cut off, so that the next visitor gets one whole slip.

        The printer may still wait for the rest of a picture, and would take the next slip for it: it gets bare rows
        first. Outside a picture a NUL is nothing.
        """
        rest_of_picture = bytes(self._profile.dots // 8 * BAND_DOTS)
        self._transport.write(rest_of_picture + _CUT_FRAGMENT, self._deadlines.write_s)
        self._is_fragment_left = False

    def _find_confirmation(self) -> Confirmation:
        """`GS r` is as old as ESC/POS and safe to try; `GS ( H` prints its bytes on clones that do not know it."""
        fence = Fence()
        self._transport.write(fence.request(), self._deadlines.answer_s)
        if fence.is_given_by(self._transport.read(self._deadlines.answer_s)):
            return Confirmation.FENCE
        return Confirmation.STATUS

    def _send(self, document: bytes, job: int, before: PrinterStatus) -> PrintVerdict:
        evidence = self._evidence(job, before)
        whole = document + (evidence.request() if evidence else b"")
        half, sent = len(whole) // 2, 0
        deadline = Deadline(self._deadlines.write_s)
        try:
            self._transport.write(whole[:half], deadline.left_s)
            sent = half
            fault_point("mid_slip")
            self._transport.write(whole[half:], deadline.left_s)
        except WriteError as error:
            if sent + error.sent == 0:
                raise
            self._is_fragment_left = True
            return self._broken_off(str(error))
        verdict = self._await(evidence) if evidence else self._unverified(before)
        self._is_fragment_left = verdict.state in (PrintState.FAILED, PrintState.UNKNOWN)
        return verdict

    def _evidence(self, job: int, before: PrinterStatus) -> Evidence | None:
        if not isinstance(before, Ready):
            return None
        match self._confirmation:
            case Confirmation.PROCESS_ID:
                return ProcessId(job)
            case Confirmation.FENCE:
                return Fence()
            case Confirmation.STATUS | Confirmation.NONE | Confirmation.AUTO:
                return None
            case _ as never:
                assert_never(never)

    def _await(self, evidence: Evidence) -> PrintVerdict:
        """Read until the printer says that it is done, or that it cannot go on."""
        deadline = Deadline(self._deadlines.confirm_s)
        answers = b""
        try:
            while not deadline.is_over:
                came = self._transport.read(min(self._deadlines.answer_s, deadline.left_s))
                answers += came
                if evidence.is_given_by(answers):
                    return self._confirmed_if_clean()
                if not came:
                    status, others = self._ask_beside()
                    answers += others
                    if _has_stopped(status) and not evidence.is_given_by(answers):
                        return self._stopped(status)
        except TransportError as error:
            return PrintVerdict(PrintState.UNKNOWN, self._lose(str(error)), "the connection broke before the verdict")
        return self._broken_off(f"no verdict within {self._deadlines.confirm_s:g} s")

    def _confirmed_if_clean(self) -> PrintVerdict:
        status = self._ask()
        if isinstance(status, Ready):
            return PrintVerdict(PrintState.CONFIRMED, status, f"by {self._confirmation.value}")
        return PrintVerdict(PrintState.UNKNOWN, status, "the slip was reported done by a printer that is not ready")

    def _unverified(self, before: PrinterStatus) -> PrintVerdict:
        """A printer that cannot confirm took every byte. Its status after may still raise a doubt."""
        if not isinstance(before, Ready):
            return PrintVerdict(PrintState.UNVERIFIED, before, "this printer cannot confirm")
        try:
            after = self._ask()
        except TransportError as error:
            return PrintVerdict(PrintState.UNKNOWN, self._lose(str(error)), "the connection broke after the slip")
        if isinstance(after, Ready):
            return PrintVerdict(PrintState.UNVERIFIED, after, "ready before and after; this printer cannot confirm")
        return PrintVerdict(PrintState.UNKNOWN, after, "ready before the slip, not after it")

    def _broken_off(self, problem: str) -> PrintVerdict:
        """The printer stopped taking bytes, or answering. If it says why, the slip is certainly not complete.

        Asked on a new connection: on the old one the question would queue up behind the slip.
        """
        self._transport.close()
        try:
            self._transport.open(self._deadlines.open_s)
            status = self._ask()
        except TransportError as error:
            status = self._lose(str(error))
        if _has_stopped(status):
            return self._stopped(status)
        return PrintVerdict(PrintState.UNKNOWN, status, problem)

    def _stopped(self, status: PrinterStatus) -> PrintVerdict:
        if self._profile.clears_buffer:
            # If it cannot take this either, the rest of the slip comes out later, cut off as a fragment.
            with suppress(TransportError):
                self._transport.write(_CLEAR_BUFFERS, self._deadlines.answer_s)
        return PrintVerdict(PrintState.FAILED, status, "the printer stopped before the slip was complete")

    def _ask(self) -> PrinterStatus:
        return self._ask_beside()[0]

    def _ask_beside(self) -> tuple[PrinterStatus, bytes]:
        """The status, and what else came in between. Whoever does not answer the first question is not asked again."""
        answers: dict[Question, bytes] = {}
        for question in Question:
            answers[question] = self._answer_to(question)
            if question is Question.PRINTER and status_byte(answers[question]) is None:
                break
        others = bytes(byte for answer in answers.values() for byte in answer if status_byte(bytes([byte])) is None)
        return read_status(answers), others

    def _answer_to(self, question: Question) -> bytes:
        deadline = Deadline(self._deadlines.answer_s)
        self._transport.write(question.request, deadline.left_s)
        answer = b""
        while not deadline.is_over:
            answer += self._transport.read(deadline.left_s)
            if status_byte(answer) is not None:
                break
        return answer

    def _lose(self, detail: str) -> Unreachable:
        """Another printer may stand there when it comes back: find out anew how it confirms."""
        self._confirmation = self._profile.confirmation
        self._has_answered = False
        return Unreachable(detail)


def _has_stopped(status: PrinterStatus) -> bool:
    """A head that is too hot goes on by itself; everything else waits for a person."""
    return isinstance(status, NeedsAttention) and status.reason is not Attention.OVERHEATED
