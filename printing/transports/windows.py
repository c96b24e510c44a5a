"""A printer of Windows, through its raw spooler. The only file that knows pywin32, and only while it prints.

The spooler takes bytes and never gives any back, so such a printer can confirm nothing. It also keeps what it could not
print and brings it out later, after a restart too: what is ours and old is deleted before anything new is sent.
"""

import os
from contextlib import suppress
from functools import partial
from types import ModuleType
from typing import Any, Final

from kiosk.errors import TransportError
from printing.transports.addresses import WindowsAddress
from printing.transports.deadline import Caller, Deadline
from printing.transports.transport import WriteError

_DOCUMENT: Final = f"Giliran {os.getpid()}"
_OURS: Final = "Giliran "
_DELETE_JOB: Final = 5
_CLOSE_S: Final = 3.0
_OF_THAT_FOR_THE_QUEUE: Final = 0.8
_WORKS_OFFLINE: Final = 0x400
_STOPPED: Final = {
    0x1: "the queue is paused",
    0x2: "the driver reports an error",
    0x8: "paper is jammed",
    0x10: "it is out of paper",
    0x80: "it is off line",
    0x1000: "it is not available",
    0x100000: "somebody must look at it",
    0x400000: "its cover is open",
}
"""From winspool.h: JOB_CONTROL_DELETE, PRINTER_ATTRIBUTE_WORK_OFFLINE, PRINTER_STATUS_*."""


class WindowsTransport:
    """One conversation is one document. It leaves for the printer when it is closed."""

    bytes_per_s: float | None = None
    can_read = False

    def __init__(self, address: WindowsAddress) -> None:
        self._name = address.name
        self._caller = Caller()
        self._printer: Any = None
        self._is_in_document = False
        self._is_broken = False

    def open(self, timeout_s: float) -> None:
        self.close()
        self._is_broken = False
        try:
            self._printer = self._caller.within(
                Deadline(timeout_s), partial(self._ready_printer, Deadline(timeout_s * _OF_THAT_FOR_THE_QUEUE))
            )
        except TimeoutError as error:
            raise TransportError(f"Windows does not answer for the printer {self._name!r}") from error
        except _trouble() as error:
            raise TransportError(f"cannot print to {self._name!r}: {_why(error)}") from error

    def write(self, data: bytes, timeout_s: float) -> None:
        if self._printer is None:
            raise WriteError(f"{self._name!r} is not connected", 0)
        deadline = Deadline(timeout_s)
        self._is_broken = True  # until it is known to be well
        try:
            self._caller.within(deadline, lambda: self._spool(data))
        except TimeoutError as error:
            raise WriteError(f"Windows did not take {len(data)} bytes for {self._name!r} in time", len(data)) from error
        except _trouble() as error:
            raise WriteError(f"Windows did not take the bytes for {self._name!r}: {_why(error)}", len(data)) from error
        self._is_broken = False

    def read(self, timeout_s: float) -> bytes:
        if self._printer is None:
            raise TransportError(f"{self._name!r} is not connected")
        deadline = Deadline(timeout_s)
        while not deadline.is_over:
            deadline.pause()
        return b""

    def pass_over(self) -> None:
        """There is only one."""

    def close(self) -> None:
        printer, self._printer = self._printer, None
        is_in_document, self._is_in_document = self._is_in_document, False
        if printer is None:
            return
        ends = None if not is_in_document else "AbortPrinter" if self._is_broken else "EndDocPrinter"
        with suppress(TimeoutError):  # by a caller of its own: what hangs may be what is to be aborted
            Caller().within(Deadline(_CLOSE_S), partial(_let_go, printer, ends))

    def _ready_printer(self, deadline: Deadline) -> Any:
        spooler = _spooler()
        printer = spooler.OpenPrinter(self._name)
        try:
            self._refuse_while_stopped(spooler, printer)
            self._await_queue(spooler, printer, deadline)
        except BaseException:
            spooler.ClosePrinter(printer)
            raise
        return printer

    def _refuse_while_stopped(self, spooler: ModuleType, printer: Any) -> None:
        """A queue that stands still would bring the slip out when its visitor is long gone."""
        facts = spooler.GetPrinter(printer, 2)
        reasons = [words for bit, words in _STOPPED.items() if facts["Status"] & bit]
        if facts["Attributes"] & _WORKS_OFFLINE:
            reasons.append('it is set to "use printer offline"')
        if reasons:
            raise TransportError(f"the printer {self._name!r} cannot print: {', '.join(reasons)}")

    def _await_queue(self, spooler: ModuleType, printer: Any, deadline: Deadline) -> None:
        while self._clear_queue(spooler, printer):
            if deadline.is_over:
                raise TransportError(f"the last slip still waits in the queue of {self._name!r}")
            deadline.pause()

    def _clear_queue(self, spooler: ModuleType, printer: Any) -> bool:
        """Whatever an earlier run of this program left is deleted. Returns whether something of this run still waits:
        each slip does, for a moment, on its way to the printer.
        """
        is_waiting = False
        for job in spooler.EnumJobs(printer, 0, 1_000, 1):
            document = str(job["pDocument"])
            if document == _DOCUMENT:
                is_waiting = True
            elif document.startswith(_OURS):
                spooler.SetJob(printer, job["JobId"], 0, None, _DELETE_JOB)
        return is_waiting

    def _spool(self, data: bytes) -> None:
        spooler, printer = _spooler(), self._printer
        if not self._is_in_document:
            spooler.StartDocPrinter(printer, 1, (_DOCUMENT, None, "RAW"))
            self._is_in_document = True
        taken = spooler.WritePrinter(printer, data)
        if taken != len(data):
            raise OSError(f"it took {taken} of {len(data)} bytes")


def _let_go(printer: Any, ends: str | None) -> None:
    """`ends`: the call that ends its document."""
    spooler = _spooler()
    with suppress(*_trouble()):
        if ends is not None:
            getattr(spooler, ends)(printer)
    with suppress(*_trouble()):
        spooler.ClosePrinter(printer)


def _spooler() -> ModuleType:
    try:
        import win32print  # noqa: PLC0415  # is on Windows only
    except ImportError as error:
        raise TransportError("printing to win: needs pywin32, which this program was built without") from error
    return win32print  # type: ignore[no-any-return,unused-ignore]


def _trouble() -> tuple[type[Exception], ...]:
    """What pywin32 raises, without importing it: pywintypes.error is no OSError."""
    return (OSError, *(() if (error := getattr(_spooler(), "error", None)) is None else (error,)))


def _why(error: BaseException) -> str:
    """`pywintypes.error` holds (number, function, sentence)."""
    return str(error.args[-1]) if error.args else type(error).__name__
