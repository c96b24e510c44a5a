"""Trouble within a slip, with a visitor before it: a printer in another process, over TCP, and the real windows."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.domain.print_job import PrintState
from kiosk.domain.screens import Screen
from printing.status import Ready
from tests.conftest import Logs
from tests.emulated_printer import EmulatedPrinter, emulated_printer
from tests.ui.conftest import KioskUnderTest, Start
from tests.ui.lost_slips import logged, reads, take_ticket
from ui.driver import VisitorDriver

WITHIN_THE_SLIP = 20_000
"""Bytes: of some 85,000, in the middle of a picture."""

PATIENCE_S = 60.0
"""Of a printer that is gone in mid-slip the driver says so after 8 s, on a machine that has nothing else to do."""


def scannable(slips: Sequence[Path]) -> list[str]:
    return [
        found.text.rpartition("/")[2]
        for slip in slips
        for found in zxingcpp.read_barcodes(Image.open(slip).convert("L"))
    ]


def is_whole_slip_out(kiosk: KioskUnderTest, printer: EmulatedPrinter) -> bool:
    assert kiosk.application.machine is not None
    kiosk.application.machine.spooler.wake()  # it would look by itself in 5 s
    return kiosk.state.is_paper_out and bool(scannable(printer.slips()))


@pytest.mark.parametrize(
    ("fault", "repair", "words"),
    [
        ("cover open", "cover close", "Penutup pencetak sedang terbuka."),
        ("paper 0", "paper 80000", "Kertas tiket sedang habis."),
        ("unplug", "plug", "Pencetak sedang tidak terhubung."),
    ],
)
def test_a_slip_broken_off_is_printed_whole_and_once_after_the_repair(  # noqa: PLR0917  # what happens, to whom
    start: Start, tmp_path: Path, expected_logs: Logs, fault: str, repair: str, words: str
) -> None:
    expected_logs("printer_lost")
    script = f'[[fault]]\ndo = "{fault}"\nat_slip = 1\nat_byte = {WITHIN_THE_SLIP}\n'
    with emulated_printer(out=tmp_path / "paper", script=script, speed=500) as printer:
        kiosk = start(device=printer.url)
        kiosk.driver = VisitorDriver(kiosk.application.window, timeout_s=PATIENCE_S)
        kiosk.wait_until(lambda: isinstance(kiosk.state.printer, Ready), "the printer")
        take_ticket(kiosk)
        kiosk.wait_for(Screen.PRINTER_TROUBLE)
        kiosk.wait_until(lambda: kiosk.state.is_paper_missing, "the verdict")
        assert reads(kiosk, words)
        assert reads(kiosk, "Tiket dicetak begitu pencetak siap")
        assert scannable(printer.slips()) == []
        printer.tell(repair)
        kiosk.wait_until(lambda: is_whole_slip_out(kiosk, printer), "the whole slip")
        kiosk.wait_for(Screen.TICKET)
        ticket, job = kiosk.state.session.ticket, kiosk.state.session.job
        assert ticket is not None
        assert job is not None
        assert (job.state, job.copy) == (PrintState.CONFIRMED, 0)
        assert scannable(printer.slips()) == [ticket.token.rpartition("/")[2]]
        assert logged(kiosk, "ticket.reprinted") == 0
        kiosk.close()
