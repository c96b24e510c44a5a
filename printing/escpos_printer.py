"""An ESC/POS printer over any transport: asks before, sends once, and believes only what the printer says after.

One connection per conversation: a network printer serves one client, and an answer counts only on the connection that
asked for it. What may take how long (docs/printers.md): with the deadlines as they are, a status 12 s at most, and a
slip a minute and twice its own time: ten seconds of it for a printer that is still busy with the slip before.
"""

from typing import Final, assert_never

from kiosk.domain.print_job import PrintState
from kiosk.errors import TransportError
from printing.confirmation import Evidence, Fence, ProcessId, process_ids
from printing.delivery import Delivery, Slip
from printing.line import Deadlines, Line
from printing.paper_length import measure_slip
from printing.printer import Draw, PrinterReport
from printing.profile import Confirmation, Cutter, Profile, longest_picture
from printing.status import CannotTell, NeedsAttention, PrinterStatus, PrintVerdict, Ready, Unreachable
from printing.transports.transport import Transport

__all__ = ["Deadlines", "EscposPrinter"]

_SILENT: Final = "it used to answer and is silent now"
_FEED_FRAGMENT: Final = b"\x1b@\x1bJ\x60"
_CUT: Final = b"\x1dV\x01"
_TRIES: Final = 3
"""So often a printer is asked how it confirms, before it is taken for one that does not: it may have been busy."""


