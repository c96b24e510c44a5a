"""One slip on its way to paper, in two parts, and what became of it.

The end of a slip leaves only when the printer has come near it: until then, whatever goes wrong, the slip is certainly
not complete and never will be, on every line and for every reason. It has failed, and may be printed whole again. From
there on only the printer's own word tells: confirmed, or nobody knows.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from kiosk.domain.print_job import PrintState
from kiosk.errors import TransportError
from kiosk.faults import fault_point
from printing.confirmation import Evidence, ProcessId
from printing.line import Deadlines, Line
from printing.paper_length import SlipLength, paper_length_mm
from printing.profile import Profile
from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, PrintVerdict, Ready, Unreachable
from printing.transports.deadline import Deadline
from printing.transports.transport import WriteError

_PIECE: Final = 4096
"""Bytes that are sent in one go: a printer that stops in the midst of a slip is noticed at one of them."""

_LONGEST_PRINTING_S: Final = 10.0
_LONGEST_TRANSFER_S: Final = 30.0
"""However long a slip is, and however slow the line, nobody waits longer for it."""

_CLEAR_BUFFERS: Final = b"\x10\x05\x02"
_STOPPED: Final = "the printer stopped before the slip was complete"


@dataclass(frozen=True, slots=True)
class Slip:
    """`evidence`: None where the printer cannot confirm. `first` goes out up to the point of no return, and asks on its
    way; `rest` has the request for the evidence behind the cut.
    """

    document: bytes
    length: SlipLength
    evidence: Evidence | None

    @property
    def first(self) -> bytes:
        at, end = self.length.checkpoint, self.length.point_of_no_return
        asked = self.evidence.checkpoint if self.evidence and end else b""
        return self.document[:at] + asked + self.document[at:end]

    @property
    def rest(self) -> bytes:
        return self.document[self.length.point_of_no_return :] + (self.evidence.request if self.evidence else b"")


class _Incomplete(Exception):  # noqa: N818  # no error: an end of the slip, caught where its verdict is made
    """The slip was given up while it was certainly not complete; at most `sent` bytes of it went out."""

    def __init__(self, problem: str, sent: int, status: PrinterStatus | None = None) -> None:
        super().__init__(problem)
        self.sent = sent
        self.status = status


class Delivery:
    """Over an open line, to a printer whose status was `before`: Ready, or CannotTell."""

    def __init__(self, line: Line, profile: Profile, deadlines: Deadlines, slip: Slip, before: PrinterStatus) -> None:
        self._line = line
        self._profile = profile
        self._slip = slip
        self._before = before
        printing_s = min(slip.length.mm / deadlines.slowest_mm_s, _LONGEST_PRINTING_S)
        own_s = printing_s + min(line.transfer_s(len(slip.document)), _LONGEST_TRANSFER_S)
        self._answer_s = deadlines.answer_s
        self._write_s = deadlines.write_s + own_s
        self._confirm_s = deadlines.confirm_s + own_s
        self._stall_s = deadlines.stall_s + own_s
        self._whole = Deadline(0)

    def verdict(self) -> PrintVerdict:
        """Raises TransportError while nothing of the slip was sent; whatever comes later is in the verdict."""
        self._line.listen_anew()
        self._whole = Deadline(self._write_s + self._confirm_s)
        try:
            self._send_first()
            return self._send_rest()
        except _Incomplete as end:
            return self._incomplete(end)

    def _within(self, step_s: float) -> Deadline:
        """For one step, and never beyond the whole: a visitor is waiting."""
        return Deadline(min(step_s, self._whole.left_s))

    def _send_first(self) -> None:
        """Everything but the end of the slip, and wait until the printer has come near it.

        Who changes the paper while a piece of it waits must not pass unseen: that piece's deadline is shorter.
        """
        first, sent = self._slip.first, 0
        deadline = self._within(self._write_s)
        try:
            while sent < len(first):
                piece = first[sent : sent + _PIECE]
                self._line.send(piece, min(deadline.left_s, self._stall_s))
                if sent < len(first) // 2 <= sent + len(piece):
                    fault_point("mid_slip")
                sent += len(piece)
            if first and isinstance(self._before, Ready):
                self._wait_at_checkpoint(sent)
        except WriteError as error:
            if sent + error.sent == 0:
                raise
            raise _Incomplete(str(error), min(sent + error.sent, len(first))) from error
        except TransportError as error:
            raise _Incomplete(str(error), sent) from error

    def _wait_at_checkpoint(self, sent: int) -> None:
        """Returns when the printer is there, or is ready and does not say."""
        evidence = self._slip.evidence
        if evidence is None:
            seen = self._ask_behind_the_slip()
            if _has_stopped(seen):
                raise _Incomplete(_STOPPED, sent, seen)
            if isinstance(seen, CannotTell):
                raise _Incomplete("the printer fell silent before the end of the slip", sent)
            return
        deadline, silence = self._within(self._confirm_s), Deadline(self._stall_s)
        status: PrinterStatus = CannotTell("not asked")
        while not deadline.is_over and not silence.is_over:
            came = self._line.hear(min(self._answer_s, deadline.left_s))
            if not came and not evidence.is_underway(self._line.heard):
                status = self._line.ask()
            if evidence.is_underway(self._line.heard):
                return
            if _has_stopped(status):
                raise _Incomplete(_STOPPED, sent, status)
            if came or not isinstance(status, CannotTell):
                silence = Deadline(self._stall_s)
        if silence.is_over or not isinstance(status, Ready):
            raise _Incomplete("the printer did not come near the end of the slip in time", sent, status)

    def _send_rest(self) -> PrintVerdict:
        try:
            self._line.send(self._slip.rest, self._within(self._write_s).left_s)
        except WriteError as error:
            if error.sent:
                return self._unknown(self._look_again(), str(error))
            if self._slip.first:
                raise _Incomplete(str(error), len(self._slip.first)) from error
            raise
        return self._unverified() if self._slip.evidence is None else self._await(self._slip.evidence)

    def _await(self, evidence: Evidence) -> PrintVerdict:
        """Read until the printer says that it is done. Whoever opened its cover may close it again meanwhile; a slip
        in which the paper ended is in two pieces, whatever the printer says later. So nobody waits on a silent line,
        behind which paper may be changed unseen.
        """
        deadline, silence = self._within(self._confirm_s), Deadline(self._stall_s)
        status: PrinterStatus = CannotTell("not asked")
        try:
            while not deadline.is_over and not silence.is_over:
                came = self._line.hear(min(self._answer_s, deadline.left_s))
                if not came and not evidence.is_given(self._line.heard):
                    status = self._line.ask()
                if came or not isinstance(status, CannotTell):
                    silence = Deadline(self._stall_s)
                if evidence.is_given(self._line.heard):
                    return self._confirmed_if_clean(evidence)
                if status == NeedsAttention(Attention.NO_PAPER):
                    return self._unknown(status, "the paper ended near the end of the slip")
        except TransportError as error:
            return self._unknown(Unreachable(str(error)), "the connection broke before the verdict")
        if isinstance(status, CannotTell):
            status = self._look_again()
        return self._unknown(status, "no verdict in time")

    def _confirmed_if_clean(self, evidence: Evidence) -> PrintVerdict:
        was_whole = not self._line.saw_paper_end
        status: PrinterStatus
        try:
            status = self._line.ask()
        except TransportError as error:
            status = Unreachable(str(error))
        # The id of this slip comes from the printer that has printed it. A fence counts only where all goes well.
        is_clean = isinstance(status, Ready) and evidence.is_given(self._line.heard)
        if was_whole and (is_clean or isinstance(evidence, ProcessId)):
            return PrintVerdict(PrintState.CONFIRMED, status, f"by {evidence.name}", self._slip.length.mm)
        return self._unknown(status, "the slip was reported done by a printer that is not ready")

    def _unverified(self) -> PrintVerdict:
        """A printer that cannot confirm took every byte. Its status after may still raise a doubt."""
        if not isinstance(self._before, Ready):
            return self._taken(self._before, "this printer cannot confirm")
        try:
            after = self._ask_behind_the_slip()
        except TransportError as error:
            return self._unknown(Unreachable(str(error)), "the connection broke after the slip")
        if isinstance(after, Ready) and not self._line.saw_paper_end:
            return self._taken(after, "ready before and after; this printer cannot confirm now")
        return self._unknown(after, "ready before the slip, not after it")

    def _ask_behind_the_slip(self) -> PrinterStatus:
        """On a network the question waits with the slip until the printer has taken it: asked once, and waited for."""
        return self._line.ask(self._within(self._stall_s).left_s)

    def _taken(self, status: PrinterStatus, detail: str) -> PrintVerdict:
        return PrintVerdict(PrintState.UNVERIFIED, status, detail, self._slip.length.mm)

    def _unknown(self, status: PrinterStatus, problem: str) -> PrintVerdict:
        return PrintVerdict(PrintState.UNKNOWN, status, problem, self._slip.length.mm)

    def _incomplete(self, end: _Incomplete) -> PrintVerdict:
        """The end of the slip never left, and never will. What the printer still holds is dropped where that can be;
        else it comes out later, and is cut off as a fragment.
        """
        status = end.status
        if status is None or isinstance(status, CannotTell):
            status = self._look_again()
        if self._profile.clears_buffer and _has_stopped(status):
            with suppress(TransportError):
                self._line.send(_CLEAR_BUFFERS, self._answer_s)
        paper_mm = paper_length_mm(self._slip.first[: end.sent], self._profile)
        return PrintVerdict(PrintState.FAILED, status, str(end), paper_mm)

    def _look_again(self) -> PrinterStatus:
        """Asked on a new connection: on the old one the question would queue up behind the slip, and what is left of
        the slip on this machine is dropped with it.
        """
        self._line.close()
        try:
            self._line.open()
            return self._line.ask()
        except TransportError as error:
            return Unreachable(str(error))


def _has_stopped(status: PrinterStatus) -> bool:
    """A head that is too hot goes on by itself; everything else waits for a person."""
    return isinstance(status, NeedsAttention) and status.reason is not Attention.OVERHEATED
