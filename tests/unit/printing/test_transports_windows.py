"""`win:`, against a stand-in for pywin32: the border is not ours, and nobody here has tried it on Windows."""

# ruff: noqa: N802  # the stand-in has the names of pywin32

import sys
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from kiosk.errors import TransportError
from printing.transports.addresses import WindowsAddress
from printing.transports.deadline import Deadline
from printing.transports.transport import WriteError
from printing.transports.windows import WindowsTransport

PATIENCE_S = 5.0


class SpoolerError(Exception):
    """As pywintypes.error: (number, function, sentence), and no OSError."""


class Spooler(ModuleType):
    """The calls of win32print that we use."""

    error = SpoolerError

    def __init__(self) -> None:
        super().__init__("win32print")
        self.status = self.attributes = 0
        self.jobs: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.heard = b""
        self.most = 1_000_000
        self.problem: Exception | None = None
        self.goes_on = threading.Event()
        self.goes_on.set()

    def OpenPrinter(self, name: str) -> str:
        self.goes_on.wait(PATIENCE_S)
        if name != "EPSON":
            raise SpoolerError(1801, "OpenPrinter", "The printer name is invalid.")
        self.calls.append("open")
        return name

    def GetPrinter(self, printer: str, level: int) -> dict[str, int]:
        assert level == 2
        return {"Status": self.status, "Attributes": self.attributes}

    def EnumJobs(self, printer: str, first: int, count: int, level: int) -> list[dict[str, Any]]:
        return self.jobs

    def SetJob(self, printer: str, job: int, level: int, facts: None, command: int) -> None:
        assert command == 5
        self.calls.append(f"delete {job}")

    def StartDocPrinter(self, printer: str, level: int, document: tuple[str, None, str]) -> None:
        self.calls.append(f"begin {document[2]}")
        self.document = document[0]

    def WritePrinter(self, printer: str, data: bytes) -> int:
        self.goes_on.wait(PATIENCE_S)
        if self.problem is not None:
            raise self.problem
        self.heard += data[: self.most]
        return min(len(data), self.most)

    def EndDocPrinter(self, printer: str) -> None:
        self.calls.append("end")

    def AbortPrinter(self, printer: str) -> None:
        self.goes_on.wait(PATIENCE_S)
        self.calls.append("abort")

    def ClosePrinter(self, printer: str) -> None:
        self.calls.append("close")


@pytest.fixture
def spooler(monkeypatch: pytest.MonkeyPatch) -> Iterator[Spooler]:
    spooler = Spooler()
    monkeypatch.setitem(sys.modules, "win32print", spooler)
    yield spooler
    spooler.goes_on.set()


@pytest.fixture
def transport() -> WindowsTransport:
    return WindowsTransport(WindowsAddress("EPSON"))


def test_conversation_is_one_raw_document(spooler: Spooler, transport: WindowsTransport) -> None:
    transport.open(1)
    transport.write(b"half", 1)
    transport.write(b" and half", 1)
    transport.close()
    transport.close()
    assert spooler.heard == b"half and half"
    assert spooler.calls == ["open", "begin RAW", "end", "close"]


def test_conversation_without_a_word_leaves_no_document(spooler: Spooler, transport: WindowsTransport) -> None:
    transport.open(1)
    transport.close()
    assert spooler.calls == ["open", "close"]


def test_spooler_never_answers_and_says_so(spooler: Spooler, transport: WindowsTransport) -> None:
    assert not transport.can_read
    transport.open(1)
    deadline = Deadline(PATIENCE_S)
    assert transport.read(0.02) == b""
    assert not deadline.is_over
    transport.close()


def test_broken_document_is_taken_back(spooler: Spooler, transport: WindowsTransport) -> None:
    transport.open(1)
    spooler.most = 3
    with pytest.raises(WriteError, match="did not take the bytes for 'EPSON': it took 3 of 4 bytes") as caught:
        transport.write(b"slip", 1)
    assert caught.value.sent == 4  # at most
    transport.close()
    assert spooler.calls[-2:] == ["abort", "close"]


def test_trouble_of_windows_is_told_in_its_words(spooler: Spooler, transport: WindowsTransport) -> None:
    with pytest.raises(TransportError, match=r"cannot print to 'OLIVETTI': The printer name is invalid\."):
        WindowsTransport(WindowsAddress("OLIVETTI")).open(1)
    transport.open(1)
    spooler.problem = SpoolerError(112, "WritePrinter", "There is not enough space on the disk.")
    with pytest.raises(WriteError, match="not enough space on the disk"):
        transport.write(b"slip", 1)
    transport.close()


def test_spooler_that_hangs_is_left_in_time(spooler: Spooler, transport: WindowsTransport) -> None:
    transport.open(1)
    spooler.goes_on.clear()
    deadline = Deadline(PATIENCE_S)
    with pytest.raises(WriteError, match="did not take 4 bytes for 'EPSON' in time"):
        transport.write(b"slip", 0.05)
    with pytest.raises(TransportError, match="does not answer for the printer 'EPSON'"):
        transport.open(0.05)
    assert not deadline.is_over


@pytest.mark.parametrize(
    ("status", "attributes", "sentence"),
    [(0x10, 0, "it is out of paper"), (0x81, 0, "the queue is paused, it is off line"), (0, 0x400, "use printer offl")],
)
def test_queue_that_stands_still_gets_nothing(
    spooler: Spooler, transport: WindowsTransport, status: int, attributes: int, sentence: str
) -> None:
    """What it took would come out when its visitor is long gone."""
    spooler.status, spooler.attributes = status, attributes
    with pytest.raises(TransportError, match=sentence):
        transport.open(1)
    assert spooler.calls == ["open", "close"]


def test_slip_of_an_earlier_start_never_comes_out(spooler: Spooler, transport: WindowsTransport) -> None:
    """R13."""
    spooler.jobs = [{"JobId": 7, "pDocument": "Giliran 0"}, {"JobId": 8, "pDocument": "Laporan"}]
    transport.open(1)
    transport.close()
    assert spooler.calls == ["open", "delete 7", "close"]


def test_slip_that_still_waits_holds_up_the_next(spooler: Spooler, transport: WindowsTransport) -> None:
    transport.open(1)
    transport.write(b"slip", 1)
    transport.close()
    spooler.jobs = [{"JobId": 9, "pDocument": spooler.document}]
    with pytest.raises(TransportError, match="the last slip still waits in the queue of 'EPSON'"):
        transport.open(0.5)


def test_slip_on_its_way_is_no_fault_of_the_printer(
    spooler: Spooler, transport: WindowsTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kiosk asks right after each slip, while that is still in the queue."""
    transport.open(1)
    transport.write(b"slip", 1)
    transport.close()
    queues = iter([[{"JobId": 9, "pDocument": spooler.document}]] * 3 + [[]])
    monkeypatch.setattr(spooler, "EnumJobs", lambda *_: next(queues))
    transport.open(PATIENCE_S)
    transport.close()


def test_program_without_pywin32_says_so(transport: WindowsTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "win32print", None)
    with pytest.raises(TransportError, match="needs pywin32"):
        transport.open(1)
    transport.close()


def test_closed_transport_is_not_written_to(spooler: Spooler, transport: WindowsTransport) -> None:
    with pytest.raises(WriteError, match="not connected"):
        transport.write(b"slip", 1)
    with pytest.raises(TransportError, match="not connected"):
        transport.read(1)