class EscposPrinter:
    def __init__(
        self, transport: Transport, profile: Profile, deadlines: Deadlines | None = None, *, device: str = ""
    ) -> None:
        self._device = device
        self._status: PrinterStatus = CannotTell("not asked yet")
        self._profile = profile
        self._deadlines = deadlines or Deadlines()
        self._line = Line(transport, self._deadlines, pushes_status=profile.pushes_status)
        self._confirmation = profile.confirmation
        self._tries_left = _TRIES
        self._has_answered = False
        self._is_known = not profile.identity
        self._is_fragment_left = False
        self._process_ids = process_ids()

    @property
    def confirmation(self) -> Confirmation:
        """How slips are confirmed; AUTO until the printer was found ready once."""
        return self._confirmation

    def status(self) -> PrinterStatus:
        self._status = self._asked()
        return self._status

    def _asked(self) -> PrinterStatus:
        try:
            self._line.open()
            return self._preflight(for_slip=False)
        except TransportError as error:
            return self._lose(str(error))
        finally:
            self._line.close()

    def print(self, draw: Draw, job: int) -> PrintVerdict:
        document = draw(self._profile)
        verdict = self._printed(document)
        self._status = verdict.status
        return verdict

    def _printed(self, document: bytes) -> PrintVerdict:
        try:
            self._line.open()
            before = self._preflight(for_slip=True)
            if isinstance(before, NeedsAttention | Unreachable):
                return PrintVerdict(PrintState.FAILED, before, "the printer was not ready; nothing was sent")
            return self._send(document, before)
        except TransportError as error:
            # Once bytes are out, `_send` speaks for itself: what arrives here happened before the first one.
            return PrintVerdict(PrintState.FAILED, self._lose(str(error)), "nothing was sent")
        finally:
            self._line.close()

    def expect_fragment(self) -> None:
        self._is_fragment_left = True
        self._line.lose_step()

    def reports(self) -> tuple[PrinterReport, ...]:
        return (
            PrinterReport(self._device, self._profile.name, self._status, self._confirmation, None, is_in_use=True),
        )

    def close(self) -> None:
        self._line.close()

    def _preflight(self, *, for_slip: bool) -> PrinterStatus:
        """The status on a fresh connection; of a ready printer also whether it is the right one and how it confirms."""
        status = self._answered()
        self._line.look_for_stray_answers()
        if isinstance(status, Unreachable):
            return self._pass_over(status.detail)
        self._has_answered |= not isinstance(status, CannotTell)
        patience_s = self._deadlines.answer_s
        if self._is_fragment_left and isinstance(status, Ready | CannotTell):
            self._cut_fragment()
            if not for_slip:
                return status
            patience_s = self._deadlines.settle_s
        if isinstance(status, Ready):
            self._line.silence_reports()
            if for_slip or not self._is_known:
                # It says its name in its turn, and may still be printing what came before.
                stranger = self._stranger(self._deadlines.confirm_s if for_slip else self._deadlines.settle_s)
                if stranger:
                    return self._pass_over(stranger)
            self._find_confirmation(patience_s)
        return status

    def _answered(self) -> PrinterStatus:
        """One lost answer is no lost printer: who used to answer is asked once more, on a new connection."""
        status = self._line.ask()
        if not isinstance(status, CannotTell) or not self._must_answer:
            return status
        self._line.close()
        self._line.forget_device()
        self._line.open()
        status = self._line.ask()
        if isinstance(status, CannotTell):
            return Unreachable(_SILENT if self._has_answered else "it does not answer as a printer")
        return status

    @property
    def _must_answer(self) -> bool:
        """Whether silence means that this is not the printer. A write-only line has nothing to say."""
        if not self._line.can_read:
            return False
        return self._has_answered or self._profile.confirmation not in (Confirmation.NONE, Confirmation.AUTO)

    def _stranger(self, patience_s: float) -> str:
        """Why this is not the printer that was probed; "" where it is, or where nobody knows."""
        if not self._profile.identity:
            return ""
        identity = self._line.identity(patience_s)
        self._is_known = identity == self._profile.identity
        if self._is_known:
            return ""
        return f"another device stands there: {identity or 'it'} is not {self._profile.identity}"

    def _cut_fragment(self) -> None:
        """What a broken slip left hanging is cut off, so that the next visitor gets one whole slip.

        The printer may still wait for the rest of a picture, and would take the next slip for it: it gets bare rows
        first. Outside a picture a NUL is nothing.
        """
        rest_of_picture = bytes(longest_picture(self._profile))
        cut = b"" if self._profile.cutter is Cutter.NONE else _CUT
        fragment = rest_of_picture + _FEED_FRAGMENT + cut
        self._line.send(fragment, self._deadlines.write_s + self._line.transfer_s(len(fragment)))
        self._is_fragment_left = False

    def _find_confirmation(self, patience_s: float) -> None:
        """`GS r` is as old as ESC/POS and safe to try; `GS ( H` prints its bytes on clones that do not know it."""
        if self._confirmation not in (Confirmation.FENCE, Confirmation.AUTO) or self._line.is_in_step:
            return
        is_in_step = self._line.come_into_step(patience_s)
        if self._confirmation is Confirmation.AUTO:
            self._tries_left -= 1
            if is_in_step:
                self._confirmation = Confirmation.FENCE
            elif not self._tries_left:
                self._confirmation = Confirmation.STATUS

    def _send(self, document: bytes, before: PrinterStatus) -> PrintVerdict:
        length = measure_slip(document, self._profile)
        slip = Slip(document, length, self._evidence(before, has_checkpoint=length.point_of_no_return > 0))
        verdict = Delivery(self._line, self._profile, self._deadlines, slip, before).verdict()
        if verdict.state in (PrintState.FAILED, PrintState.UNKNOWN):
            self._is_fragment_left = True
            self._line.lose_step()
        if isinstance(verdict.status, Unreachable):
            self._lose(verdict.status.detail)
        return verdict

    def _evidence(self, before: PrinterStatus, *, has_checkpoint: bool) -> Evidence | None:
        if not isinstance(before, Ready):
            return None
        match self._confirmation:
            case Confirmation.PROCESS_ID:
                return ProcessId(next(self._process_ids), next(self._process_ids))
            case Confirmation.FENCE:
                return Fence(has_checkpoint=has_checkpoint) if self._line.is_in_step else None
            case Confirmation.STATUS | Confirmation.NONE | Confirmation.AUTO:
                return None
            case _ as never:
                assert_never(never)

    def _pass_over(self, detail: str) -> Unreachable:
        """Not one byte of a slip goes to what is no printer, or not the one that was probed."""
        self._line.pass_over()
        return self._lose(detail)

    def _lose(self, detail: str) -> Unreachable:
        """Another printer may stand there when it comes back: find out anew how it confirms."""
        self._confirmation = self._profile.confirmation
        self._tries_left = _TRIES
        self._is_known = not self._profile.identity
        self._line.forget_device()
        return Unreachable(detail)
